"""Which steps push and pop which queues, read from their code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Expr, Field, Index, Unwrap, Variable
from modelcheck.ir.model import Model
from modelcheck.ir.statements import Pop, Push
from modelcheck.ir.walk import statements
from modelcheck.trace import Transition


@dataclass(frozen=True, slots=True)
class QueueSteps:
    """The steps that use queues; a queue is known by its shape, `mq[].ring`."""

    pushing: frozenset[tuple[str, str, str]]
    """Process, label and shape."""

    popping: frozenset[tuple[str, str, str]]

    def pushes(self, transition: Transition, place: str) -> bool:
        """Whether the step's code may push the queue at `place`."""
        return (transition.instance.process, transition.label, _shape(place)) in self.pushing

    def pops(self, transition: Transition, place: str) -> bool:
        """Whether the step's code may pop the queue at `place`."""
        return (transition.instance.process, transition.label, _shape(place)) in self.popping


def queue_steps(model: Model) -> QueueSteps:
    """Every step of the model that pushes or pops."""
    pushing, popping = set(), set()
    for process in model.processes:
        for step in process.steps:
            for statement in statements(step.body):
                if isinstance(statement, Push):
                    pushing.add((process.name, step.label, _expression_shape(statement.queue)))
                if isinstance(statement, Pop):
                    popping.add((process.name, step.label, _expression_shape(statement.queue)))
    return QueueSteps(frozenset(pushing), frozenset(popping))


def _expression_shape(place: Expr) -> str:
    match place:
        case Variable(name=name):
            return name
        case Field(base, name):
            return f"{_expression_shape(base)}.{name}"
        case Index(base, _):
            return f"{_expression_shape(base)}[]"
        case Unwrap(base):
            return _expression_shape(base)
        case _:
            raise ModelCheckBug(f"not a place: {place}")


def _shape(place: str) -> str:
    """`mq[0].ring` without the indices: `mq[].ring`."""
    return re.sub(r"\[[^\]]*\]", "[]", place)
