"""A template, with N known and a state known, does what the semantics does: nothing is assumed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.selection import Claim, claims
from modelcheck.engines.smt.parametric.cells import Cells, Known, View
from modelcheck.engines.smt.parametric.clauses import Slot, slots
from modelcheck.engines.smt.parametric.instances import known, reachable
from modelcheck.engines.smt.parametric.parts import all_parts
from modelcheck.engines.smt.parametric.steps import Steps
from modelcheck.engines.smt.parametric.template import Template, template
from modelcheck.engines.smt.symbolic.terms import Term, Terms
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.passes.explicit_checks import with_explicit_checks
from modelcheck.semantics import initial, successors, violated_properties
from modelcheck.trace import State

ROOT = Path(__file__).parents[5] / "specs"
SPECS = (
    ("parallel/reinitialize_before_detach.py", "NWORKERS", {"WAIT_FOR_EXIT": "True"}),
    ("parallel/reinitialize_before_detach.py", "NWORKERS", {}),
    ("parallel/reinitialize_before_detach.py", "NWORKERS", {"RECEIVE_IN_ORDER": "False"}),
    ("classic/barrier.py", "N", {}),
    ("classic/barrier.py", "N", {"EVERYBODY": "False"}),
    ("classic/szymanski.py", "N", {}),
    ("classic/szymanski.py", "N", {"DOOR": "False"}),
    ("classic/mcs_lock.py", "N", {}),
    ("classic/transaction_commit.py", "N", {"MAY_BACK_OUT": "True"}),
)
MOST_STATES = 60


class Seen:
    """An instance beside its template."""

    def __init__(self, found: Template, model: Model, count: int, name: str) -> None:
        self.model, self.count = model, count
        self._known: Known = known(Terms(), found, model, count)
        self._template, self._name = found, name
        parts = all_parts(self._known.algebra, found, name)
        self._slots: tuple[Slot, ...] = slots(parts, 1)

    def steps(self, state: State) -> Steps:
        cells = Cells(self._known.algebra)
        return Steps(cells, self._template, self._name, self._known.view(state))

    def indices(self) -> list[Term]:
        return [self._known.algebra.terms.known(at) for at in range(self.count)]

    def values(self, view: View) -> tuple[int, ...]:
        """All that can be said of a state."""
        return tuple(one.read(view, (at,)).low for at in self.indices() for one in self._slots)

    def moves(self, state: State) -> Counter[tuple[str, tuple[int, ...]]]:
        """The states that steps lead to, once for each index that a process is not of."""
        found: set[tuple[str, tuple[int, ...]]] = set()
        for index in self.indices():
            for move in self.steps(state).moves(index):
                assert move.condition.is_known
                if move.condition.low:
                    where = move.about.partition("[")[0] + move.about.rpartition(".")[2]
                    found.add((where, self.values(move.after)))
        return Counter(found)

    def violations(self, state: State, every: tuple[Claim, ...]) -> set[str]:
        found = set()
        for index in self.indices():
            for goal in self.steps(state).goals(every, index):
                assert goal.condition.is_known
                if goal.condition.low:
                    found.add(goal.claim[0])
        return found


def instances(path: str, name: str, constants: dict[str, str]) -> list[Seen]:
    spec = str(ROOT / path)
    models = {n: load(spec, {**constants, name: str(n)}).model for n in (2, 3, 4)}
    found = template({n: with_explicit_checks(model) for n, model in models.items()})
    return [Seen(found, models[n], n, name) for n in (2, 3)]


@pytest.mark.parametrize(("path", "name", "constants"), SPECS)
def test_steps_lead_where_the_semantics_leads(
    path: str, name: str, constants: dict[str, str]
) -> None:
    for seen in instances(path, name, constants):
        own = tuple(c for c in claims(seen.model) if c[1] is PropertyKind.CHECK)
        for state in reachable(seen.model, MOST_STATES)[:: seen.count - 1]:
            wanted, violated = set(), set()
            for transition, after in successors(seen.model, state):
                where = transition.instance.process, transition.label
                if isinstance(after, State):
                    view = seen.steps(after).view
                    wanted.add(
                        ("".join(_where(*where, transition.instance.index)), seen.values(view))
                    )
                else:
                    violated.add(after.property)
            assert set(seen.moves(state)) == wanted
            assert seen.violations(state, own) == violated


def _where(process: str, label: str, index: object) -> tuple[str, str]:
    return (process if index is not None else f"{process}.{label}", label)


@pytest.mark.parametrize(("path", "name", "constants"), SPECS)
def test_properties_say_what_they_say_in_the_semantics(
    path: str, name: str, constants: dict[str, str]
) -> None:
    for seen in instances(path, name, constants):
        own = tuple(c for c in claims(seen.model) if c[1] is PropertyKind.ALWAYS)
        for state in reachable(seen.model, MOST_STATES):
            violated = {one.property for one in violated_properties(seen.model, state)}
            assert seen.violations(state, own) == violated


@pytest.mark.parametrize(("path", "name", "constants"), SPECS)
def test_runs_begin_where_they_do_in_the_semantics(
    path: str, name: str, constants: dict[str, str]
) -> None:
    for seen in instances(path, name, constants):
        for state in initial(seen.model):
            steps = seen.steps(state)
            begins = steps.beginning()
            assert seen.values(begins) == seen.values(steps.view)
            for index in seen.indices():
                assert all(one.is_known and one.low for one in steps.initial(index))
