"""The point of no return: the step of a failing run after which every continuation violates."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.fates import Fate, Fates, Outlook
from modelcheck.explain.moments import Moment, moments
from modelcheck.trace import State, Trace, Transition


@dataclass(frozen=True, slots=True)
class Turning:
    """Where a failing run is lost."""

    step: int
    """The number of the step after which it is lost; 0: it is from the beginning."""

    is_certain: bool
    """Whether it was not lost before that step; else there were too many states to say."""

    outlook: Outlook | None
    """What the continuations come to; None for a step that violates by itself."""

    ways_out: tuple[Transition, ...]
    """What could have been taken in its stead, and still led to an end at which nothing failed."""


def turning(trace: Trace, fates: Fates) -> Turning:
    """Where a failing run that is no lasso is lost."""
    told = moments(trace)
    for moment in reversed(told):
        fate = fates.of(moment.before)
        if fate is not Fate.LOST:
            ways_out = _ways_out(moment, fates) if fate is Fate.SAFE else ()
            lost = _outlook(moment.after, fates)
            return Turning(moment.number, fate is Fate.SAFE, lost, ways_out)
    return Turning(0, is_certain=True, outlook=_outlook(trace.initial, fates), ways_out=())


def _outlook(lost: State | None, fates: Fates) -> Outlook | None:
    if lost is None or fates.violated(lost) is not None:
        return None
    return fates.outlook(lost)


def _ways_out(moment: Moment, fates: Fates) -> tuple[Transition, ...]:
    return tuple(
        transition
        for transition, after in fates.onward(moment.before)
        if isinstance(after, State) and fates.of(after) is Fate.SAFE
    )
