"""Going through expressions and statements: what they are made of, and replacing a part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from modelcheck.ir.expressions import (
    At,
    Binary,
    Conditional,
    Contains,
    Expr,
    Field,
    First,
    Index,
    IsNone,
    Item,
    Length,
    Literal,
    Make,
    Operator,
    SetOf,
    SetOperation,
    Some,
    Unary,
    Unwrap,
    Variable,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that `expr` is directly made of, in the order of evaluation."""
    match expr:
        case Literal() | Variable():
            return ()
        case Binary() | SetOperation():
            return (expr.left, expr.right)
        case Index():
            return (expr.base, expr.index)
        case Field() | Unwrap() | IsNone():
            return (expr.base,)
        case Some(item):
            return (item,)
        case Unary(_, operand):
            return (operand,)
        case Length(container) | First(container) | Item(container):
            return (container,)
        case Contains(container, item):
            return (container, item)
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Make(_, values) | SetOf(_, values):
            return values
        case At(index=index):
            return () if index is None else (index,)
        case _:
            assert_never(expr)


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """`expr` and everything in it, outermost first."""
    pending = [expr]
    while pending:
        part = pending.pop()
        yield part
        pending += reversed(parts(part))


def variables(expr: Expr) -> frozenset[Variable]:
    """The variables that `expr` speaks of."""
    return frozenset(part for part in subexpressions(expr) if isinstance(part, Variable))


def may_violate(expr: Expr) -> bool:
    """Whether evaluating `expr` can be a violation: an index, an empty option or queue, a zero.

    Or a set built of values that may lie outside its domain.
    """
    risky = (Operator.DIVIDE, Operator.MODULO)
    return any(
        isinstance(part, Index | Unwrap | First | SetOf)
        or (isinstance(part, Binary) and part.operator in risky)
        for part in subexpressions(expr)
    )


def substitute(expr: Expr, old: Variable, new: Expr) -> Expr:
    """`expr` with every occurrence of `old` replaced by `new`."""
    return new if expr == old else mapped(expr, lambda part: substitute(part, old, new))


def mapped(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """`expr` with each of its direct parts changed."""
    match expr:
        case Literal() | Variable():
            return expr
        case Field(base, name, span):
            return Field(change(base), name, span)
        case Index(base, index, span):
            return Index(change(base), change(index), span)
        case Unwrap(base, span):
            return Unwrap(change(base), span)
        case Some(item):
            return Some(change(item))
        case IsNone(base):
            return IsNone(change(base))
        case Unary(operator, operand):
            return Unary(operator, change(operand))
        case Binary(binary, left, right, span):
            return Binary(binary, change(left), change(right), span)
        case Conditional(condition, then, otherwise):
            return Conditional(change(condition), change(then), change(otherwise))
        case Length(container):
            return Length(change(container))
        case First(queue, span):
            return First(change(queue), span)
        case Item(container, position):
            return Item(change(container), position)
        case Contains(container, item):
            return Contains(change(container), change(item))
        case SetOf(set_type, items, span):
            return SetOf(set_type, tuple(change(item) for item in items), span)
        case SetOperation(set_operator, left, right):
            return SetOperation(set_operator, change(left), change(right))
        case Make(t, values):
            return Make(t, tuple(change(value) for value in values))
        case At(process, index, label, span):
            return At(process, None if index is None else change(index), label, span)
        case _:
            assert_never(expr)


def statements(body: Iterable[Statement]) -> Iterator[Statement]:
    """The statements of a body and of all its branches, in written order."""
    for statement in body:
        yield statement
        if isinstance(statement, If):
            yield from statements(statement.then)
            yield from statements(statement.otherwise)


def reachable(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """A body up to its first `Goto`, beyond which nothing runs."""
    for number, statement in enumerate(body):
        if isinstance(statement, Goto):
            return body[: number + 1]
    return body


def is_joined(branch: If) -> bool:
    """Whether both branches only have effects and fall through."""
    inside = statements((*branch.then, *branch.otherwise))
    return not any(isinstance(one, Check | Wait | Choose | Goto) for one in inside)


def written(statement: Statement) -> tuple[Expr, ...]:
    """The expressions that stand directly in one statement: places included, branches not."""
    match statement:
        case Assign(place, value) | Push(place, value):
            return (place, value)
        case Insert(place, value) | Remove(place, value):
            return (place, value)
        case Pop(queue, target):
            return (queue,) if target is None else (queue, target)
        case Check(condition) | Wait(condition) | If(condition):
            return (condition,)
        case Choose(target, offers):
            return (target, *(part for offer in offers for part in (offer.condition, offer.value)))
        case Goto():
            return ()
        case _:
            assert_never(statement)
