"""Whether an expression has a value whatever the state."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    Binary,
    Conditional,
    Expr,
    First,
    Index,
    IsNone,
    Literal,
    Operator,
    SetOf,
    Unary,
    UnaryOperator,
    Unwrap,
    type_of,
)
from modelcheck.ir.types import ArrayType, IntType, position
from modelcheck.ir.walk import parts


def is_total(expr: Expr, present: frozenset[Expr] = frozenset()) -> bool:
    """Whether an expression has a value in every state; `present` are options known to hold one."""
    match expr:
        case Binary(Operator.AND, left, right):
            return is_total(left, present) and is_total(right, present | _held(left, sign=True))
        case Binary(Operator.OR, left, right):
            return is_total(left, present) and is_total(right, present | _held(left, sign=False))
        case Conditional(condition, then, otherwise):
            return (
                is_total(condition, present)
                and is_total(then, present | _held(condition, sign=True))
                and is_total(otherwise, present | _held(condition, sign=False))
            )
        case Unwrap(base):
            return base in present and is_total(base, present)
        case First() | SetOf():
            return False
        case Index(base, index) if not _is_inside(base, index):
            return False
        case Binary(Operator.DIVIDE | Operator.MODULO, _, right) if not _is_nonzero(right):
            return False
        case _:
            return all(is_total(part, present) for part in parts(expr))


def _held(condition: Expr, *, sign: bool) -> frozenset[Expr]:
    """The options that hold something where a condition is true, or false."""
    match condition:
        case IsNone(base):
            return frozenset() if sign else frozenset({base})
        case Unary(UnaryOperator.NOT, operand):
            return _held(operand, sign=not sign)
        case Binary(Operator.AND, left, right) if sign:
            return _held(left, sign=True) | _held(right, sign=True)
        case Binary(Operator.OR, left, right) if not sign:
            return _held(left, sign=False) | _held(right, sign=False)
        case _:
            return frozenset()


def _is_inside(base: Expr, index: Expr) -> bool:
    """Whether an index lies in its array's domain whatever its value."""
    array, at = type_of(base), type_of(index)
    if not isinstance(array, ArrayType):
        return False
    match at, array.index:
        case IntType(low, high), IntType(least, greatest):
            if isinstance(index, Literal):
                return position(array.index, index.value) is not None
            return least <= low and high <= greatest
        case _:
            return at == array.index


def _is_nonzero(expr: Expr) -> bool:
    return isinstance(expr, Literal) and expr.value != 0
