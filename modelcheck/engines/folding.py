"""Expressions with some variables known: what follows from them is computed beforehand."""

from __future__ import annotations

from collections.abc import Mapping

from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    At,
    Binary,
    Conditional,
    Expr,
    Item,
    Literal,
    Operator,
    Variable,
    type_of,
)
from modelcheck.ir.types import IntType, Type, Value
from modelcheck.ir.walk import mapped, parts
from modelcheck.semantics import closed_value


def folded(expr: Expr, known: Mapping[Variable, Value]) -> Expr:
    """`expr` with the values of variables put in; what would violate stays as it is."""
    if isinstance(expr, Variable) and expr in known:
        return Literal(_exact(expr, known[expr]), known[expr])
    made = mapped(expr, lambda part: folded(part, known))
    match made:
        case Literal():
            return made
        case Binary(Operator.AND, left, right) if TRUE in (left, right) or left == FALSE:
            return FALSE if left == FALSE else right if left == TRUE else left
        case Binary(Operator.OR, left, right) if FALSE in (left, right) or left == TRUE:
            return TRUE if left == TRUE else right if left == FALSE else left
        case Conditional(condition, then, otherwise) if condition in (TRUE, FALSE):
            return then if condition == TRUE else otherwise
        case _ if _is_open(made) or not all(isinstance(part, Literal) for part in parts(made)):
            return made
        case _:
            value = closed_value(made)
            return made if value is None else Literal(_exact(made, value[0]), value[0])


def _is_open(expr: Expr) -> bool:
    """Whether a state decides the value; an item at a position need not be there at all."""
    return isinstance(expr, Variable | At | Item)


def _exact(expr: Expr, value: Value) -> Type:
    t = type_of(expr)
    if isinstance(t, IntType) and isinstance(value, int):
        return IntType(value, value)
    return t
