"""Following one schedule on the semantics: how far it goes, and what it runs into."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.engines.lasso import check_lasso
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import (
    LIVENESS,
    Disabled,
    Prepared,
    System,
    apply,
    deadlock,
    initial,
    prepare,
    violated_properties,
    violated_steps,
)
from modelcheck.source import Span
from modelcheck.trace import State, Trace, TraceStep, Transition, Violation


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where a schedule cannot be followed any further."""

    number: int
    """The number of the transition, from 1; 0 if the schedule does not even begin."""

    transition: Transition | None
    """None for number 0."""

    reason: str
    span: Span | None

    def __str__(self) -> str:
        where = f"step {self.number}, {self.transition}" if self.transition else "the initial state"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a schedule: all of it was followed if there is no divergence."""

    trace: Trace
    """As far as it could be followed."""

    violation: Violation | None
    """Of a check in the last transition of the trace."""

    divergence: Divergence | None


def follow(system: System, start: State, schedule: tuple[Transition, ...]) -> Followed:
    """Take the transitions of `schedule` one after the other, from `start`."""
    prepared = prepare(system)
    steps: list[TraceStep] = []
    if start not in initial(prepared):
        reason = "the schedule does not begin in an initial state of the model"
        return Followed(Trace(start, ()), None, Divergence(0, None, reason, None))
    state, violation = start, None
    for number, transition in enumerate(schedule, start=1):
        divergence, after = _take(prepared, state, transition, violation, number)
        if divergence is not None:
            return Followed(Trace(start, tuple(steps)), violation, divergence)
        span = prepared.steps[transition.instance.process][transition.label].span
        if isinstance(after, Violation):
            violation = after
            steps.append(TraceStep(transition, None, span))
        elif after is not None:
            state = after
            steps.append(TraceStep(transition, after, span))
    return Followed(Trace(start, tuple(steps)), violation, None)


def check_counterexample(model: Model, trace: Trace, violation: Violation) -> str | None:
    """Why the semantics does not confirm that `trace` ends in `violation`; None if it does.

    Confirmed means: the schedule can be followed from an initial state, leads through the
    states of the trace, and ends in a violation of the same property with the same message. A
    liveness property is confirmed by a lasso; see `check_lasso`. A trace whose property is a
    `sometimes` shows that a run exists, and nothing else has to be true of it.
    """
    prepared = prepare(model)
    followed = follow(prepared, trace.initial, trace.schedule)
    return check_followed(prepared, followed, trace, violation)


def check_followed(
    prepared: Prepared, followed: Followed, trace: Trace, violation: Violation
) -> str | None:
    """The same, of a schedule that was followed: `followed` is what became of that of `trace`."""
    if followed.divergence is not None:
        return str(followed.divergence)
    for number, (ours, theirs) in enumerate(
        zip(followed.trace.steps, trace.steps, strict=True), start=1
    ):
        if ours.after != theirs.after:
            return f"step {number}, {ours.transition}: leads to another state than the trace says"
    if violation.kind is PropertyKind.SOMETIMES:
        return None
    if violation.kind in LIVENESS:
        return check_lasso(prepared, trace, violation)
    found = _violations(prepared, followed, violation.kind)
    if any(_is_same(one, violation) for one in found):
        return None
    instead = "; ".join(f"{one.property}: {one.message}" for one in found) or "nothing is violated"
    return f"the trace does not end in a violation of {violation.property}: {instead}"


def _take(
    prepared: Prepared,
    state: State,
    transition: Transition,
    violation: Violation | None,
    number: int,
) -> tuple[Divergence | None, State | Violation | None]:
    if violation is not None:
        reason = f"the trace has ended in a violation of {violation.property}"
        return Divergence(number, transition, reason, violation.span), None
    after = apply(prepared, state, transition)
    if isinstance(after, Disabled):
        return Divergence(number, transition, after.reason, after.span), None
    return None, after


def _violations(
    prepared: Prepared, followed: Followed, kind: PropertyKind
) -> tuple[Violation, ...]:
    """What is violated at the end of a followed trace, of one kind."""
    if followed.violation is not None:
        return (followed.violation,)
    steps = followed.trace.steps
    last = steps[-1].after if steps else followed.trace.initial
    if last is None:
        return ()
    if kind is PropertyKind.ALWAYS:
        return violated_properties(prepared, last)
    if kind is PropertyKind.EVERY_STEP:
        before = steps[-2].after if len(steps) > 1 else followed.trace.initial
        return () if before is None or not steps else violated_steps(prepared, before, last)
    stuck = deadlock(prepared, last) if kind is PropertyKind.DEADLOCK else None
    return () if stuck is None else (stuck,)


def _is_same(one: Violation, other: Violation) -> bool:
    return (one.property, one.kind, one.message) == (other.property, other.kind, other.message)
