from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.concrete.cover import Planner
from modelcheck.concrete.reduced import Reduced, reduced
from modelcheck.engines.follow import follow
from modelcheck.export.state_graph import state_graph
from modelcheck.ir.model import Model
from modelcheck.semantics import initial
from tests.unit.concrete.observed import boxes

RACE = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach.py"


def race(*, in_order: bool) -> Model:
    constants = {"WAIT_FOR_EXIT": "True", "RECEIVE_IN_ORDER": str(in_order)}
    return load(str(RACE), constants).model


def all_of(model: Model) -> Reduced:
    """The graph in which every step is seen."""
    graph = state_graph(model, most=1000)
    return reduced(graph, lambda _step: False, lambda _step: True, most=1000)


@pytest.mark.parametrize(("in_order", "transitions"), [(True, 224), (False, 316)])
def test_the_walks_are_runs_of_the_model_and_take_every_transition(
    *, in_order: bool, transitions: int
) -> None:
    model = race(in_order=in_order)
    planner = Planner(all_of(model))
    assert len(planner.edges) == transitions
    wanted, walks = set(planner.edges), 0
    while walk := planner.walk(wanted, set(), seed=walks):
        schedule = tuple(transition for _, transition in walk)
        assert follow(model, initial(model)[0], schedule).divergence is None
        wanted.difference_update(walk)
        walks += 1
    assert not wanted
    assert walks < transitions / 5


def test_a_closed_transition_is_not_taken_and_may_leave_others_out_of_reach(
    tmp_path: Path,
) -> None:
    planner = Planner(all_of(boxes(tmp_path)))
    closed = {edge for edge in planner.edges if edge[1].label == "take"}
    walk = planner.walk(set(planner.edges), closed, seed=1)
    assert walk
    assert not closed.intersection(walk)
    checks = {edge for edge in planner.edges if edge[1].label == "check"}
    assert planner.walk(checks, closed, seed=1) == ()
