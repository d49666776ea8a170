"""What never happened in an exhausted search, in a sentence each: a green result may be empty."""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.engines.statistics import IdleStep, Statistics, Unexercised
from modelcheck.ir.model import PropertyKind
from modelcheck.report.joining import joined, shortened

MOST = 3
"""So many conditions are named; the others are counted."""


def remarks(statistics: Statistics) -> tuple[str, ...]:
    """The sentences: steps never taken in step order, then properties never exercised."""
    return (
        *(f"{idle.step} was never taken: {_hindrance(idle)}" for idle in statistics.idle),
        *(f"{one.property} was never exercised: {_lack(one)}" for one in statistics.unexercised),
    )


def _hindrance(idle: IdleStep) -> str:
    if idle.stood is None:
        return "there are too many states to say why"
    if idle.stood == 0:
        return "no instance ever stood there"
    if idle.tries == 0:
        return f"{_each(idle.stood, 'an instance stood there')}, there was nothing to choose from"
    event = "an instance stood there" if idle.tries == idle.stood else "its guard was tried"
    always = [part.condition for part in idle.false if part.times == idle.tries]
    if always:
        verb = "was" if len(always) == 1 else "were"
        return f"{_each(idle.tries, event)}, {_listed(always, 'and')} {verb} false"
    counted = [f"`{part.condition}` was false {_times(part.times)}" for part in idle.false]
    return f"of the {_times(idle.tries)} that {event}, {joined(counted)}"


def _lack(one: Unexercised) -> str:
    if one.kind is PropertyKind.EVERY_STEP:
        return f"no step ever changes {_listed(one.missing, 'or')}"
    match one.missing:
        case (only,):
            return f"`{only}` was never true"
        case (first, second):
            return f"neither `{first}` nor `{second}` was ever true"
        case several:
            return f"none of {_listed(several, 'and')} was ever true"


def _each(times: int, event: str) -> str:
    if times == 1:
        return f"the one time that {event}"
    return f"each of the {_times(times)} that {event}"


def _times(times: int) -> str:
    return "1 time" if times == 1 else f"{times:,} times"


def _listed(conditions: Sequence[str], word: str) -> str:
    return shortened([f"`{condition}`" for condition in conditions], MOST, word)
