"""The search core and a compiled model, as Python calls them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from modelcheck.engines.native.build import Unit, compiled
from modelcheck.engines.native.generator import Generated

CORE_FILES = ("search.c", "path.c")
Words = tuple[int, ...]


class Status(IntEnum):
    """Why `run` came back; the order of `Status` in search.h."""

    RUNNING = 0
    LEVEL = 1
    COMPLETE = 2
    DEPTH = 3
    FULL = 4
    NO_MEMORY = 5


class _Model(ctypes.Structure):
    _fields_ = [
        ("expand", ctypes.c_void_p),
        ("judge", ctypes.c_void_p),
        ("claims", ctypes.c_int32),
        ("steps", ctypes.c_int32),
        ("fan_out", ctypes.c_int32),
    ]


class _Progress(ctypes.Structure):
    _fields_ = [
        ("states", ctypes.c_uint64),
        ("transitions", ctypes.c_uint64),
        ("frontier", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("level", ctypes.c_uint32),
        ("depth", ctypes.c_uint32),
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a search has come."""

    states: int
    transitions: int
    frontier: int
    bytes: int
    level: int
    depth: int


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a search has seen."""

    taken: tuple[int, ...]
    """By step."""

    found: tuple[int, ...]
    """By claim: 1 + the level where it was decided, or 0."""


class Core:
    """One search of one model; to be closed."""

    def __init__(self, generated: Generated, model: ctypes.CDLL, core: ctypes.CDLL) -> None:
        self._generated = generated
        self._keep = model
        self._core = core
        self._model = _Model(
            ctypes.cast(model.expand, ctypes.c_void_p),
            ctypes.cast(model.judge, ctypes.c_void_p),
            len(generated.claims),
            len(generated.steps),
            generated.fan_out,
        )
        self._words = generated.layout.words
        self._search: int | None = None

    def open(self, initial: Sequence[Words], *, threads: int) -> None:
        """Begin a search; raises `MemoryError`."""
        self._search = self._core.search_new(ctypes.byref(self._model), threads)
        if not self._search:
            raise MemoryError
        for state in initial:
            if not self._core.search_begin(self._search, self._array(state)):
                raise MemoryError

    def close(self) -> None:
        """Give the memory back."""
        if self._search:
            self._core.search_free(self._search)
            self._search = None

    def run(
        self,
        seconds: float,
        *,
        states: int | None,
        memory: int | None,
        depth: int | None,
        wanted: Sequence[bool],
    ) -> Status:
        """Go on for so many seconds, or until there is something to say."""
        flags = (ctypes.c_uint8 * max(1, len(wanted)))(*map(int, wanted))
        deepest = 0 if depth is None else depth + 1
        return Status(
            self._core.search_run(self._search, seconds, states or 0, memory or 0, deepest, flags)
        )

    def look_ahead(self) -> tuple[bool, tuple[int, ...]]:
        """Whether anything leads out of the current level, and what was decided in it."""
        found = (ctypes.c_uint32 * max(1, len(self._generated.claims)))()
        ahead = bool(self._core.search_look_ahead(self._search, found))
        return ahead, tuple(found)

    def reached(self) -> Reached:
        """How far the search has come."""
        seen = _Progress()
        self._core.search_progress(self._search, ctypes.byref(seen))
        return Reached(
            seen.states, seen.transitions, seen.frontier, seen.bytes, seen.level, seen.depth
        )

    def tallied(self) -> Tallied:
        """What the search has seen."""
        taken = (ctypes.c_uint64 * max(1, len(self._generated.steps)))()
        found = (ctypes.c_uint32 * max(1, len(self._generated.claims)))()
        self._core.search_tally(self._search, taken, found)
        return Tallied(tuple(taken)[: len(self._generated.steps)], tuple(found))

    def path(
        self, initial: Sequence[Words], claim: int, *, length: int, memory: int | None
    ) -> tuple[Words, ...]:
        """The states to the first one, in breadth-first order, at which a claim is decided.

        Raises `MemoryError`.
        """
        flat = [word for state in initial for word in state]
        starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
        room = (ctypes.c_uint64 * ((length + 1) * self._words))()
        count = self._core.search_path(
            ctypes.byref(self._model), starts, len(initial), claim, memory or 0, room, length + 1
        )
        if count < 0:
            raise MemoryError
        words = tuple(room)
        return tuple(words[at * self._words : (at + 1) * self._words] for at in range(count))

    def _array(self, state: Words) -> ctypes.Array[ctypes.c_uint64]:
        return (ctypes.c_uint64 * self._words)(*state)


def load(generated: Generated, compiler: tuple[str, ...], cache: Path) -> Core:
    """Compile, or find compiled, a model and the core for states of its size.

    Raises `NoCompiler`.
    """
    words = generated.layout.words
    core = Unit(f"core{words}", "", CORE_FILES, ("-O2", f"-DWORDS={words}", "-pthread"))
    model = Unit("model", generated.text, (), ("-O1",))
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda unit: compiled(unit, compiler, cache), (core, model)))
    libraries = [ctypes.CDLL(str(path)) for path in made]
    _declare(libraries[0])
    return Core(generated, libraries[1], libraries[0])


def _declare(core: ctypes.CDLL) -> None:
    pointer, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64
    core.search_new.argtypes, core.search_new.restype = [pointer, number], pointer
    core.search_free.argtypes, core.search_free.restype = [pointer], None
    core.search_begin.argtypes, core.search_begin.restype = [pointer, pointer], ctypes.c_bool
    core.search_run.argtypes = [pointer, ctypes.c_double, size, size, ctypes.c_uint32, pointer]
    core.search_run.restype = number
    core.search_look_ahead.argtypes = [pointer, pointer]
    core.search_look_ahead.restype = ctypes.c_bool
    core.search_progress.argtypes, core.search_progress.restype = [pointer, pointer], None
    core.search_tally.argtypes, core.search_tally.restype = [pointer, pointer, pointer], None
    core.search_path.argtypes = [
        pointer,
        pointer,
        ctypes.c_int64,
        number,
        size,
        pointer,
        ctypes.c_int64,
    ]
    core.search_path.restype = ctypes.c_int64
