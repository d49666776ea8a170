"""Walks through the reduced state graph of a model, from its start to what is wanted.

A walk goes to the nearest transition that is wanted, from there to the next one, and so on while
one is within reach.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from random import Random

from modelcheck.concrete.reduced import START, Edge, Reduced


class Planner:
    """Plans walks through one graph."""

    def __init__(self, graph: Reduced) -> None:
        self.edges = graph.edges
        """Every transition, and where it leads."""

        self._numbers = {edge: number for number, edge in enumerate(self.edges)}
        self.onward: dict[int, list[Edge]] = {node: [] for node in range(len(graph.onward))}
        for edge in self.edges:
            self.onward[edge[0]].append(edge)

    def walk(
        self, wanted: AbstractSet[Edge], closed: AbstractSet[Edge], *, seed: int
    ) -> tuple[Edge, ...]:
        """From the start through wanted transitions, and through no closed one.

        Empty if no wanted one can be reached. `seed` chooses among ways that are equally short.
        """
        chance = Random(seed)  # noqa: S311  # no secret depends on it
        for edges in self.onward.values():
            edges.sort(key=self._numbers.__getitem__)
            chance.shuffle(edges)
        taken: list[Edge] = []
        left, here = set(wanted), START
        while way := self.nearest(here, left, lambda edge: edge not in closed):
            taken += way
            left.difference_update(way)
            here = self.edges[way[-1]]
        return tuple(taken)

    def nearest(
        self, start: int, wanted: AbstractSet[Edge], is_open: Callable[[Edge], bool]
    ) -> tuple[Edge, ...]:
        """The shortest way that ends with a wanted transition; empty if there is none."""
        came: dict[int, Edge | None] = {start: None}
        waiting = deque((start,))
        while waiting:
            node = waiting.popleft()
            for edge in filter(is_open, self.onward[node]):
                if edge in wanted:
                    return (*_way_to(node, came), edge)
                after = self.edges[edge]
                if after not in came:
                    came[after] = edge
                    waiting.append(after)
        return ()


def _way_to(node: int, came: dict[int, Edge | None]) -> tuple[Edge, ...]:
    way: list[Edge] = []
    edge = came[node]
    while edge is not None:
        way.append(edge)
        edge = came[edge[0]]
    return tuple(reversed(way))
