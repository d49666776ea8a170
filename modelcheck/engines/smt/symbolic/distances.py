"""After how many steps an action can come first, as the labels alone tell."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.ir.model import Process
from modelcheck.ir.statements import Goto, Statement
from modelcheck.ir.walk import statements

NEVER = 1 << 30
"""Of an action whose label is never reached."""


def distances(relation: Relation) -> tuple[int, ...]:
    """For each action how many steps its instance takes at least before it stands there."""
    known = {process.name: _of_labels(process) for process in relation.prepared.model.processes}
    names = [process.name for process in relation.prepared.processes]
    return tuple(known[names[one.at]].get(one.label, NEVER) for one in relation.actions)


def _of_labels(process: Process) -> dict[str, int]:
    bodies = {step.label: step.body for step in process.steps}
    found: dict[str, int] = {}
    level, reached = 0, list(_targets(process.prologue))
    while reached:
        new = [label for label in dict.fromkeys(reached) if label not in found]
        found.update(dict.fromkeys(new, level))
        reached = [target for label in new for target in _targets(bodies[label])]
        level += 1
    return found


def _targets(body: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements(body):
        if isinstance(statement, Goto) and statement.label is not None:
            yield statement.label
