import re
from dataclasses import replace

import pytest

from modelcheck.concrete.controller import Diverged, Replay, Unavailable
from modelcheck.report import text
from tests.unit.report.founding import finding

SUMMARY = """\
specs/parallel/reinitialize_before_detach.py:18: violated: detaching a queue of somebody else
   worker[0].detach, 10 steps, shortest possible; 559 states in all
   with NWORKERS=2, NLAUNCHES=2, WAIT_FOR_EXIT=False

    1  leader     launch          status[0]: NOT_STARTED -> STARTED
    2  leader     launch          status[1]: NOT_STARTED -> STARTED
    3  worker[0]  attach          mq[0].sender: None -> 0
    4  worker[0]  send_terminate  mq[0].ring: [] -> [TERMINATE]
    5  leader     receive         mq[0].detached: False -> True, mq[0].ring: [TERMINATE] -> []
    6  worker[1]  attach          mq[1].sender: None -> 1
    7  worker[1]  send_terminate  mq[1].ring: [] -> [TERMINATE]
    8  leader     receive         mq[1].detached: False -> True, mq[1].ring: [TERMINATE] -> []
    9  leader     reinitialize    mq[0].sender: 0 -> None, mq[0].detached: True -> False
   10  worker[0]  detach          assert s.mq[slot].sender == me    (None == 0)

   Step 9 (leader.reinitialize) races with step 10 (worker[0].detach): the one writes mq[0].sender,
   the other relies on it.

   Step 10 (worker[0].detach) came after step 9 (leader.reinitialize): had it come before, nothing
   would have failed, and the run could have come to a good end.

   Step 9 (leader.reinitialize) is the point of no return: every continuation of it violates
   worker.detach. In its stead worker[0].detach or worker[1].detach could still have led to a good
   end.

   check:   modelcheck check specs/parallel/reinitialize_before_detach.py --set WAIT_FOR_EXIT=False
   replay:  modelcheck replay counterexamples/parallel/reinitialize_before_detach/\
wait_for_exit_false/worker.detach.itf.json"""

LANES = """\
       leader          worker[0]       worker[1]
    1  launch          |               |               status[0]: NOT_STARTED -> STARTED
                                                       # LaunchParallelWorkers()
    2  launch          |               |               status[1]: NOT_STARTED -> STARTED
                                                       # LaunchParallelWorkers()
    3  |               attach          |               mq[0].sender: None -> 0
                                                       # shm_mq_set_sender()
                                                       <- had waited for step 1
"""

END = """\
*   9  reinitialize    |               |               mq[0].sender: 0 -> None
                                                       mq[0].detached: True -> False
                                                       # ReinitializeParallelDSM()
!  10  |               detach          |               assert s.mq[slot].sender == me    (None == 0)
                                                       # shm_mq_detach_internal()

       * races with !, whose check fails. Without a step: worker[2], worker[3].

the state in which it ends
   mq[0].sender = None, mq[0].detached = False, mq[0].ring = [], mq[1].sender = 1
   mq[1].detached = True, mq[1].ring = [], status[0] = STARTED, status[1] = STARTED
   status[2] = NOT_STARTED, status[3] = NOT_STARTED
   leader at reinitialize (launch = 1, slot = 1), worker[0] at detach, worker[1] at detach
   worker[2] at attach, worker[3] at attach

PostgreSQL 18.4, with the defect re-introduced: Reproduced
   lost connection to parallel worker

    1  leader.launch  pid 4711, 2.1 ms
          LaunchParallelWorkers entry -> RegisterDynamicBackgroundWorker return
"""

CONTROL = """\
    8  leader.receive  pid 4711, 1.2 ms
          HandleParallelMessages entry -> shm_mq_detach return
          mq[1].detached = 1 in memory, as in the model
    9  leader.reinitialize  prevented here
   10  worker[0].detach  not taken

   then
          every process let go: the query returned (2000, 2001000, 2), no error
"""


def test_the_summary_is_the_difference_trace() -> None:
    assert text.summary(finding()) == SUMMARY


def test_the_whole_report_has_a_lane_for_each_process() -> None:
    shown = text.render(finding())
    assert LANES in shown
    assert END in shown
    assert CONTROL in shown


def test_without_replays_nothing_is_said_of_them() -> None:
    assert "PostgreSQL" not in text.render(finding(replayed=False))


def test_colour_changes_nothing_but_the_colour() -> None:
    colored = text.render(finding(), color=True)
    assert "\x1b[1;31m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == text.render(finding())
    assert re.sub("\x1b\\[[0-9;]*m", "", text.summary(finding(), color=True)) == SUMMARY


@pytest.mark.parametrize("width", [1, 40, 60, 80])
def test_a_narrow_terminal_loses_nothing(width: int) -> None:
    for shown in (text.render(finding(), width=width), text.summary(finding(), width=width)):
        words = " ".join(shown.split())
        assert "status[0]: NOT_STARTED -> STARTED" in words
        assert "assert s.mq[slot].sender == me (None == 0)" in words


def test_the_changes_fit_the_width() -> None:
    steps = text.summary(finding(), width=70).split("\n\n")[1]
    assert max(map(len, steps.splitlines())) <= 70


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        (Diverged(0, "no such point"), "Diverged\n   before the first step: no such point\n"),
        (Diverged(2, "a hang"), "Diverged\n   at step 2: a hang\n"),
        (Unavailable("no ptrace"), "Unavailable\n   no ptrace\n"),
    ],
)
def test_a_replay_that_failed_says_so(outcome: Diverged | Unavailable, shown: str) -> None:
    replay = Replay("PostgreSQL 18.4", defect=True, outcome=outcome, observations=())
    shown_text = text.render(replace(finding(), replays=(replay,)))
    assert f"PostgreSQL 18.4, with the defect re-introduced: {shown}" in shown_text
