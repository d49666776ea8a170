from dataclasses import replace

from modelcheck.concrete.controller import Replay, Reproduced
from modelcheck.report.markdown import code, escaped, fenced, render
from tests.unit.report.founding import finding

HEAD = """\
# reinitialize before detach: detaching a queue of somebody else

**After 9 steps worker\\[0\\] takes its step detach, and its check fails: \
detaching a queue of somebody else (None == 0).**
Step 9 (leader.reinitialize) races with step 10 (worker\\[0\\].detach): \
the one writes mq\\[0\\].sender, the other relies on it.

`worker.detach` at `specs/parallel/reinitialize_before_detach.py:18`, with \
`NWORKERS=2, NLAUNCHES=2, WAIT_FOR_EXIT=False`. \
10 steps, shortest possible; 559 states in all; engine native.

## Why

* Step 10 (worker\\[0\\].detach) came after step 9 (leader.reinitialize): had it come before, \
nothing would have failed, and the run could have come to a good end.
* Step 9 (leader.reinitialize) is the point of no return: every continuation of it violates \
worker.detach. In its stead worker\\[0\\].detach or worker\\[1\\].detach could still have led \
to a good end.
* mq\\[0\\].sender is None at the beginning, then 0 by step 3 (worker\\[0\\].attach), \
then None by step 9 (leader.reinitialize).
* In the real system, leader.reinitialize is ReinitializeParallelDSM(); \
worker\\[0\\].detach is shm\\_mq\\_detach\\_internal().
* The spec models the code before commit 3a1f8611f2.

## The counterexample

| | process | step | stands for | what changed | spec |
|---:|---|---|---|---|---|
| 1 | `leader` | `launch` | `LaunchParallelWorkers()` | `status[0]: NOT_STARTED -> STARTED` | \
`reinitialize_before_detach.py:10` |
"""

LAST = (
    "| **10** | `worker[0]` | `detach` | `shm_mq_detach_internal()` "
    "| `assert s.mq[slot].sender == me (None == 0)` | `reinitialize_before_detach.py:17` |\n"
)


def test_the_report_has_a_row_for_each_step() -> None:
    shown = render(finding())
    assert shown.startswith(HEAD)
    assert LAST in shown
    assert "| 9 | `leader.reinitialize` | | prevented here | | |\n" in shown


def test_what_others_wrote_is_shown_as_it_is() -> None:
    assert escaped("a <b> & [c](d)\n*e*") == r"a \<b\> \& \[c\](d) \*e\*"
    assert code("a | b") == r"`a \| b`"
    assert code("a `b` c") == "`` a `b` c ``"
    assert code("") == ""
    assert fenced("```\nx") == "````text\n```\nx\n````"


def test_a_hostile_symptom_stays_text() -> None:
    replay = Replay(
        system="Postgres|QL",
        defect=True,
        outcome=Reproduced("<script>|"),
        observations=(),
        log="```\n<script>\n```\n",
    )
    shown = render(replace(finding(), replays=(replay,)))
    assert (
        "## Postgres\\|QL, with the defect re-introduced: Reproduced\n\n\\<script\\>\\|\n" in shown
    )
    assert "````text\n```\n<script>\n```\n````" in shown
