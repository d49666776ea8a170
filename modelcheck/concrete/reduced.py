"""The reduced state graph: one node for all states that the steps seen so far do not tell apart.

Nothing is seen of some steps of a model on a real system, and nobody can hold a process before one
of them. So a node has all states that such steps lead to, and each transition is a step that is
seen: the subsets of Rabin and Scott, "Finite Automata and Their Decision Problems" (1959). Every
order of seen steps that the model allows is one way through the graph, and every way is one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from modelcheck.errors import UserError
from modelcheck.export.state_graph import StateGraph
from modelcheck.trace import Instance, Transition

Edge = tuple[int, Transition]
"""A transition: from which node, by which step."""

Place = tuple[Instance, str]
"""An instance, and the step that it stands before."""

START = 0


@dataclass(frozen=True, slots=True)
class Reduced:
    """The nodes are numbered breadth first, from `START`."""

    onward: tuple[dict[Transition, int], ...]
    """For each node the steps that can be seen next, and where they lead."""

    standing: tuple[frozenset[Place], ...]
    """For each node, before which steps instances may stand."""

    whole: int
    """So many transitions the state graph has that this one stands for."""

    @property
    def edges(self) -> dict[Edge, int]:
        """Every transition, and where it leads."""
        return {
            (node, step): after
            for node, steps in enumerate(self.onward)
            for step, after in steps.items()
        }


def reduced(
    graph: StateGraph,
    is_unseen: Callable[[Transition], bool],
    is_played: Callable[[Transition], bool],
    *,
    most: int,
) -> Reduced:
    """Reduce a graph; raises `UserError` where more than `most` nodes are left.

    Steps that are not played are left out, and what lies behind them alone.
    """
    seen: list[list[tuple[Transition, int]]] = [[] for _ in graph.states]
    unseen: list[list[int]] = [[] for _ in graph.states]
    for edge in filter(lambda one: is_played(one.transition), graph.edges):
        if is_unseen(edge.transition):
            unseen[edge.source].append(edge.target)
        else:
            seen[edge.source].append((edge.transition, edge.target))
    start = _closed(range(graph.initial), unseen)
    numbers = {start: START}
    waiting = deque((start,))
    onward: list[dict[Transition, int]] = []
    standing: list[frozenset[Place]] = []
    while waiting:
        states = sorted(waiting.popleft())
        standing.append(frozenset(place for state in states for place in _standing(graph, state)))
        after: dict[Transition, list[int]] = {}
        for state in states:
            for step, target in seen[state]:
                after.setdefault(step, []).append(target)
        onward.append({})
        for step, targets in after.items():
            node = _closed(targets, unseen)
            if node not in numbers:
                numbers[node] = len(numbers)
                waiting.append(node)
            onward[-1][step] = numbers[node]
        if len(numbers) > most:
            raise UserError(
                f"the reduced state graph has more than {most:,} nodes",
                way_out="make the instance smaller with --set, or raise --max-states",
            )
    return Reduced(tuple(onward), tuple(standing), len(graph.edges))


def restricted(whole: Reduced, part: Reduced) -> Reduced:
    """What the ways through another graph take of a graph in which all of these are ways.

    Its nodes are those of the whole graph, with their numbers.
    """
    pairs = {(START, START): None}
    waiting = deque(pairs)
    kept: set[Edge] = set()
    while waiting:
        here, there = waiting.popleft()
        for step, after in part.onward[there].items():
            kept.add((here, step))
            pair = (whole.onward[here][step], after)
            if pair not in pairs:
                pairs[pair] = None
                waiting.append(pair)
    onward = tuple(
        {step: after for step, after in steps.items() if (node, step) in kept}
        for node, steps in enumerate(whole.onward)
    )
    return replace(whole, onward=onward)


def _standing(graph: StateGraph, state: int) -> Iterator[Place]:
    locations = graph.states[state].locations
    for instance, at in graph.prepared.positions.items():
        label = locations[at].label
        if label is not None:
            yield instance, label


def _closed(states: Iterable[int], unseen: list[list[int]]) -> frozenset[int]:
    """The states, and those that steps of which nothing is seen lead to."""
    found = set(states)
    waiting = list(found)
    while waiting:
        for after in unseen[waiting.pop()]:
            if after not in found:
                found.add(after)
                waiting.append(after)
    return frozenset(found)
