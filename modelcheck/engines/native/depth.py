"""The depth-first search of `runtime/depth.h`, as Python calls it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from modelcheck.engines.native.build import Unit, all_compiled, machine_flags
from modelcheck.engines.native.core import Degrees, Tallied
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.library import described, model_unit, opened
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.orders import Order

FILES = ("depth.c", "visited.c")
NUMBERS = {Order.DEPTH_FIRST: 0, Order.ITERATIVE: 1, Order.BITSTATE: 2}
"""The order of `Order` in depth.h."""

DEEPEST = 2**32 - 1


class Ended(IntEnum):
    """Why a search came back; the order of `DepthStatus` in depth.h."""

    RUNNING = 0
    FOUND = 1
    COMPLETE = 2
    CUT = 3
    FULL = 4
    NO_MEMORY = 5


class _Reach(ctypes.Structure):
    _fields_ = [
        ("states", ctypes.c_uint64),
        ("transitions", ctypes.c_uint64),
        ("waiting", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("missed", ctypes.c_double),
        ("depth", ctypes.c_uint32),
        ("deepest", ctypes.c_uint32),
        ("limit", ctypes.c_uint32),
        ("is_exact", ctypes.c_bool),
    ]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a search has come; of an iterative one, in its present iteration."""

    states: int
    transitions: int
    waiting: int
    """States found and not yet expanded."""

    bytes: int
    missed: float
    """An estimate of how many new states were taken for known ones."""

    depth: int
    """Steps from an initial state to the one that is expanded."""

    deepest: int
    """To the deepest that was found."""

    limit: int
    """Of the present iteration."""

    is_exact: bool
    """Whether each state was counted once."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """How many bytes a search may use."""

    stored: int
    """For the cache of an iterative search, or for the bits."""

    in_all: int | None
    """For all that it keeps of states."""


class DepthSearch:
    """One search of one model; to be closed."""

    def __init__(
        self, generated: Generated, model: ctypes.CDLL, core: ctypes.CDLL, order: Order
    ) -> None:
        self._keep, self._core, self._order = model, core, order
        self._model = described(generated, model)
        self._decisions, self._steps = generated.decisions, len(generated.steps)
        self._words = generated.layout.words
        self._depth: int | None = None

    def open(self, initial: Sequence[Words], rooms: Rooms) -> None:
        """Begin; raises `MemoryError`."""
        self._depth = self._core.depth_new(
            ctypes.byref(self._model), NUMBERS[self._order], rooms.stored, rooms.in_all or 0
        )
        flat = [word for state in initial for word in state]
        starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
        if not self._depth or not self._core.depth_begin(self._depth, starts, len(initial)):
            raise MemoryError

    def close(self) -> None:
        """Give the memory back."""
        if self._depth:
            self._core.depth_free(self._depth)
            self._depth = None

    def run(
        self, seconds: float, *, states: int | None, depth: int | None, wanted: Sequence[bool]
    ) -> Ended:
        """Go on for so many seconds, or until there is something to say."""
        flags = (ctypes.c_uint8 * self._decisions)(*map(int, wanted))
        deepest = DEEPEST if depth is None else depth
        return Ended(self._core.depth_run(self._depth, seconds, states or 0, deepest, flags))

    def reached(self) -> Reach:
        """How far it has come."""
        seen = _Reach()
        self._core.depth_reach(self._depth, ctypes.byref(seen))
        return Reach(
            states=seen.states,
            transitions=seen.transitions,
            waiting=seen.waiting,
            bytes=seen.bytes,
            missed=seen.missed,
            depth=seen.depth,
            deepest=seen.deepest,
            limit=seen.limit,
            is_exact=seen.is_exact,
        )

    def tallied(self) -> Tallied:
        """What it has seen."""
        taken = (ctypes.c_uint64 * max(1, self._steps))()
        found = (ctypes.c_uint32 * self._decisions)()
        degrees = Degrees()
        self._core.depth_tally(self._depth, taken, found, ctypes.byref(degrees))
        return Tallied(
            tuple(taken)[: self._steps],
            tuple(found),
            degrees.states,
            degrees.least,
            degrees.most,
        )

    def path(self, claim: int) -> list[Words]:
        """The states to where a claim was decided, the initial one first."""
        length = self._core.depth_length(self._depth, claim)
        flat = (ctypes.c_uint64 * (length * self._words))()
        self._core.depth_path(self._depth, claim, flat)
        numbers = tuple(flat)
        ends = range(0, len(numbers), self._words)
        return [numbers[at : at + self._words] for at in ends]


def load(generated: Generated, compiler: tuple[str, ...], cache: Path, order: Order) -> DepthSearch:
    """Compile, or find compiled, a model and the search; raises `NoCompiler`."""
    words = generated.layout.words
    core = Unit(f"depth{words}", "", FILES, ("-O2", *machine_flags(), f"-DWORDS={words}"))
    made = all_compiled((core, model_unit(generated)), compiler, cache)
    search, model = (opened(path) for path in made)
    _declare(search)
    return DepthSearch(generated, model, search, order)


def _declare(core: ctypes.CDLL) -> None:
    any_, number, long = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64
    core.depth_new.argtypes = [any_, number, long, long]
    core.depth_free.argtypes = [any_]
    core.depth_begin.argtypes = [any_, any_, long]
    core.depth_run.argtypes = [any_, ctypes.c_double, long, ctypes.c_uint32, any_]
    core.depth_reach.argtypes = [any_, any_]
    core.depth_tally.argtypes = [any_, any_, any_, any_]
    core.depth_length.argtypes = [any_, number]
    core.depth_path.argtypes = [any_, number, any_]
    core.depth_new.restype = any_
    core.depth_begin.restype = ctypes.c_bool
    core.depth_run.restype = number
    core.depth_length.restype = long
    for one in (core.depth_free, core.depth_reach, core.depth_tally, core.depth_path):
        one.restype = None
