"""States as integers and back: what a part of a state is, is worked out once for its bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from modelcheck.engines.native.layout import Bits, Placement, Stand, lay_out_in_one
from modelcheck.engines.native.packing import pack, unpack
from modelcheck.engines.native.reads import field_within, inside, items_within
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Literal
from modelcheck.ir.types import ArrayType, OptionType, RecordType, Value
from modelcheck.semantics import Path, Prepared
from modelcheck.trace import Location, State

LIMIT = 262_144
"""So many answers of a kind are remembered; then all are forgotten, and remembered anew."""

TOGETHER = 1024
"""So many states are gone through between two looks at the clock and at the memory taken."""

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V]):
    """What a function gives, worked out once for each argument."""

    def __init__(self, work: Callable[[K], V]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, key: K) -> V:
        if len(self) >= LIMIT:
            self.clear()
        found = self[key] = self._work(key)
        return found


class Codec:
    """The way between the states of a model and integers, laid out as for the native engine.

    There is one word, as wide as it has to be. Bits of which nothing is known may be zero: every
    type has a value whose bits are, so that what is read of a state may be unpacked without the
    rest.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.layout = lay_out_in_one(prepared.model)
        self.shared = tuple(map(_whole, self.layout.shared))
        self.variables = tuple((mask_of(one), Remembered(_reader(one))) for one in self.shared)
        """The bits of each variable, and the values that they stand for."""

        self.codes = tuple(Remembered(_writer(one)) for one in self.shared)
        """The bits of each variable's values."""

        self.stands = tuple(
            (area(stand), Remembered(_standing(stand))) for stand in self.layout.stands
        )
        """The bits of where each instance stands, with its locals, and what they stand for."""

        self.written = Remembered(self._written)
        """The bits of a concrete part of the shared state."""

    def pack(self, state: State) -> int:
        """The bits of a state."""
        (bits,) = self.layout.pack(state)
        return bits

    def unpack(self, bits: int) -> State:
        """The state of some bits."""
        return State(
            tuple([values[bits & mask] for mask, values in self.variables]),
            tuple([locations[bits & mask] for mask, locations in self.stands]),
        )

    def _written(self, path: Path) -> int:
        name, *parts = path
        at: Placement = self.shared[self.prepared.names.index(str(name))]
        for part in parts:
            at = _within(at, part)
        return mask_of(_whole(at))


def mask_of(bits: Bits) -> int:
    """Where a value lies in a state."""
    return ((1 << bits.width) - 1) << bits.shift


def area(stand: Stand) -> int:
    """Where an instance's location and locals lie."""
    mask = mask_of(stand.label)
    for by_name in stand.locals.values():
        for placement in by_name.values():
            mask |= mask_of(_whole(placement))
    return mask


def location_bits(stand: Stand, label: str | None, value: Callable[[str], Value]) -> int:
    """The bits of a label, and of the locals live there, whose values are asked for by name."""
    bits = stand.places.index(label) << stand.label.shift
    for name, placement in stand.locals[label].items() if label is not None else ():
        local = _whole(placement)
        bits |= pack(local.type, value(name)) << local.shift
    return bits


def _whole(placement: Placement) -> Bits:
    if not isinstance(placement, Bits):
        raise ModelCheckBug("a value in several pieces, where one word holds all")
    return placement


def _reader(at: Bits) -> Callable[[int], Value]:
    return lambda bits: unpack(at.type, bits >> at.shift)


def _writer(at: Bits) -> Callable[[Value], int]:
    return lambda value: pack(at.type, value) << at.shift


def _standing(stand: Stand) -> Callable[[int], Location]:
    def location(bits: int) -> Location:
        label = stand.places[(bits & mask_of(stand.label)) >> stand.label.shift]
        if label is None:
            return Location(None)
        places = map(_whole, stand.locals[label].values())
        return Location(
            label, tuple(unpack(one.type, (bits & mask_of(one)) >> one.shift) for one in places)
        )

    return location


def _within(base: Placement, part: Value) -> Placement:
    """The part of a value that a step of a path leads to; what an option holds is its own part."""
    match base.type:
        case OptionType():
            return _within(inside(base), part)
        case RecordType():
            return field_within(base, str(part))
        case ArrayType(index):
            (item,) = items_within(base, Literal(index, part))
            return item
        case _:
            raise ModelCheckBug(f"{base.type} has no part {part!r}")
