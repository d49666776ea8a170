"""The search core and a compiled model, as Python calls them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from modelcheck.engines.native.build import NoCompiler, Unit, compiled
from modelcheck.engines.native.generator import Generated
from modelcheck.errors import ModelCheckBug

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


class Sought(IntEnum):
    """Why `seek` came back; the order of `PathStatus` in search.h."""

    RUNNING = 0
    FOUND = 1
    NONE = 2
    NO_MEMORY = 3


class _Model(ctypes.Structure):
    _fields_ = [
        ("expand", ctypes.c_void_p),
        ("judge", ctypes.c_void_p),
        ("claims", ctypes.c_int32),
        ("deadlock", ctypes.c_int32),
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


class _Degrees(ctypes.Structure):
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
    level: int
    depth: int


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

    def __init__(self, generated: Generated, model: ctypes.CDLL, core: ctypes.CDLL) -> None:
        self._keep = model
        self._core = core
        self._model = _Model(
            ctypes.cast(model.expand, ctypes.c_void_p),
            ctypes.cast(model.judge, ctypes.c_void_p),
            generated.decisions,
            len(generated.claims) - 1,
            len(generated.steps),
            generated.fan_out,
        )
        self._decisions = generated.decisions
        self._steps = len(generated.steps)
        self._words = generated.layout.words
        self._search: int | None = None
        self._path: int | None = None

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

    def look_ahead(self) -> tuple[bool, tuple[int, ...]]:
        """Whether anything leads out of the current level, and what was decided in it."""
        found = (ctypes.c_uint32 * self._decisions)()
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
        taken = (ctypes.c_uint64 * max(1, self._steps))()
        found = (ctypes.c_uint32 * self._decisions)()
        degrees = _Degrees()
        self._core.search_tally(self._search, taken, found, ctypes.byref(degrees))
        return Tallied(
            tuple(taken)[: self._steps],
            tuple(found),
            degrees.states,
            degrees.least,
            degrees.most,
        )

    def states(self) -> list[Words]:
        """Every state that is stored, in ascending order."""
        count = self.reached().states
        flat = (ctypes.c_uint64 * (count * self._words))()
        self._core.search_states(self._search, flat)
        return sorted(self._divided(flat))

    def seek(self, initial: Sequence[Words], claim: int, *, seconds: float) -> bool:
        """Look for the first state, in breadth-first order, at which a claim is decided.

        Goes on for so many seconds; whether it was found. Raises `MemoryError`.
        """
        if self._path is None:
            flat = [word for state in initial for word in state]
            starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
            self._path = self._core.path_new(ctypes.byref(self._model), starts, len(initial))
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

    def path(self, claim: int) -> list[Words]:
        """The states to the one that was sought, the initial one first."""
        length = self._core.path_length(self._path, claim)
        flat = (ctypes.c_uint64 * (length * self._words))()
        self._core.path_states(self._path, claim, flat)
        return self._divided(flat)

    def _divided(self, flat: ctypes.Array[ctypes.c_uint64]) -> list[Words]:
        numbers = tuple(flat)
        ends = range(0, len(numbers), self._words)
        return [numbers[at : at + self._words] for at in ends]

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
    search, states = (opened(path) for path in made)
    _declare(search)
    return Core(generated, states, search)


def opened(path: Path) -> ctypes.CDLL:
    """A shared object that was compiled; raises `NoCompiler` for a damaged one."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as problem:
        raise NoCompiler(f"what was compiled cannot be loaded: {problem}; delete {path}") from None


def _declare(core: ctypes.CDLL) -> None:
    any_, number, long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
    core.search_new.argtypes = [any_, number]
    core.search_free.argtypes = [any_]
    core.search_begin.argtypes = [any_, any_]
    core.search_run.argtypes = [any_, ctypes.c_double, ctypes.c_uint64, ctypes.c_uint32, any_]
    core.search_look_ahead.argtypes = [any_, any_]
    core.search_progress.argtypes = [any_, any_]
    core.search_tally.argtypes = [any_, any_, any_, any_]
    core.search_states.argtypes = [any_, any_]
    core.path_new.argtypes = [any_, any_, long]
    core.path_free.argtypes = [any_]
    core.path_run.argtypes = [any_, number, ctypes.c_double]
    core.path_length.argtypes = [any_, number]
    core.path_states.argtypes = [any_, number, any_]
    core.search_new.restype = core.path_new.restype = any_
    core.search_begin.restype = core.search_look_ahead.restype = ctypes.c_bool
    core.search_run.restype = core.path_run.restype = number
    core.path_length.restype = long
    for one in (core.search_free, core.search_progress, core.search_tally, core.search_states):
        one.restype = None
    core.path_free.restype = core.path_states.restype = None
