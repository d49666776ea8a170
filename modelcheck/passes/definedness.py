"""Where an expression has a value, and where a type holds it: as checks, in order of evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from modelcheck.ir.connectives import negation, operands
from modelcheck.ir.expressions import (
    BOOL,
    TRUE,
    At,
    Binary,
    Conditional,
    Expr,
    First,
    Index,
    IsNone,
    Length,
    Literal,
    Make,
    Operator,
    SetOf,
    Some,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.statements import Check
from modelcheck.ir.types import ArrayType, IntType, OptionType, RecordType, Type
from modelcheck.ir.walk import parts, subexpressions, substitute
from modelcheck.source import Span

Intervals: TypeAlias = Mapping[Variable, IntType]
"""Variables that are known to lie closer than their types say."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known where an expression stands."""

    domains: Mapping[str, Type] = field(default_factory=dict)
    """The index type of each process array, for `at`."""

    intervals: Intervals = field(default_factory=dict)
    conditions: frozenset[Expr] = frozenset()
    """What is known to be true."""

    def type_of(self, expr: Expr) -> Type:
        """The type of an expression, with what is known of its variables."""
        for variable, interval in self.intervals.items():
            closer = Variable(variable.name, interval, variable.scope)
            expr = substitute(expr, variable, closer)
        return type_of(expr)


DIVISIONS = frozenset({Operator.DIVIDE, Operator.MODULO})


def definedness(expr: Expr, facts: Facts) -> tuple[Check, ...]:
    """What must hold for `expr` to have a value; each condition has one where those before hold."""
    match expr:
        case Binary(Operator.AND, left, right):
            return (*definedness(left, facts), *asked_where(left, definedness(right, facts)))
        case Binary(Operator.OR, left, right):
            right_checks = definedness(right, facts)
            return (*definedness(left, facts), *asked_where(negation(left), right_checks))
        case Conditional(condition, then, otherwise):
            one, other = definedness(then, facts), definedness(otherwise, facts)
            return (
                *definedness(condition, facts),
                *asked_where(condition, one),
                *asked_where(negation(condition), other),
            )
        case SetOf(t, items, span):
            return tuple(
                check
                for item in items
                for check in (*definedness(item, facts), *fits(t.item, item, span, facts))
            )
        case _:
            inside = tuple(check for part in parts(expr) for check in definedness(part, facts))
            return (*inside, *_own(expr, facts))


def _own(expr: Expr, facts: Facts) -> tuple[Check, ...]:
    match expr:
        case Index(base, index, span):
            array = type_of(base)
            domain = array.index if isinstance(array, ArrayType) else array
            return tuple(
                Check(condition, "index outside its domain", span)
                for condition in _within(domain, index, span, facts)
            )
        case At(process, index, _, span) if index is not None:
            return tuple(
                Check(condition, "index outside its domain", span)
                for condition in _within(facts.domains[process], index, span, facts)
            )
        case Unwrap(base, span):
            return (Check(negation(IsNone(base)), "None where a value is needed", span),)
        case First(queue, span):
            has_one = operation(Operator.GREATER, Length(queue), number(0), span)
            return (Check(has_one, "peek of an empty queue", span),)
        case Binary(operator, _, right, span) if operator in DIVISIONS:
            if _excludes_zero(right, facts):
                return ()
            condition = operation(Operator.UNEQUAL, right, number(0), span)
            return (Check(condition, "division by zero", span),)
        case _:
            return ()


def fits(
    t: Type, value: Expr, span: Span, facts: Facts, *, trusted: bool = True
) -> tuple[Check, ...]:
    """That `t` holds the value; nothing where it always does.

    A value that is not `trusted` may lie outside its own type: it was chosen, and not yet judged.
    """
    found = _within(t, value, span, facts, trusted=trusted)
    return tuple(Check(one, "value outside its domain", span) for one in found)


def _within(
    t: Type, value: Expr, span: Span, facts: Facts, *, trusted: bool = True
) -> tuple[Expr, ...]:
    match t, value:
        case _, Conditional(condition, then, otherwise):
            one = _within(t, then, span, facts, trusted=trusted)
            other = _within(t, otherwise, span, facts, trusted=trusted)
            return (
                *(_implies(condition, claim, span) for claim in one),
                *(_implies(negation(condition), claim, span) for claim in other),
            )
        case _, Literal():
            return _within_literal(t, value, span)
        case IntType(), _:
            return _between(t, value, span, facts, trusted=trusted)
        case OptionType(item), Some(inner):
            return _within(item, inner, span, facts, trusted=trusted)
        case OptionType(item), _:
            inside = _within(item, Unwrap(value, span), span, facts, trusted=trusted)
            return tuple(_implies(negation(IsNone(value)), claim, span) for claim in inside)
        case RecordType(fields=fields), Make(_, values):
            pairs = zip(fields, values, strict=True)
            return tuple(
                c for f, v in pairs for c in _within(f.type, v, span, facts, trusted=trusted)
            )
        case _:
            return ()


def _within_literal(t: Type, value: Literal, span: Span) -> tuple[Expr, ...]:
    if isinstance(t, OptionType):
        return () if value.value is None else _within_literal(t.item, value, span)
    if isinstance(t, IntType) and isinstance(value.value, int):
        return () if t.low <= value.value <= t.high else (Literal(BOOL, value=False),)
    return ()


def _between(
    t: IntType, value: Expr, span: Span, facts: Facts, *, trusted: bool
) -> tuple[Expr, ...]:
    known = facts.type_of(value)
    # A record that is just being made may hold what its fields do not.
    is_exact = trusted and not any(isinstance(part, Make) for part in subexpressions(value))
    limits: list[Expr] = []
    if not (is_exact and isinstance(known, IntType) and t.low <= known.low):
        limits.append(operation(Operator.GREATER_EQUAL, value, number(t.low), span))
    if not (is_exact and isinstance(known, IntType) and known.high <= t.high):
        limits.append(operation(Operator.LESS_EQUAL, value, number(t.high), span))
    return (conjunction(limits, span),) if limits else ()


def _excludes_zero(expr: Expr, facts: Facts) -> bool:
    t = facts.type_of(expr)
    is_made = any(isinstance(part, Make) for part in subexpressions(expr))
    return isinstance(t, IntType) and not is_made and not t.low <= 0 <= t.high


def asked_where(reached: Expr, checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks, asked only where `reached` holds; those that it answers itself are left out."""
    known = operands(Operator.AND, reached)
    return tuple(
        Check(_implies(reached, check.condition, check.span), check.message, check.span)
        for check in checks
        if check.condition not in known
    )


def _implies(condition: Expr, claim: Expr, span: Span) -> Expr:
    return operation(Operator.OR, negation(condition), claim, span)


def conjunction(conditions: Iterable[Expr], span: Span) -> Expr:
    """All of them, asked in order; true of none."""
    whole: Expr | None = None
    for condition in conditions:
        whole = condition if whole is None else operation(Operator.AND, whole, condition, span)
    return TRUE if whole is None else whole


def operation(operator: Operator, left: Expr, right: Expr, span: Span) -> Binary:
    """An operator between two expressions."""
    return Binary(operator, left, right, span)


def number(value: int) -> Literal:
    """A whole number."""
    return Literal(IntType(value, value), value)
