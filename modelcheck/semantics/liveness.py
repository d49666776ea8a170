"""What a liveness property wants: from where on a goal is owed, and which states are goals."""

from __future__ import annotations

from dataclasses import replace

from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.semantics.prepared import System, prepare
from modelcheck.semantics.properties import is_true, refute, satisfied
from modelcheck.trace import State, Violation

LIVENESS = frozenset({PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO})
"""The kinds of properties that only a lasso refutes."""


def is_goal(system: System, state: State, prop: Property) -> bool:
    """Whether the property gets what it wants in `state`; a condition without a value is false."""
    return is_true(prepare(system), state, goal(prop))


def is_promise(system: System, state: State, prop: Property, *, begins: bool) -> bool:
    """Whether a goal is owed from `state` on; `begins` says that the run begins there.

    `eventually` owes its goal from the beginning, `leads_to` whenever its condition holds.
    """
    return begins if prop.target is None else satisfied(system, state, prop)


def never_reached(system: System, state: State, prop: Property) -> Violation | None:
    """The violation by a run that returns to `state` for ever; None if the state is a goal."""
    violation = refute(prepare(system), state, replace(prop, condition=goal(prop)))
    if violation is None:
        return None
    return Violation(prop.name, prop.kind, _message(prop), violation.values, prop.span)


def _message(prop: Property) -> str:
    if prop.target is None:
        return f"{prop.name.replace('_', ' ')} never comes true"
    condition, joined, follows = prop.name.replace("_", " ").partition(" leads to ")
    if not joined:
        return f"{condition} is not always kept"
    return f'"{condition}" is not always followed by "{follows}"'


def goal(prop: Property) -> Expr:
    """The condition that the property wants to come true."""
    return prop.condition if prop.target is None else prop.target
