"""Which shared variables a step or a condition names: nothing else decides what it does."""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck.ir.expressions import At, Expr, Scope
from modelcheck.ir.model import Step
from modelcheck.ir.walk import statements, subexpressions, variables, written
from modelcheck.semantics.prepared import Prepared

Positions = tuple[int, ...]
"""Positions in `State.shared`, ascending."""


def named_by_step(prepared: Prepared, step: Step) -> Positions:
    """The variables that a step names, read or written."""
    return _named(
        prepared, (expr for statement in statements(step.body) for expr in written(statement))
    )


def named_by_condition(prepared: Prepared, condition: Expr) -> Positions | None:
    """The variables that a condition names; None if it asks for locations too."""
    if any(isinstance(part, At) for part in subexpressions(condition)):
        return None
    return _named(prepared, (condition,))


def _named(prepared: Prepared, exprs: Iterable[Expr]) -> Positions:
    names = {v.name for expr in exprs for v in variables(expr) if v.scope is not Scope.LOCAL}
    return tuple(at for at, name in enumerate(prepared.names) if name in names)
