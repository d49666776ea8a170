"""Which steps of a run conflict: their order may matter, that of all others does not."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.moments import Moment
from modelcheck.explain.places import PlacePath
from modelcheck.ir.expressions import At
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.types import Value
from modelcheck.ir.walk import subexpressions
from modelcheck.semantics import (
    Accesses,
    Prepared,
    accesses,
    is_overlapping,
    named_by_condition,
)
from modelcheck.trace import State, Transition

SEEN = (PropertyKind.ALWAYS, PropertyKind.EVERY_STEP)
"""The kinds of properties that may see the states between two steps."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a step touches, and whether a property may see that it was taken."""

    accesses: Accesses
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What the properties see of a state."""

    variables: tuple[int, ...]
    """The positions of the shared variables that they name."""

    standings: tuple[tuple[int, str | None], ...]
    """The position of each instance that they ask about, with the label where it may stand."""

    def of(self, state: State) -> tuple[tuple[Value, ...], tuple[bool, ...]]:
        """All that they see of a state."""
        return (
            tuple([state.shared[at] for at in self.variables]),
            tuple([state.locations[at].label == label for at, label in self.standings]),
        )


def sight(prepared: Prepared) -> Sight:
    """What the properties of a model see that judge single states or steps."""
    judged = [prop.condition for prop in prepared.model.properties if prop.kind in SEEN]
    named = [named_by_condition(prepared, condition) for condition in judged]
    asked = [part for one in judged for part in subexpressions(one) if isinstance(part, At)]
    standings = {
        (at, part.label): None
        for part in asked
        for at, instance in enumerate(prepared.instances)
        if instance.process == part.process
    }
    return Sight(tuple(sorted({at for one in named for at in one.variables})), tuple(standings))


def touch(
    prepared: Prepared, seen: Sight, before: State, transition: Transition, after: State | None
) -> Touch:
    """What one transition touches; without a state after it, it violates, and is seen anyway."""
    found = accesses(prepared, before, transition)
    return Touch(found, after is None or seen.of(before) != seen.of(after))


def touched(prepared: Prepared, moments: tuple[Moment, ...]) -> tuple[Touch, ...]:
    """What each step of a run touches."""
    seen = sight(prepared)
    return tuple(touch(prepared, seen, one.before, one.transition, one.after) for one in moments)


def is_conflict(one: Touch, other: Touch) -> bool:
    """Whether the order of two steps of different instances may matter."""
    return (one.is_seen and other.is_seen) or bool(meeting(one, other))


def meeting(one: Touch, other: Touch) -> frozenset[PlacePath]:
    """The places that one of two steps writes and the other reads or writes."""
    mine, theirs = one.accesses, other.accesses
    return (
        common(mine.writes, theirs.reads)
        | common(mine.reads, theirs.writes)
        | common(mine.writes, theirs.writes)
    )


def common(some: frozenset[PlacePath], others: frozenset[PlacePath]) -> frozenset[PlacePath]:
    """What places have in common: of two that overlap, the one that lies in the other."""
    return frozenset(
        max(one, other, key=len) for one in some for other in others if is_overlapping(one, other)
    )
