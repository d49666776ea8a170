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
from itertools import combinations, pairwise

from modelcheck.engines.smt.events.clauses import FALSE, TRUE, Clauses
from modelcheck.engines.smt.events.unfolding import Unfolding

Pair = tuple[int, int]


@dataclass(slots=True)
class Ordering:
    """The order of the events, while the pairs are collected that matter."""

    unfolding: Unfolding
    clauses: Clauses
    pairs: dict[Pair, int] = field(default_factory=dict)
    """For each pair, the lower number first, whether that one comes before."""

    def __post_init__(self) -> None:
        for one, other in pairwise(self.unfolding.turns):
            if one.at == other.at:
                self.before(one.number, other.number)

    def before(self, one: int, other: int) -> int:
        """Whether an event comes before another one, where both happen."""
        pair = (min(one, other), max(one, other))
        if pair not in self.pairs:
            self.pairs[pair] = self._made(*pair)
        return self.pairs[pair] if one < other else -self.pairs[pair]

    def _made(self, one: int, other: int) -> int:
        match self.unfolding.follows(other, one):
            case None:
                return self.clauses.new()
            case is_later:
                return TRUE if is_later else FALSE

    def close(self) -> None:
        """From here on there is no cycle; adds the pairs that are chords."""
        for one, two, three in triangles(tuple(self.pairs)):
            around = (self.before(one, two), self.before(two, three), self.before(three, one))
            self.clauses.add(*around)
            self.clauses.add(*(-literal for literal in around))


def triangles(pairs: Iterable[Pair]) -> Iterator[tuple[int, int, int]]:
    """The triangles of the graph with the chords that it needs, each once."""
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
