"""What a step or a condition names of a state: nothing else decides what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modelcheck.ir.expressions import At, Expr, Literal, Scope
from modelcheck.ir.model import Step
from modelcheck.ir.types import Value
from modelcheck.ir.walk import statements, subexpressions, variables, written
from modelcheck.semantics.prepared import Prepared
from modelcheck.trace import Instance, State

Positions = tuple[int, ...]
"""Positions in `State.shared` or `State.locations`, ascending."""

Seen = tuple[tuple[Value, ...], tuple[str | None, ...]]
"""The values of the variables, and the labels of the instances, that a condition names."""


@dataclass(frozen=True, slots=True)
class Named:
    """The shared variables and the instances that a condition names."""

    variables: Positions
    instances: Positions

    def seen(self, state: State) -> Seen:
        """What the condition sees of a state."""
        return (
            tuple([state.shared[at] for at in self.variables]),
            tuple([state.locations[at].label for at in self.instances]),
        )


def named_by_step(prepared: Prepared, step: Step) -> Positions:
    """The variables that a step names, read or written."""
    return _variables(
        prepared, (expr for statement in statements(step.body) for expr in written(statement))
    )


def named_by_condition(prepared: Prepared, condition: Expr) -> Named:
    """What a condition over states, or over steps, names."""
    asked = [part for part in subexpressions(condition) if isinstance(part, At)]
    instances = tuple(
        at
        for at, instance in enumerate(prepared.instances)
        if any(_may_ask(part, instance) for part in asked)
    )
    return Named(_variables(prepared, (condition,)), instances)


def _may_ask(asked: At, instance: Instance) -> bool:
    match asked.index:
        case None:
            return asked.process == instance.process
        case Literal(value=index):
            return Instance(asked.process, index) == instance
        case _:
            return asked.process == instance.process


def _variables(prepared: Prepared, exprs: Iterable[Expr]) -> Positions:
    names = {v.name for expr in exprs for v in variables(expr) if v.scope is not Scope.LOCAL}
    return tuple(at for at, name in enumerate(prepared.names) if name in names)
