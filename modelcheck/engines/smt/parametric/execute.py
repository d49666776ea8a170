"""What a step of a template does, way by way: under which condition, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from modelcheck.engines.smt.parametric.cells import View
from modelcheck.engines.smt.parametric.coding import NotParametric
from modelcheck.engines.smt.parametric.evaluate import Context, evaluate, truth
from modelcheck.engines.smt.parametric.values import (
    Symbolic,
    Table,
    parts,
    table,
    term,
)
from modelcheck.engines.smt.symbolic.terms import Kind, Term
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    Field,
    Index,
    Place,
    Scope,
    Unwrap,
    Variable,
    as_place,
    type_of,
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
from modelcheck.ir.types import (
    ArrayType,
    QueueType,
    RecordType,
    SetType,
    Type,
)

Chooser = Callable[[Choose, Context], Iterator[tuple[Term, Symbolic]]]
"""The values that may be chosen, each with the condition under which it is on offer."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a step."""

    condition: Term
    context: Context
    """What is seen at its end: what was written has its new value."""

    label: str | None
    is_violation: bool = False
    """Whether it ends in a check that fails."""


def walked(
    body: tuple[Statement, ...], condition: Term, context: Context, chooser: Chooser
) -> Iterator[Way]:
    """The ways through the rest of a step."""
    if condition.is_known and not condition.low:
        return
    terms = context.terms
    if not body:
        raise ModelCheckBug("a way through a step that ends nowhere")
    first, *others = body
    rest = tuple(others)
    match first:
        case Goto(label):
            yield Way(condition, context, label)
        case If(asked, then, otherwise):
            found = truth(asked, context)
            yield from walked((*then, *rest), terms.both(condition, found), context, chooser)
            without = terms.both(condition, terms.negation(found))
            yield from walked((*otherwise, *rest), without, context, chooser)
        case Check(asked):
            found = truth(asked, context)
            fails = terms.both(condition, terms.negation(found))
            if not (fails.is_known and not fails.low):
                yield Way(fails, context, None, is_violation=True)
            yield from walked(rest, terms.both(condition, found), context, chooser)
        case Wait(asked):
            found = terms.both(condition, truth(asked, context))
            yield from walked(rest, found, context, chooser)
        case Choose(target):
            for offered, value in chooser(first, context):
                chosen = stored(target, value, context)
                yield from walked(rest, terms.both(condition, offered), chosen, chooser)
        case Assign() | Push() | Pop() | Insert() | Remove():
            yield from walked(rest, condition, _changed(first, context), chooser)
        case _:
            assert_never(first)


def _changed(statement: Assign | Push | Pop | Insert | Remove, context: Context) -> Context:
    algebra, terms = context.algebra, context.terms
    match statement:
        case Assign(place, value):
            return stored(place, evaluate(value, context), context)
        case Push(place, value):
            t = _queue(place)
            length, *rooms = parts(evaluate(place, context))
            count, item = term(length), algebra.stored(t.item, evaluate(value, context))
            kept = (
                algebra.choice(terms.equal(count, terms.known(at)), item, room)
                for at, room in enumerate(rooms)
            )
            longer = _counted(Kind.ADD, count, len(rooms), context)
            return _put(place, (longer, *kept), context)
        case Pop(place, target):
            t = _queue(place)
            length, *rooms = parts(evaluate(place, context))
            shorter = _counted(Kind.SUBTRACT, term(length), len(rooms), context)
            left = _put(place, (shorter, *rooms[1:], algebra.first(t.item)), context)
            return left if target is None else stored(target, rooms[0], left)
        case Insert(place, value) | Remove(place, value):
            key = algebra.key(_set(place).item, evaluate(value, context))
            bit = terms.truth(isinstance(statement, Insert))
            return _put(place, algebra.updated(table(evaluate(place, context)), key, bit), context)
        case _:
            assert_never(statement)


def _queue(place: Place) -> QueueType:
    t = type_of(place)
    if not isinstance(t, QueueType):
        raise NotParametric("a bag")
    return t


def _set(place: Place) -> SetType:
    t = type_of(place)
    if not isinstance(t, SetType):
        raise NotParametric("a bag")
    return t


def _counted(kind: Kind, count: Term, most: int, context: Context) -> Term:
    """A length that grew or shrank by one, where it could."""
    terms = context.terms
    low, high = (1, most) if kind is Kind.ADD else (0, most - 1)
    return terms.arithmetic(kind, count, terms.known(1), low, high)


def stored(place: Place, value: Symbolic, context: Context) -> Context:
    """What is seen once a place has a value."""
    t: Type = type_of(place)
    return _put(place, context.algebra.stored(t, value), context)


def _put(place: Place, value: Symbolic, context: Context) -> Context:
    match place:
        case Variable(name, _, Scope.SHARED):
            view = context.view
            shared = {**view.shared, name: value}
            return replace(context, view=View(shared, view.standing, view.local))
        case Variable(name, _, _):
            return replace(context, locals={**context.locals, name: value})
        case Unwrap(base):
            return _put(as_place(base), (context.terms.truth(value=True), value), context)
        case Field(base, name):
            record = type_of(base)
            if not isinstance(record, RecordType):
                raise ModelCheckBug(f"a field of {record}")
            held, at = list(parts(evaluate(base, context))), record.position(name)
            held[at] = value
            return _put(as_place(base), tuple(held), context)
        case Index(base, index):
            array = type_of(base)
            if not isinstance(array, ArrayType):
                raise ModelCheckBug(f"an item of {array}")
            key = context.algebra.key(array.index, evaluate(index, context))
            found: Table = table(evaluate(base, context))
            return _put(as_place(base), context.algebra.updated(found, key, value), context)
        case _:
            assert_never(place)
