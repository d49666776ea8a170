"""The transitions of the reduced state graph that an observed run must have taken.

Each step was taken at some time between its beginning and its completion, and who stands before a
step has done all that comes before it. So there may be several ways through the graph that a run
can have gone; what counts is what they have in common.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck.concrete.events import Event, Moment
from modelcheck.concrete.reduced import START, Edge, Reduced
from modelcheck.concrete.validate import is_of
from modelcheck.trace import Instance

Position = tuple[int, frozenset[Instance]]
"""A node, and those whose step is taken, but was not seen to complete."""

Ways = dict[Position, frozenset[Edge]]
"""What all ways to a position have in common."""


def certain_transitions(graph: Reduced, events: Iterable[Event]) -> frozenset[Edge]:
    """What every way has taken that fits the events, as far as one does."""
    ways: Ways = {(START, frozenset()): frozenset()}
    begun: dict[Instance, Event] = {}
    for event in events:
        match event.moment:
            case Moment.BEGINS:
                begun[event.instance] = event
                continue
            case Moment.STANDS:
                place = (event.instance, event.label)
                onward = _onward(graph, ways, begun)
                behind = {at: had for at, had in onward.items() if place in graph.standing[at[0]]}
            case Moment.COMPLETES:
                behind = _completed(event.instance, _onward(graph, ways, begun))
                begun.pop(event.instance)
            case _:
                continue
        if not behind:
            break
        ways = behind
    return frozenset.intersection(*ways.values())


def _completed(instance: Instance, ways: Ways) -> Ways:
    """The ways on which an instance has taken its step."""
    found: Ways = {}
    for (node, taken), edges in ways.items():
        if instance in taken:
            _add(found, (node, taken - {instance}), edges)
    return found


def _onward(graph: Reduced, ways: Ways, begun: dict[Instance, Event]) -> Ways:
    """The ways, and how they go on with steps that were begun."""
    found = dict(ways)
    for size in range(len(begun)):
        for node, taken in [position for position in found if len(position[1]) == size]:
            for step, after in graph.onward[node].items():
                event = None if step.instance in taken else begun.get(step.instance)
                if event is not None and is_of(event, step):
                    edges = found[node, taken] | {(node, step)}
                    _add(found, (after, taken | {step.instance}), edges)
    return found


def _add(ways: Ways, position: Position, edges: frozenset[Edge]) -> None:
    """Add ways to a position, of which less is common the more there are."""
    ways[position] = ways.get(position, edges) & edges
