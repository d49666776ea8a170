"""A normal form of code, in which only an order that means nothing is settled.

Operands of `and`, `+`, `==` and the like are sorted, and so are options on offer and statements
that commute: what the front-end unrolls from a loop or a comprehension over a whole domain is then
the same whatever the order of the domain. Equal normal forms mean the same; the reverse is not so.
"""

from __future__ import annotations

from functools import reduce
from typing import assert_never

from modelcheck.engines.symmetry.effects import commute, effects
from modelcheck.engines.symmetry.total import is_total
from modelcheck.ir.connectives import operands
from modelcheck.ir.expressions import (
    Binary,
    Expr,
    Literal,
    Operator,
    Place,
    SetOf,
    SetOperation,
    SetOperator,
    as_place,
)
from modelcheck.ir.render import render_expr, render_statement
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Offer,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import IntType, OptionType, Type, Value
from modelcheck.ir.walk import mapped

Body = tuple[Statement, ...]

CHAINS = frozenset(
    {
        Operator.AND,
        Operator.OR,
        Operator.ADD,
        Operator.MULTIPLY,
        Operator.MINIMUM,
        Operator.MAXIMUM,
    }
)
EARLY = frozenset({Operator.AND, Operator.OR})
SORTED = frozenset({Operator.EQUAL, Operator.UNEQUAL})
UNORDERED = frozenset({SetOperator.UNION, SetOperator.INTERSECTION})


def normal(expr: Expr) -> Expr:
    """The normal form of an expression."""
    match expr:
        case Literal(t, value):
            return Literal(_exact(t, value), value)
        case Binary(operator) if operator in CHAINS:
            return _chain(expr)
        case Binary(operator, left, right, span) if operator in SORTED:
            one, other = sorted((normal(left), normal(right)), key=render_expr)
            return Binary(operator, one, other, span)
        case SetOperation(operator, left, right) if operator in UNORDERED:
            one, other = sorted((normal(left), normal(right)), key=render_expr)
            return SetOperation(operator, one, other)
        case SetOf(t, items, span):
            return SetOf(t, tuple(sorted(map(normal, items), key=render_expr)), span)
        case _:
            return mapped(expr, normal)


def _exact(t: Type, value: Value) -> Type:
    """The narrowest type of a literal: how wide it was written is no part of its meaning."""
    match t, value:
        case IntType(), int():
            return IntType(value, value)
        case OptionType(item), None:
            return OptionType(_exact(item, 0))
        case OptionType(item), _:
            return OptionType(_exact(item, value))
        case _:
            return t


def _chain(expr: Binary) -> Expr:
    """Operands in order, unless their order tells which is asked where another has no value."""
    found = [normal(one) for one in operands(expr.operator, expr)]
    if expr.operator not in EARLY or all(is_total(one) for one in found):
        found.sort(key=render_expr)
    return reduce(lambda one, other: Binary(expr.operator, one, other, expr.span), found)


def normal_body(body: Body) -> Body:
    """The normal form of statements: of all orders of those that commute, the first."""
    made = [_normal_statement(one) for one in body]
    if len(made) < 2:  # noqa: PLR2004  # nothing to put in order
        return tuple(made)
    waiting = [(render_statement(one), effects(one), one) for one in made]
    found: list[Statement] = []
    while waiting:
        free = [
            at
            for at, (_, own, _) in enumerate(waiting)
            if all(commute(own, before) for _, before, _ in waiting[:at])
        ]
        first = min(free, key=lambda at: waiting[at][0])
        found.append(waiting.pop(first)[2])
    return tuple(found)


def _normal_statement(statement: Statement) -> Statement:
    match statement:
        case Assign(place, value, span):
            return Assign(_place(place), normal(value), span)
        case Push(place, value, span):
            return Push(_place(place), normal(value), span)
        case Insert(place, value, span):
            return Insert(_place(place), normal(value), span)
        case Remove(place, value, span):
            return Remove(_place(place), normal(value), span)
        case Pop(queue, target, span):
            return Pop(_place(queue), None if target is None else _place(target), span)
        case Check(condition, message, span):
            return Check(normal(condition), message, span)
        case Wait(condition, span):
            return Wait(normal(condition), span)
        case If(condition, then, otherwise, span):
            return If(normal(condition), normal_body(then), normal_body(otherwise), span)
        case Choose(target, offers, span):
            made = [Offer(normal(one.condition), normal(one.value)) for one in offers]
            made.sort(key=lambda one: f"{render_expr(one.value)} if {render_expr(one.condition)}")
            return Choose(target, tuple(made), span)
        case Goto():
            return statement
        case _:
            assert_never(statement)


def _place(place: Place) -> Place:
    return as_place(normal(place))
