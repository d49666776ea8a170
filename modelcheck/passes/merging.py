"""Merging: a step that touches nothing shared is taken at once, as the end of the step before it.

Such a step commutes with all that others do, is enabled wherever its instance stands there, can
violate nothing, and no property sees it. So an instance need never be seen waiting to take it:
verdicts on states, steps and deadlock stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from modelcheck.ir.expressions import At, type_of
from modelcheck.ir.model import Model, Process, Step
from modelcheck.ir.statements import Assign, Goto, If, Statement
from modelcheck.ir.walk import statements, subexpressions, written
from modelcheck.passes.definedness import Facts, definedness, fits
from modelcheck.passes.footprint import Footprint, touched

LONGEST = 24
"""A step of more statements is not written into those before it."""

Label = tuple[str, str]
"""A process's name and a label of it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A model in which some steps are never stood at."""

    model: Model
    labels: tuple[Label, ...]
    """Whose steps are part of those before them; in model order."""


def merged(model: Model, wanted: frozenset[str] | None) -> Merged:
    """The model with steps merged that the properties named (None: all) do not see."""
    asked = frozenset(
        (part.process, part.label)
        for prop in model.properties
        if wanted is None or prop.name in wanted
        for claim in prop.claims
        for part in subexpressions(claim)
        if isinstance(part, At)
    )
    labels: list[Label] = []
    processes: list[Process] = []
    for one in model.processes:
        seen = frozenset(label for name, label in asked if name == one.name)
        process = one
        for label in [step.label for step in one.steps]:
            silent = _silent(process, label, seen)
            if silent is not None:
                process = _without(process, silent)
                labels.append((one.name, label))
        processes.append(process)
    return Merged(replace(model, processes=tuple(processes)), tuple(labels))


def _silent(process: Process, label: str, seen: frozenset[str | None]) -> Step | None:
    """The step at a label, as it has become, if nobody can tell when it is taken."""
    step = next(step for step in process.steps if step.label == label)
    inside = tuple(statements(step.body))
    targets = {one.label for one in inside if isinstance(one, Goto)}
    if label in targets or seen & {label, *targets} or len(inside) > LONGEST:
        return None
    return step if all(map(_is_private, inside)) else None


def _is_private(statement: Statement) -> bool:
    """Whether a statement touches locals alone and violates nothing."""
    if touched(statement) != Footprint():
        return False
    if any(definedness(expr, Facts()) for expr in written(statement)):
        return False
    match statement:
        case Assign(place, value, span):
            return not fits(type_of(place), value, span, Facts())
        case If() | Goto():
            return True
        case _:
            return False


def _without(process: Process, silent: Step) -> Process:
    """The process with a step taken wherever it was stood at; nothing leads there any more."""
    steps = tuple(replace(step, body=_body(step.body, silent)) for step in process.steps)
    return replace(process, prologue=_body(process.prologue, silent), steps=steps)


def _body(body: Iterable[Statement], silent: Step) -> tuple[Statement, ...]:
    return tuple(made for statement in body for made in _statement(statement, silent))


def _statement(statement: Statement, silent: Step) -> Iterator[Statement]:
    match statement:
        case If(condition, then, otherwise, span):
            yield If(condition, _body(then, silent), _body(otherwise, silent), span)
        case Goto(label) if label == silent.label:
            yield from silent.body
        case _:
            yield statement
