"""Types of a model: every one is finite, and knows its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, pairwise, product
from math import comb
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug

Value: TypeAlias = "bool | int | str | tuple[Value, ...] | None"
"""A value, read through its type.

bool: `bool`. Integer: `int`. Enum: the member's name. Option: `None` or the item.
Record: the field values in order. Array: the items in the order of the index domain.
Queue: the items, oldest first. Bag and set: the items in the order of `order_key`.
"""


@dataclass(frozen=True, slots=True)
class BoolType:
    """`False`, `True`."""


@dataclass(frozen=True, slots=True)
class IntType:
    """The integers from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class EnumType:
    """The members of an enumeration, in declared order."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionType:
    """`None`, or a value of `item`; `item` is no option itself."""

    item: Type


@dataclass(frozen=True, slots=True)
class RecordField:
    """One named part of a record."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class RecordType:
    """A value with named parts, in declared order."""

    name: str
    fields: tuple[RecordField, ...]

    def position(self, name: str) -> int:
        """Where the field `name` stands; `KeyError` if there is none."""
        for position, field in enumerate(self.fields):
            if field.name == name:
                return position
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ArrayType:
    """A total map from `index` (integers, an enum or bool) to `item`."""

    index: Type
    item: Type


@dataclass(frozen=True, slots=True)
class QueueType:
    """A FIFO of at most `capacity` items."""

    item: Type
    capacity: int


@dataclass(frozen=True, slots=True)
class BagType:
    """An unordered pool of at most `capacity` items; equal ones count as often as they are in."""

    item: Type
    capacity: int


@dataclass(frozen=True, slots=True)
class SetType:
    """A subset of the values of `item`."""

    item: Type


Type = (
    BoolType
    | IntType
    | EnumType
    | OptionType
    | RecordType
    | ArrayType
    | QueueType
    | BagType
    | SetType
)
INDEX_TYPES = (BoolType, IntType, EnumType)


def size(t: Type) -> int:
    """The number of values of a type."""
    match t:
        case BoolType():
            return 2
        case IntType(low, high):
            return high - low + 1
        case EnumType(members=members):
            return len(members)
        case OptionType(item):
            return size(item) + 1
        case RecordType(fields=fields):
            count = 1
            for field in fields:
                count *= size(field.type)
            return count
        case ArrayType(index, item):
            return int(size(item) ** size(index))
        case QueueType(item, capacity):
            return sum(int(size(item) ** length) for length in range(capacity + 1))
        case BagType(item, capacity):
            return comb(size(item) + capacity, capacity)
        case SetType(item):
            return 1 << size(item)
        case _:
            assert_never(t)


def values(t: Type) -> Iterator[Value]:
    """Every value of a type, in a fixed order; `size(t)` of them."""
    match t:
        case BoolType():
            yield from (False, True)
        case IntType(low, high):
            yield from range(low, high + 1)
        case EnumType(members=members):
            yield from members
        case OptionType(item):
            yield None
            yield from values(item)
        case RecordType(fields=fields):
            yield from product(*(tuple(values(field.type)) for field in fields))
        case ArrayType(index, item):
            yield from product(tuple(values(item)), repeat=size(index))
        case QueueType(item, capacity):
            for length in range(capacity + 1):
                yield from product(tuple(values(item)), repeat=length)
        case BagType(item, capacity):
            for length in range(capacity + 1):
                yield from combinations_with_replacement(tuple(values(item)), length)
        case SetType(item):
            for length in range(size(item) + 1):
                yield from combinations(tuple(values(item)), length)
        case _:
            assert_never(t)


def contains(t: Type, value: Value) -> bool:
    """Whether `value` is one of the type's values."""
    match t:
        case BoolType():
            return isinstance(value, bool)
        case IntType():
            if not isinstance(value, int) or isinstance(value, bool):
                return False
            return t.low <= value <= t.high
        case EnumType():
            return value in t.members
        case OptionType(item):
            return value is None or contains(item, value)
        case RecordType(fields=fields):
            return (
                isinstance(value, tuple)
                and len(value) == len(fields)
                and all(contains(f.type, v) for f, v in zip(fields, value, strict=True))
            )
        case ArrayType(index, item):
            return (
                isinstance(value, tuple)
                and len(value) == size(index)
                and all(contains(item, v) for v in value)
            )
        case QueueType(item, capacity):
            return (
                isinstance(value, tuple)
                and len(value) <= capacity
                and all(contains(item, v) for v in value)
            )
        case BagType(item, capacity):
            return (
                isinstance(value, tuple)
                and len(value) <= capacity
                and all(contains(item, v) for v in value)
                and all(order_key(item, a) <= order_key(item, b) for a, b in pairwise(value))
            )
        case SetType(item):
            return (
                isinstance(value, tuple)
                and all(contains(item, v) for v in value)
                and all(order_key(item, a) < order_key(item, b) for a, b in pairwise(value))
            )
        case _:
            assert_never(t)


def order_key(t: Type, value: Value) -> tuple[int, ...]:
    """Orders the values of a type as `values` does; integers outside the type keep their order."""
    match t, value:
        case EnumType(members=members), str():
            return (members.index(value),)
        case OptionType(), None:
            return (0,)
        case OptionType(item), _:
            return (1, *order_key(item, value))
        case RecordType(fields=fields), tuple():
            pairs = zip(fields, value, strict=True)
            return tuple([n for field, v in pairs for n in order_key(field.type, v)])
        case ArrayType(item=item), tuple():
            return tuple([n for v in value for n in order_key(item, v)])
        case ((QueueType(item=item) | BagType(item=item) | SetType(item=item)), tuple()):
            return (len(value), *[n for v in value for n in order_key(item, v)])
        case _, int():
            return (value,)
        case _:
            raise ModelCheckBug(f"{value!r} was ordered as {t}")


def is_alike(one: Type, other: Type) -> bool:
    """Whether two types are the same up to the intervals of integers and of optional ones."""
    match one, other:
        case IntType(), IntType():
            return True
        case OptionType(item), OptionType(other_item):
            return is_alike(item, other_item)
        case _:
            return one == other


def subtypes(t: Type) -> Iterator[Type]:
    """The types that `t` is made of, parts before what contains them, and `t` itself."""
    match t:
        case BoolType() | IntType() | EnumType():
            pass
        case OptionType(item) | QueueType(item) | BagType(item) | SetType(item):
            yield from subtypes(item)
        case ArrayType(index, item):
            yield from subtypes(index)
            yield from subtypes(item)
        case RecordType(fields=fields):
            for field in fields:
                yield from subtypes(field.type)
        case _:
            assert_never(t)
    yield t


def canonical(item: Type, held: Iterable[Value]) -> tuple[Value, ...]:
    """The items of a bag or a set in the order in which its value has them."""
    return tuple(sorted(held, key=lambda value: order_key(item, value)))


def position(t: Type, value: Value) -> int | None:
    """Where `value` stands in an index domain; None if it lies outside."""
    match t:
        case BoolType():
            return int(value) if isinstance(value, bool) else None
        case IntType():
            is_inside = isinstance(value, int) and t.low <= value <= t.high
            return int(value) - t.low if is_inside and isinstance(value, int) else None
        case EnumType(members=members):
            return members.index(value) if isinstance(value, str) and value in members else None
        case _:
            return None
