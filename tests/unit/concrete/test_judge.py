from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)
from modelcheck.concrete.postgres import (
    Crash,
    ErrorText,
    Hang,
    Outlived,
    Scenario,
    WrongRows,
    load_scenarios,
)
from modelcheck.concrete.postgres.client import Fault
from modelcheck.concrete.postgres.judge import Ending, judge, judge_control, judge_stopped
from modelcheck.concrete.postgres.stage import Waited
from modelcheck.replays import is_confirmed
from modelcheck.report.outcomes import replay_words
from modelcheck.trace import Instance, Transition

REAL = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach_postgres.py"
SCENARIO: Scenario = load_scenarios(REAL)[0]
LOST = Fault("55000", "lost connection to parallel worker")

RIGHT = Ending(Waited.REACHED, SCENARIO.rows, None, lost=False, wait_event="")
FAILED = replace(RIGHT, rows=(), fault=LOST)
OTHER = replace(RIGHT, rows=(), fault=Fault("XX000", "something else"))
WRONG = replace(RIGHT, rows=(("1", "1", "1"),))
GONE = replace(RIGHT, lost=True)
HANGS = Ending(Waited.BLOCKED, (), None, lost=False, wait_event="IPC / ParallelFinish")
SLOW = Ending(Waited.LATE, (), None, lost=False, wait_event="")


def steps(*names: tuple[int, str]) -> tuple[Transition, ...]:
    return tuple(Transition(Instance("worker", index), label) for index, label in names)


HARMFUL = steps((0, "attach"), (0, "send_terminate"), (0, "detach"))
HARMLESS = steps((0, "send_terminate"), (2, "send_terminate"), (0, "detach"))


@pytest.mark.parametrize(
    ("schedule", "ending", "violating", "expected"),
    [
        (HARMFUL, FAILED, True, Reproduced),
        (HARMFUL, RIGHT, True, Diverged),
        (HARMFUL, OTHER, True, Diverged),
        (HARMFUL, WRONG, True, Diverged),
        (HARMFUL, GONE, True, Diverged),
        (HARMFUL, HANGS, True, Diverged),
        (HARMFUL, SLOW, True, Diverged),
        (HARMLESS, RIGHT, True, Benign),
        (HARMLESS, FAILED, True, Diverged),
        (HARMFUL, RIGHT, False, Benign),
        (HARMFUL, FAILED, False, Diverged),
        (HARMFUL, WRONG, False, Diverged),
    ],
)
def test_the_outcome_follows_from_ending_and_expectation(
    schedule: tuple[Transition, ...],
    ending: Ending,
    expected: type[Outcome],
    *,
    violating: bool,
) -> None:
    assert isinstance(judge(SCENARIO, schedule, ending, violating=violating), expected)


def test_a_hang_is_a_symptom_where_it_is_expected() -> None:
    hanging = replace(SCENARIO, symptom=Hang(("ParallelFinish",)))
    outcome = judge(hanging, HARMFUL, HANGS, violating=True)
    assert outcome == Reproduced("the query hangs in IPC / ParallelFinish")
    elsewhere = replace(hanging, symptom=Hang(("BgWorkerShutdown",)))
    assert isinstance(judge(elsewhere, HARMFUL, HANGS, violating=True), Diverged)


def test_a_divergence_says_what_was_seen() -> None:
    outcome = judge(SCENARIO, HARMFUL, OTHER, violating=True)
    assert outcome == Diverged(
        3,
        "the schedule was forced, but not with the symptom: "
        "the query fails: ERROR: XX000: something else",
    )


@pytest.mark.parametrize(
    ("ending", "defect", "expected"),
    [
        (RIGHT, False, Benign),
        (FAILED, False, Diverged),
        (FAILED, True, Reproduced),
        (RIGHT, True, Diverged),
    ],
)
def test_a_control_may_be_forced_and_harmless(
    ending: Ending, expected: type[Outcome], *, defect: bool
) -> None:
    scenario = replace(SCENARIO, harmless="the map is there")
    outcome = judge(scenario, HARMFUL, ending, violating=True, defect=defect)
    assert isinstance(outcome, expected)


def test_wrong_rows_are_a_symptom_only_where_the_query_ends_well() -> None:
    scenario = replace(SCENARIO, symptom=WrongRows(WRONG.rows))
    outcome = judge(scenario, HARMFUL, WRONG, violating=True)
    assert outcome == Reproduced("the query gives the rows (('1', '1', '1'),)")
    for other in (FAILED, replace(WRONG, lost=True), replace(WRONG, rows=(("2",),))):
        assert isinstance(judge(scenario, HARMFUL, other, violating=True), Diverged)


def test_a_crash_is_of_the_right_process_and_takes_the_session_down() -> None:
    scenario = replace(SCENARIO, symptom=Crash("worker", 11))
    crashed = replace(GONE, crashes=(("worker", 11),))
    assert judge(scenario, HARMFUL, crashed, violating=True) == Reproduced(
        "a worker dies of SIGSEGV"
    )
    for other in (GONE, replace(crashed, lost=False), replace(GONE, crashes=(("leader", 11),))):
        assert isinstance(judge(scenario, HARMFUL, other, violating=True), Diverged)


def test_a_process_that_outlives_the_answer_is_a_symptom() -> None:
    scenario = replace(SCENARIO, symptom=Outlived("worker"), benign=())
    there = replace(RIGHT, outlived=("worker",))
    assert judge(scenario, HARMFUL, there, violating=True) == Reproduced(
        "the query is answered while a worker is still there"
    )
    for ending in (RIGHT, replace(WRONG, outlived=("worker",)), replace(RIGHT, outlived=("boss",))):
        assert isinstance(judge(scenario, HARMFUL, ending, violating=True), Diverged)


def test_a_control_may_end_in_the_error_that_the_scenario_names() -> None:
    scenario = replace(SCENARIO, refusal="something else", harmless="it is told")
    assert judge(scenario, HARMFUL, OTHER, violating=True, defect=False) == Benign(
        "the query fails: ERROR: XX000: something else, as predicted: it is told"
    )
    for ending in (RIGHT, FAILED):
        assert isinstance(judge(scenario, HARMFUL, ending, violating=True, defect=False), Diverged)


def test_a_step_that_ends_in_that_error_is_prevented() -> None:
    scenario = replace(SCENARIO, refusal="something else")
    hitch = Diverged(3, "the query has ended")
    why = "the server refuses worker[0].detach: ERROR: XX000: something else"
    assert judge_control(scenario, HARMFUL, hitch, OTHER) == Prevented(3, why)
    assert judge_control(SCENARIO, HARMFUL, hitch, OTHER) == hitch
    assert judge_control(SCENARIO, HARMFUL, hitch, RIGHT) == hitch


def test_a_control_that_was_prevented_and_shows_the_symptom_has_failed() -> None:
    hitch = Prevented(3, "the leader sleeps")
    why = "without the defect too, ERROR: 55000: lost connection to parallel worker"
    assert judge_control(SCENARIO, HARMFUL, hitch, FAILED) == Diverged(
        3, f"{why}; the leader sleeps"
    )


def test_a_control_with_the_symptom_confirms_nothing() -> None:
    reproduced = judge(SCENARIO, HARMFUL, FAILED, violating=True)
    control = judge(SCENARIO, HARMFUL, FAILED, violating=True, defect=False)
    assert control == reproduced == Reproduced(f"ERROR: {LOST}")
    replays = tuple(Replay("PostgreSQL 18.4", one, reproduced, ()) for one in (True, False))
    assert is_confirmed(replays[:1])
    assert not is_confirmed(replays)
    assert not replay_words(replays[1]).is_as_hoped
    predicted = replace(SCENARIO, harmless="nobody relies on it")
    assert isinstance(judge(predicted, HARMFUL, FAILED, violating=True, defect=False), Diverged)


def test_a_symptom_may_have_several_texts() -> None:
    several = replace(SCENARIO, symptom=ErrorText("lost connection", ("something else",)))
    for ending in (FAILED, OTHER):
        assert isinstance(judge(several, HARMFUL, ending, violating=True), Reproduced)
    third = replace(RIGHT, rows=(), fault=Fault("XX000", "a third"))
    assert isinstance(judge(several, HARMFUL, third, violating=True), Diverged)


CLAIM = "worker[0] fails Assert(mq->mq_receiver == MyProc) at shm_mq.c:891"
ASSERTED = replace(RIGHT, rows=(), lost=True, asserted=CLAIM)


@pytest.mark.parametrize("schedule", [HARMFUL, HARMLESS])
def test_an_assertion_that_fails_is_a_symptom_whatever_was_predicted(
    schedule: tuple[Transition, ...],
) -> None:
    assert judge(SCENARIO, schedule, ASSERTED, violating=True) == Reproduced(
        f"{CLAIM}, and the server closes all sessions"
    )


def test_an_assertion_that_fails_in_a_control_or_without_a_violation_is_no_good() -> None:
    harmless = replace(SCENARIO, harmless="it is waited for")
    for scenario, violating, defect in ((SCENARIO, False, True), (harmless, True, False)):
        assert judge(scenario, HARMFUL, ASSERTED, violating=violating, defect=defect) == Diverged(
            3,
            f"no harm was predicted, yet {CLAIM}, and the server closes all sessions",
        )
    stopped = judge_control(SCENARIO, HARMFUL, Diverged(2, "it has ended"), ASSERTED)
    assert stopped == Diverged(
        2,
        f"without the defect too, {CLAIM}, and the server closes all sessions; it has ended",
    )


def test_a_schedule_that_an_assertion_cuts_short_is_not_judged() -> None:
    hitch = Diverged(3, "worker[0] ends before its detach is complete")
    assert judge_stopped(hitch, "") == hitch
    assert judge_stopped(hitch, CLAIM) == Unavailable(
        f"this build has assertions: at step 3 {CLAIM}; the schedule goes on where a build has none"
    )
