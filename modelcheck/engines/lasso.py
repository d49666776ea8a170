"""Confirming a lasso on the semantics, without anything that the engine knows of it."""

from __future__ import annotations

from modelcheck.ir.model import Property
from modelcheck.semantics import Prepared, is_goal, is_promise, neglected, never_reached
from modelcheck.trace import State, Trace, Violation


def check_lasso(prepared: Prepared, trace: Trace, violation: Violation) -> str | None:
    """Why a trace that was followed is no lasso that refutes the property; None if it is one.

    It is one if the last state is the one that the loop returns to, the loop is fair, a goal is
    owed somewhere, and from there on no state of the trace is one.
    """
    prop = next((p for p in prepared.model.properties if p.name == violation.property), None)
    if prop is None or prop.kind is not violation.kind:
        return f"the model has no property {violation.property} of that kind"
    states = tuple(step.after for step in trace.steps)
    passed = (trace.initial, *(state for state in states if state is not None))
    loop = trace.loop
    if loop is None or len(passed) != len(states) + 1:
        return f"the trace is no lasso, and nothing else refutes {violation.property}"
    if not 0 <= loop < len(passed) or passed[loop] != passed[-1]:
        return "the loop does not close: the last state is not the one that it returns to"
    return _unfair(prepared, trace, passed, loop) or _paid(prepared, prop, passed, loop, violation)


def _unfair(prepared: Prepared, trace: Trace, passed: tuple[State, ...], loop: int) -> str | None:
    moving = frozenset(step.transition.instance for step in trace.steps[loop:])
    wronged = neglected(prepared, passed[loop:], moving)
    if not wronged:
        return None
    return f"the loop is unfair: it neglects {', '.join(map(str, wronged))}"


def _paid(
    prepared: Prepared, prop: Property, passed: tuple[State, ...], loop: int, violation: Violation
) -> str | None:
    """Why the states passed do not refute the property."""
    goals = [at for at, state in enumerate(passed) if is_goal(prepared, state, prop)]
    owing = range(goals[-1] + 1 if goals else 0, len(passed))
    is_owed = any(is_promise(prepared, passed[at], prop, begins=at == 0) for at in owing)
    if not is_owed or any(at >= loop for at in goals):
        return f"the run refutes nothing: {prop.name} gets what it wants"
    found = never_reached(prepared, passed[-1], prop)
    if found is None or (found.message, found.values) != (violation.message, violation.values):
        return f"the loop does not refute {prop.name} as the trace says"
    return None
