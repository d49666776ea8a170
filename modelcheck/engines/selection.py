"""Which properties a search decides, by name and in the order of the report."""

from __future__ import annotations

from modelcheck.errors import UserError
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Check
from modelcheck.ir.walk import statements
from modelcheck.semantics import DEADLOCK

Claim = tuple[str, PropertyKind]
"""A property's name and kind."""


def claims(model: Model) -> tuple[Claim, ...]:
    """All that can be decided: properties, then each step as `process.label`, then deadlock."""
    steps = tuple((name, PropertyKind.CHECK) for name, _ in model.steps())
    own = tuple((prop.name, prop.kind) for prop in model.properties)
    return (*own, *steps, (DEADLOCK, PropertyKind.DEADLOCK))


def checked_steps(model: Model) -> frozenset[str]:
    """The steps in which an assertion stands, as `process.label`."""
    return frozenset(
        name
        for name, step in model.steps()
        if any(isinstance(statement, Check) for statement in statements(step.body))
    )


def select(model: Model, properties: frozenset[str] | None) -> tuple[Claim, ...]:
    """The claims named by `properties`, or all; raises `UserError` for a name unknown here."""
    every = claims(model)
    if properties is None:
        return every
    unknown = sorted(properties - {name for name, _ in every})
    if unknown:
        known = [prop.name for prop in model.properties]
        known += [name for name, _ in every if name in checked_steps(model)]
        raise UserError(
            f"no property is called {', '.join(unknown)}",
            way_out=f"there are: {', '.join([*known, DEADLOCK])}",
        )
    return tuple(claim for claim in every if claim[0] in properties)
