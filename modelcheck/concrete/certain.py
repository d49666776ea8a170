"""The transitions of the model that every explanation of an observed run has taken."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from modelcheck.concrete.validate import Layer, Move, Node, Validation
from modelcheck.trace import State, Transition

Edge = tuple[State, Transition]
"""A transition of the model: from which state, by which step."""


def certain_transitions(validation: Validation) -> frozenset[Edge]:
    """What must have been taken, as far as the run matches; empty where nothing is certain."""
    if not validation.layers:
        return frozenset()
    last = validation.layers[-1]
    surviving: list[tuple[Layer, frozenset[Node]]] = []
    wanted = frozenset(last.kept.values())
    for layer in reversed(validation.layers):
        alive = _that_lead_to(layer, wanted)
        surviving.append((layer, alive))
        wanted = alive.intersection(layer.entries)
    known = {node: frozenset[Edge]() for node in wanted}
    for layer, alive in reversed(surviving):
        known = _through(layer, alive, known)
    return frozenset.intersection(*known.values())


def _that_lead_to(layer: Layer, wanted: frozenset[Node]) -> frozenset[Node]:
    """The nodes from which the next event can be met in such a way that a wanted one is left."""
    before: dict[Node, list[Node]] = {}
    for move in layer.moves:
        before.setdefault(move.target, []).append(move.source)
    alive = {node for node, after in layer.kept.items() if after in wanted}
    waiting = list(alive)
    while waiting:
        for source in before.get(waiting.pop(), ()):
            if source not in alive:
                alive.add(source)
                waiting.append(source)
    return frozenset(alive)


def _through(
    layer: Layer, alive: frozenset[Node], known: dict[Node, frozenset[Edge]]
) -> dict[Node, frozenset[Edge]]:
    """What every way to each node behind a layer has taken, given the same before it."""
    found = Ways(dict(known))
    onward: dict[Node, list[Move]] = {}
    for move in layer.moves:
        if move.source in alive and move.target in alive:
            onward.setdefault(move.source, []).append(move)
    waiting = deque(known)
    while waiting:
        node = waiting.popleft()
        for move in onward.get(node, ()):
            taken = found.taken[node] | {(node.state, move.transition)}
            if found.is_news(move.target, taken):
                waiting.append(move.target)
    behind = Ways()
    for node, after in layer.kept.items():
        if node in alive:
            behind.is_news(after, found.taken[node])
    return behind.taken


@dataclass(slots=True)
class Ways:
    """What all ways to a node have in common, which only grows less while more ways are known."""

    taken: dict[Node, frozenset[Edge]] = field(default_factory=dict)

    def is_news(self, node: Node, taken: frozenset[Edge]) -> bool:
        """Add a way; whether that leaves less in common than was known."""
        before = self.taken.get(node)
        now = taken if before is None else before & taken
        self.taken[node] = now
        return now != before
