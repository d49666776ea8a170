"""Runs of a real server that nobody forces, held against the spec."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, Session
from modelcheck.concrete.scheduling import Scheduling, Strategy
from modelcheck.observations import Seen, Tally, cover, coverage_of, observe, subject
from tests.replay.schedules import SPECS

pytestmark = pytest.mark.postgres

RACE = str(SPECS / "reinitialize_before_detach.py")
QUEUE = str(SPECS / "message_queue.py")
RELAUNCH = str(SPECS / "relaunch.py")
SLOTS = str(SPECS / "bgworker_slots.py")
GREETED = "two launches of workers that greet"
FEW = 6
PLANS = 20


def tally(
    session: Session,
    path: str,
    strategy: Strategy,
    *,
    runs: int = FEW,
    name: str | None = None,
    defect: bool = False,
    first: int = 1,
    **constants: str,
) -> Tally:
    what = subject(path, constants, name=name, defect=defect)
    found = Tally("")
    for seed in range(first, first + runs):
        scheduling = Scheduling(strategy, seed, changes=2, length=what.length)
        found.add(observe(session, what, scheduling))
    assert not found.unavailable
    assert found.runs == runs
    return found


@pytest.mark.parametrize("strategy", [Strategy.RANDOM, Strategy.PCT, Strategy.FREE])
def test_runs_of_the_released_server_are_behaviours_of_the_spec(
    session: Session, strategy: Strategy
) -> None:
    found = tally(session, RACE, strategy)
    assert (found.accepted, found.harmed, found.violating) == (FEW, 0, 0), found.rejected
    assert len(found.schedules) > FEW / 4
    assert found.events - found.compared == FEW * 89
    assert found.compared > FEW * 24


def test_a_leader_that_receives_in_order_is_not_that_of_the_server(session: Session) -> None:
    found = tally(session, RACE, Strategy.RANDOM, RECEIVE_IN_ORDER="True")
    assert 0 < found.accepted < FEW
    for seen in found.rejected:
        assert seen.validation.mismatch is not None
        assert str(seen.validation.mismatch.event) == "leader completes receive"


def test_chance_finds_the_defect_where_the_spec_says_so(session: Session) -> None:
    found = tally(session, RACE, Strategy.RANDOM, defect=True)
    assert found.accepted == FEW, found.rejected
    assert 0 < found.violating < FEW


def test_what_workers_send_is_a_behaviour_of_the_spec(
    session: Session, installation: Installation
) -> None:
    name = "workers that finish" if installation.major >= 18 else "workers that greet and finish"
    found = tally(session, QUEUE, Strategy.RANDOM, name=name)
    assert (found.accepted, found.harmed) == (FEW, 0), found.rejected


def test_that_workers_fail_is_a_behaviour_of_the_spec(newest: Installation) -> None:
    with Session(newest) as session:
        found = tally(session, QUEUE, Strategy.RANDOM, name="workers that fail")
    assert (found.accepted, found.harmed) == (FEW, 0), found.rejected


def test_what_is_seen_of_two_launches_is_a_behaviour_of_the_spec(
    session: Session, installation: Installation
) -> None:
    name = "two launches" if installation.major >= 17 else GREETED
    found = tally(session, RELAUNCH, Strategy.RANDOM, name=name)
    assert (found.accepted, found.harmed) == (FEW, 0), found.rejected
    found = tally(session, str(SPECS / "context_life_cycle.py"), Strategy.RANDOM, runs=FEW // 2)
    assert (found.accepted, found.harmed) == (FEW // 2, 0), found.rejected


@pytest.mark.parametrize("name", ["a worker that is terminated", "a worker that is waited for"])
def test_what_becomes_of_a_slot_is_a_behaviour_of_the_spec(session: Session, name: str) -> None:
    found = tally(session, SLOTS, Strategy.RANDOM, name=name)
    assert (found.accepted, found.harmed) == (FEW, 0), found.rejected


def test_a_server_that_sleeps_for_good_is_a_deadlock_of_the_spec(newest: Installation) -> None:
    what = subject(QUEUE, {}, name="workers that finish", defect=True)
    with Session(newest) as session:
        for seed in range(1, 20):
            seen = observe(session, what, Scheduling(Strategy.RANDOM, seed))
            assert isinstance(seen, Seen)
            assert seen.is_accepted, seen
            if "hangs" in seen.record.ending:
                break
    assert seen.validation.violation is not None
    assert seen.validation.violation.property == "deadlock"


def test_plans_take_many_transitions_in_a_few_runs(newest: Installation) -> None:
    what = subject(RACE, {}, name=None, defect=False)
    coverage, planner = coverage_of(what, most=1000)
    with Session(newest) as session:
        for seen in islice(cover(session, what, planner, coverage, seed=1), PLANS):
            assert isinstance(seen, Seen)
            assert seen.is_accepted, seen
    assert (len(coverage.wanted), coverage.unseen, coverage.plans) == (316, 0, 36)
    assert coverage.followed > 0
    assert len(coverage.seen) > 316 / 4
    assert len(coverage.seen) + len(coverage.missed) + len(coverage.unreached) == 316
    assert {edge[1].label for edge in coverage.missed} <= {"receive"}


def test_the_verb_tells_where_a_run_and_the_spec_part(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SPECS)
    words = ["observe", Path(RACE).name, "--runs", "60", "--seed", "7", "--on", "18"]
    assert main([*words, "--set", "RECEIVE_IN_ORDER=True"]) == Status.VIOLATED
    said = " ".join(capsys.readouterr().out.split())
    assert "a run that is no behaviour of the spec; " in said
    assert "then leader completes receive, but in the spec leader stands before receive" in said
    assert "the spec allows: worker[" in said
    assert "again: modelcheck observe reinitialize_before_detach.py --scenario" in said
