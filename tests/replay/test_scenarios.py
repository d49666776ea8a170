"""Each scenario beside a spec: its counterexample with the defect, and as a control without it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.controller import Benign, Outcome, Prevented, Reproduced
from modelcheck.concrete.postgres import Installation, Scenario, Session, load_scenarios
from modelcheck.trace import Budget, Transition, Violated
from tests.replay.conftest import INSTALLED
from tests.replay.schedules import SPECS

pytestmark = pytest.mark.postgres

TIMES = 2
LOST = "ERROR: 55000: lost connection to parallel worker"
SLEEPS = "leader sleeps in WaitForBackgroundWorkerShutdown (wait event IPC / Bg"
REFUSED = "the server refuses it: ERROR: 25000: parameter"
SAME_FILE = "the query gives the right rows, as predicted: the workers were given the leader's"

EXPECTED = {
    ("create_index_relmap", 0): ("the query gives the rows (('2',), ('0',))", SAME_FILE),
    ("create_index_relmap", 1): ("the query gives the rows (('2',), ('0',))", SAME_FILE),
    ("prohibitions", 0): ("the query gives the rows (('f',),)", REFUSED),
    ("relaunch", 0): (LOST, SLEEPS),
    ("relaunch", 1): (LOST, SLEEPS),
}
"""By spec and scenario: the symptom, and how the control begins to tell what it did."""


@cache
def play_of(spec: str, number: int) -> tuple[Scenario, tuple[Transition, ...]]:
    """A scenario, and the shortest counterexample of the variant that it plays."""
    scenario = load_scenarios(SPECS / f"{spec}_postgres.py")[number]
    checked = check(
        load(str(SPECS / f"{spec}.py"), dict(scenario.constants)),
        budget=Budget(),
        properties=frozenset(scenario.properties[:1]),
    )
    (found,) = checked.exploration.verdicts
    assert isinstance(found.verdict, Violated)
    assert found.verdict.trace is not None
    return scenario, found.verdict.trace.schedule


@pytest.fixture(scope="module", params=INSTALLED, ids=str)
def anywhere(request: pytest.FixtureRequest) -> Iterator[tuple[Installation, Session]]:
    """Every installation of this machine, one after the other."""
    installation: Installation = request.param
    with Session(installation) as session:
        yield installation, session


def words(outcome: Outcome) -> str:
    """What a control that did no harm says."""
    assert isinstance(outcome, Prevented | Benign), outcome
    return outcome.why


@pytest.mark.parametrize("play", EXPECTED, ids=lambda play: f"{play[0]}-{play[1]}")
def test_the_counterexample_has_its_symptom_and_the_control_has_not(
    play: tuple[str, int], anywhere: tuple[Installation, Session]
) -> None:
    installation, session = anywhere
    symptom, control = EXPECTED[play]
    scenario, schedule = play_of(*play)
    if not scenario.fits(installation.major):
        pytest.skip(f"{scenario.name} is for {scenario.majors}")
    for _ in range(TIMES):
        replay = session.replay(scenario, schedule, defect=True)
        assert replay.outcome == Reproduced(symptom), replay
        assert [one.transition for one in replay.observations] == list(schedule)
        assert words(session.replay(scenario, schedule, defect=False).outcome).startswith(control)
