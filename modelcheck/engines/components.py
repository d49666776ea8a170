"""The parts of a graph in which a fair run can go round for ever.

Strongly connected components by Tarjan's algorithm (1972), without recursion; of those that are
unfair to a strongly fair instance, the states in which it is enabled are taken away and the rest
is taken apart again (Streett's acceptance, as in Emerson and Lei 1987). Every state has a stutter
transition to itself that nobody takes, so that a single state is a component like any other.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from modelcheck.engines.graph import Graph

Watch: TypeAlias = Callable[[], None]
"""Called at every state that is looked at; raises what is to end it all."""

OUTSIDE = 0
"""The region of the states that are not looked at."""

FINISHED = 2**62
"""The order of a state whose component is known; greater than any other."""


@dataclass(frozen=True, slots=True)
class Duties:
    """The positions of the instances that are owed something."""

    weak: frozenset[int]
    strong: frozenset[int]


@dataclass(slots=True)
class Regions:
    """The mutable middle of one decomposition."""

    graph: Graph
    watch: Watch
    region: array[int]
    """Of every state; transitions from one region to another are not seen."""

    order: array[int]
    """When each state was reached, from 1; 0: not yet."""

    low: array[int]
    """The least order that a state is known to reach."""

    last: int = OUTSIDE
    """The greatest region given out."""

    reached: int = 0
    open: list[int] = field(default_factory=list)
    """The states reached whose component is not yet known."""


def fair_components(
    graph: Graph, states: Sequence[int], size: int, duties: Duties, watch: Watch
) -> list[list[int]]:
    """The greatest sets of `states` that a fair run can go through for ever, all of each.

    `states` are expanded; `size` is how many states are numbered at all.
    """
    blank = array("q", bytes(8 * size))
    regions = Regions(graph, watch, blank, blank[:], blank[:])
    waiting: list[Sequence[int]] = [_lasting(graph, states, size, duties, watch)]
    found: list[list[int]] = []
    while waiting:
        for component in list(_components(regions, waiting.pop())):
            rest = _without_unfair(graph, component, duties)
            if len(rest) == len(component):
                found.append(component)
            elif rest:
                waiting.append(rest)
    return found


def _lasting(
    graph: Graph, states: Sequence[int], size: int, duties: Duties, watch: Watch
) -> list[int]:
    """The states without most of those that no fair run is in for ever, seen at one look.

    Such a state leads to none that is left, and somebody in it is owed a step. The last found are
    looked at first, since most transitions lead to states that were found later.
    """
    left = bytearray(size)
    for state in states:
        left[state] = 1
    owed = duties.weak | duties.strong
    for state in sorted(states, reverse=True):
        watch()
        begin, end = graph.begins[state], graph.begins[state + 1]
        if any(target >= 0 and left[target] for target in graph.targets[begin:end]):
            continue
        if not owed.isdisjoint(graph.movers[begin:end]):
            left[state] = 0
    return [state for state in states if left[state]]


def _without_unfair(graph: Graph, component: list[int], duties: Duties) -> list[int]:
    """The states of a component without those that no fair run inside it returns to."""
    members = frozenset(component)
    able: Counter[int] = Counter()
    moving: set[int] = set()
    for state in component:
        able.update(graph.enabled(state))
        moving.update(
            graph.movers[number]
            for number in graph.transitions(state)
            if graph.targets[number] in members
        )
    idle = able.keys() - moving
    if any(able[mover] == len(component) for mover in idle & duties.weak):
        return []
    unfair = idle & duties.strong
    if not unfair:
        return component
    return [state for state in component if not graph.enabled(state) & unfair]


def _components(regions: Regions, states: Sequence[int]) -> Iterator[list[int]]:
    """The strongly connected components of `states`, with the transitions between them alone."""
    regions.last += 1
    for state in states:
        regions.region[state] = regions.last
        regions.order[state] = 0
    for root in states:
        if not regions.order[root]:
            yield from _reached_from(regions, root)


def _reached_from(regions: Regions, root: int) -> Iterator[list[int]]:
    path: list[tuple[int, Iterator[int]]] = [_enter(regions, root)]
    while path:
        state, onward = path[-1]
        target = next(onward, None)
        if target is None:
            path.pop()
            if path:
                _lower(regions, path[-1][0], regions.low[state])
            if regions.low[state] == regions.order[state]:
                yield _closed(regions, state)
        elif not regions.order[target]:
            path.append(_enter(regions, target))
        else:
            _lower(regions, state, regions.order[target])


def _enter(regions: Regions, state: int) -> tuple[int, Iterator[int]]:
    regions.watch()
    regions.reached += 1
    regions.order[state] = regions.low[state] = regions.reached
    regions.open.append(state)
    graph, region = regions.graph, regions.region
    targets = graph.targets[graph.begins[state] : graph.begins[state + 1]]
    here = region[state]
    return state, iter([t for t in targets if t >= 0 and region[t] == here])


def _lower(regions: Regions, state: int, low: int) -> None:
    regions.low[state] = min(low, regions.low[state])


def _closed(regions: Regions, first: int) -> list[int]:
    """The component that was entered at `first`."""
    found: list[int] = []
    while not found or found[-1] != first:
        found.append(regions.open.pop())
        regions.order[found[-1]] = FINISHED
    return found
