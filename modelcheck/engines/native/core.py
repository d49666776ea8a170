"""One breadth-first search by the compiled core, as Python calls it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from modelcheck.engines.native.checkpoint import Boundary
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.representatives import Representatives, Words
from modelcheck.errors import ModelCheckBug

COPIED = 8192
"""States that are taken out of the table at once."""


class Status(IntEnum):
    """Why `run` came back; the order of `Status` in search.h."""

    RUNNING = 0
    BOUNDARY = 1
    LEVEL = 2
    COMPLETE = 3
    DEPTH = 4
    FULL = 5
    BOUND = 6
    NO_MEMORY = 7
    NO_DISK = 8


class Sought(IntEnum):
    """Why `seek` came back; the order of `PathStatus` in search.h."""

    RUNNING = 0
    FOUND = 1
    NONE = 2
    NO_MEMORY = 3


class _Progress(ctypes.Structure):
    _fields_ = [
        ("states", ctypes.c_uint64),
        ("transitions", ctypes.c_uint64),
        ("frontier", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("slots", ctypes.c_uint64),
        ("recent", ctypes.c_uint64 * 3),
        ("found", ctypes.c_uint64),
        ("level", ctypes.c_uint32),
        ("depth", ctypes.c_uint32),
    ]


class Degrees(ctypes.Structure):
    """How states branch, as in search.h."""

    _fields_ = [
        ("states", ctypes.c_uint64),
        ("least", ctypes.c_uint32),
        ("most", ctypes.c_uint32),
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a search has come."""

    states: int
    transitions: int
    frontier: int
    bytes: int
    """Of memory in use for states."""

    slots: int
    """How many entries the table has."""

    recent: tuple[int, ...]
    """States in the level that is expanded, last, and in the two before."""

    found: int
    """States of the level after that."""

    level: int
    depth: int
    disk: int | None = None
    """Of bytes in files, where states are."""


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a search has seen."""

    taken: tuple[int, ...]
    """By step."""

    found: tuple[int, ...]
    """By claim: 1 + the level where it was decided, or 0; then, by sign, whether it was seen."""

    expanded: int
    """How many states were expanded, or found to have nothing that leads out of them."""

    least: int
    """Of these, the least number of successors."""

    most: int


class Core:
    """One search of one model; to be closed."""

    def __init__(
        self,
        generated: Generated,
        model: ctypes.CDLL,
        described: ctypes.Structure,
        core: ctypes.CDLL,
    ) -> None:
        self._keep = model
        self.representatives = Representatives(model, generated.layout.words, generated.fan_out)
        self._core = core
        self._model = described
        self._decisions = generated.decisions
        self._steps = len(generated.steps)
        self._words = generated.layout.words
        self._memory = self._threads = 0
        self._search: int | None = None
        self._path: int | None = None
        self._kept: int | None = None
        self._ways: dict[int, list[Words]] = {}
        """By claim: the way to it, where it was read off from levels that are kept."""

    def stood_for(self) -> int:
        """How many states those stored stand for, of a model that has representatives."""
        kept = self._keep_levels()
        if kept is not None:
            states = ctypes.c_void_p()
            levels = self._core.kept_levels(kept)
            count = self._core.kept_states(kept, levels, ctypes.byref(states))
            return self.representatives.stand_for(states, count)
        return sum(self.representatives.stand_for(flat, count) for flat, count in self._copied())

    def open(self, initial: Sequence[Words], *, threads: int, memory: int | None) -> None:
        """Begin a search that keeps its states in so many bytes; raises `MemoryError`."""
        self._search = self._core.search_new(ctypes.byref(self._model), threads)
        if not self._search:
            raise MemoryError
        self._memory, self._threads = memory or 0, threads
        self._core.search_bound(self._search, self._memory)
        for state in initial:
            if not self._core.search_begin(self._search, self._array(state)):
                raise MemoryError

    def tell_levels(self) -> None:
        """From here on `run` comes back at the end of each level that another one follows."""
        self._core.search_tell_levels(self._search, 1)

    def level(self) -> Iterator[memoryview]:
        """The states of the current level, before any of it is expanded, in bytes."""
        for segment in range(self._threads):
            at = ctypes.c_void_p()
            count = self._core.search_level(self._search, segment, ctypes.byref(at))
            if count:
                flat = (ctypes.c_uint64 * (count * self._words)).from_address(at.value or 0)
                yield memoryview(flat).cast("B")

    def load(self, states: bytearray, first: int, end: int, *, is_last: bool) -> bool:
        """Take in some states that `level` gave; whether there was room, and each was new.

        `is_last` where they are to be expanded.
        """
        flat = (ctypes.c_uint64 * ((end - first) * self._words)).from_buffer(
            states, first * self._words * ctypes.sizeof(ctypes.c_uint64)
        )
        return bool(self._core.search_load(self._search, flat, end - first, is_last))

    def restore(self, boundary: Boundary) -> None:
        """Be where the search was whose states were taken in."""
        level = len(boundary.levels) - 1
        before, last = (0, 0, *boundary.levels[:-1])[-2:]
        recent = (ctypes.c_uint64 * 3)(before, last, boundary.levels[-1])
        seen = _Progress(transitions=boundary.transitions, recent=recent, level=level, depth=level)
        self._core.search_restore(
            self._search,
            ctypes.byref(seen),
            (ctypes.c_uint64 * max(1, self._steps))(*boundary.taken),
            (ctypes.c_uint32 * self._decisions)(*boundary.found),
            ctypes.byref(Degrees(boundary.expanded, boundary.least, boundary.most)),
        )

    def forget(self) -> None:
        """Give back the memory of the search; what is left is looking for traces."""
        self._keep_levels()
        if self._search:
            self._core.search_free(self._search)
            self._search = None

    def close(self) -> None:
        """Give all memory back."""
        self.forget()
        if self._kept:
            self._core.kept_free(self._kept)
            self._kept = None
        if self._path:
            self._core.path_free(self._path)
            self._path = None

    def run(
        self,
        seconds: float,
        *,
        states: int | None,
        depth: int | None,
        wanted: Sequence[bool],
    ) -> Status:
        """Go on for so many seconds, or until there is something to say."""
        flags = (ctypes.c_uint8 * self._decisions)(*map(int, wanted))
        deepest = 0 if depth is None else depth + 1
        return Status(self._core.search_run(self._search, seconds, states or 0, deepest, flags))

    def look_ahead(self, seconds: float) -> tuple[bool, tuple[int, ...]]:
        """Whether anything leads out of the current level, and what was decided in it.

        Python is heard every so many seconds.
        """
        found = (ctypes.c_uint32 * self._decisions)()
        ahead = ctypes.c_bool()
        out = ctypes.byref(ahead)
        while not self._core.search_look_ahead(self._search, seconds, out, found):
            pass
        return ahead.value, tuple(found)

    def reached(self) -> Reached:
        """How far the search has come."""
        seen = _Progress()
        self._measure(seen)
        return Reached(
            seen.states,
            seen.transitions,
            seen.frontier,
            seen.bytes,
            seen.slots,
            tuple(seen.recent),
            seen.found,
            seen.level,
            seen.depth,
        )

    def _measure(self, seen: ctypes.Structure) -> None:
        self._core.search_progress(self._search, ctypes.byref(seen))

    def tallied(self) -> Tallied:
        """What the search has seen."""
        taken = (ctypes.c_uint64 * max(1, self._steps))()
        found = (ctypes.c_uint32 * self._decisions)()
        degrees = Degrees()
        self._core.search_tally(self._search, taken, found, ctypes.byref(degrees))
        return Tallied(
            tuple(taken)[: self._steps],
            tuple(found),
            degrees.states,
            degrees.least,
            degrees.most,
        )

    def states(self) -> Iterator[Words]:
        """Every state that is stored, in no order."""
        for flat, count in self._copied():
            yield from self._divided(flat)[:count]

    def spread(self, masks: Sequence[Words]) -> list[tuple[int, int, int]]:
        """Of each part of the stored states: its values, states looked at, states without it.

        Raises `MemoryError`.
        """
        flat = [word for mask in masks for word in mask]
        spread = self._core.spread_new((ctypes.c_uint64 * len(flat))(*flat), len(masks))
        if not spread:
            raise MemoryError
        try:
            for states, count in self._copied():
                if not self._core.spread_add(spread, states, count):
                    raise MemoryError
            return [self._spread_of(spread, part) for part in range(len(masks))]
        finally:
            self._core.spread_free(spread)

    def _spread_of(self, spread: int, part: int) -> tuple[int, int, int]:
        counts = (ctypes.c_uint64 * 3)()
        self._core.spread_counts(spread, part, counts)
        return counts[0], counts[1], counts[2]

    def _copied(self) -> Iterator[tuple[ctypes.Array[ctypes.c_uint64], int]]:
        """Every state that is stored, some at a time, in an array that is used again."""
        cursor = ctypes.c_uint64()
        flat = (ctypes.c_uint64 * (COPIED * self._words))()
        at = ctypes.byref(cursor)
        while count := self._core.search_copy(self._search, at, flat, COPIED):
            yield flat, count

    def _keep_levels(self) -> int | None:
        """The levels of a search that is over, if they are kept."""
        if self._search and not self._kept:
            self._kept = self._core.search_kept(self._search)
        return self._kept

    def seek(self, initial: Sequence[Words], claim: int, level: int, *, seconds: float) -> bool:
        """Look for the first state, in breadth-first order, at which a claim is decided.

        It is known to be of that level. Goes on for so many seconds; whether it was found. Raises
        `MemoryError`.
        """
        if self._read_off(claim, level):
            return True
        if self._path is None:
            flat = [word for state in initial for word in state]
            starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
            model, count = ctypes.byref(self._model), len(initial)
            self._path = self._core.path_new(model, starts, count, self._memory)
            if not self._path:
                raise MemoryError
        match Sought(self._core.path_run(self._path, claim, seconds)):
            case Sought.RUNNING:
                return False
            case Sought.FOUND:
                return True
            case Sought.NONE:
                raise ModelCheckBug("what the search found cannot be reached")
            case Sought.NO_MEMORY:
                raise MemoryError

    def _read_off(self, claim: int, level: int) -> bool:
        """Whether the way to a claim is known from levels that are kept."""
        if self._kept and claim not in self._ways:
            flat = (ctypes.c_uint64 * ((level + 1) * self._words))()
            model = ctypes.byref(self._model)
            if self._core.kept_path(self._kept, model, claim, level, flat):
                self._ways[claim] = self._divided(flat)
        return claim in self._ways

    def path(self, claim: int) -> list[Words]:
        """The states to the one that was sought, the initial one first."""
        if claim in self._ways:
            return self._ways[claim]
        length = self._core.path_length(self._path, claim)
        flat = (ctypes.c_uint64 * (length * self._words))()
        self._core.path_states(self._path, claim, flat)
        return self._divided(flat)

    def reach(self, claim: int, *, is_symmetric: bool) -> int | None:
        """How many states of the model are no deeper than the one that was sought; None: unknown.

        Of a symmetric model, those that representatives stand for.
        """
        states = ctypes.c_void_p()
        at = ctypes.byref(states)
        if claim in self._ways:
            count: int = self._core.kept_states(self._kept, len(self._ways[claim]), at)
        else:
            count = self._core.path_reach(self._path, claim, at)
        return self.representatives.stand_for(states, count) if is_symmetric else count

    def _divided(self, flat: ctypes.Array[ctypes.c_uint64]) -> list[Words]:
        numbers = tuple(flat)
        ends = range(0, len(numbers), self._words)
        return [numbers[at : at + self._words] for at in ends]

    def _array(self, state: Words) -> ctypes.Array[ctypes.c_uint64]:
        return (ctypes.c_uint64 * self._words)(*state)
