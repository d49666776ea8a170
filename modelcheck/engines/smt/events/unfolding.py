"""What each instance may come to do, unfolded: its first step, its second, and so on.

A point is a place where an instance can stand after so many steps, as its own code decides: what is
read from the shared state may be anything of its type. So no run comes to a point twice. A turn is
an event: the n-th step of an instance, whichever of its points that is taken at.
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
    """How many steps its instance has taken."""

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


@dataclass(frozen=True, slots=True)
class Turn:
    """The n-th step of an instance, by number among those of all."""

    number: int
    at: int
    level: int
    points: tuple[Point, ...]
    """Where it may be taken: at one of them alone."""

    @property
    def is_cut(self) -> bool:
        """Whether it is beyond the bound."""
        return self.points[0].is_cut


@dataclass(frozen=True)
class Unfolding:
    """The points of all instances, and the ways between them."""

    points: tuple[Point, ...]
    """Of an instance, those of fewer steps come first."""

    ways: tuple[Way, ...]
    """In the order of their sources."""

    begins: tuple[tuple[Beginning, ...], ...]
    """For each instance, the ways to begin."""

    initial: Mapping[Term, int]
    """The shared cells in the beginning."""

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The events."""
        found: dict[tuple[int, int], list[Point]] = {}
        for point in self.points:
            if point.is_event:
                found.setdefault((point.at, point.level), []).append(point)
        return tuple(
            Turn(number, *key, tuple(points)) for number, (key, points) in enumerate(found.items())
        )

    @cached_property
    def turn(self) -> Mapping[int, int]:
        """For each point at which a step is taken, which turn that is."""
        return {point.number: turn.number for turn in self.turns for point in turn.points}

    def follows(self, one: int, other: int) -> bool | None:
        """Whether a turn always comes after another; None where that is open."""
        late, early = self.turns[one], self.turns[other]
        return late.level > early.level if late.at == early.at else None

    def counted(self, which: frozenset[int]) -> tuple[frozenset[int], ...]:
        """For each point, at how many of these its instance may have taken a step before it."""
        found: list[set[int]] = [set() for _ in self.points]
        for begins in self.begins:
            for beginning in begins:
                found[beginning.point].add(0)
        for way in self.ways:
            counts = found[way.source]
            found[way.target] |= {count + (way.source in which) for count in counts}
        return tuple(frozenset(one) for one in found)
