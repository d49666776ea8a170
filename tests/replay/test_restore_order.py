"""The relation map that a worker is not given, or given too late, on real servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.controller import Benign, Prevented, Replay, Reproduced
from modelcheck.concrete.postgres import Installation, Scenario, Session, load_scenarios
from modelcheck.concrete.readings import Holding
from modelcheck.ir.model import Model
from modelcheck.replays import held_after
from modelcheck.trace import Budget, Trace, Transition, Violated
from tests.replay.schedules import SPECS

pytestmark = pytest.mark.postgres

TIMES = 3
SPEC = str(SPECS / "restore_order.py")
NEWEST, OLDER, LATE, *OTHERS = load_scenarios(SPECS / "restore_order_postgres.py")
SCANS = "the_worker_scans_the_leaders_file"
SYMPTOMS = {
    "TIMESTAMPS left out": "the query gives the rows (('0',),)",
    "JOIN_LOCK_GROUP left out": "the query hangs in IPC / ExecuteGather",
    "LIBRARIES left out": "the query gives the rows (('0',),)",
    "TEMP_NAMESPACE left out": "the query gives the rows (('0',),)",
    "ENUMS left out": "the query gives the rows (('2000',),)",
    "FLUSH left out": "ERROR: 42501: permission denied for table t",
    "ACTIVE_SNAPSHOT left out": "a worker dies of SIGSEGV",
}
SYMPTOM = re.compile(
    r'ERROR: 42703: column "a" of relation "t120" does not exist'
    r"|ERROR: XX000: invalid attribute number \d+ for relation .*"
)
"""An index of the columns that is wrong is met by whatever looks a column up first."""
FILE = re.compile(r"file number (\d+)$")


@cache
def counterexample(prop: str = SCANS, **constants: str) -> tuple[Transition, ...]:
    """The shortest way to a violation."""
    return _found(prop, **constants)[1].schedule


def held(prop: str = SCANS, **constants: str) -> tuple[Holding | None, ...]:
    """What the model holds along it."""
    return held_after(*_found(prop, **constants))


@cache
def _found(prop: str, **constants: str) -> tuple[Model, Trace]:
    instance = load(SPEC, constants)
    checked = check(instance, budget=Budget(), properties=frozenset({prop}))
    (found,) = checked.exploration.verdicts
    assert isinstance(found.verdict, Violated)
    assert found.verdict.trace is not None
    return instance.model, found.verdict.trace


@pytest.fixture(scope="module")
def newest_session(newest: Installation) -> Iterator[Session]:
    with Session(newest) as opened:
        yield opened


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
        assert isinstance(replay.outcome, Reproduced), replay
        assert SYMPTOM.fullmatch(replay.outcome.symptom)
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


def test_a_map_that_comes_late_is_as_good_as_none(newest_session: Session) -> None:
    schedule = counterexample(MAP_COMES_LATE="True")
    for _ in range(TIMES):
        replay = newest_session.replay(LATE, schedule, defect=True)
        assert isinstance(replay.outcome, Reproduced), replay
        assert SYMPTOM.fullmatch(replay.outcome.symptom)
        assert "RestoreRelationMap called" in replay.observations[-2].notes
        workers, leaders = files(replay)
        assert workers == "1249"
        assert leaders != workers
        assert [one.transition for one in replay.observations] == list(schedule)
    control = newest_session.replay(LATE, schedule, defect=False)
    assert isinstance(control.outcome, Benign)


@pytest.mark.parametrize("scenario", OTHERS, ids=lambda one: one.name)
def test_each_call_that_is_left_out_has_its_own_symptom(
    scenario: Scenario, newest_session: Session
) -> None:
    (_, skipped) = scenario.constants
    schedule = counterexample(scenario.properties[0], SKIPPED=skipped[1])
    model = held(scenario.properties[0], SKIPPED=skipped[1])
    replay = newest_session.replay(scenario, schedule, defect=True, held=model)
    control = newest_session.replay(scenario, schedule, defect=False, held=model)
    assert replay.outcome == Reproduced(SYMPTOMS[scenario.name]), replay
    if isinstance(control.outcome, Prevented):  # the other worker may come upon it first
        assert scenario.refusal
        assert scenario.refusal in control.outcome.why
    else:
        assert isinstance(control.outcome, Benign), control
