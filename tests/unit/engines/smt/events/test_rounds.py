from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.selection import claims
from modelcheck.engines.smt.events import rounds as room
from modelcheck.engines.smt.events.flow import Flow
from modelcheck.engines.smt.events.rounds import Refused, bounded_flow, steps_taken
from modelcheck.engines.smt.events.search import explore
from modelcheck.engines.smt.events.unfolder import going_round
from modelcheck.engines.smt.solver import Limits
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Violated

POLLS = """
from typing import Annotated

from modelcheck import Below, Spec, Steps, record

N = 3


@record
class Shared:
    left: Annotated[int, Below(10)] = N


spec = Spec("a loop that ends by what is shared", Shared)


@spec.process
def taker(s: Shared) -> Steps:
    while s.left > 0:
        yield "take"
        s.left -= 1
"""


@pytest.fixture(name="polls")
def _polls(tmp_path: Path) -> Path:
    path = tmp_path / "polls.py"
    path.write_text(POLLS.replace("    while", '    yield "begin"\n    while'))
    return path


def formulas(model: Model) -> Relation:
    return relation(prepare(model), claims(model))


def flow(model: Model) -> Flow:
    limits = Limits(Budget(), lambda: 0.0, 0.0)
    return bounded_flow(formulas(model), limits, ())


def test_a_loop_that_ends_by_what_is_shared_is_bounded(polls: Path) -> None:
    model = load(str(polls), {"N": "4"}).model
    assert going_round(formulas(model)) == (0,)
    assert steps_taken(prepare(model), lambda: None) == [5]
    found = flow(model)
    assert (found.longest, found.oracle.queries) == (6, 1)  # or 5, and the next one violates


def test_a_bound_that_was_guessed_too_low_is_raised(
    polls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_STATES", 2)
    model = load(str(polls), {"N": "7"}).model
    assert steps_taken(prepare(model), lambda: None) == [2]
    found = flow(model)
    assert (found.longest, found.oracle.queries) == (9, 3)  # 2, 4 and then 8


def test_a_step_that_violates_beyond_the_bound_is_seen(polls: Path) -> None:
    """The runs on which the bound is guessed end before it, and no run goes on behind it."""
    polls.write_text(polls.read_text() + '        assert s.left != 1, "the last one"\n')
    model = load(str(polls), {"N": "4"}).model
    assert steps_taken(prepare(model), lambda: None) == [3]
    found = explore(model, budget=Budget())
    violated = [one.verdict for one in found.verdicts if isinstance(one.verdict, Violated)]
    assert [len(one.trace.steps) for one in violated if one.trace] == [4]


def test_a_bound_that_is_out_of_sight_is_refused(
    polls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_STATES", 2)
    monkeypatch.setattr(room, "MOST_ROUNDS", 4)
    with pytest.raises(Refused) as refusal:
        flow(load(str(polls), {"N": "9"}).model)
    assert refusal.value.reason == "taker may take more than 4 steps, and no bound is in sight"
