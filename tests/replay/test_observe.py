"""Runs of a real server that nobody forces, held against the spec."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, Session
from modelcheck.concrete.scheduling import Scheduling, Strategy
from modelcheck.observations import Seen, Tally, cover, coverage_of, observe, subject
from modelcheck.trace import Instance, Transition
from tests.replay.schedules import CORRECT, SPECS, schedule

pytestmark = pytest.mark.postgres

RACE = str(SPECS / "reinitialize_before_detach.py")
QUEUE = str(SPECS / "message_queue.py")
RELAUNCH = str(SPECS / "relaunch.py")
SLOTS = str(SPECS / "bgworker_slots.py")
GREETED = "two launches of workers that greet"
FEW = 6
SECOND_FIRST = schedule(
    "leader.launch leader.launch worker[1].attach worker[1].send_terminate leader.receive"
)
"""The leader receives the message of the second worker, and there is none of the first."""

PARTED = (
    r" a run that is no behaviour of the spec; 24 of \d+ events match: leader\.launch,"
    r" leader\.launch, worker\[1\]\.attach, worker\[1\]\.send_terminate then leader completes"
    r" receive, but in the spec leader stands before receive, where"
    r" wait_until\(len\(mq\[slot\]\.ring\) > 0 or mq\[slot\]\.detached\) is false: 0 > 0 or"
    r" mq\[0\]\.detached is False the spec allows: worker\[0\]\.attach, worker\[1\]\.detach the"
    r" run ended with 2 rows "
)
"""Of a run whose second worker is received first; only what follows that is left to chance."""

PLANS = 15


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


@pytest.mark.parametrize(
    ("plan", "is_in_order"),
    [(CORRECT, True), (SECOND_FIRST, False)],
    ids=["first first", "second first"],
)
def test_a_leader_that_receives_in_order_is_not_that_of_the_server(
    session: Session, plan: tuple[Transition, ...], *, is_in_order: bool
) -> None:
    what = subject(RACE, {"RECEIVE_IN_ORDER": "True"}, name=None, defect=False)
    seen = observe(session, what, Scheduling(Strategy.PLAN, 1, plan=plan))
    assert isinstance(seen, Seen)
    assert seen.record.strayed is None
    assert seen.is_accepted == is_in_order, seen.validation
    mismatch = seen.validation.mismatch
    assert mismatch is None or str(mismatch.event) == "leader completes receive"


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
    coverage = coverage_of(what, most=1000)
    with Session(newest) as session:
        for seen in cover(session, what, coverage, seed=1, most=PLANS):
            assert isinstance(seen, Seen)
            assert seen.is_accepted, seen
    assert (len(coverage.wanted), coverage.graph.whole, coverage.plans) == (316, 316, 36)
    assert (coverage.asked, coverage.is_cut) == (PLANS, True)
    assert coverage.followed > 0
    assert len(coverage.seen) > 316 / 4
    assert len(coverage.seen) + len(coverage.missed) + len(coverage.unreached) == 316
    assert {edge[1].label for edge in coverage.missed} <= {"receive"}


def test_every_order_of_what_is_seen_of_two_launches_is_taken(newest: Installation) -> None:
    what = subject(RELAUNCH, {}, name="two launches", defect=False)
    coverage = coverage_of(what, most=1000)
    with Session(newest) as session:
        assert all(isinstance(seen, Seen) for seen in cover(session, what, coverage, seed=1))
    assert (len(coverage.seen), len(coverage.wanted), coverage.graph.whole) == (30, 30, 1102)
    assert (coverage.followed, coverage.asked, coverage.plans) == (3, 3, 3)


@pytest.mark.parametrize(
    ("spec", "names", "taken", "most"),
    [
        (QUEUE, ("one that finishes", "one that fails", "one that never attaches"), 37, 37),
        (SLOTS, ("a worker that is waited for",), 35, 38),
    ],
    ids=["message_queue", "bgworker_slots"],
)
def test_what_scenarios_take_together(
    newest: Installation, spec: str, names: tuple[str, ...], taken: int, most: int
) -> None:
    """All of it but for what the server does not do: the leader asks for its worker's exit late."""
    found = set()
    with Session(newest) as session:
        for name in names:
            what = subject(spec, {}, name=name, defect=False)
            coverage = coverage_of(what, most=1000)
            for seen in cover(session, what, coverage, seed=1):
                assert isinstance(seen, Seen)
                assert seen.is_accepted, seen
            found |= coverage.seen
            assert len(coverage.every) == most
    assert len(found) == taken


def test_a_value_that_the_spec_cannot_have_is_told_beside_its_own(newest: Installation) -> None:
    what = subject(RELAUNCH, {"MARKS_LAST": "False"}, name="two launches", defect=False)
    leader, worker = Instance("leader"), Instance("worker", 1)
    plan = (
        *(Transition(leader, label) for label in ("create", "set_receiver.lock.lock", "launch")),
        *(
            Transition(worker, label)
            for label in ("set_sender.lock.lock", "send_terminate", "signal_leader")
        ),
        Transition(leader, "wait_for_finish.read"),
        Transition(worker, "detach.lock.lock"),
    )
    with Session(newest) as session:
        seen = observe(session, what, Scheduling(Strategy.PLAN, 1, plan=plan))
    assert isinstance(seen, Seen)
    assert seen.record.decisions[: len(plan)] == plan
    mismatch = seen.validation.mismatch
    assert mismatch is not None
    assert str(mismatch.event) == "mq.detached is read: detached is 1 on the server"
    assert mismatch.why == "mq.detached is False in the model"
    assert mismatch.allowed == ("worker[1].detach.lock.lock",)


def test_the_verb_tells_where_a_run_and_the_spec_part(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = Scheduling(Strategy.PLAN, seed=7, plan=SECOND_FIRST)
    monkeypatch.setattr("modelcheck.cli.observe.Scheduling", lambda *_, **_others: planned)
    monkeypatch.chdir(SPECS)
    words = ["observe", Path(RACE).name, "--runs", "1", "--seed", "7", "--on", "18"]
    assert main([*words, "--set", "RECEIVE_IN_ORDER=True"]) == Status.VIOLATED
    said = " ".join(capsys.readouterr().out.split())
    assert "0 of 1 runs are behaviours of the spec; 1 distinct schedules, " in said
    assert re.search(PARTED, said), said
    again = "reinitialize_before_detach.py --set RECEIVE_IN_ORDER=True --scenario"
    assert f"again: modelcheck observe {again}" in said
