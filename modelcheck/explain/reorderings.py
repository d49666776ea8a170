"""The smallest set of reorderings that separates a failing run from the nearest passing one."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.conflicts import Touch, is_conflict, meeting
from modelcheck.explain.nearest import Nearest
from modelcheck.explain.places import place_text
from modelcheck.ir.model import Model
from modelcheck.trace import Instance, Transition

Node = int
"""A step of the failing run by its number, or below zero a step that only the other run has."""


@dataclass(frozen=True, slots=True)
class Reordering:
    """Two steps that conflict, and that the passing run takes the other way round."""

    earlier: int
    """The number of the one that comes first in the failing run."""

    later: int | None
    """The number of the other there; None: the failing run does not come to it."""

    step: Transition
    """That other step."""

    places: tuple[str, ...]
    """Where they meet; empty where a property sees both."""


def reorderings(
    model: Model, failing: tuple[tuple[Instance, Touch], ...], nearest: Nearest
) -> tuple[Reordering, ...]:
    """What has to be the other way round, by the order of the passing run.

    Left out is what follows from the rest: from the order within each instance, from the other
    reorderings, and from the conflicting steps that both runs take in the same order.
    """
    orders = _Orders(failing, nearest)
    found: list[Reordering] = []
    for node, taken in orders.taken.items():
        for earlier in taken.overtaken:
            if not orders.is_implied(node, earlier):
                met = meeting(failing[earlier - 1][1], taken.touch)
                named = tuple(sorted({place_text(model, path) for path in met}))
                found.append(Reordering(earlier, taken.number, taken.transition, named))
    return tuple(found)


class _Orders:
    """Which step must come before which in the passing run."""

    def __init__(self, failing: tuple[tuple[Instance, Touch], ...], nearest: Nearest) -> None:
        self.taken = {taken.number or -n: taken for n, taken in enumerate(nearest.steps, 1)}
        steps = [(node, t.transition.instance, t.touch) for node, t in self.taken.items()]
        dropped = [
            (number, *step) for number, step in enumerate(failing, 1) if number not in self.taken
        ]
        self._after: dict[Node, set[Node]] = {node: set() for node, *_ in (*steps, *dropped)}
        ordered = [*steps, *dropped]
        for at, (node, instance, touch) in enumerate(ordered):
            for other, foreign, touched in ordered[at + 1 :]:
                if instance == foreign or is_conflict(touch, touched):
                    self._after[node].add(other)

    def is_implied(self, first: Node, second: Node) -> bool:
        """Whether a step comes before another by way of a third."""
        waiting = [node for node in self._after[first] if node != second]
        seen = set(waiting)
        while waiting:
            onward = self._after[waiting.pop()]
            if second in onward:
                return True
            fresh = onward - seen
            seen |= fresh
            waiting += fresh
        return False
