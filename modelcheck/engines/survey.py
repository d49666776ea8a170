"""Going over the states of a finished search once more, for what never happened and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modelcheck.engines.selection import Claim
from modelcheck.engines.statistics import FalsePart, IdleStep, Unexercised
from modelcheck.ir.connectives import antecedents
from modelcheck.ir.expressions import Expr
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


def idle_steps(
    prepared: Prepared, states: Sequence[State], coverage: Sequence[tuple[str, int]]
) -> tuple[IdleStep, ...]:
    """The steps that `coverage` counts zero times, and what disabled them in `states`."""
    idle = {name for name, taken in coverage if taken == 0}
    if not idle:
        return ()
    stands = _stands(prepared, states, idle)
    return tuple(
        _idle_step(prepared, name, stands.get(name, {})) for name, _ in coverage if name in idle
    )


def unexercised(
    prepared: Prepared, states: Sequence[State], selected: Sequence[Claim]
) -> tuple[Unexercised, ...]:
    """The selected properties that had nothing to say in any of all reachable `states`."""
    found: list[Unexercised] = []
    for prop in prepared.model.properties:
        if (prop.name, prop.kind) in selected:
            missing = _missing(prepared, states, prop)
            if missing:
                found.append(Unexercised(prop.name, prop.kind, missing))
    return tuple(found)


Stands = dict[Standing, list[State]]
"""The states in which an instance stands somewhere and its step sees the same."""


def _stands(prepared: Prepared, states: Sequence[State], idle: set[str]) -> dict[str, Stands]:
    named = {
        (at, step.label): (f"{process.name}.{step.label}", named_by_step(prepared, step))
        for at, process in enumerate(prepared.processes)
        for step in process.steps
        if f"{process.name}.{step.label}" in idle
    }
    found: dict[str, Stands] = {}
    for state in states:
        for at, location in enumerate(state.locations):
            if location.label is None or (at, location.label) not in named:
                continue
            name, positions = named[at, location.label]
            seen = tuple([state.shared[position] for position in positions])
            found.setdefault(name, {}).setdefault((at, location, seen), []).append(state)
    return found


def _idle_step(prepared: Prepared, name: str, stands: Stands) -> IdleStep:
    tries = 0
    false: Counter[Expr] = Counter()
    for (at, location, _), states in stands.items():
        ways = obstacles(prepared, at, location, states[0].shared)
        tries += len(ways) * len(states)
        for parts in ways:
            for part in parts:
                false[part] += len(states)
    return IdleStep(
        step=name,
        stood=sum(len(states) for states in stands.values()),
        tries=tries,
        false=tuple(FalsePart(render_expr(part), n) for part, n in false.most_common()),
    )


def _missing(prepared: Prepared, states: Sequence[State], prop: Property) -> tuple[str, ...]:
    match prop.kind:
        case PropertyKind.ALWAYS:
            needed = antecedents(prop.condition)
        case PropertyKind.LEADS_TO:
            needed = (prop.condition,)
        case PropertyKind.EVERY_STEP:
            return _unchanged(prepared, states, prop.condition)
        case _:
            needed = ()
    if any(any(map(judge(prepared, condition), states)) for condition in needed):
        return ()
    return tuple(render_expr(condition) for condition in needed)


def _unchanged(prepared: Prepared, states: Sequence[State], condition: Expr) -> tuple[str, ...]:
    """The variables that a condition over steps names, if no step changes anything it names."""
    named = named_by_condition(prepared, condition)
    first = named.seen(states[0])
    if any(named.seen(state) != first for state in states):
        return ()
    return tuple(prepared.names[at] for at in named.variables)
