"""Conditions taken apart and turned round: operands, what is presupposed, negation."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Binary,
    Conditional,
    Expr,
    IsNone,
    Literal,
    Operator,
    Unary,
    UnaryOperator,
)
from modelcheck.source import Span


def operands(operator: Operator, condition: Expr) -> tuple[Expr, ...]:
    """What `and`, or `or`, connects in `condition`, from left to right; else it alone."""
    match condition:
        case Binary(found, left, right) if found is operator:
            return (*operands(operator, left), *operands(operator, right))
        case _:
            return (condition,)


def negation(condition: Expr) -> Expr:
    """`not condition`, simplified where it is known or negated already."""
    match condition:
        case Literal(value=value):
            return FALSE if value else TRUE
        case Unary(UnaryOperator.NOT, operand):
            return operand
        case _:
            return Unary(UnaryOperator.NOT, condition)


def antecedents(claim: Expr) -> tuple[Expr, ...]:
    """The conditions of which one must be true for `claim` to say anything.

    `not a or b` and `b if a else True` say something only where `a` is true. Of several such
    claims connected by `and`, as `all(... if a)` makes them, one is enough. Empty if `claim`, or
    one of those, has another form: then it always says something. `x is None or b` and
    `x != y or b` count as implications too.
    """
    found = [_antecedent(part) for part in operands(Operator.AND, claim)]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else ()


def _antecedent(claim: Expr) -> Expr | None:
    match claim:
        case Conditional(condition, _, otherwise) if otherwise == TRUE:
            return condition
        case Conditional(condition, then, _) if then == TRUE:
            return Unary(UnaryOperator.NOT, condition)
        case Binary(Operator.OR, span=span):
            return _presumed(operands(Operator.OR, claim), span)
        case _:
            return None


def _presumed(alternatives: tuple[Expr, ...], span: Span) -> Expr | None:
    """What the denials that stand before the rest of a disjunction deny, all of it together."""
    found: Expr | None = None
    for one in alternatives[:-1]:
        denied = _denied(one)
        if denied is None:
            break
        found = denied if found is None else Binary(Operator.AND, found, denied, span)
    return found


def _denied(condition: Expr) -> Expr | None:
    """What a condition that is written as a denial denies; None if it is written otherwise."""
    match condition:
        case Unary(UnaryOperator.NOT, operand):
            return operand
        case IsNone():
            return Unary(UnaryOperator.NOT, condition)
        case Binary(Operator.UNEQUAL, left, right, span):
            return Binary(Operator.EQUAL, left, right, span)
        case _:
            return None
