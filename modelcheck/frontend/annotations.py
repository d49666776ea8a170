"""From the annotations and defaults of a spec to types and initial values."""

from __future__ import annotations

import types as python_types
from collections.abc import Callable
from dataclasses import astuple
from enum import Enum
from typing import Annotated, Union, assert_never, get_args, get_origin, get_type_hints

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

LARGEST_SET = 256
"""How many values the domain of a set may have."""

SMALLER = f"at most {LARGEST_DOMAIN:,} are; give a constant a smaller value"


class NotAType(Exception):
    """An annotation or default is outside the language; the message says why."""

    def __init__(self, message: str, *, of: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.of = of
        """The record and the field that are meant, if it is one."""


def resolve(annotation: object, default: object = None) -> Type:
    """The type that an annotation means; a queue's capacity comes from its default.

    Raises `NotAType`.
    """
    if annotation is bool:
        return BoolType()
    if annotation is int:
        raise NotAType("a plain int has no finite domain; write Annotated[int, Below(n)]")
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
    raise NotAType(f"{_name(annotation)} is no type of the language")


def hints_of(annotated: Callable[..., object]) -> dict[str, object]:
    """The annotations of a class or function as objects; raises `NotAType` if one is no type."""
    try:
        return get_type_hints(annotated, include_extras=True)
    except Exception as problem:  # noqa: BLE001  # whatever the user wrote there
        reason = f"{type(problem).__name__}: {problem}"
        raise NotAType(f"an annotation cannot be read: {reason}") from None


def record_type(cls: type) -> RecordType:
    """The type of a `@record` class; raises `NotAType`."""
    declared = defaults(cls) or {}
    hints = hints_of(cls)
    fields = []
    for name, default in declared.items():
        try:
            fields.append(RecordField(name, resolve(hints[name], default)))
        except NotAType as problem:
            raise NotAType(str(problem), of=problem.of or (cls.__name__, name)) from None
    return RecordType(cls.__name__, tuple(fields))


def encode(value: object, t: Type) -> Value:
    """A Python value of a spec as a value of type `t`; raises `NotAType` if it is none."""
    encoded = _encode(value, t)
    if not contains(t, encoded):
        raise NotAType(f"{value!r} lies outside {_describe(t)}")
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
        case QueueType(item):
            if isinstance(value, Queue):
                return tuple(encode(part, item) for part in value)
        case BagType(item):
            if isinstance(value, Bag):
                return canonical(item, [encode(part, item) for part in value])
        case SetType(item):
            if isinstance(value, FiniteSet):
                return canonical(item, [encode(part, item) for part in value])
        case _:
            assert_never(t)
    raise NotAType(f"{value!r} is no value of {_describe(t)}")


def _encode_field(record: object, name: str, field: RecordField) -> Value:
    try:
        return encode(getattr(record, field.name), field.type)
    except NotAType as problem:
        raise NotAType(str(problem), of=problem.of or (name, field.name)) from None


def _bounded(arguments: tuple[object, ...]) -> IntType:
    for bound in arguments[1:]:
        if isinstance(bound, Below | Between) and arguments[0] is int:
            if any(type(end) is not int for end in astuple(bound)):
                raise NotAType(f"the ends of {bound} are no integers")
            if not bound.values:
                raise NotAType(f"{bound} is an empty domain")
            return IntType(bound.values[0], bound.values[-1])
    raise NotAType("only Annotated[int, Below(n)] and Annotated[int, Between(lo, hi)] are types")


def _option(arguments: tuple[object, ...]) -> OptionType:
    items = [argument for argument in arguments if argument is not python_types.NoneType]
    if len(items) != 1 or len(arguments) != len(items) + 1:
        raise NotAType("a union is only `T | None`")
    item = resolve(items[0])
    if isinstance(item, ArrayType | QueueType | BagType | SetType):
        raise NotAType("an option of a container is not in the language")
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
        raise NotAType("an array is `Array[domain, item]`")
    index = resolve(arguments[0])
    if not isinstance(index, INDEX_TYPES):
        raise NotAType("an array is indexed by a bounded integer, an enum or bool")
    if size(index) > LARGEST_DOMAIN:
        raise NotAType(f"an array over {size(index):,} indices cannot be explored; {SMALLER}")
    item = arguments[1]
    if isinstance(item, type) and defaults(item) is not None:
        return ArrayType(index, record_type(item))
    item_default = default.make() if isinstance(default, Array) else None
    return ArrayType(index, resolve(item, item_default))


def _name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


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
