"""What had to come before what: the order that conflicts between steps force on a run."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.conflicts import is_conflict, touched
from modelcheck.explain.moments import moments
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Trace


@dataclass(frozen=True, slots=True)
class Before:
    """A step, and a later one of another instance that conflicts with it."""

    earlier: int
    """Its number, from 1."""

    later: int


def happens_before(model: Model, trace: Trace) -> tuple[Before, ...]:
    """The pairs of conflicting steps of different instances, without those that follow from others.

    Every order of the steps that keeps these pairs, and the order within each instance, is the same
    run to all that can tell: it passes the same conflicting steps and ends in the same state.
    """
    told = moments(trace)
    what = touched(prepare(model), told)
    forced: list[set[int]] = []
    """Of each step, all that must come before it."""
    found: list[Before] = []
    for at, moment in enumerate(told):
        before: set[int] = set()
        for other in reversed(range(at)):
            is_own = told[other].transition.instance == moment.transition.instance
            if other in before or not (is_own or is_conflict(what[other], what[at])):
                continue
            before |= {other} | forced[other]
            if not is_own:
                found.append(Before(other + 1, at + 1))
        forced.append(before)
    return tuple(found)
