"""The error that a leader catches, on a server as it was released."""

from __future__ import annotations

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.controller import AS_RELEASED, Benign, Reproduced
from modelcheck.concrete.postgres import Installation, Scenario, Session, load_scenarios
from modelcheck.trace import Budget, Transition, Violated
from tests.replay.schedules import SPECS

pytestmark = pytest.mark.postgres

TIMES = 5


CAUGHT, SILENT, *_ = load_scenarios(SPECS / "message_queue_postgres.py")
HANGS = Reproduced("the query hangs in IPC / ParallelFinish")


def deadlock(scenario: Scenario) -> tuple[Transition, ...]:
    """The shortest way to it, with the fewest context switches."""
    instance = load(str(SPECS / "message_queue.py"), dict(scenario.constants))
    checked = check(instance, budget=Budget(), properties=frozenset({"deadlock"}))
    (found,) = checked.exploration.verdicts
    assert isinstance(found.verdict, Violated)
    assert found.verdict.trace is not None
    return found.verdict.trace.schedule


def test_a_leader_that_catches_an_error_waits_for_a_worker_that_is_gone(
    newest: Installation,
) -> None:
    schedule = deadlock(CAUGHT)
    with Session(newest) as session:
        for _ in range(TIMES):
            replay = session.replay(CAUGHT, schedule, defect=True)
            assert replay.outcome == HANGS, replay
            assert replay.reintroduced == AS_RELEASED
            assert "worker[0] exits with code 1" in replay.aftermath
            control = session.replay(CAUGHT, schedule, defect=False)
            assert control.outcome == Benign(
                "the query fails: ERROR: P0001: error of the worker, as predicted: "
                "no block catches the error"
            )


def test_a_leader_that_looked_too_early_waits_for_a_silent_worker(newest: Installation) -> None:
    schedule = deadlock(SILENT)
    with Session(newest) as session:
        for _ in range(TIMES):
            assert session.replay(SILENT, schedule, defect=True).outcome == HANGS
            control = session.replay(SILENT, schedule, defect=False)
            assert isinstance(control.outcome, Benign), control


def test_a_version_without_the_defect_does_not_play_it(newest: Installation) -> None:
    assert CAUGHT.fits(newest.major)
    assert not CAUGHT.fits(16)
