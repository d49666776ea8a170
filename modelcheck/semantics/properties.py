"""What a property means in one state, and what a deadlock is."""

from __future__ import annotations

from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import ProcessKind, Property, PropertyKind
from modelcheck.semantics.evaluate import holds
from modelcheck.semantics.facts import facts_text
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.semantics.prepared import Prepared, System, prepare
from modelcheck.semantics.step import successors
from modelcheck.trace import State, Violation

DEADLOCK = "deadlock"
MOST_NAMED = 3
"""How many of those who wait the message of a deadlock names."""


def violated_properties(system: System, state: State) -> tuple[Violation, ...]:
    """The `always` properties that are false in `state`, in the model's order."""
    prepared = prepare(system)
    found: list[Violation] = []
    for prop in prepared.model.properties:
        if prop.kind is PropertyKind.ALWAYS:
            violation = refute(prepared, state, prop)
            if violation is not None:
                found.append(violation)
    return tuple(found)


def satisfied(system: System, state: State, prop: Property) -> bool:
    """Whether the property's condition is true in `state`; if it has no value, it is not."""
    return is_true(prepare(system), state, prop.condition)


def is_true(prepared: Prepared, state: State, condition: Expr) -> bool:
    """Whether a condition, as a property may have it, is true in `state`."""
    try:
        return holds(condition, property_frame(prepared, state))
    except Refuted:
        return False


def refute(prepared: Prepared, state: State, prop: Property) -> Violation | None:
    """Why the property's condition is not true in `state`; None if it is."""
    return _refuted(prop, property_frame(prepared, state))


def _refuted(prop: Property, frame: Frame) -> Violation | None:
    try:
        if holds(prop.condition, frame):
            return None
        message, values = prop.name.replace("_", " "), facts_text(prop.condition, frame)
        return Violation(prop.name, prop.kind, message, values, prop.span)
    except Refuted as refuted:
        return Violation(prop.name, prop.kind, refuted.message, refuted.values, refuted.span)


def violated_steps(system: System, before: State, after: State) -> tuple[Violation, ...]:
    """The `every_step` properties that a step from `before` to `after` violates, in order."""
    prepared = prepare(system)
    found: list[Violation] = []
    for prop in prepared.model.properties:
        if prop.kind is PropertyKind.EVERY_STEP:
            violation = refute_step(prepared, before, after, prop)
            if violation is not None:
                found.append(violation)
    return tuple(found)


def refute_step(
    prepared: Prepared, before: State, after: State, prop: Property
) -> Violation | None:
    """Why a step violates an `every_step` property; None if not, or if it changes nothing shared.

    So no property can forbid stuttering, as with TLA's `[A]_v` (Lamport 1994, section 2.4).
    """
    if before.shared == after.shared:
        return None
    frame = property_frame(prepared, after)
    frame.before = dict(zip(prepared.names, before.shared, strict=True))
    return _refuted(prop, frame)


def property_frame(prepared: Prepared, state: State) -> Frame:
    """The state as a property sees it: shared variables and locations, no locals."""
    pairs = zip(prepared.instances, state.locations, strict=True)
    return Frame(
        shared=dict(zip(prepared.names, state.shared, strict=True)),
        locals={},
        labels={instance: location.label for instance, location in pairs},
    )


def deadlock(system: System, state: State) -> Violation | None:
    """A violation if nothing is enabled and some process is not done; environments may stop."""
    prepared = prepare(system)
    return None if successors(prepared, state) else stuck(prepared, state)


def stuck(prepared: Prepared, state: State) -> Violation | None:
    """The deadlock of a state in which nothing is enabled; None if every process is done."""
    waiting = [
        (instance, location.label)
        for instance, process, location in zip(
            prepared.instances, prepared.processes, state.locations, strict=True
        )
        if process.kind is ProcessKind.PROCESS and location.label is not None
    ]
    if not waiting:
        return None
    first, label = waiting[0]
    where = ", ".join(f"{instance} at {label}" for instance, label in waiting[:MOST_NAMED])
    if len(waiting) > MOST_NAMED:
        where += f" and {len(waiting) - MOST_NAMED} more"
    span = prepared.steps[first.process][label].span
    return Violation(DEADLOCK, PropertyKind.DEADLOCK, f"nothing can move: {where}", "", span)
