"""The two steps that race: the last foreign write of what the failing check reads."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.moments import Moment, moments
from modelcheck.explain.places import PlacePath, place_text
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import accesses, is_overlapping
from modelcheck.trace import Trace, Violation


@dataclass(frozen=True, slots=True)
class RacingPair:
    """Two steps of different instances that meet at a place."""

    earlier: int
    """The number of the step that wrote, from 1."""

    violating: int
    """The number of the step whose check fails."""

    places: tuple[str, ...]
    """What the one wrote and the other reads: `mq[0].sender`."""


def racing_pair(model: Model, trace: Trace, violation: Violation) -> RacingPair | None:
    """The race behind a check that fails inside the last step; None if there is none.

    The earlier step is the last one of another instance that wrote a place the check reads. One
    whose write still stands, because nobody has written that place since, is preferred.
    """
    if violation.kind is not PropertyKind.CHECK or not trace.steps:
        return None
    *earlier, last = moments(trace)
    unseen = accesses(model, last.before, last.transition).violating_reads
    hidden: tuple[Moment, frozenset[PlacePath]] | None = None
    reads = unseen
    for moment in reversed(earlier):
        writes = accesses(model, moment.before, moment.transition).writes
        foreign = moment.transition.instance != last.transition.instance
        standing = _shared(unseen, writes)
        if foreign and standing:
            return _pair(model, moment, last, standing)
        if foreign and hidden is None and _shared(reads, writes):
            hidden = (moment, _shared(reads, writes))
        unseen -= standing
    return _pair(model, hidden[0], last, hidden[1]) if hidden else None


def _pair(model: Model, earlier: Moment, last: Moment, places: frozenset[PlacePath]) -> RacingPair:
    named = sorted(place_text(model, path) for path in places)
    return RacingPair(earlier.number, last.number, tuple(named))


def _shared(reads: frozenset[PlacePath], writes: frozenset[PlacePath]) -> frozenset[PlacePath]:
    """The read places that a write touches: the same place, a part of it, or one it is part of."""
    return frozenset(read for read in reads if any(is_overlapping(read, write) for write in writes))
