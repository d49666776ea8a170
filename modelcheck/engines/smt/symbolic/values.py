"""Values of a model's types as terms: how they are compared, chosen between, and stored.

A truth, a number and an enum's position are a term. An option is whether it holds something, and
the item. A record and an array are their parts. A queue and a bag are their length and one item for
each room; a set is a truth for each value of its domain. What is stored is normal: an item that is
not there is the first value of its type, so that equal states have equal cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.engines.smt.symbolic.terms import Kind, Term, Terms
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    size,
    values,
)

Symbolic: TypeAlias = "Term | tuple[Symbolic, ...]"
"""A value as terms; its shape follows from its type."""


def term(value: Symbolic) -> Term:
    """A value that is a single term."""
    if not isinstance(value, Term):
        raise ModelCheckBug(f"one term was expected, not {len(value)} parts")
    return value


def parts(value: Symbolic) -> tuple[Symbolic, ...]:
    """A value that has parts."""
    if isinstance(value, Term):
        raise ModelCheckBug("a value with parts was expected")
    return value


def leaves(value: Symbolic) -> Iterator[Term]:
    """The terms of a value, in order."""
    if isinstance(value, Term):
        yield value
    else:
        for part in value:
            yield from leaves(part)


def part_types(t: RecordType | ArrayType) -> tuple[Type, ...]:
    """The types of the parts of a record or an array."""
    if isinstance(t, RecordType):
        return tuple(field.type for field in t.fields)
    return (t.item,) * size(t.index)


@dataclass(frozen=True, slots=True)
class Algebra:
    """What can be done to values."""

    terms: Terms

    def literal(self, t: Type, value: Value) -> Symbolic:
        """A known value; an integer may lie outside `t`."""
        match t, value:
            case BoolType(), bool():
                return self.terms.truth(value)
            case IntType(), int():
                return self.terms.known(value)
            case EnumType(members=members), str():
                return self.terms.known(members.index(value))
            case OptionType(item), _:
                held = self.first(item) if value is None else self.literal(item, value)
                return (self.terms.truth(value is not None), held)
            case ((RecordType() | ArrayType()), tuple()):
                pairs = zip(part_types(t), value, strict=True)
                return tuple(self.literal(part, v) for part, v in pairs)
            case ((QueueType(item, capacity) | BagType(item, capacity)), tuple()):
                rest = (self.first(item),) * (capacity - len(value))
                held_items = tuple(self.literal(item, v) for v in value)
                return (self.terms.known(len(value)), *held_items, *rest)
            case SetType(item), tuple():
                return tuple(self.terms.truth(v in value) for v in values(item))
            case _:
                raise ModelCheckBug(f"{value!r} is no value of {t}")

    def first(self, t: Type) -> Symbolic:
        """The first value of a type."""
        return self.literal(t, next(values(t)))

    def kept(self, t: Type, name: str, held: Mapping[str, Value]) -> Symbolic:
        """What is stored of a local: its value, or the first of its type where it is dead."""
        return self.literal(t, held[name]) if name in held else self.first(t)

    def cells(self, t: Type, name: str) -> Symbolic:
        """A value that is not known: a cell for each of its terms."""
        match t:
            case BoolType():
                return self.terms.cell(name, is_truth=True)
            case IntType(low, high):
                return self.terms.cell(name, is_truth=False, low=low, high=high)
            case EnumType(members=members):
                return self.terms.cell(name, is_truth=False, low=0, high=len(members) - 1)
            case OptionType(item):
                there = self.terms.cell(f"{name}?", is_truth=True)
                return (there, self.cells(item, f"{name}!"))
            case RecordType(fields=fields):
                return tuple(self.cells(one.type, f"{name}.{one.name}") for one in fields)
            case ArrayType(index, item):
                return tuple(self.cells(item, f"{name}[{at}]") for at in values(index))
            case QueueType(item, capacity) | BagType(item, capacity):
                length = self.terms.cell(f"{name}#", is_truth=False, low=0, high=capacity)
                rooms = (self.cells(item, f"{name}({at})") for at in range(capacity))
                return (length, *rooms)
            case SetType(item):
                return tuple(self.terms.cell(f"{name}{{{v}}}", is_truth=True) for v in values(item))
            case _:
                assert_never(t)

    def choice(self, condition: Term, then: Symbolic, otherwise: Symbolic) -> Symbolic:
        """`then` where the condition holds, else `otherwise`."""
        if then is otherwise:
            return then
        if isinstance(then, Term) and isinstance(otherwise, Term):
            return self.terms.choice(condition, then, otherwise)
        pairs = zip(parts(then), parts(otherwise), strict=True)
        return tuple(self.choice(condition, a, b) for a, b in pairs)

    def equal(self, t: Type, one: Symbolic, other: Symbolic) -> Term:
        """Whether two values are the same; integers of either may lie outside `t`."""
        terms = self.terms
        match t:
            case BoolType() | IntType() | EnumType():
                return terms.equal(term(one), term(other))
            case OptionType(item):
                (here, a), (there, b) = parts(one), parts(other)
                same = terms.implies(term(here), self.equal(item, a, b))
                return terms.both(terms.equal(term(here), term(there)), same)
            case RecordType() | ArrayType():
                triples = zip(part_types(t), parts(one), parts(other), strict=True)
                return terms.every(self.equal(part, a, b) for part, a, b in triples)
            case QueueType(item) | BagType(item):
                (length, *a_items), (other_length, *b_items) = parts(one), parts(other)
                same = terms.every(
                    terms.implies(self.holds(term(length), at), self.equal(item, a, b))
                    for at, (a, b) in enumerate(zip(a_items, b_items, strict=True))
                )
                return terms.both(terms.equal(term(length), term(other_length)), same)
            case SetType():
                pairs = zip(parts(one), parts(other), strict=True)
                return terms.every(terms.equal(term(a), term(b)) for a, b in pairs)
            case _:
                assert_never(t)

    def holds(self, length: Term, at: int) -> Term:
        """Whether a container of that length has an item at a position."""
        return self.terms.less(self.terms.known(at), length)

    def contains(self, t: Type, value: Symbolic) -> Term:
        """Whether a value, alike but for the bounds of integers, is one of the type's values."""
        terms = self.terms
        match t:
            case IntType(low, high):
                return terms.within(term(value), low, high)
            case BoolType() | EnumType() | SetType():
                return terms.truth(value=True)
            case OptionType(item):
                there, held = parts(value)
                return terms.implies(term(there), self.contains(item, held))
            case RecordType() | ArrayType():
                pairs = zip(part_types(t), parts(value), strict=True)
                return terms.every(self.contains(part, v) for part, v in pairs)
            case QueueType(item) | BagType(item):
                length, *held_items = parts(value)
                return terms.every(
                    terms.implies(self.holds(term(length), at), self.contains(item, v))
                    for at, v in enumerate(held_items)
                )
            case _:
                assert_never(t)

    def stored(self, t: Type, value: Symbolic) -> Symbolic:
        """A value that is known to lie in the type, as a place of that type keeps it."""
        match t:
            case IntType(low, high):
                return self.terms.clipped(term(value), low, high)
            case BoolType() | EnumType() | SetType():
                return value
            case OptionType(item):
                there, held = parts(value)
                kept = self.choice(term(there), self.stored(item, held), self.first(item))
                return (there, kept)
            case RecordType() | ArrayType():
                pairs = zip(part_types(t), parts(value), strict=True)
                return tuple(self.stored(part, v) for part, v in pairs)
            case QueueType(item) | BagType(item):
                length, *held_items = parts(value)
                absent = self.first(item)
                kept_items = (
                    self.choice(self.holds(term(length), at), self.stored(item, v), absent)
                    for at, v in enumerate(held_items)
                )
                return (length, *kept_items)
            case _:
                assert_never(t)

    def less(self, t: Type, one: Symbolic, other: Symbolic) -> Term:
        """Whether one value stands before another in the order of `order_key`."""
        terms = self.terms
        decided = terms.truth(value=False)
        for a, b in reversed(list(zip(self._key(t, one), self._key(t, other), strict=True))):
            tied = terms.both(terms.equal(a, b), decided)
            decided = terms.either(self._before(a, b), tied)
        return decided

    def _before(self, one: Term, other: Term) -> Term:
        if one.is_truth:
            return self.terms.both(self.terms.negation(one), other)
        return self.terms.less(one, other)

    def _key(self, t: Type, value: Symbolic) -> Iterator[Term]:
        """What decides the order of values, the weightiest first; absent items are all the same."""
        match t:
            case BoolType() | IntType() | EnumType():
                yield term(value)
            case OptionType(item):
                there, held = parts(value)
                yield term(there)
                yield from self._key(item, held)
            case RecordType() | ArrayType():
                for part, v in zip(part_types(t), parts(value), strict=True):
                    yield from self._key(part, v)
            case QueueType(item) | BagType(item):
                length, *held_items = parts(value)
                yield term(length)
                for v in held_items:
                    yield from self._key(item, v)
            case SetType():  # of two as large, the one with the first item that they do not share
                yield self.counted(value)
                yield from (self.terms.negation(one) for one in leaves(value))
            case _:
                assert_never(t)

    def counted(self, members: Symbolic) -> Term:
        """How many values a set holds."""
        total = self.terms.known(0)
        for count, one in enumerate(leaves(members), start=1):
            bit = self.terms.choice(one, self.terms.known(1), self.terms.known(0))
            high = min(count, total.high + bit.high)
            total = self.terms.arithmetic(Kind.ADD, total, bit, total.low + bit.low, high)
        return total


def decoded(t: Type, value: Iterator[int]) -> Value:
    """The value that the numbers of its cells, in order, stand for."""
    match t:
        case BoolType():
            return bool(next(value))
        case IntType():
            return next(value)
        case EnumType(members=members):
            return members[next(value)]
        case OptionType(item):
            there, held = next(value), decoded(item, value)
            return held if there else None
        case RecordType() | ArrayType():
            return tuple([decoded(part, value) for part in part_types(t)])
        case QueueType(item, capacity) | BagType(item, capacity):
            length = next(value)
            return tuple([decoded(item, value) for _ in range(capacity)][:length])
        case SetType(item):
            return tuple([v for v in tuple(values(item)) if next(value)])
        case _:
            assert_never(t)
