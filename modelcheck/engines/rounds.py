"""A short round through a part of a graph that is fair to everybody.

Greedy: on to the nearest transition that pays somebody what is still due, until nothing is due, and
back; then every detour is left out that nobody needs. The round is short, and need not be the
shortest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from modelcheck.engines.components import Duties
from modelcheck.engines.graph import Graph
from modelcheck.errors import ModelCheckBug


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a round may go: states between which every way leads on, fair if all are visited."""

    graph: Graph
    states: frozenset[int]
    duties: Duties


Round = list[tuple[int, int]]
"""Transitions, each with the state that it leads from; empty for staying where one is."""


def fair_round(ground: Ground, home: int) -> Round:
    """A way from `home` to `home` that can be repeated for ever and neglects nobody."""
    graph = ground.graph
    found: Round = []
    here = home
    while True:
        due = _due(ground, home, found)
        if due:
            found += _way(ground, here, partial(_pays, ground, due))
        elif here != home:
            found += _way(ground, here, lambda number: graph.targets[number] == home)
        else:
            return _without_detours(ground, home, found)
        here = graph.targets[found[-1][1]]


def _due(ground: Ground, home: int, taken: Round) -> frozenset[int]:
    """The instances that a run would neglect which repeats `taken`."""
    graph, duties = ground.graph, ground.duties
    moving = {graph.movers[number] for _, number in taken}
    able = [graph.enabled(home), *(graph.enabled(graph.targets[n]) for _, n in taken)]
    always, ever = able[0].intersection(*able[1:]), able[0].union(*able[1:])
    return ((always & duties.weak) | (ever & duties.strong)) - moving


def _pays(ground: Ground, due: frozenset[int], number: int) -> bool:
    """Whether a transition is what one of `due` needs: its own, or into where it is disabled."""
    graph = ground.graph
    if graph.movers[number] in due:
        return True
    return bool((due & ground.duties.weak) - graph.enabled(graph.targets[number]))


def _way(ground: Ground, start: int, is_wanted: Callable[[int], bool]) -> Round:
    """A shortest way from `start` that ends in a wanted transition."""
    graph = ground.graph
    arrivals: dict[int, tuple[int, int] | None] = {start: None}
    level = [start]
    while level:
        onward: list[int] = []
        for state, number in _transitions(ground, level):
            if is_wanted(number):
                return [*_back(arrivals, state), (state, number)]
            target = graph.targets[number]
            if target not in arrivals:
                arrivals[target] = (state, number)
                onward.append(target)
        level = onward
    raise ModelCheckBug("a fair component has no way to what makes it fair")


def _transitions(ground: Ground, states: list[int]) -> Round:
    graph = ground.graph
    return [
        (state, number)
        for state in states
        for number in graph.transitions(state)
        if graph.targets[number] in ground.states
    ]


def _back(arrivals: dict[int, tuple[int, int] | None], state: int) -> Round:
    """The way on which `state` was reached."""
    way: Round = []
    arrival = arrivals[state]
    while arrival is not None:
        way.append(arrival)
        arrival = arrivals[arrival[0]]
    return way[::-1]


def _without_detours(ground: Ground, home: int, taken: Round) -> Round:
    """The round without the parts that return to where they began and that nobody needs."""
    while True:
        shorter = (taken[:begin] + taken[end:] for begin, end in _detours(home, taken))
        found = next((one for one in shorter if not _due(ground, home, one)), None)
        if found is None:
            return taken
        taken = found


def _detours(home: int, taken: Round) -> Iterator[tuple[int, int]]:
    """Where each part of the round begins and ends that returns to where it began."""
    visits: dict[int, list[int]] = {}
    for at, (state, _) in enumerate(taken):
        visits.setdefault(state, []).append(at)
    visits.setdefault(home, []).append(len(taken))
    for begin, (state, _) in enumerate(taken):
        for end in reversed(visits[state]):
            if end > begin:
                yield begin, end
