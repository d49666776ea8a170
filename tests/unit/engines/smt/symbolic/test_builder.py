"""The formulas of a model, without a solver: in each state they say what the semantics says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.selection import claims
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.engines.tracing import is_decided
from modelcheck.ir.model import Model
from modelcheck.semantics import initial, prepare, successors
from modelcheck.trace import State

ROOT = Path(__file__).parents[5]
LANGUAGE = ROOT / "specs" / "language"
RACE = ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"
MOST = 25
"""So many states of each spec are compared, with all that can happen there."""


def formulas(model: Model) -> Relation:
    return relation(prepare(model), claims(model))


def cells(found: Relation, state: State) -> dict[Term, Term]:
    """What each cell is in a state; locals that are dead there have the first value."""
    algebra, numbers = found.algebra, dict[Term, Term]()
    for (variable, symbolic), value in zip(found.layout.shared, state.shared, strict=True):
        pairs = zip(leaves(symbolic), leaves(algebra.literal(variable.type, value)), strict=True)
        numbers.update(pairs)
    for at, location in enumerate(state.locations):
        process = found.prepared.processes[at]
        labels = [*(step.label for step in process.steps), None]
        place = found.layout.locations[at]
        numbers[place] = algebra.terms.known(labels.index(location.label))
        held = dict(zip(process.live(location.label), location.locals, strict=True))
        for variable, symbolic in found.layout.locals[at]:
            known = (
                algebra.literal(variable.type, held[variable.name])
                if variable.name in held
                else algebra.first(variable.type)
            )
            numbers.update(zip(leaves(symbolic), leaves(known), strict=True))
    return numbers


def outcomes(found: Relation, state: State) -> set[tuple[str, State | None]]:
    """What the formulas let happen: an instance's move, to None where it violates."""
    now, told = cells(found, state), set[tuple[str, State | None]]()
    for action in found.actions:
        who = str(found.prepared.instances[action.at])
        for chosen in valued(found, action.choices):
            given = {**now, **chosen}
            if not substituted(found.terms, action.enabled, given).low:
                continue
            if substituted(found.terms, action.violates, given).low:
                told.add((who, None))
                continue
            changed = {
                cell: substituted(found.terms, after, given) for cell, after in action.changes
            }
            numbers = {cell: value.low for cell, value in {**now, **changed}.items()}
            told.add((who, found.state(numbers)))
    return told


def begins(found: Relation, state: State) -> bool:
    """Whether a run may begin in a state, with some choices of the prologues."""
    here = substituted(found.terms, found.initial, cells(found, state))
    free = tuple(cells_of((here,)))
    return any(substituted(found.terms, here, one).low for one in valued(found, free))


def valued(found: Relation, free: tuple[Term, ...]) -> Iterator[dict[Term, Term]]:
    """All values of some cells."""
    for values in product(*(range(cell.low, cell.high + 1) for cell in free)):
        yield dict(zip(free, map(found.terms.known, values), strict=True))


@pytest.mark.parametrize("path", sorted(LANGUAGE.glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_the_formulas_say_what_the_semantics_says(path: Path) -> None:
    model = load(str(path), {}).model
    found, prepared = formulas(model), prepare(model)
    pending = list(initial(prepared))
    seen = set(pending)
    assert all(begins(found, state) for state in pending)
    for state in pending:
        onward = successors(prepared, state)
        expected = {(str(t.instance), s if isinstance(s, State) else None) for t, s in onward}
        assert outcomes(found, state) == expected
        for goal in found.goals:
            if not goal.by_step:
                holds = substituted(found.terms, goal.condition, cells(found, state))
                assert holds.low == is_decided(prepared, goal.claim, state), goal.claim
        new = [s for _, s in onward if isinstance(s, State) and s not in seen]
        seen.update(new)
        if len(pending) < MOST:
            pending += dict.fromkeys(new)


def test_a_step_is_taken_where_it_stands_and_touches_what_it_touches_there() -> None:
    found = formulas(load(str(RACE), {}).model)
    leader = [action for action in found.actions if action.at == 0]
    launches = [action for action in leader if action.label == "launch"]
    assert len(launches) == 4
    for action in launches:
        (written,) = {cell.name for cell in action.writes if cell.name.startswith("status")}
        assert not any(cell.name.startswith(("status", "mq")) for cell in action.reads), written
    assert len({action.earliest for action in launches}) == 4
