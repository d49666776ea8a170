"""Where each part of a state lies: in which word, and at which bit.

What takes at most 64 bits lies within one word; a larger array or record is laid out part by part.
The locals of an instance share their bits between labels, since only those live at the label where
it stands are stored.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from modelcheck.engines.native.packing import pack, unpack, width
from modelcheck.ir.model import Model, Process
from modelcheck.ir.statements import Goto
from modelcheck.ir.types import (
    ArrayType,
    IntType,
    RecordType,
    Type,
    Value,
    size,
)
from modelcheck.ir.walk import statements
from modelcheck.semantics import prepare
from modelcheck.trace import Location, State

WORD = 64
MARKS = 2
"""The highest bits of the first word, in which the search marks its entries."""


class TooWide(Exception):
    """A part of the state fits in no word and cannot be divided."""


@dataclass(frozen=True, slots=True)
class Bits:
    """A stretch of one word that holds a value of a type."""

    type: Type
    word: int
    shift: int

    @property
    def width(self) -> int:
        """How many bits."""
        return width(self.type)


@dataclass(frozen=True, slots=True)
class Parts:
    """An array or a record that is laid out part by part, in the order of its parts."""

    type: ArrayType | RecordType
    parts: tuple[Placement, ...]


Placement: TypeAlias = Bits | Parts

Known: TypeAlias = dict[int, tuple[int, dict[int, Value]]]
"""By the identity of a placement: its bits, and the values of those that were seen there."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one instance's location and locals lie."""

    label: Bits
    """Which of `places` it is."""

    places: tuple[str | None, ...]
    """The labels, and None for done if the process has an end."""

    locals: dict[str, dict[str, Placement]]
    """By label and name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole state of a model in words of 64 bits."""

    model: Model
    used: tuple[int, ...]
    """How many bits of each word are in use."""

    shared: tuple[Placement, ...]
    """One per shared variable, in the model's order."""

    stands: tuple[Stand, ...]
    """One per instance, in the order of `State.locations`."""

    @property
    def words(self) -> int:
        """How many words there are."""
        return len(self.used)

    @property
    def bits(self) -> int:
        """How many bits are in use."""
        return sum(self.used)

    def pack(self, state: State) -> tuple[int, ...]:
        """The words of a state."""
        words = [0] * self.words
        for placement, value in zip(self.shared, state.shared, strict=True):
            _put(words, placement, value)
        for stand, location in zip(self.stands, state.locations, strict=True):
            words[stand.label.word] |= stand.places.index(location.label) << stand.label.shift
            if location.label is not None:
                places = stand.locals[location.label].values()
                for placement, value in zip(places, location.locals, strict=True):
                    _put(words, placement, value)
        return tuple(words)

    def unpack(self, words: tuple[int, ...]) -> State:
        """The state of some words."""
        return self.unpack_all((words,))[0]

    def unpack_all(self, states: Iterable[tuple[int, ...]]) -> list[State]:
        """The states of some words each; what several have in common is unpacked once."""
        known: Known = {}
        here = self.mask([one for stand in self.stands for one in _of_stand(stand)])
        standing: dict[tuple[int, ...], tuple[Location, ...]] = {}
        found = []
        for words in states:
            shared = tuple([_get(words, placement, known) for placement in self.shared])
            where = tuple([word & mask for word, mask in zip(words, here, strict=True)])
            if where not in standing:
                standing[where] = tuple([_location(words, one, known) for one in self.stands])
            found.append(State(shared, standing[where]))
        return found

    def masks(self) -> tuple[tuple[int, ...], ...]:
        """Which bits of each word hold each part of the state.

        The parts are the shared variables and the processes with their locals, as in the model.
        """
        prepared = prepare(self.model)
        parts = [[placement] for placement in self.shared]
        for process in self.model.processes:
            own = [
                stand
                for stand, one in zip(self.stands, prepared.processes, strict=True)
                if one.name == process.name
            ]
            parts.append([placement for stand in own for placement in _of_stand(stand)])
        return tuple(map(self.mask, parts))

    def mask(self, placements: Sequence[Placement]) -> tuple[int, ...]:
        """Which bits of each word they take."""
        bits = _occupied(placements)
        return tuple(bits.get(word, 0) for word in range(self.words))

    def shared_bits(self) -> dict[int, int]:
        """Which bits of which words hold shared variables."""
        found = _occupied(self.shared)
        return {word: mask for word, mask in sorted(found.items()) if mask}


def _occupied(placements: Sequence[Placement]) -> dict[int, int]:
    found: dict[int, int] = {}
    pending = list(placements)
    while pending:
        match pending.pop():
            case Bits(_, word, shift) as bits:
                found[word] = found.get(word, 0) | ((1 << bits.width) - 1) << shift
            case Parts(_, parts):
                pending += parts
    return found


def _of_stand(stand: Stand) -> list[Placement]:
    places = [place for by_name in stand.locals.values() for place in by_name.values()]
    return [stand.label, *places]


def fits_word(t: Type) -> bool:
    """Whether a value lies in one piece."""
    return width(t) <= WORD


def leaf_types(t: Type) -> list[Type]:
    """The types of the stretches in which a value is laid out; raises `TooWide`."""
    if fits_word(t):
        return [t]
    match t:
        case ArrayType(index, item):
            return leaf_types(item) * size(index)
        case RecordType(fields=fields):
            return [leaf for field in fields for leaf in leaf_types(field.type)]
        case _:
            raise TooWide(f"a value of {width(t)} bits in one piece")


def lay_out(model: Model) -> Layout:
    """Place every part of a model's state; raises `TooWide`."""
    return _laid_out(model, _Room(WORD))


def lay_out_in_one(model: Model) -> Layout:
    """Place every part of a model's state in one word, as wide as it has to be."""
    return _laid_out(model, _Room(sys.maxsize))


def _laid_out(model: Model, room: _Room) -> Layout:
    """Of variables that take several words the widest come first.

    So the arrays lie together, and what belongs to one of their indices is in few words.
    """
    widths = [width(variable.type) for variable in model.variables]
    order = list(range(len(widths)))
    if sum(widths) > room.most - MARKS:
        order.sort(key=lambda at: -widths[at])
    placed = {at: room.place(model.variables[at].type) for at in order}
    shared = tuple(placed[at] for at in range(len(widths)))
    stands = tuple(_stand(room, process) for process in prepare(model).processes)
    return Layout(model, tuple(room.used), shared, stands)


def _stand(room: _Room, process: Process) -> Stand:
    bodies = (process.prologue, *(step.body for step in process.steps))
    ends = any(one == Goto(None) for body in bodies for one in statements(body))
    places = (*((None,) if ends else ()), *(step.label for step in process.steps))
    label = room.bits(IntType(0, len(places) - 1))
    types = {local.name: local.type for local in process.locals}
    needed = [sum(width(types[name]) for name in step.live) for step in process.steps]
    if max(needed, default=0) > room.most:
        own = {name: room.place(t) for name, t in types.items()}
        return Stand(
            label, places, {s.label: {name: own[name] for name in s.live} for s in process.steps}
        )
    word, low = room.reserve(max(needed, default=0))
    locals_at: dict[str, dict[str, Placement]] = {}
    for step in process.steps:
        shift = low
        locals_at[step.label] = {}
        for name in step.live:
            locals_at[step.label][name] = Bits(types[name], word, shift)
            shift += width(types[name])
    return Stand(label, places, locals_at)


class _Room:
    """The words as they fill up."""

    def __init__(self, most: int) -> None:
        self.most = most
        """Bits that a word has."""

        self.used: list[int] = [0]
        """Bits used in each word."""

    def reserve(self, count: int) -> tuple[int, int]:
        """The first word with so many bits free, and the lowest of those bits."""
        for word, used in enumerate(self.used):
            if used + count <= self.most - (0 if word else MARKS):
                self.used[word] += count
                return word, used
        self.used.append(count)
        return len(self.used) - 1, 0

    def bits(self, t: Type) -> Bits:
        """Room for a value that fits in a word."""
        word, shift = self.reserve(width(t))
        return Bits(t, word, shift)

    def place(self, t: Type) -> Placement:
        """Room for any value."""
        if width(t) <= self.most:
            return self.bits(t)
        match t:
            case ArrayType(index, item):
                return Parts(t, tuple(self.place(item) for _ in range(size(index))))
            case RecordType(fields=fields):
                return Parts(t, tuple(self.place(field.type) for field in fields))
            case _:
                raise TooWide(f"a value of {width(t)} bits")


def _put(words: list[int], placement: Placement, value: Value) -> None:
    match placement:
        case Bits(t, word, shift):
            words[word] |= pack(t, value) << shift
        case Parts(_, parts):
            for part, held in zip(parts, value if isinstance(value, tuple) else (), strict=True):
                _put(words, part, held)


def _location(words: tuple[int, ...], stand: Stand, known: Known) -> Location:
    at = words[stand.label.word] >> stand.label.shift & (1 << stand.label.width) - 1
    label = stand.places[at]
    if label is None:
        return Location(None)
    return Location(label, tuple([_get(words, one, known) for one in stand.locals[label].values()]))


def _get(words: tuple[int, ...], placement: Placement, known: Known) -> Value:
    match placement:
        case Bits():
            if id(placement) not in known:
                known[id(placement)] = ((1 << placement.width) - 1) << placement.shift, {}
            mask, values = known[id(placement)]
            bits = words[placement.word] & mask
            if bits not in values:
                values[bits] = unpack(placement.type, bits >> placement.shift)
            return values[bits]
        case Parts(_, parts):
            return tuple([_get(words, part, known) for part in parts])
