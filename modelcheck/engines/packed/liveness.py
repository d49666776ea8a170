"""Liveness of a packed search: its graph, made when it is over, judged as the interpreter's is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.liveness import Explored
from modelcheck.engines.packed.codec import Codec
from modelcheck.engines.packed.search import Search
from modelcheck.engines.packed.steps import leads
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
    graph, numbers = Graph(), {state: at for at, state in enumerate(search.states)}
    for state in search.states[: search.expanded]:
        search.limits.watch_clock()
        for position, row in search.steps.rows(state):
            for target in leads(row.ways, state):
                graph.add(position, NOWHERE if target is None else numbers.get(target, NOWHERE))
        graph.close()
    codec = search.codec
    states, watch = Unpacked(codec, search.states), search.limits.watch_clock
    return Explored(codec.prepared, states, search.starts, graph, watch)
