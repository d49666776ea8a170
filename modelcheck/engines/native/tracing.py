"""What a native search found, told on the semantics: a trace through the states on its way."""

from __future__ import annotations

from itertools import pairwise

from modelcheck.engines.selection import Claim
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.semantics import Prepared, deadlock, refute, refute_step, successors
from modelcheck.trace import (
    Holds,
    State,
    Trace,
    TraceStep,
    Transition,
    Violated,
    Violation,
)


def told(prepared: Prepared, claim: Claim, states: list[State]) -> Violated | Holds:
    """The trace through `states`, and what is violated, or witnessed, at its end."""
    trace, last = _through(prepared, states), states[-1]
    name, kind = claim
    if kind is PropertyKind.SOMETIMES:
        return Holds(trace)
    violation = None
    if kind is PropertyKind.DEADLOCK:
        violation = deadlock(prepared, last)
    if kind is PropertyKind.ALWAYS:
        violation = refute(prepared, last, _property(prepared, name))
    if violation is not None:
        return Violated(violation, trace)
    for transition, after in successors(prepared, last):
        violation = _violated_by(prepared, claim, last, after)
        if violation is not None:
            end = None if isinstance(after, Violation) else after
            steps = (*trace.steps, _step(prepared, transition, end))
            return Violated(violation, Trace(trace.initial, steps))
    raise ModelCheckBug(f"a violation of {name} was found that the semantics does not know")


def _through(prepared: Prepared, states: list[State]) -> Trace:
    steps: list[TraceStep] = []
    for before, state in pairwise(states):
        found = [transition for transition, to in successors(prepared, before) if to == state]
        if not found:
            raise ModelCheckBug(f"a step was taken that the semantics does not know: to {state}")
        steps.append(_step(prepared, found[0], state))
    return Trace(states[0], tuple(steps))


def _violated_by(
    prepared: Prepared, claim: Claim, before: State, after: State | Violation
) -> Violation | None:
    name, kind = claim
    if isinstance(after, Violation):
        return after if after.property == name else None
    if kind is not PropertyKind.EVERY_STEP:
        return None
    return refute_step(prepared, before, after, _property(prepared, name))


def _property(prepared: Prepared, name: str) -> Property:
    return next(one for one in prepared.model.properties if one.name == name)


def _step(prepared: Prepared, transition: Transition, after: State | None) -> TraceStep:
    step = prepared.steps[transition.instance.process][transition.label]
    return TraceStep(transition, after, step.span)
