"""What happened to the places at which two steps race, up to the later one of them."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.difference import differences
from modelcheck.explain.moments import moments
from modelcheck.explain.places import holdings
from modelcheck.explain.race import RacingPair
from modelcheck.ir.model import Model
from modelcheck.trace import Trace


@dataclass(frozen=True, slots=True)
class Written:
    """A step that changed a place, and what the place held after it."""

    step: int
    value: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The values of one place."""

    place: str
    initial: str
    """What it held at the beginning; a part of something that was None then is not there."""

    written: tuple[Written, ...]
    """In order; the step after which the failing one follows is the last."""


def flows(model: Model, trace: Trace, race: RacingPair) -> tuple[Flow, ...]:
    """The values of the racing places at the finest granularity, as far as they change."""
    written: dict[str, list[Written]] = {}
    for moment in moments(trace)[: race.later]:
        for one in differences(model, moment.before, moment.after or moment.before):
            if any(_is_part(one.place, place) for place in race.places):
                written.setdefault(one.place, []).append(Written(moment.number, one.after))
    began = {held.place: held.value for held in holdings(model, trace.initial)}
    return tuple(
        Flow(place, began.get(place, "not there"), tuple(steps)) for place, steps in written.items()
    )


def _is_part(place: str, whole: str) -> bool:
    """Whether a place is `whole`, lies in it, or holds it."""
    one, other = sorted((place, whole), key=len)
    return other == one or other.startswith((f"{one}.", f"{one}["))
