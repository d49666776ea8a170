"""Liveness of a packed search: its graph, made when it is over, judged as the interpreter's is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.liveness import Explored
from modelcheck.engines.packed.codec import TOGETHER, Codec
from modelcheck.engines.packed.search import Search
from modelcheck.engines.packed.watches import judged
from modelcheck.trace import State


class Unpacked(Sequence[State]):
    """Packed states, each unpacked when it is asked for."""

    def __init__(self, codec: Codec, states: Sequence[int]) -> None:
        self._codec, self._states = codec, states

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[State]:
        return map(self._codec.unpack, self._states)

    @overload
    def __getitem__(self, at: int) -> State: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[State]: ...

    def __getitem__(self, at: int | slice) -> State | Sequence[State]:
        if isinstance(at, slice):
            return Unpacked(self._codec, self._states[at])
        return self._codec.unpack(self._states[at])


def explored(search: Search) -> Explored:
    """What a search has seen, with every transition out of the states that it expanded."""
    codec, watch = search.codec, search.limits.watch_clock
    graph = Graph()
    numbers: dict[int | None, int] = {state: at for at, state in enumerate(search.states)}
    for begin in range(0, search.expanded, TOGETHER):
        watch()
        states = search.states[begin : min(begin + TOGETHER, search.expanded)]
        movers, found, ends = search.steps.transitions(states)
        before = len(graph.targets)
        graph.movers.extend(movers)
        graph.targets.extend(map(numbers.get, found, repeat(NOWHERE)))
        graph.begins.extend(map(before.__add__, ends))
    return Explored(
        codec.prepared,
        Unpacked(codec, search.states),
        search.starts,
        graph,
        watch,
        lambda condition: judged(codec, condition, search.states, watch),
    )
