"""Walks through the state graph of a model, from an initial state to what is wanted.

A walk goes to the nearest transition that is wanted, from there to the next one, and so on while
one is within reach.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from random import Random

from modelcheck.concrete.certain import Edge
from modelcheck.export.state_graph import StateGraph
from modelcheck.trace import State


class Planner:
    """Plans walks through one state graph."""

    def __init__(self, graph: StateGraph) -> None:
        self.beginnings = graph.states[: graph.initial]
        self.edges: dict[Edge, State] = {
            (graph.states[edge.source], edge.transition): graph.states[edge.target]
            for edge in graph.edges
        }
        """Every transition, and where it leads."""

        self._numbers = {edge: number for number, edge in enumerate(self.edges)}
        self.onward: dict[State, list[Edge]] = {state: [] for state in graph.states}
        for edge in self.edges:
            self.onward[edge[0]].append(edge)

    def walk(
        self, wanted: AbstractSet[Edge], closed: AbstractSet[Edge], *, seed: int
    ) -> tuple[Edge, ...]:
        """From an initial state through wanted transitions, and through no closed one.

        Empty if no wanted one can be reached. `seed` chooses among ways that are equally short.
        """
        chance = Random(seed)  # noqa: S311  # no secret depends on it
        for edges in self.onward.values():
            edges.sort(key=self._numbers.__getitem__)
            chance.shuffle(edges)
        for beginning in self.beginnings:
            taken: list[Edge] = []
            left, here = set(wanted), beginning
            while way := self.nearest(here, left, lambda edge: edge not in closed):
                taken += way
                left.difference_update(way)
                here = self.edges[way[-1]]
            if taken:
                return tuple(taken)
        return ()

    def nearest(
        self, start: State, wanted: AbstractSet[Edge], is_open: Callable[[Edge], bool]
    ) -> tuple[Edge, ...]:
        """The shortest way that ends with a wanted transition; empty if there is none."""
        came: dict[State, Edge | None] = {start: None}
        waiting = deque((start,))
        while waiting:
            state = waiting.popleft()
            for edge in filter(is_open, self.onward[state]):
                if edge in wanted:
                    return (*_way_to(state, came), edge)
                after = self.edges[edge]
                if after not in came:
                    came[after] = edge
                    waiting.append(after)
        return ()


def _way_to(state: State, came: dict[State, Edge | None]) -> tuple[Edge, ...]:
    way: list[Edge] = []
    edge = came[state]
    while edge is not None:
        way.append(edge)
        edge = came[edge[0]]
    return tuple(reversed(way))
