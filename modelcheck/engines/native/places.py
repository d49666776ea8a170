"""Where a value lies that is read or assigned: a stretch of a word, or one of several such."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from modelcheck.engines.native.codes import code_of, natural, require_word
from modelcheck.engines.native.layout import Bits, Parts, Placement
from modelcheck.engines.native.packing import is_scalar, width
from modelcheck.engines.native.text import Function, bare, is_atom
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.types import ArrayType, IntType, OptionType, RecordType, Type, size


@dataclass(frozen=True, slots=True)
class Slot:
    """A packed value of a type within a C variable or word: `word >> shift`."""

    word: str
    shift: str
    type: Type
    is_inside_option: bool = False
    """The value is a scalar held by an option: its code is one more."""

    is_whole: bool = False
    """It is all of a C variable, which holds the value itself and no code."""


@dataclass(frozen=True, slots=True)
class Far:
    """One of several parts of a state, which the number `at` tells; they are laid out alike."""

    state: str
    """The C array of words."""

    parts: tuple[Placement, ...]
    at: str

    @property
    def type(self) -> Type:
        """What lies there."""
        return self.parts[0].type


Place: TypeAlias = Slot | Far


def variable(name: str, t: Type) -> Slot:
    """All of a C variable."""
    return Slot(name, "0", t, is_whole=True)


def lying(state: str, placement: Placement) -> Place:
    """A part of a state."""
    match placement:
        case Bits(t, word, shift):
            return Slot(f"{state}[{word}]", str(shift), t)
        case Parts():
            return Far(state, (placement,), "0")


def field(function: Function, base: Place, name: str) -> Place:
    """A field of the record that lies there."""
    record = base.type
    if not isinstance(record, RecordType):
        raise ModelCheckBug(f"no record: {record}")
    at = record.position(name)
    match base:
        case Slot(word, shift):
            after = sum(width(one.type) for one in record.fields[at + 1 :])
            return Slot(word, _plus(shift, str(after)), record.fields[at].type)
        case Far():
            return _within_all(function, base, at)


def known_item(function: Function, base: Place, at: int) -> Place:
    """The item at a known position of the array that lies there."""
    array = _array(base)
    match base:
        case Slot(word, shift):
            away = (size(array.index) - 1 - at) * width(array.item)
            return Slot(word, _plus(shift, str(away)), array.item)
        case Far():
            return _within_all(function, base, at)


def item(function: Function, base: Place, at: str) -> Place:
    """The item at a position, computed and checked, of the array that lies there."""
    array = _array(base)
    length = size(array.index)
    match base:
        case Slot(word, shift):
            away = f"(int) ({length - 1} - {bare(at) if is_atom(bare(at)) else at})"
            step = width(array.item)
            away = away if step == 1 else f"{away} * {step}"
            return Slot(word, _plus(shift, away), array.item)
        case Far(state, parts, number):
            every = tuple(_part(one, i) for one in parts for i in range(length))
            chosen = at if len(parts) == 1 else f"({number} * {length} + {at})"
            return tabled(function, Far(state, every, chosen))


def tabled(function: Function, far: Far) -> Place:
    """One of several places, which is looked up in tables where each fits in a word."""
    bits = [part for part in far.parts if isinstance(part, Bits)]
    if len(bits) < len(far.parts):
        return far
    at = function.temporary(far.at, IntType(0, len(bits)))
    words, shifts = tuple(one.word for one in bits), tuple(one.shift for one in bits)
    word = str(words[0]) if len(set(words)) == 1 else f"{function.tables.name(words)}[{at}]"
    return Slot(f"{far.state}[{word}]", f"{function.tables.name(shifts)}[{at}]", bits[0].type)


def inside(option: Slot) -> Slot:
    """The value that an option holds, known to hold one."""
    held = option.type
    if not isinstance(held, OptionType):
        raise ModelCheckBug(f"no option: {held}")
    return replace(option, type=held.item, is_inside_option=is_scalar(held.item), is_whole=False)


def leaves(function: Function, place: Place) -> list[Slot]:
    """The stretches of words that hold a value, in the order in which they are laid out."""
    match place:
        case Slot():
            return [place]
        case Far(parts=parts):
            found: list[Slot] = []
            for at in range(len(_within(parts[0]))):
                found += leaves(function, _within_all(function, place, at))
            return found


def load(place: Slot) -> str:
    """The value that a place holds."""
    t = place.type
    require_word(t)
    if place.is_whole:
        return place.word
    if place.is_inside_option:
        return natural(f"(get_bits({place.word}, {place.shift}, {width(OptionType(t))}) - 1)", t)
    return natural(f"get_bits({place.word}, {place.shift}, {width(t)})", t)


def store(place: Slot, value: str) -> str:
    """The C statement that puts a value of the place's own type there."""
    t = place.type
    require_word(t)
    if place.is_whole:
        return f"{place.word} = {bare(value)};"
    code, bits = code_of(value, t), width(t)
    if place.is_inside_option:
        code, bits = f"{code} + 1", width(OptionType(t))
    return f"{place.word} = put_bits({place.word}, {place.shift}, {bits}, {bare(code)});"


def _within_all(function: Function, far: Far, at: int) -> Place:
    """A part of each of several places; known to be one if there is one."""
    parts = tuple(_part(one, at) for one in far.parts)
    if len(parts) == 1:
        return lying(far.state, parts[0])
    return tabled(function, replace(far, parts=parts))


def _array(base: Place) -> ArrayType:
    if not isinstance(base.type, ArrayType):
        raise ModelCheckBug(f"no array: {base.type}")
    return base.type


def _within(placement: Placement) -> tuple[Placement, ...]:
    if not isinstance(placement, Parts):
        raise ModelCheckBug("a part of what lies in one piece")
    return placement.parts


def _part(placement: Placement, at: int) -> Placement:
    return _within(placement)[at]


def _plus(one: str, other: str) -> str:
    if one.isdigit() and other.isdigit():
        return str(int(one) + int(other))
    return one if other == "0" else other if one == "0" else f"{one} + {other}"
