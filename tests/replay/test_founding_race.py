from __future__ import annotations

import pytest

from modelcheck.concrete.controller import Benign, Diverged, Prevented, Reproduced
from modelcheck.concrete.postgres import Scenario, Session
from modelcheck.errors import UserError
from modelcheck.trace import Transition
from tests.replay.schedules import (
    CORRECT,
    FOUNDING,
    FOUNDING_WITH_RECEIVE_IN_BETWEEN,
    HARMLESS,
    model,
    schedule,
    walk,
)

pytestmark = pytest.mark.postgres

TIMES = 20
SYMPTOM = "ERROR: 55000: lost connection to parallel worker"


def test_the_race_is_reproduced_every_time(session: Session, scenario: Scenario) -> None:
    for _ in range(TIMES):
        replay = session.replay(scenario, FOUNDING, defect=True)
        assert replay.outcome == Reproduced(SYMPTOM), replay
        assert len(replay.observations) == len(FOUNDING)
        assert replay.milliseconds < 1000


def test_the_race_is_reproduced_with_another_order_of_the_same_steps(
    session: Session, scenario: Scenario
) -> None:
    replay = session.replay(scenario, FOUNDING_WITH_RECEIVE_IN_BETWEEN, defect=True)
    assert replay.outcome == Reproduced(SYMPTOM)


def test_the_replay_tells_what_the_server_did(session: Session, scenario: Scenario) -> None:
    replay = session.replay(scenario, FOUNDING, defect=True)
    reinitialize, detach = replay.observations[-2:]
    skipped = "WaitForBackgroundWorkerShutdown skipped, returned BGWH_STOPPED (2)"
    assert reinitialize.notes[0] == skipped
    assert reinitialize.point == "shm_mq_create entry -> shm_mq_set_receiver return"
    before, assertion, after = detach.notes
    assert "receiver leader, sender nobody" in before
    assert before.endswith("detached 0")
    assert assertion == (
        "shm_mq_detach_internal: Assert(mq->mq_receiver == MyProc) would FAIL "
        "(MyProc is worker[0], sender is nobody, receiver is leader)"
    )
    assert after.endswith("detached 1")
    assert detach.failed_assertions == (
        "shm_mq_detach_internal: Assert(mq->mq_receiver == MyProc)",
    )
    raised = [line for line in replay.aftermath if line.startswith("leader: errfinish parallel.c:")]
    assert len(raised) == 1
    assert "client: row (2000, 2001000, 1)" in replay.aftermath
    assert "client: ERROR 55000: lost connection to parallel worker" in replay.aftermath
    assert "worker[0] exits with code 0" in replay.aftermath
    assert f"[{reinitialize.pid}] ERROR:  lost connection to parallel worker" in replay.log


def test_the_released_server_prevents_the_race_every_time(
    session: Session, scenario: Scenario
) -> None:
    for _ in range(TIMES):
        replay = session.replay(scenario, FOUNDING, defect=False)
        assert isinstance(replay.outcome, Prevented), replay
        assert replay.outcome.step == 9
        why = replay.outcome.why.lower()
        assert "leader sleeps in waitforbackgroundworkershutdown" in why
        assert "wait event ipc / bgworkershutdown" in why
        assert "worker[0] before its detach" in why
        assert "client: row (2000, 2001000, 2)" in replay.aftermath


def test_a_late_detach_is_harmless_as_predicted(session: Session, scenario: Scenario) -> None:
    replay = session.replay(scenario, HARMLESS, defect=True)
    assert isinstance(replay.outcome, Benign), replay
    assert "as predicted" in replay.outcome.why
    assert "would FAIL" in " ".join(replay.observations[-1].notes)


def test_a_correct_schedule_is_forced_to_its_end(session: Session, scenario: Scenario) -> None:
    replay = session.replay(scenario, CORRECT, defect=False, violating=False)
    assert isinstance(replay.outcome, Benign), replay
    assert "violates nothing" in replay.outcome.why
    assert [seen.transition for seen in replay.observations] == list(CORRECT)


def test_a_correct_schedule_that_is_called_violating_is_a_finding(
    session: Session, scenario: Scenario
) -> None:
    replay = session.replay(scenario, CORRECT, defect=False)
    assert isinstance(replay.outcome, Diverged)


@pytest.mark.parametrize("wait_for_exit", [True, False], ids=["repaired", "defective"])
def test_random_runs_of_the_model_are_runs_of_the_server(
    session: Session, scenario: Scenario, *, wait_for_exit: bool
) -> None:
    system = model(wait_for_exit=wait_for_exit)
    for seed in range(20):
        steps, violating = walk(system, seed)
        replay = session.replay(scenario, steps, defect=not wait_for_exit, violating=violating)
        expected: type[Reproduced | Benign] = Benign
        if violating and not any(one.holds(steps) for one in scenario.benign):
            expected = Reproduced
        assert isinstance(replay.outcome, expected), (" ".join(map(str, steps)), replay)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            "leader.launch leader.receive",
            "before its step launch, not before receive",
        ),
        ("worker[0].attach", "no process has come to play worker[0]; held are leader before"),
        ("leader.launch worker[0].attach worker[1].attach", "no process has come to play worker"),
    ],
)
def test_a_wrong_order_is_a_divergence(
    session: Session, scenario: Scenario, steps: str, why: str
) -> None:
    # Without the defect: with it, the race may come by itself once everybody is let go.
    replay = session.replay(scenario, schedule(steps), defect=False)
    assert isinstance(replay.outcome, Diverged), replay
    assert replay.outcome.step == len(steps.split())
    assert why in replay.outcome.why
    assert "client: row (2000, 2001000, 2)" in replay.aftermath


@pytest.mark.parametrize(
    "steps", ["leader.sleep", "postmaster.fork", "worker.attach", "leader[1].launch"]
)
def test_a_step_without_counterpart_is_refused(
    session: Session, scenario: Scenario, steps: str
) -> None:
    wrong: tuple[Transition, ...] = schedule(steps)
    with pytest.raises(UserError, match="step 1"):
        session.replay(scenario, wrong, defect=True)
