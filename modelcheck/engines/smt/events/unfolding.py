"""What each instance may come to do, unfolded: an event for each step that it may take.

A point is a place where an instance can stand, as its own code decides: what is read from the
shared state may be anything of its type. From point to point there is no way back, so that no run
comes to a point twice, and the step that is taken there is one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from modelcheck.engines.smt.symbolic.relation import Action, Place
from modelcheck.engines.smt.symbolic.terms import Term


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of the step that an instance may take at a place."""

    known: Mapping[Term, Term]
    """What is followed of the instance's own cells, and its values there."""

    action: Action | None
    """None where the instance is done, or never goes on."""

    enabled: Term
    fails: Term
    changes: Mapping[Term, Term]
    """As those of the action, with what is known put in."""

    targets: tuple[tuple[Place, Term], ...]
    """The places that it may lead to, each with the condition under which it does."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where an instance can stand, by number, and the step that it may take there."""

    number: int
    at: int
    """The position of the instance."""

    place: Place
    level: int
    """How many steps its instance has taken; 0 where points are not told apart by that."""

    step: Step
    is_cut: bool
    """Whether its step is beyond the bound."""

    @property
    def is_event(self) -> bool:
        """Whether a step may be taken here."""
        return self.step.action is not None


@dataclass(frozen=True, slots=True)
class Way:
    """From one point to another."""

    source: int
    target: int
    condition: Term
    """Over what the step sees: whether it leads there."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A point where an instance may begin, with its own cells."""

    point: int
    values: Mapping[Term, int]


@dataclass(frozen=True)
class Unfolding:
    """The points of all instances, and the ways between them."""

    points: tuple[Point, ...]
    ways: tuple[Way, ...]
    begins: tuple[tuple[Beginning, ...], ...]
    """For each instance, the ways to begin."""

    initial: Mapping[Term, int]
    """The shared cells in the beginning."""

    @cached_property
    def levels(self) -> tuple[frozenset[int], ...]:
        """For each point, how many steps its instance may have taken when it comes there."""
        return self.counted(frozenset(range(len(self.points))))

    def counted(self, which: frozenset[int]) -> tuple[frozenset[int], ...]:
        """For each point, at how many of these its instance may have taken a step before it."""
        found: list[set[int]] = [set() for _ in self.points]
        for begins in self.begins:
            for beginning in begins:
                found[beginning.point].add(0)
        for number in self._sorted():
            for target in self._onward[number]:
                found[target] |= {count + (number in which) for count in found[number]}
        return tuple(frozenset(one) for one in found)

    @cached_property
    def later(self) -> tuple[frozenset[int], ...]:
        """For each point, those that may come after it."""
        found: dict[int, frozenset[int]] = {}
        onward = self._onward
        for point in reversed(self._sorted()):
            beyond = (found[to] | {to} for to in onward[point])
            found[point] = frozenset[int]().union(*beyond)
        return tuple(found[number] for number in range(len(self.points)))

    @cached_property
    def _onward(self) -> list[set[int]]:
        onward: list[set[int]] = [set() for _ in self.points]
        for way in self.ways:
            onward[way.source].add(way.target)
        return onward

    def _sorted(self) -> list[int]:
        """All points, each before those it leads to."""
        onward = self._onward
        waiting = [0] * len(self.points)
        for targets in onward:
            for to in targets:
                waiting[to] += 1
        order = [number for number, count in enumerate(waiting) if not count]
        for number in order:
            for to in sorted(onward[number]):
                waiting[to] -= 1
                if not waiting[to]:
                    order.append(to)
        return order
