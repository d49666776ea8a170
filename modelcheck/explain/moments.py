"""A trace as numbered moments: each transition with the state before it and the one after."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.errors import ModelCheckBug
from modelcheck.source import Span
from modelcheck.trace import State, Trace, Transition


@dataclass(frozen=True, slots=True)
class Moment:
    """One transition of a trace, in its place."""

    number: int
    """From 1."""

    transition: Transition
    before: State
    after: State | None
    """None where the transition itself violates."""

    span: Span


def moments(trace: Trace) -> tuple[Moment, ...]:
    """Every transition of `trace`, in order."""
    found: list[Moment] = []
    before: State | None = trace.initial
    for number, step in enumerate(trace.steps, start=1):
        if before is None:
            raise ModelCheckBug(f"step {number} of a trace follows a violating one")
        found.append(Moment(number, step.transition, before, step.after, step.span))
        before = step.after
    return tuple(found)


def last_state(trace: Trace) -> State:
    """The last state of a trace: where a violating transition was about to be taken, if one was."""
    for step in reversed(trace.steps):
        if step.after is not None:
            return step.after
    return trace.initial
