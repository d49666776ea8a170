"""The relation map that a worker is not given, or given too late, on real servers."""

from __future__ import annotations

import re
from functools import cache

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.controller import Benign, Replay, Reproduced
from modelcheck.concrete.postgres import Installation, Scenario, Session, load_scenarios
from modelcheck.trace import Budget, Transition, Violated
from tests.replay.schedules import SPECS

pytestmark = pytest.mark.postgres

TIMES = 3
SPEC = str(SPECS / "restore_order.py")
NEWEST, OLDER, LATE = load_scenarios(SPECS / "restore_order_postgres.py")
SYMPTOM = 'ERROR: 42703: column "a" of relation "t120" does not exist'
FILE = re.compile(r"file number (\d+)$")


@cache
def counterexample(**constants: str) -> tuple[Transition, ...]:
    """The shortest way to the worker's scan of another file."""
    name = "the_worker_scans_the_leaders_file"
    checked = check(load(SPEC, constants), budget=Budget(), properties=frozenset({name}))
    (found,) = checked.exploration.verdicts
    assert isinstance(found.verdict, Violated)
    assert found.verdict.trace is not None
    return found.verdict.trace.schedule


@pytest.fixture
def skipped(installation: Installation) -> tuple[Scenario, tuple[Transition, ...]]:
    """What this version can play of the map that is not restored at all."""
    if installation.major == 18:
        return NEWEST, counterexample(SKIPPED="Step.RELATION_MAP")
    assert OLDER.fits(installation.major)
    return OLDER, counterexample(VERSION="Version.I", SKIPPED="Step.RELATION_MAP")


def files(replay: Replay) -> tuple[str, str]:
    """Which file the worker scans, and which one the leader is about to scan."""
    workers = FILE.search(replay.observations[-1].notes[0])
    (told,) = [line for line in replay.aftermath if line.startswith("leader is held")]
    leaders = FILE.search(told)
    assert workers is not None
    assert leaders is not None
    return workers[1], leaders[1]


def test_without_the_map_the_worker_scans_the_old_file_every_time(
    session: Session, skipped: tuple[Scenario, tuple[Transition, ...]]
) -> None:
    for _ in range(TIMES):
        replay = session.replay(*skipped, defect=True)
        assert replay.outcome == Reproduced(SYMPTOM), replay
        workers, leaders = files(replay)
        assert workers == "1249"  # the number with which pg_attribute begins its life
        assert leaders != workers


def test_with_the_map_the_same_schedule_does_no_harm(
    session: Session, skipped: tuple[Scenario, tuple[Transition, ...]]
) -> None:
    for _ in range(TIMES):
        replay = session.replay(*skipped, defect=False)
        assert isinstance(replay.outcome, Benign), replay
        workers, leaders = files(replay)
        assert workers == leaders


def test_a_map_that_comes_late_is_as_good_as_none(newest: Installation) -> None:
    schedule = counterexample(MAP_COMES_LATE="True")
    with Session(newest) as session:
        for _ in range(TIMES):
            replay = session.replay(LATE, schedule, defect=True)
            assert replay.outcome == Reproduced(SYMPTOM), replay
            assert "RestoreRelationMap called" in replay.observations[-2].notes
            workers, leaders = files(replay)
            assert workers == "1249"
            assert leaders != workers
            assert [one.transition for one in replay.observations] == list(schedule)
        control = session.replay(LATE, schedule, defect=False)
        assert isinstance(control.outcome, Benign)
