"""What is known once a condition is true, or false, and until what it speaks of is written."""

from __future__ import annotations

from modelcheck.ir.connectives import negation, operands
from modelcheck.ir.expressions import (
    Binary,
    Expr,
    Literal,
    Operator,
    Unary,
    UnaryOperator,
    Variable,
)
from modelcheck.ir.types import IntType
from modelcheck.ir.walk import variables
from modelcheck.passes.definedness import Facts, Intervals

OPPOSITE = {
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
}


def learned(facts: Facts, condition: Expr, *, holds: bool) -> Facts:
    """The facts, and what is known once `condition` is true, or false."""
    true = operands(Operator.AND, condition) if holds else (negation(condition),)
    return Facts(
        facts.domains,
        narrowed(facts.intervals, condition, holds=holds),
        facts.conditions.union(true),
    )


def forgotten(facts: Facts, touched: frozenset[Variable]) -> Facts:
    """The facts that speak of none of these variables, which have been written."""
    return Facts(
        facts.domains,
        {v: interval for v, interval in facts.intervals.items() if v not in touched},
        frozenset(one for one in facts.conditions if not touched & variables(one)),
    )


def narrowed(known: Intervals, condition: Expr, *, holds: bool) -> Intervals:
    """The intervals once `condition` is true, or false; the same where it says too little."""
    match condition:
        case Unary(UnaryOperator.NOT, operand):
            return narrowed(known, operand, holds=not holds)
        case Binary(Operator.AND, left, right) if holds:
            return narrowed(narrowed(known, left, holds=True), right, holds=True)
        case Binary(Operator.OR, left, right) if not holds:
            return narrowed(narrowed(known, left, holds=False), right, holds=False)
        case Binary(operator, Variable() as variable, Literal(_, int() as limit)) if (
            operator in OPPOSITE and isinstance(variable.type, IntType)
        ):
            before = known.get(variable, variable.type)
            after = _limited(before, operator if holds else OPPOSITE[operator], limit)
            return {**known, variable: after} if after.low <= after.high else known
        case _:
            return known


def _limited(interval: IntType, operator: Operator, limit: int) -> IntType:
    low, high = interval.low, interval.high
    match operator:
        case Operator.EQUAL:
            return IntType(max(low, limit), min(high, limit))
        case Operator.UNEQUAL:
            return IntType(low + (limit == low), high - (limit == high))
        case Operator.LESS:
            return IntType(low, min(high, limit - 1))
        case Operator.LESS_EQUAL:
            return IntType(low, min(high, limit))
        case Operator.GREATER:
            return IntType(max(low, limit + 1), high)
        case _:
            return IntType(max(low, limit), high)
