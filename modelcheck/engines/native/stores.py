"""Statements that change a place, as C."""

from __future__ import annotations

from modelcheck.engines.native.codes import converted, fits
from modelcheck.engines.native.containers import Given, inserted, item_at, popped, pushed, removed
from modelcheck.engines.native.expressions import Expressions
from modelcheck.engines.native.layout import TooWide, leaf_types
from modelcheck.engines.native.places import Slot, leaves, load, store
from modelcheck.ir.expressions import Expr, Place, type_of
from modelcheck.ir.statements import Assign, Insert, Pop, Push, Remove
from modelcheck.ir.types import QueueType


def assign(write: Expressions, statement: Assign) -> None:
    """Give a place a value; one outside the place's type is a violation."""
    values = write.parts(statement.value, leaf_types(type_of(statement.place)))
    slots = leaves(write.function, write.place(statement.place))
    for slot, value in zip(slots, values, strict=True):
        write.function.text.add(store(slot, value))


def push(write: Expressions, statement: Push) -> None:
    """Append to a queue."""
    given = _given(write, statement.value)
    slot, now = _container(write, statement.queue)
    write.function.text.add(store(slot, pushed(write.function, now, slot.type, given)))


def pop(write: Expressions, statement: Pop) -> None:
    """Take the oldest item of a queue, into a place if one is given."""
    slot, now = _container(write, statement.queue)
    after = popped(write.function, now, slot.type)
    write.function.text.add(store(slot, after))
    if statement.target is not None and isinstance(slot.type, QueueType):
        item = slot.type.item
        first = write.function.temporary(item_at(now, slot.type, 0), item)
        _assign(write, statement.target, (first, item))


def insert(write: Expressions, statement: Insert) -> None:
    """Put a value into a bag or a set."""
    given = _given(write, statement.value)
    slot, now = _container(write, statement.container)
    write.function.text.add(store(slot, inserted(write.function, now, slot.type, given)))


def remove(write: Expressions, statement: Remove) -> None:
    """Take a value out of a bag or a set."""
    given = _given(write, statement.value)
    slot, now = _container(write, statement.container)
    write.function.text.add(store(slot, removed(write.function, now, slot.type, given)))


def _assign(write: Expressions, target: Place, given: Given) -> None:
    (slot,) = leaves(write.function, write.place(target))
    value, held = given
    write.function.check(fits(value, held, slot.type))
    write.function.text.add(store(slot, converted(write.function, value, held, slot.type)))


def _given(write: Expressions, value: Expr) -> Given:
    return write.once(value), type_of(value)


def _container(write: Expressions, place: Place) -> tuple[Slot, str]:
    """Where a container lies, and what it holds now, as an atom."""
    slot = write.place(place)
    if not isinstance(slot, Slot):
        raise TooWide("a container that fits in no word")
    return slot, write.function.snapshot(load(slot), slot.type)
