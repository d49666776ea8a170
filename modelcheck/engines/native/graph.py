"""The graph of a native search: built, searched and read by the C in `runtime/graph.h`.

The C works in a thread of its own, so that the clock and the keyboard are heard meanwhile.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from modelcheck.engines.components import Duties, Watch
from modelcheck.engines.native.build import Unit, all_compiled, machine_flags
from modelcheck.engines.native.generated import Asked, Generated
from modelcheck.engines.native.library import opened
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.rounds import Round
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Fairness

FILES = ("graph.c", "pages.c", "fair.c", "stems.c", "ways.c")
MOST_INSTANCES = 256
"""As in graph.h: the instance that moves is kept in a byte."""

MOST_STATES = 2**31 - 1
NO_LEVEL = NOWHERE = 2**32 - 1
"""No limit on levels; the target of a transition that leads to no state."""
SLICE = 0.1
"""Seconds between two looks at the clock and the keyboard."""

FAIRNESS = {Fairness.NONE: 0, Fairness.WEAK: 1, Fairness.STRONG: 2}
"""The order of `Fairness` in graph.h."""


class Built(IntEnum):
    """How work on a graph ended; the order of `GraphStatus` in graph.h."""

    DONE = 0
    FULL = 1
    STOPPED = 2
    NO_MEMORY = 3


class _Source(ctypes.Structure):
    _fields_ = [
        ("expand", ctypes.c_void_p),
        ("ask", ctypes.c_void_p),
        ("claims", ctypes.c_int32),
        ("steps", ctypes.c_int32),
        ("fan_out", ctypes.c_int32),
        ("instances", ctypes.c_int32),
        ("fairness", ctypes.c_char_p),
    ]


class _Graph(ctypes.Structure):
    _fields_ = [
        ("source", _Source),
        ("states", ctypes.POINTER(ctypes.c_uint64)),
        ("begins", ctypes.POINTER(ctypes.c_uint64)),
        ("targets", ctypes.POINTER(ctypes.c_uint32)),
        ("movers", ctypes.POINTER(ctypes.c_uint8)),
        ("count", ctypes.c_uint64),
        ("initials", ctypes.c_uint64),
        ("expanded", ctypes.c_uint64),
        ("edges", ctypes.c_uint64),
        ("state_bytes", ctypes.c_size_t),
        ("begin_bytes", ctypes.c_size_t),
        ("target_bytes", ctypes.c_size_t),
        ("mover_bytes", ctypes.c_size_t),
        ("violates", ctypes.c_bool),
    ]


@dataclass(frozen=True, slots=True)
class Library:
    """Compiled code, as `load` gives it."""

    core: ctypes.CDLL
    model: ctypes.CDLL


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the state space a graph is to hold."""

    states: int | None = None
    levels: int | None = None
    """So many levels are expanded."""

    is_depth: bool = False
    """Whether the next level is, too, into states that are known."""

    memory: int | None = None
    """So many bytes may be used, by what is found out about the graph as well."""


class Graph:
    """The graph of one search; to be closed."""

    def __init__(
        self, generated: Generated, fairness: Sequence[Fairness], library: Library, watch: Watch
    ) -> None:
        self.core, self._model, self._watch = library.core, library.model, watch
        self._words = generated.layout.words
        source = _Source(
            ctypes.cast(self._model.expand, ctypes.c_void_p),
            ctypes.cast(self._model.ask, ctypes.c_void_p),
            generated.decisions,
            len(generated.steps),
            generated.fan_out,
            len(fairness),
            bytes(FAIRNESS[one] for one in fairness),
        )
        self.handle = self.core.graph_new(ctypes.byref(source))
        if not self.handle:
            raise MemoryError
        self.seen = ctypes.cast(self.handle, ctypes.POINTER(_Graph)).contents

    def close(self) -> None:
        """Give the memory back."""
        self.core.graph_free(self.handle)

    def build(self, initial: Sequence[Words], extent: Extent) -> None:
        """Number the states; raises `MemoryError`, and what the watch raises."""
        flat = [word for state in initial for word in state]
        starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
        most = MOST_STATES if extent.states is None else extent.states
        levels = NO_LEVEL if extent.levels is None else extent.levels
        self.core.graph_bound(self.handle, extent.memory or 0)
        built = self.work(
            lambda: self.core.graph_build(
                self.handle, starts, len(initial), most, levels, extent.is_depth
            )
        )
        if Built(built) is Built.NO_MEMORY:
            raise MemoryError

    @property
    def violates(self) -> bool:
        """Whether some transition violates a check."""
        return bool(self.seen.violates)

    def words(self, state: int) -> Words:
        """A state by its number."""
        return tuple(self.seen.states[state * self._words : (state + 1) * self._words])

    def rank(self, state: int, number: int) -> int:
        """How many transitions of a state before that one lead to a state, too."""
        before = self.seen.targets[self.seen.begins[state] : number]
        return sum(target != NOWHERE for target in before)

    def work(self, call: Callable[[], int]) -> int:
        """What a call gives that is made while the watch goes on; raises what the watch raises."""
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(call)
            try:
                while True:
                    self._watch()
                    if wait((made,), SLICE).done:
                        return made.result()
            except BaseException:
                self.core.graph_stop(self.handle)
                raise


class Fair:
    """Where a fair run goes round without a goal: a `rounds.Ground`. To be closed.

    Ways stay within the fair component in which they begin.
    """

    def __init__(self, graph: Graph, duties: Duties) -> None:
        self._graph, self._core, self._duties = graph, graph.core, duties
        self._fair = self._core.fair_new(graph.handle)
        if not self._fair:
            raise MemoryError

    def close(self) -> None:
        """Give the memory back."""
        self._core.fair_free(self._fair)

    def find(self, asked: Asked) -> int:
        """Look for the fair components without a goal: how many states are in them.

        Raises `MemoryError`, and what the watch raises.
        """
        promise = -1 if asked.promise is None else asked.promise
        found = self._graph.work(lambda: self._core.fair_find(self._fair, asked.goal, promise))
        if Built(found) is Built.NO_MEMORY:
            raise MemoryError
        return int(self._core.fair_states(self._fair))

    def nearest(self, most: int) -> list[int]:
        """The states in them that are nearest to an initial one, up to so many."""
        homes = (ctypes.c_uint32 * most)()
        return list(homes[: self._core.fair_nearest(self._fair, homes, most)])

    def stem(self, home: int) -> tuple[int, Round]:
        """The initial state from which the shortest way leads to a state, and that way."""
        length = self._core.fair_stem(self._fair, home)
        begin = self._core.fair_begin(self._fair)
        return begin, self._way(begin, length)

    @property
    def duties(self) -> Duties:
        """See `Ground`."""
        return self._duties

    def enabled(self, state: int) -> frozenset[int]:
        """See `Ground`."""
        seen = self._graph.seen
        return frozenset(seen.movers[seen.begins[state] : seen.begins[state + 1]])

    def mover(self, number: int) -> int:
        """See `Ground`."""
        return int(self._graph.seen.movers[number])

    def target(self, number: int) -> int:
        """See `Ground`."""
        return int(self._graph.seen.targets[number])

    def way_to_pay(self, start: int, due: frozenset[int]) -> Round:
        """See `Ground`."""
        marks = bytes(position in due for position in range(MOST_INSTANCES))
        return self._sought(start, NOWHERE, marks)

    def way_home(self, start: int, home: int) -> Round:
        """See `Ground`."""
        return self._sought(start, home, None)

    def _sought(self, start: int, home: int, due: bytes | None) -> Round:
        length = self._graph.work(lambda: self._core.fair_way(self._fair, start, home, due))
        if length == 0:
            raise ModelCheckBug("a fair component has no way to what makes it fair")
        return self._way(start, length)

    def _way(self, start: int, length: int) -> Round:
        if length < 0:
            raise MemoryError
        way: Round = []
        numbers = self._core.fair_steps(self._fair)
        for number in numbers[:length] if length else ():
            way.append((start, number))
            start = self.target(number)
        return way


def load(generated: Generated, compiler: tuple[str, ...], cache: Path) -> Library:
    """Compile, or find compiled, what builds and searches the graph; raises `NoCompiler`."""
    words = generated.layout.words
    flags = ("-O2", *machine_flags(), f"-DWORDS={words}", "-DMARKS")
    core = Unit(f"graph{words}", "", FILES, flags)
    model = Unit("moves", generated.text, (), ("-O1", "-DMARKS"))
    made = all_compiled((core, model), compiler, cache)
    library = Library(*(opened(path) for path in made))
    _declare(library.core)
    return library


def _declare(core: ctypes.CDLL) -> None:
    any_, number, long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
    state = ctypes.c_uint32
    core.graph_new.argtypes = [any_]
    core.graph_free.argtypes = core.graph_stop.argtypes = [any_]
    core.graph_bound.argtypes = [any_, ctypes.c_uint64]
    core.graph_build.argtypes = [any_, any_, ctypes.c_uint64, ctypes.c_uint64, state, ctypes.c_bool]
    core.fair_new.argtypes = core.fair_free.argtypes = [any_]
    core.fair_find.argtypes = [any_, number, number]
    core.fair_states.argtypes = core.fair_begin.argtypes = core.fair_steps.argtypes = [any_]
    core.fair_nearest.argtypes = [any_, any_, long]
    core.fair_stem.argtypes = [any_, state]
    core.fair_way.argtypes = [any_, state, state, ctypes.c_char_p]
    core.graph_new.restype = core.fair_new.restype = any_
    core.graph_build.restype = core.fair_find.restype = number
    core.fair_states.restype = ctypes.c_uint64
    core.fair_nearest.restype = core.fair_stem.restype = core.fair_way.restype = long
    core.fair_begin.restype = state
    core.fair_steps.restype = ctypes.POINTER(ctypes.c_uint64)
    core.graph_free.restype = core.graph_stop.restype = core.fair_free.restype = None
    core.graph_bound.restype = None
