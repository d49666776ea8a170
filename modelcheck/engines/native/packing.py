"""Values as bits of minimal width, the most significant part first.

So the numbers of two values of one type are ordered as `ir.types.order_key` orders the values,
sets excepted: those have one bit a member, the first member's the lowest. A bag has its items in
the order of their bits.
"""

from __future__ import annotations

from typing import assert_never

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
    canonical,
    size,
    values,
)


def is_scalar(t: Type) -> bool:
    """Whether values of the type have no parts: they are computed with as numbers."""
    return isinstance(t, BoolType | IntType | EnumType)


def width(t: Type) -> int:
    """The number of bits that a value takes; a type with one value takes none."""
    match t:
        case BoolType() | IntType() | EnumType():
            return (size(t) - 1).bit_length()
        case OptionType(item):
            return size(item).bit_length() if is_scalar(item) else 1 + width(item)
        case RecordType(fields=fields):
            return sum(width(field.type) for field in fields)
        case ArrayType(index, item):
            return size(index) * width(item)
        case QueueType(item, capacity) | BagType(item, capacity):
            return capacity.bit_length() + capacity * width(item)
        case SetType(item):
            return size(item)
        case _:
            assert_never(t)


def pack(t: Type, value: Value) -> int:
    """The bits of a value; `ModelCheckBug` if it is none of the type."""
    match t, value:
        case BoolType(), bool():
            return int(value)
        case IntType(low, high), int() if low <= value <= high:
            return value - low
        case EnumType(members=members), str():
            return members.index(value)
        case OptionType(), None:
            return 0
        case OptionType(item), _:
            code = pack(item, value)
            return 1 + code if is_scalar(item) else 1 << width(item) | code
        case RecordType(fields=fields), tuple():
            return _joined([(f.type, v) for f, v in zip(fields, value, strict=True)])
        case ArrayType(item=item), tuple():
            return _joined([(item, v) for v in value])
        case ((QueueType(item, capacity) | BagType(item, capacity)), tuple()):
            held = [pack(item, v) for v in value]
            if isinstance(t, BagType):
                held.sort()
            free = [0] * (capacity - len(value))
            return _stacked([len(value), *held, *free], width(item))
        case SetType(item), tuple():
            return sum(1 << at for at, member in enumerate(values(item)) if member in value)
        case _:
            raise ModelCheckBug(f"{value!r} was packed as {t}")


def unpack(t: Type, bits: int) -> Value:
    """The value that `pack` gave these bits; `ModelCheckBug` if there is none."""
    match t:
        case BoolType():
            return bool(bits)
        case IntType(low, high) if low + bits <= high:
            return low + bits
        case EnumType(members=members) if bits < len(members):
            return members[bits]
        case OptionType(item):
            if bits == 0:
                return None
            return unpack(item, bits - 1 if is_scalar(item) else bits & _mask(width(item)))
        case RecordType(fields=fields):
            return _split([field.type for field in fields], bits)
        case ArrayType(index, item):
            return _split([item] * size(index), bits)
        case QueueType(item, capacity):
            return _held(item, capacity, bits)
        case BagType(item, capacity):
            return canonical(item, _held(item, capacity, bits))
        case SetType(item):
            return tuple(member for at, member in enumerate(values(item)) if bits >> at & 1)
        case IntType() | EnumType():
            raise ModelCheckBug(f"the bits {bits:#x} are no value of {t}")
        case _:
            assert_never(t)


def is_ordered_as_bits(t: Type) -> bool:
    """Whether the values are ordered as their bits: those that hold sets are not."""
    match t:
        case SetType():
            return False
        case OptionType(item) | ArrayType(_, item) | QueueType(item) | BagType(item):
            return is_ordered_as_bits(item)
        case RecordType(fields=fields):
            return all(is_ordered_as_bits(field.type) for field in fields)
        case _:
            return True


def _mask(count: int) -> int:
    return (1 << count) - 1


def _held(item: Type, capacity: int, bits: int) -> tuple[Value, ...]:
    count = bits >> capacity * width(item)
    return _split([item] * capacity, bits & _mask(capacity * width(item)))[:count]


def _stacked(numbers: list[int], step: int) -> int:
    bits = 0
    for number in numbers:
        bits = bits << step | number
    return bits


def _joined(parts: list[tuple[Type, Value]]) -> int:
    bits = 0
    for t, value in parts:
        bits = bits << width(t) | pack(t, value)
    return bits


def _split(types: list[Type], bits: int) -> tuple[Value, ...]:
    found: list[Value] = []
    for t in reversed(types):
        taken = width(t)
        found.append(unpack(t, bits & _mask(taken)))
        bits >>= taken
    return tuple(reversed(found))
