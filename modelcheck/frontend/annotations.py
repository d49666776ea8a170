"""From the annotations and defaults of a spec to types and initial values."""

from __future__ import annotations

import types as python_types
from collections.abc import Callable
from dataclasses import astuple
from enum import Enum
from typing import Annotated, Union, assert_never, get_args, get_origin, get_type_hints

from modelcheck.frontend.refuse import in_words
from modelcheck.ir.types import (
    INDEX_TYPES,
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    SetType,
    Type,
    Value,
    canonical,
    contains,
    size,
)
from modelcheck.lang.containers import Array, Queue
from modelcheck.lang.domains import Below, Between
from modelcheck.lang.pools import Bag, FiniteSet
from modelcheck.lang.records import defaults

LARGEST_DOMAIN = 4096
"""How many items an array may have, how many instances a process, how many rounds a loop."""

BOUNDED = "write `Annotated[int, Below(n)]` for 0 to n - 1, or `Between(low, high)`"
TYPES = (
    "types are bool, enums, bounded integers, `T | None`, records, Array, Queue, Bag and FiniteSet"
)

LARGEST_SET = 256
"""How many values the domain of a set may have."""

SMALLER = f"at most {LARGEST_DOMAIN:,} are: give a constant a smaller value"


class NotAType(Exception):
    """An annotation or default is outside the language; the message says why."""

    def __init__(
        self, message: str, way_out: str = "", *, of: tuple[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.way_out = way_out
        self.of = of
        """The record and the field that are meant, if it is one."""


def resolve(annotation: object, default: object = None) -> Type:
    """The type that an annotation means; a queue's capacity comes from its default.

    Raises `NotAType`.
    """
    if annotation is bool:
        return BoolType()
    if annotation is int:
        raise NotAType("a plain int has no finite domain", BOUNDED)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        if not len(annotation):
            raise NotAType(f"the enum {annotation.__name__} has no members")
        return EnumType(annotation.__name__, tuple(member.name for member in annotation))
    if isinstance(annotation, type) and defaults(annotation) is not None:
        return record_type(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(arguments)
    if origin in (Union, python_types.UnionType):
        return _option(arguments)
    if origin is Array:
        return _array(arguments, default)
    if origin is Queue:
        if not isinstance(default, Queue):
            raise NotAType("a queue needs its capacity: `= queue(capacity=n)`")
        return QueueType(resolve(arguments[0]), default.capacity)
    if origin is Bag:
        if not isinstance(default, Bag):
            raise NotAType("a bag needs its capacity: `= bag(capacity=n)`")
        return BagType(resolve(arguments[0]), default.capacity)
    if origin is FiniteSet:
        return _set(arguments)
    raise NotAType(f"{_name(annotation)} is no type of the language", TYPES)


def hints_of(annotated: Callable[..., object]) -> dict[str, object]:
    """The annotations of a class or function as objects; raises `NotAType` if one is no type."""
    try:
        return get_type_hints(annotated, include_extras=True)
    except Exception as problem:  # noqa: BLE001  # whatever the user wrote there
        reason = f"{type(problem).__name__}: {in_words(str(problem))}"
        raise NotAType(f"an annotation cannot be read: {reason}", TYPES) from None


def record_type(cls: type) -> RecordType:
    """The type of a `@record` class; raises `NotAType`."""
    declared = defaults(cls) or {}
    hints = hints_of(cls)
    fields = []
    for name, default in declared.items():
        try:
            fields.append(RecordField(name, resolve(hints[name], default)))
        except NotAType as problem:
            of = problem.of or (cls.__name__, name)
            raise NotAType(str(problem), problem.way_out, of=of) from None
    return RecordType(cls.__name__, tuple(fields))


def encode(value: object, t: Type) -> Value:
    """A Python value of a spec as a value of type `t`; raises `NotAType` if it is none."""
    encoded = _encode(value, t)
    if not contains(t, encoded):
        way_out = "give a value inside, or widen the domain"
        raise NotAType(f"{_shown(value)} lies outside {_describe(t)}", way_out)
    return encoded


def _encode(value: object, t: Type) -> Value:
    match t:
        case BoolType() | IntType():
            if isinstance(value, bool | int):
                return value
        case EnumType(name):
            if isinstance(value, Enum) and type(value).__name__ == name:
                return value.name
        case OptionType(item):
            return None if value is None else encode(value, item)
        case RecordType(name, fields):
            if type(value).__name__ == name:
                return tuple(_encode_field(value, name, field) for field in fields)
        case ArrayType(index, item):
            if isinstance(value, Array):
                items = value if value.is_filled else [value.make()] * size(index)
                return tuple(encode(part, item) for part in items)
        case QueueType(item, capacity):
            if isinstance(value, Queue):
                _check_capacity(value.capacity, capacity)
                return tuple(encode(part, item) for part in value)
        case BagType(item, capacity):
            if isinstance(value, Bag):
                _check_capacity(value.capacity, capacity)
                return canonical(item, [encode(part, item) for part in value])
        case SetType(item):
            if isinstance(value, FiniteSet):
                return canonical(item, [encode(part, item) for part in value])
        case _:
            assert_never(t)
    way_out = "give a value of that type, or change the annotation"
    raise NotAType(f"{_shown(value)} is no value of {_describe(t)}", way_out)


def _check_capacity(given: int, declared: int) -> None:
    if given != declared:
        message = f"the capacity is {given} here and {declared} where it is declared"
        raise NotAType(message, "give both the same, by a constant")


def _encode_field(record: object, name: str, field: RecordField) -> Value:
    try:
        return encode(getattr(record, field.name), field.type)
    except NotAType as problem:
        raise NotAType(str(problem), problem.way_out, of=problem.of or (name, field.name)) from None


def _bounded(arguments: tuple[object, ...]) -> IntType:
    for bound in arguments[1:]:
        if isinstance(bound, Below | Between) and arguments[0] is int:
            if any(type(end) is not int for end in astuple(bound)):
                raise NotAType(f"the ends of {in_words(str(bound))} are no integers", BOUNDED)
            if not bound.values:
                raise NotAType(f"{bound} is an empty domain", BOUNDED)
            return IntType(bound.values[0], bound.values[-1])
    raise NotAType("this Annotated says nothing of the bounds", BOUNDED)


def _option(arguments: tuple[object, ...]) -> OptionType:
    items = [argument for argument in arguments if argument is not python_types.NoneType]
    if len(items) != 1 or len(arguments) != len(items) + 1:
        way_out = "put both into a record, with an enum that tells which is meant"
        raise NotAType("a union is only `T | None`", way_out)
    item = resolve(items[0])
    if isinstance(item, ArrayType | QueueType | BagType | SetType):
        raise NotAType("an option of a container is not in the language", "let it be empty")
    return OptionType(item)


def _set(arguments: tuple[object, ...]) -> SetType:
    item = resolve(arguments[0])
    if size(item) > LARGEST_SET:
        raise NotAType(
            f"a set of some of {size(item):,} values cannot be explored; at most {LARGEST_SET} are"
        )
    return SetType(item)


def _array(arguments: tuple[object, ...], default: object) -> ArrayType:
    if len(arguments) != 2:  # noqa: PLR2004  # index and item
        raise NotAType("an array has a domain and items", "write `Array[Slot, Item]`")
    index = resolve(arguments[0])
    if not isinstance(index, INDEX_TYPES):
        raise NotAType("an array is indexed by a bounded integer, an enum or bool", BOUNDED)
    if size(index) > LARGEST_DOMAIN:
        raise NotAType(f"an array over {size(index):,} indices cannot be explored", SMALLER)
    item_default = _made(default) if isinstance(default, Array) else None
    return ArrayType(index, resolve(arguments[1], item_default))


def _made(array: Array[object, object]) -> object:
    """An item as the array's filling gives it; records are made as the user wrote them."""
    try:
        return array.make()
    except Exception as problem:  # noqa: BLE001  # whatever the user wrote there
        reason = f"{type(problem).__name__}: {in_words(str(problem))}"
        message = f"the items of this array cannot be made: {reason}"
        raise NotAType(message, "an item is made by calling its class, as Python does") from None


def _name(annotation: object) -> str:
    return in_words(str(annotation))


def _shown(value: object) -> str:
    """A value as it is written in a spec."""
    return str(value) if isinstance(value, Enum) else in_words(repr(value))


def _describe(t: Type) -> str:
    match t:
        case IntType(low, high):
            return f"the integers {low}..{high}"
        case EnumType(name) | RecordType(name):
            return name
        case BoolType():
            return "bool"
        case OptionType(item):
            return f"{_describe(item)} | None"
        case ArrayType() | QueueType() | BagType() | SetType():
            return "the container"
        case _:
            assert_never(t)
