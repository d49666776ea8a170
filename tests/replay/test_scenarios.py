"""Each scenario beside a spec: its counterexample with the defect, and as a control without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from mmap import mmap
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Reproduced,
    Unavailable,
)
from modelcheck.concrete.postgres import (
    Installation,
    Scenario,
    Session,
    load_scenarios,
    ptrace,
)
from modelcheck.concrete.postgres.ptrace import event_message, resume
from modelcheck.concrete.postgres.rounds import Rounds
from modelcheck.concrete.readings import Holding
from modelcheck.errors import UserError
from modelcheck.replays import comes_to_rest, held_after, replay_with_control
from modelcheck.trace import Budget, Transition, Violated
from tests.replay.conftest import INSTALLED
from tests.replay.schedules import SPECS
from tests.replay.traces_left import segments_in, wait_until_empty

pytestmark = pytest.mark.postgres

LOST = "ERROR: 55000: lost connection to parallel worker"
SLEEPS = "leader sleeps in WaitForBackgroundWorkerShutdown (wait event IPC / Bg"
REFUSED = "the server refuses leader.change: ERROR: 25000: parameter"
SAME_FILE = "the query gives the right rows, as predicted: the workers were given the leader's"

NOT_FORKED = (
    "the query hangs in IPC / ParallelFinish",
    "the query fails: ERROR: 55000: parallel worker failed to initialize, as predicted",
)

NOT_WOKEN = (
    "BgworkerShutdown",
    "procsignal_sigusr1_handler skipped, returned nothing (0)",
    "the query fails: ERROR: 22012: division by zero, as predicted: the registrant is woken",
)
FORBIDDEN = "the server refuses leader.change({}): ERROR: "
UNKNOWN_STATE = "the query gives the rows (('f',),)"
HANGS_OF_THE_NEWEST = {
    ("bgworker_slots", 0): NOT_WOKEN,
    ("bgworker_slots", 1): NOT_WOKEN,
    ("lock_groups", 0): (
        "ExecuteGather",
        "BecomeLockGroupMember skipped, returned true (1)",
        "the query gives the right rows, as predicted: the worker goes before the session",
    ),
    ("lock_groups", 1): (
        "ExecuteGather",
        "DeadLockCheck skipped, returned DS_NO_DEADLOCK (1)",
        "the query fails: ERROR: 40P01: deadlock detected, as predicted: the deadlock checker",
    ),
}
"""By spec and scenario: the wait event, what was left out, and what the control tells."""

EXPECTED = {
    ("context_life_cycle", 0): (LOST, SLEEPS),
    ("context_life_cycle", 1): ("the query is answered while a worker is still there", SLEEPS),
    ("context_life_cycle", 2): NOT_FORKED,
    ("context_life_cycle", 3): NOT_FORKED,
    ("context_life_cycle", 4): NOT_FORKED,
    ("copied_state", 0): ("the query gives the rows (('1', 'f'), ('2', 'f'))", REFUSED),
    ("create_index_relmap", 0): ("the query gives the rows (('2',), ('0',))", SAME_FILE),
    ("create_index_relmap", 1): ("the query gives the rows (('2',), ('0',))", SAME_FILE),
    ("leader_waits", 0): (
        "the query hangs in IPC / ParallelCreateIndexScan",
        "the query fails: ERROR: 55000: parallel worker failed to initialize, as predicted",
    ),
    ("prohibitions", 0): (UNKNOWN_STATE, FORBIDDEN.format("GUCS")),
    ("prohibitions", 1): (UNKNOWN_STATE, FORBIDDEN.format("XIDS")),
    ("prohibitions", 2): (UNKNOWN_STATE, FORBIDDEN.format("COMMAND_ID")),
    ("prohibitions", 4): (
        UNKNOWN_STATE,
        f"{FORBIDDEN.format('RELATION_MAP')}25000: cannot execute REINDEX during",
    ),
    ("relaunch", 0): (LOST, SLEEPS),
    ("relaunch", 1): (LOST, SLEEPS),
}
"""By spec and scenario: the symptom, and how the control begins to tell what it did."""

EXPECTED_OF_THE_NEWEST = {
    ("context_faults", 0): (LOST, SLEEPS),
    ("context_faults", 1): ("the query is answered while a worker is still there", SLEEPS),
    ("function_pointers", 0): (
        "a worker dies of SIGSEGV",
        "the query gives the right rows, as predicted: the worker looks the function up by its",
    ),
    ("lock_group_exit", 0): ("a newcomer dies of SIGABRT", SLEEPS),
    ("prohibitions", 3): (
        "a worker dies of SIGSEGV",
        f"{FORBIDDEN.format('COMBO_CIDS')}25000: cannot update tuples",
    ),
    ("shared_memory_exit", 0): (
        "a worker dies of SIGSEGV",
        "the query gives the right rows, as predicted: the messages of a worker that has left",
    ),
}
"""A crash of the server costs the start of another one."""


@dataclass(frozen=True)
class Play:
    """A scenario, the shortest counterexample of its variant, and what the model holds in it."""

    scenario: Scenario
    schedule: tuple[Transition, ...]
    held: tuple[Holding | None, ...]


@cache
def play_of(spec: str, number: int) -> Play:
    scenario = load_scenarios(SPECS / f"{spec}_postgres.py")[number]
    instance = load(str(SPECS / f"{spec}.py"), dict(scenario.constants))
    wanted = frozenset(scenario.properties[:1])
    (found,) = check(instance, budget=Budget(), properties=wanted).exploration.verdicts
    assert isinstance(found.verdict, Violated)
    trace = found.verdict.trace
    assert trace is not None
    assert comes_to_rest(trace)
    return Play(scenario, trace.schedule, held_after(instance.model, trace))


@pytest.fixture(scope="module", params=INSTALLED, ids=str)
def anywhere(request: pytest.FixtureRequest) -> Iterator[tuple[Installation, Session]]:
    """Every installation of this machine, one after the other."""
    installation: Installation = request.param
    with Session(installation) as session:
        yield installation, session


@pytest.fixture(scope="module")
def newest_session(newest: Installation) -> Iterator[Session]:
    with Session(newest) as session:
        yield session


def words(outcome: Outcome) -> str:
    """What a control that did no harm says."""
    assert isinstance(outcome, Prevented | Benign), outcome
    return outcome.why


@pytest.mark.parametrize("play", HANGS_OF_THE_NEWEST, ids=lambda play: f"{play[0]}-{play[1]}")
def test_the_newest_version_hangs_with_the_defect_alone(
    play: tuple[str, int], newest_session: Session
) -> None:
    played = play_of(*play)
    where, left_out, control = HANGS_OF_THE_NEWEST[play]
    replay, left_alone = replay_with_control(
        newest_session, played.scenario, played.schedule, violating=True, held=played.held
    )
    assert replay.outcome == Reproduced(f"the query hangs in IPC / {where}"), replay
    notes = [note for one in replay.observations for note in one.notes]
    assert any(left_out in line for line in (*notes, *replay.aftermath))
    assert words(left_alone.outcome).startswith(control)


@pytest.mark.parametrize("play", EXPECTED_OF_THE_NEWEST, ids=lambda play: f"{play[0]}-{play[1]}")
def test_the_newest_version_shows_it_with_the_defect_alone(
    play: tuple[str, int], newest_session: Session
) -> None:
    played = play_of(*play)
    symptom, control = EXPECTED_OF_THE_NEWEST[play]
    replay, left_alone = replay_with_control(
        newest_session, played.scenario, played.schedule, violating=True, held=played.held
    )
    assert replay.outcome == Reproduced(symptom), replay
    assert words(left_alone.outcome).startswith(control)


def test_the_address_of_a_function_is_that_of_the_leader(newest_session: Session) -> None:
    played = play_of("function_pointers", 0)
    replay = newest_session.replay(played.scenario, played.schedule, defect=True, held=played.held)
    left_out, there = replay.observations[-1].notes
    assert left_out.endswith("returned the leader's address of HnswParallelBuildMain")
    assert there.startswith("where leader has HnswParallelBuildMain, worker has ")


def test_a_server_without_the_extension_says_so(newest_session: Session) -> None:
    played = play_of("function_pointers", 0)
    needy = replace(played.scenario, extension="no_such")
    (replay,) = replay_with_control(newest_session, needy, played.schedule, violating=True)
    why = "no extension `no_such` is installed with this server"
    assert replay.outcome == Unavailable(why)


@pytest.mark.parametrize("play", EXPECTED, ids=lambda play: f"{play[0]}-{play[1]}")
def test_the_counterexample_has_its_symptom_and_the_control_has_not(
    play: tuple[str, int], anywhere: tuple[Installation, Session]
) -> None:
    installation, session = anywhere
    symptom, control = EXPECTED[play]
    played = play_of(*play)
    if not played.scenario.fits(installation.major):
        pytest.skip(f"{played.scenario.name} is for {played.scenario.majors}")
    replay, left_alone = replay_with_control(
        session, played.scenario, played.schedule, violating=True, held=played.held
    )
    assert replay.outcome == Reproduced(symptom), replay
    assert [one.transition for one in replay.observations] == list(played.schedule)
    assert words(left_alone.outcome).startswith(control)


@pytest.mark.parametrize(
    ("play", "step", "place", "wrong", "difference"),
    [
        (
            ("lock_group_exit", 0),
            "leader.launch",
            "procs[0].latch_owner",
            "None",
            "procs[0].latch_owner is None in the model, and latch owner is leader on the server",
        ),
        (
            ("lock_group_exit", 0),
            "member.kill.leave_group",
            "procs[1].leader",
            "None",
            "procs[1].leader is None in the model, and lock group leader is leader on the server",
        ),
        (
            ("create_index_relmap", 0),
            "leader.begin_parallel(False)",
            "launch",
            "SERIAL",
            "launch is SERIAL in the model, and workers launched is 2 on the server",
        ),
        (
            ("leader_waits", 0),
            "leader.launch",
            "error_mqh",
            "False",
            "error_mqh is False in the model, and workers launched is 1 on the server",
        ),
        (
            ("leader_waits", 0),
            "leader.launch",
            "holds_interrupts",
            "True",
            "holds_interrupts is True in the model, and InterruptHoldoffCount is 0 on the server",
        ),
        (
            ("function_pointers", 0),
            "leader.store_entry_point(LOADED)",
            "wanted",
            "SERVER",
            "wanted is SERVER in the model, and library is vector on the server",
        ),
        (
            ("relaunch", 0),
            "worker[1].set_sender.store",
            "mq.sender",
            "2",
            "mq.sender is 2 in the model, and sender is worker[1] on the server",
        ),
        (
            ("relaunch", 0),
            "worker[1].set_sender.store",
            "mq.detached",
            "True",
            "mq.detached is True in the model, and detached is 0 on the server",
        ),
        (
            ("prohibitions", 0),
            "leader.change(GUCS)",
            "leaders[GUCS]",
            "0",
            "leaders[GUCS] is 0 in the model, and DateStyle is 3 on the server",
        ),
        (
            ("copied_state", 0),
            "worker[1].restore",
            "workers[1].work_mem",
            "1",
            "workers[1].work_mem is 1 in the model, and DateStyle is 1 on the server",
        ),
        (
            ("lock_groups", 0),
            "third.acquire.request",
            "locks[TABLE].wanted[THIRD]",
            "SHARE",
            "locks[TABLE].wanted[THIRD] is SHARE in the model, and mode is AccessExclusiveLock",
        ),
    ],
)
def test_a_value_that_the_server_has_not_ends_the_replay(
    play: tuple[str, int],
    step: str,
    place: str,
    wrong: str,
    difference: str,
    newest_session: Session,
) -> None:
    played = play_of(*play)
    number = [str(one) for one in played.schedule].index(step)
    held = played.held[number]
    assert held is not None
    others = (*played.held[:number], {**held, place: wrong}, *played.held[number + 1 :])
    replay = newest_session.replay(played.scenario, played.schedule, defect=True, held=others)
    assert isinstance(replay.outcome, Diverged)
    assert replay.outcome.step == number + 1
    assert replay.outcome.why.startswith(f"after {step} {difference}")


def test_a_server_that_hangs_or_crashes_recovers_in_its_own_cluster(
    newest: Installation, place: Path
) -> None:
    hangs, crashes = play_of("leader_waits", 0), play_of("lock_group_exit", 0)
    said: list[str] = []
    with Session(newest, work_directory=place, progress=said.append) as session:
        for played in (hangs, crashes, hangs):
            replay = session.replay(played.scenario, played.schedule, defect=True, held=played.held)
            assert isinstance(replay.outcome, Reproduced), replay
        segments = segments_in(place)
        assert len(list(place.iterdir())) == 1
    assert said == [f"{newest}: making a cluster", f"{newest}: starting the server"]
    wait_until_empty(place, segments)


class LateFork:
    """The postmaster stands still from its first fork of a worker until the next launch."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.was_late = mmap(-1, 1)
        """Shared with the deputy, in which all this happens."""

        self._resume, self._message, self._begin = resume, event_message, Rounds.begin
        self._rounds = self._postmaster = 0
        monkeypatch.setattr(ptrace, "event_message", self._note_birth)
        monkeypatch.setattr(ptrace, "resume", self._keep_back)

        def begin(rounds: Rounds, pid: int, context: int) -> None:
            self._launch(rounds, pid, context)

        monkeypatch.setattr(Rounds, "begin", begin)

    def _note_birth(self, pid: int) -> int:
        if self._rounds == 1 and not self._postmaster:
            self._postmaster = pid
        return self._message(pid)

    def _keep_back(self, pid: int, signal_number: int = 0) -> None:
        if (pid, self._rounds) != (self._postmaster, 1):
            self._resume(pid, signal_number)

    def _launch(self, rounds: Rounds, pid: int, context: int) -> None:
        self._begin(rounds, pid, context)
        self._rounds = rounds.begun
        if self._rounds == 2 and self._postmaster:
            self._resume(self._postmaster)
            self.was_late[0] = 1


def test_a_worker_that_is_born_after_the_next_launch_plays_its_own_part(
    newest: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    played, fork = play_of("prohibitions", 4), LateFork(monkeypatch)
    with Session(newest) as session:
        replay = session.replay(played.scenario, played.schedule, defect=True, held=played.held)
    assert fork.was_late[0]
    assert isinstance(replay.outcome, Reproduced), replay


def test_a_slot_that_is_in_use_already_ends_the_replay(newest_session: Session) -> None:
    played = play_of("context_life_cycle", 1)
    early = tuple(
        None if held is None else {**held, "bgworkers.slot[0].in_use": "True"}
        for held in played.held
    )
    replay = newest_session.replay(played.scenario, played.schedule, defect=True, held=early)
    assert replay.outcome == Diverged(
        2,
        "after leader.create_queues.create_queue bgworkers.slot[0].in_use is True in the model, "
        "and in use is 0 on the server",
    )


def test_a_place_that_the_model_has_not_is_the_users_mistake(newest_session: Session) -> None:
    played = play_of("relaunch", 0)
    nothing: tuple[Holding, ...] = ({},) * len(played.schedule)
    with pytest.raises(UserError, match=r"compares mq\.sender, which"):
        newest_session.replay(played.scenario, played.schedule, defect=True, held=nothing)
