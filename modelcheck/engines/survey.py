"""Going over the states of a finished search once more, for what never happened and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.statistics import FalsePart, IdleStep, Unexercised
from modelcheck.ir.connectives import antecedents
from modelcheck.ir.expressions import Binary, Expr, Literal, Operator
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.ir.render import render_expr
from modelcheck.ir.types import Value
from modelcheck.semantics import (
    Prepared,
    judge,
    named_by_condition,
    named_by_step,
    obstacles,
)
from modelcheck.trace import Location, State

Standing = tuple[int, Location, tuple[Value, ...]]
"""An instance where it stands, and what its step sees of the shared state."""


@dataclass(slots=True)
class Stood:
    """States in which an instance stands somewhere and its step sees the same."""

    at: int
    """The position of the instance."""

    location: Location
    shared: tuple[Value, ...]
    """Of one of the states."""

    times: int


def idle_steps(
    prepared: Prepared, states: Sequence[State], coverage: Sequence[tuple[str, int]]
) -> tuple[IdleStep, ...]:
    """The steps that `coverage` counts zero times, and what disabled them in `states`."""
    idle = {name for name, taken in coverage if taken == 0}
    if not idle:
        return ()
    stands = _stands(prepared, states, idle)
    return tuple(
        idle_step(prepared, name, tuple(stands.get(name, {}).values()))
        for name, _ in coverage
        if name in idle
    )


def unexercised(
    prepared: Prepared, states: Sequence[State], selected: Sequence[Claim]
) -> tuple[Unexercised, ...]:
    """The selected properties that had nothing to say in any of all reachable `states`."""

    def is_seen(prop: Property) -> bool:
        conditions = presupposed(prepared, prop)
        return any(any(map(judge(prepared, one), states)) for one in conditions)

    return without(prepared, selected, is_seen)


def without(
    prepared: Prepared, selected: Sequence[Claim], is_seen: Callable[[Property], bool]
) -> tuple[Unexercised, ...]:
    """The selected properties that presuppose something which was never seen."""
    return tuple(
        Unexercised(prop.name, prop.kind, _told(prepared, prop))
        for prop in prepared.model.properties
        if (prop.name, prop.kind) in selected
        if presupposed(prepared, prop) and not is_seen(prop)
    )


def presupposed(prepared: Prepared, prop: Property) -> tuple[Expr, ...]:
    """The conditions of which one must be true in some state for the property to say anything.

    Empty if it always does. One over steps says something where what it names has changed.
    """
    match prop.kind:
        case PropertyKind.ALWAYS:
            return antecedents(prop.condition)
        case PropertyKind.LEADS_TO:
            return (prop.condition,)
        case PropertyKind.EVERY_STEP:
            return tuple(_changed(prepared, prop))
        case _:
            return ()


def _stands(
    prepared: Prepared, states: Sequence[State], idle: set[str]
) -> dict[str, dict[Standing, Stood]]:
    named = {
        (at, step.label): (f"{process.name}.{step.label}", named_by_step(prepared, step))
        for at, process in enumerate(prepared.processes)
        for step in process.steps
        if f"{process.name}.{step.label}" in idle
    }
    found: dict[str, dict[Standing, Stood]] = {}
    for state in states:
        for at, location in enumerate(state.locations):
            if location.label is None or (at, location.label) not in named:
                continue
            name, positions = named[at, location.label]
            seen = tuple([state.shared[position] for position in positions])
            new = Stood(at, location, state.shared, 0)
            found.setdefault(name, {}).setdefault((at, location, seen), new).times += 1
    return found


def idle_step(prepared: Prepared, name: str, stands: Sequence[Stood]) -> IdleStep:
    """What disabled a step that was never taken, where its instances stood."""
    tries = 0
    counted: Counter[Expr] = Counter()
    for one in stands:
        ways = obstacles(prepared, one.at, one.location, one.shared)
        tries += len(ways) * one.times
        for parts in ways:
            for part in parts:
                counted[part] += one.times
    false = [FalsePart(render_expr(part), times) for part, times in counted.items()]
    return IdleStep(
        step=name,
        stood=sum(one.times for one in stands),
        tries=tries,
        false=tuple(sorted(false, key=lambda part: (-part.times, part.condition))),
    )


def _changed(prepared: Prepared, prop: Property) -> Iterator[Expr]:
    model = prepared.model
    for at in named_by_condition(prepared, prop.condition).variables:
        variable, value = model.variables[at], model.initial[at]
        known = Literal(variable.type, value)
        yield Binary(Operator.UNEQUAL, variable, known, prop.span)


def _told(prepared: Prepared, prop: Property) -> tuple[str, ...]:
    """What was never seen: conditions, or for one over steps the variables it names."""
    if prop.kind is PropertyKind.EVERY_STEP:
        named = named_by_condition(prepared, prop.condition).variables
        return tuple(prepared.names[at] for at in named)
    return tuple(render_expr(condition) for condition in presupposed(prepared, prop))
