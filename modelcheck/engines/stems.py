"""The shortest ways into the states in which a liveness property is still owed its goal."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.components import Watch
from modelcheck.engines.graph import NOWHERE, Graph

UNSEEN = -2


@dataclass(frozen=True, slots=True)
class Promises:
    """What a liveness property says of each state, by its number."""

    initial: range
    goals: bytearray
    """1 where the property gets what it wants."""

    promises: bytearray
    """1 where the goal begins to be owed, though the run may have gone on before."""

    only_initial: bool
    """Whether the goal is owed from the initial states on, and from no other."""


@dataclass(slots=True)
class Stems:
    """A breadth-first search over states, each before and after the goal began to be owed.

    A node is twice the state's number, plus 1 once the goal is owed; no goal is then passed.
    """

    graph: Graph
    wanted: Promises
    arrivals: array[int]
    """The transition by which each node was reached first; `NOWHERE` for the first on its way."""

    before: array[int]
    """The node from which it was reached."""

    owing: list[int]
    """The states reached while the goal is owed, the nearest first."""

    distances: list[int]
    """Theirs, in transitions from an initial state."""

    def way_to(self, state: int) -> list[tuple[int, int]]:
        """The shortest way to an owing state: each transition with the state it leads from."""
        node = 2 * state + 1
        way: list[tuple[int, int]] = []
        while self.arrivals[node] != NOWHERE:
            way.append((self.before[node] // 2, self.arrivals[node]))
            node = self.before[node]
        return way[::-1]

    def root_of(self, state: int) -> int:
        """The initial state from which that way begins."""
        way = self.way_to(state)
        return way[0][0] if way else state


def stems(graph: Graph, size: int, wanted: Promises, watch: Watch) -> Stems:
    """Search from the initial states through those that are expanded."""
    unseen = array("q", [UNSEEN]) * (2 * size)
    found = Stems(graph, wanted, unseen, unseen[:], [], [])
    level: list[int] = []
    for state in wanted.initial:
        level += _arrive(found, state, NOWHERE, NOWHERE)
    distance = 0
    while level:
        owing = [node // 2 for node in level if node % 2]
        found.owing += owing
        found.distances += [distance] * len(owing)
        level = [reached for node in level for reached in _onward(found, node, watch)]
        distance += 1
    return found


def _onward(found: Stems, node: int, watch: Watch) -> Iterator[int]:
    watch()
    state = node // 2
    if state >= found.graph.expanded:
        return
    for number in found.graph.transitions(state):
        target = found.graph.targets[number]
        if target != NOWHERE:
            yield from _arrive(found, target, number, node)


def _arrive(found: Stems, state: int, number: int, before: int) -> Iterator[int]:
    """The nodes of a state that are reached now and were not reached before."""
    wanted = found.wanted
    owed_before = before != NOWHERE and before % 2 == 1
    nodes = []
    if not owed_before and not wanted.only_initial:
        nodes.append(2 * state)
    if not wanted.goals[state] and (owed_before or wanted.promises[state]):
        nodes.append(2 * state + 1)
    for node in nodes:
        if found.arrivals[node] == UNSEEN:
            found.arrivals[node] = number
            found.before[node] = before
            yield node
