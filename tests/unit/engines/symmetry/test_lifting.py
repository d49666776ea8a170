"""Ways through classes of states, as runs of the model."""

from __future__ import annotations

import pytest

from modelcheck.check import check, load
from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.selection import select
from modelcheck.engines.symmetry.lifting import lifted
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.quotient import quotient
from modelcheck.ir.model import PropertyKind
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, State, Violated
from tests.conformance.variants import ROOT

LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
CLAIM = "detaches_its_own_queue", PropertyKind.ALWAYS


def reversed_in_class(orbits: Orbits, state: State) -> State:
    """Another state of its class: the values visited in reverse order, and those that are not."""
    border, size = orbits.visited(state, 0), orbits.domains[0].domain.size
    by = (*reversed(range(border)), *reversed(range(border, size)))
    return orbits.permuted(state, (by,))


@pytest.mark.parametrize("every", [1, 2, 3])
def test_the_states_on_the_way_may_be_any_of_their_classes(every: int) -> None:
    instance = load(LIFECYCLE, {"WORKERS": "3"})
    prepared = prepare(instance.model)
    orbits, _ = quotient(prepared, select(instance.model, frozenset({CLAIM[0]})))
    assert orbits is not None
    found = check(instance, budget=Budget(), properties=frozenset({CLAIM[0]}))
    (verdict,) = (one.verdict for one in found.exploration.verdicts)
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    states = [verdict.trace.initial, *(one.after for one in verdict.trace.steps if one.after)]
    way = [
        reversed_in_class(orbits, state) if number % every == 0 else state
        for number, state in enumerate(states)
    ]
    assert way != states
    assert any(orbits.canonical(state).state != state for state in way)
    told, followed = lifted(orbits, CLAIM, way)
    assert isinstance(told, Violated)
    assert told.trace is not None
    assert len(told.trace.steps) == len(states) - 1
    assert check_counterexample(instance.model, told.trace, told.violation) is None
    assert followed.trace is told.trace
