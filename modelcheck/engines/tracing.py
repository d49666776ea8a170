"""What was found, told on the semantics: a trace through the states on the way to it."""

from __future__ import annotations

from collections.abc import Iterator
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
    return ended(prepared, claim, through(prepared, states))


def ended(prepared: Prepared, claim: Claim, trace: Trace) -> Violated | Holds:
    """A trace to where a claim is decided, and what is violated, or witnessed, there."""
    if claim[1] is PropertyKind.SOMETIMES:
        return Holds(trace)
    for found in violations_after(prepared, claim, trace):
        return found
    raise ModelCheckBug(f"a violation of {claim[0]} was found that the semantics does not know")


def violations_after(prepared: Prepared, claim: Claim, trace: Trace) -> Iterator[Violated]:
    """The violations of a claim in the last state of a trace, or by a step from it."""
    last = trace.steps[-1].after if trace.steps else trace.initial
    for violation, step in () if last is None else _violations(prepared, claim, last):
        longer = trace if step is None else Trace(trace.initial, (*trace.steps, step))
        yield Violated(violation, longer)


def is_decided(prepared: Prepared, claim: Claim, state: State) -> bool:
    """Whether a claim is violated, or witnessed, in a state or by a step from it."""
    name, kind = claim
    if kind is PropertyKind.SOMETIMES:
        return refute(prepared, state, _property(prepared, name)) is None
    return any(True for _ in _violations(prepared, claim, state))


def _violations(
    prepared: Prepared, claim: Claim, state: State
) -> Iterator[tuple[Violation, TraceStep | None]]:
    """The violations of a claim in a state, or by a step from it: with that step."""
    name, kind = claim
    violation = None
    if kind is PropertyKind.DEADLOCK:
        violation = deadlock(prepared, state)
    if kind is PropertyKind.ALWAYS:
        violation = refute(prepared, state, _property(prepared, name))
    if violation is not None:
        yield violation, None
    if kind not in (PropertyKind.CHECK, PropertyKind.EVERY_STEP):
        return
    for transition, after in successors(prepared, state):
        violation = _violated_by(prepared, claim, state, after)
        if violation is not None:
            end = None if isinstance(after, Violation) else after
            yield violation, trace_step(prepared, transition, end)


def through(prepared: Prepared, states: list[State]) -> Trace:
    """The trace that leads from each of these states to the next."""
    steps: list[TraceStep] = []
    for before, state in pairwise(states):
        found = [transition for transition, to in successors(prepared, before) if to == state]
        if not found:
            raise ModelCheckBug(f"a step was taken that the semantics does not know: to {state}")
        steps.append(trace_step(prepared, found[0], state))
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


def trace_step(prepared: Prepared, transition: Transition, after: State | None) -> TraceStep:
    """A step of a trace, with its place in the spec."""
    step = prepared.steps[transition.instance.process][transition.label]
    return TraceStep(transition, after, step.span)
