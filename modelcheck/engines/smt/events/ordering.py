"""Which event comes before which: a Boolean for each pair whose order may matter.

The pairs make a graph, and its edges are directed by the Booleans. A cycle is ruled out by ruling
out that of each triangle, which is enough where each longer cycle has a chord: so edges are added
until that is the case, point by point, those with few neighbours first (D. J. Rose, "Triangulated
graphs and the elimination process", 1970; R. Bryant and M. Velev, "Boolean satisfiability with
transitivity constraints", 2002). What is directed without a cycle is part of an order of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import z3

from modelcheck.engines.smt.events.unfolding import Unfolding

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)  # noqa: FBT003
Pair = tuple[int, int]


@dataclass(slots=True)
class Ordering:
    """The order of the events, while the pairs are collected that matter."""

    unfolding: Unfolding
    pairs: dict[Pair, z3.BoolRef] = field(default_factory=dict)
    """For each pair, the lower number first, whether that one comes before."""

    def __post_init__(self) -> None:
        for way in self.unfolding.ways:
            self.before(way.source, way.target)

    def before(self, one: int, other: int) -> z3.BoolRef:
        """Whether an event comes before another one, where both happen."""
        pair = (min(one, other), max(one, other))
        if pair not in self.pairs:
            self.pairs[pair] = self._made(*pair)
        found = self.pairs[pair]
        if one <= other:
            return found
        return FALSE if found is TRUE else TRUE if found is FALSE else z3.Not(found)

    def _made(self, one: int, other: int) -> z3.BoolRef:
        later = self.unfolding.later
        if other in later[one]:
            return TRUE
        if one in later[other]:
            return FALSE
        return z3.Bool(f"{one}<{other}")

    def constraints(self) -> Iterator[z3.BoolRef]:
        """That there is no cycle; makes pairs for chords."""
        for triangle in _triangulated(tuple(self.pairs)):
            for one, two, three in (triangle, triangle[::-1]):
                around = (self.before(one, two), self.before(two, three), self.before(three, one))
                if FALSE not in around:
                    yield z3.Or(*(_negated(edge) for edge in around if edge is not TRUE))


def _negated(condition: z3.BoolRef) -> z3.BoolRef:
    return z3.Not(condition)


def _triangulated(pairs: Iterable[Pair]) -> Iterator[tuple[int, int, int]]:
    """The triangles of the graph with the chords that it needs, each triangle once."""
    neighbours: dict[int, set[int]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    while neighbours:
        point = min(neighbours, key=lambda one: (len(neighbours[one]), one))
        around = sorted(neighbours.pop(point))
        for one in around:
            neighbours[one].discard(point)
        for one, other in combinations(around, 2):
            neighbours[one].add(other)
            neighbours[other].add(one)
            yield point, one, other
