"""The two steps that race: where the order of what two instances do decides whether it fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from modelcheck.explain.conflicts import common
from modelcheck.explain.moments import Moment, moments
from modelcheck.explain.places import PlacePath, place_text
from modelcheck.explain.reorderings import Reordering
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import Accesses, accesses, is_overlapping
from modelcheck.trace import Trace, Violation


class Clash(Enum):
    """How two steps meet, the earlier one first."""

    RELIED_ON = "relied on"  # the one writes what the other reads
    OVERTAKEN = "overtaken"  # the one reads what the other then writes
    OVERWRITTEN = "overwritten"  # both write it
    SEEN = "seen"  # a property sees the states between them


@dataclass(frozen=True, slots=True)
class RacingPair:
    """Two steps of different instances that meet at a place."""

    earlier: int
    """The number of the one, from 1."""

    later: int
    """The number of the other; of a check that fails, the step that fails."""

    places: tuple[str, ...]
    """Where they meet: `mq[0].sender`; empty for `Clash.SEEN` alone."""

    clash: Clash = Clash.RELIED_ON


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


def reordered_pair(model: Model, trace: Trace, found: tuple[Reordering, ...]) -> RacingPair | None:
    """Of the steps whose order decides, the pair that comes last; None if there is none.

    Where the failing run does not come to one of the two, what that instance did before meets the
    other one.
    """
    told = moments(trace)
    pairs = [(one.later, one.earlier) for one in found if one.later is not None]
    pairs = pairs or [(one.earlier, n) for one in found for n in _earlier(model, told, one)]
    if not pairs:
        return None
    later, earlier = max(pairs)
    clash, met = _meeting(model, told[earlier - 1], told[later - 1])
    named = tuple(sorted({place_text(model, path) for path in met}))
    return RacingPair(earlier, later, named, clash)


def _earlier(model: Model, told: tuple[Moment, ...], one: Reordering) -> list[int]:
    """The steps of the one instance that meet the other's, and that it took before."""
    other = told[one.earlier - 1]
    return [
        moment.number
        for moment in told[: one.earlier - 1]
        if moment.transition.instance == one.step.instance and _meeting(model, moment, other)[1]
    ]


def _meeting(model: Model, one: Moment, other: Moment) -> tuple[Clash, frozenset[PlacePath]]:
    mine, theirs = (accesses(model, each.before, each.transition) for each in (one, other))
    return _clash(mine, theirs)


def _clash(one: Accesses, other: Accesses) -> tuple[Clash, frozenset[PlacePath]]:
    """What two steps do to each other; where it is several things, what the later one reads."""
    for clash, used, written in (
        (Clash.RELIED_ON, other.reads, one.writes),
        (Clash.OVERTAKEN, one.reads, other.writes),
        (Clash.OVERWRITTEN, one.writes, other.writes),
    ):
        met = common(used, written)
        if met:
            return clash, met
    return Clash.SEEN, frozenset()


def _pair(model: Model, earlier: Moment, last: Moment, places: frozenset[PlacePath]) -> RacingPair:
    named = sorted(place_text(model, path) for path in places)
    return RacingPair(earlier.number, last.number, tuple(named))


def _shared(reads: frozenset[PlacePath], writes: frozenset[PlacePath]) -> frozenset[PlacePath]:
    """The read places that a write touches: the same place, a part of it, or one it is part of."""
    return frozenset(read for read in reads if any(is_overlapping(read, write) for write in writes))
