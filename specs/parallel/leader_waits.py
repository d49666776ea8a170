"""What a leader waits for, and what has to wake it: workers that never come, interrupts on hold.

Models a leader that runs a query or builds an index with one worker, from InitializeParallelDSM()
to the end of WaitForParallelWorkersToFinish(), src/backend/access/transam/parallel.c as at
21e958c303 (2026). A query waits there only. An index build waits before that on a condition
variable of its own until its worker has announced that it is through, _bt_parallel_heapscan() of
src/backend/access/nbtree/nbtsort.c. The leader may be called with interrupts on hold: a comparison
below a buffer lock runs a function, which runs a query. The worker may die before it has attached,
or fail and say so; the fork may fail, which looks the same.

One step is one region under a lock, or one message with its signal; checking for interrupts reads
the messages in one step, as in `context_life_cycle.py`. The condition variable is a flag, and a
latch that is set with it. Left out: several workers, cancels, and the finer grain of the queue.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B13, 9222c0d9ed | WAITS_FOR_ATTACH=False | an index build waits for a worker that never started |
| B15, b8df690492 | REFUSES_WORKERS=False | the leader never reads that its worker is done |

The hang of B15 cannot be cancelled, for the cancel is on hold as well; an immediate shutdown ends
it. ac04aa84a7 refused it in the planner, which does not help a plan that was made before.
WaitForParallelWorkersToAttach() spins, and does not sleep, while a worker that runs has not
attached; here it looks again when there is something to see.

`FALLS_SILENT=True` violates with all fixes in, and is live at 21e958c303. The message of 9222c0d9ed
is sure that an error comes soon where workers have attached and then exit uncleanly. With the order
of fa91d4c91f, the signal first and the mark second, the leader may look in between, and then sleeps
for good: in WaitForParallelWorkersToFinish(), as `message_queue.py` explains, and in an index build
(BUILDS_ONLY=True) on its condition variable as well. The order before, AT_EXIT=DETACH_AND_SIGNAL,
keeps the promise.

Faults: a fork fails, a worker dies early, fails, or falls silent. A cancel is what the leader waits
for no longer: `context_faults.py` and `attach.py` have it.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import Array, Returns, Spec, Steps, at, done, each, one_of, record, wait_until

from .common.latch import Process, reset_latch, set_latch, wait_latch
from .common.parallel_context import AtExit, Outcome

WAITS_FOR_ATTACH: bool = True  # 9222c0d9ed
REFUSES_WORKERS: bool = True  # b8df690492: if interrupts cannot be processed
AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker that has attached may exit without a last message
BUILDS_ONLY: bool = False  # True: there are no queries
LEADER: Process = 0


class Life(Enum):
    """Of the worker, as GetBackgroundWorkerPid() sees it."""

    NOT_LAUNCHED = auto()
    LAUNCHED = auto()
    STOPPED = auto()


class Message(Enum):
    """The one that the worker has sent."""

    NONE = auto()
    ERROR = auto()
    TERMINATE = auto()


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    holds_interrupts: bool = False
    worker: Life = Life.NOT_LAUNCHED
    exited: bool = False
    attached: bool = False
    announced: bool = False
    """Under the lock of the shared build state: this worker has scanned and sorted its share."""
    message: Message = Message.NONE
    detached: bool = False
    """The error queue, by the worker."""
    pending: bool = False
    error_mqh: bool = False
    outcome: Outcome = Outcome.NONE


spec = Spec("waits of a leader", Shared)


def signal_leader(s: Shared) -> None:
    s.pending = True
    set_latch(s, LEADER)


def fall_silent(s: Shared) -> Steps:
    """ParallelWorkerShutdown(), of a worker that has sent nothing."""
    if AT_EXIT is AtExit.SIGNAL_AND_DETACH:
        yield "signal_first"
        signal_leader(s)

    yield "detach"
    s.detached = True
    set_latch(s, LEADER)

    if AT_EXIT is AtExit.DETACH_AND_SIGNAL:
        yield "signal_last"
        signal_leader(s)


@spec.environment(fair="weak")
def worker(s: Shared) -> Steps:
    yield "start"
    wait_until(s.worker is Life.LAUNCHED)
    dies = one_of((False, True))
    if not dies:
        yield "attach"
        s.attached = True
        set_latch(s, LEADER)

        yield "work"
        silent = one_of(x for x in (False, True) if FALLS_SILENT or not x)
        fails = one_of((False, True))
        if not fails and not silent:
            s.announced = True
            set_latch(s, LEADER)  # ConditionVariableSignal()

        if silent:
            yield from fall_silent(s)
        else:
            yield "send"
            s.message = Message.ERROR if fails else Message.TERMINATE
            signal_leader(s)

    yield "exit"
    s.exited = True


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    yield "reap"
    wait_until(s.exited)
    s.worker = Life.STOPPED

    yield "notify"
    set_latch(s, LEADER)


def check_for_interrupts(s: Shared) -> Outcome:
    """CHECK_FOR_INTERRUPTS(), with ProcessParallelMessages() in it: NONE unless it throws."""
    if s.holds_interrupts or not s.pending:
        return Outcome.NONE
    s.pending = False
    if s.message is Message.ERROR:
        return Outcome.ERROR_OF_WORKER
    if s.message is Message.TERMINATE:
        s.error_mqh = False
    elif s.detached:
        return Outcome.LOST_CONNECTION
    return Outcome.NONE


def has_failed_to_start(s: Shared) -> bool:
    return s.error_mqh and s.worker is Life.STOPPED and not s.attached


def wait_for_attach(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToAttach()."""
    while True:
        yield "check"
        outcome = check_for_interrupts(s)
        if outcome is not Outcome.NONE:
            return outcome
        if not s.error_mqh or s.attached:
            return Outcome.NONE
        if has_failed_to_start(s):
            return Outcome.FAILED_TO_INITIALIZE

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


def wait_for_announcement(s: Shared) -> Returns[Outcome]:
    """ConditionVariableSleep() until the condition holds."""
    while True:
        yield "check"
        outcome = check_for_interrupts(s)
        if outcome is not Outcome.NONE or s.announced:
            return outcome

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


def wait_for_finish(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToFinish()."""
    while True:
        yield "check"
        outcome = check_for_interrupts(s)
        if outcome is not Outcome.NONE:
            return outcome
        if not s.error_mqh:
            return Outcome.DONE
        if has_failed_to_start(s):
            return Outcome.FAILED_TO_INITIALIZE

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


def wait_in_build(s: Shared) -> Returns[Outcome]:
    outcome = Outcome.NONE
    if WAITS_FOR_ATTACH:
        outcome = yield from wait_for_attach(s)
    if outcome is Outcome.NONE:
        outcome = yield from wait_for_announcement(s)
    return outcome


@spec.process
def leader(s: Shared) -> Steps:
    builds_index = one_of(builds for builds in (False, True) if builds or not BUILDS_ONLY)

    yield "initialize"
    on_hold = one_of(held for held in (False, True) if not held or not builds_index)
    s.holds_interrupts = on_hold

    yield "launch"
    if not s.holds_interrupts or not REFUSES_WORKERS:
        s.error_mqh = True
        s.worker = Life.LAUNCHED
    outcome = Outcome.NONE
    if builds_index:
        outcome = yield from wait_in_build(s)
    if outcome is Outcome.NONE:
        outcome = yield from wait_for_finish(s)

    yield "end"
    s.holds_interrupts = False
    s.outcome = outcome


@spec.eventually
def the_leader_goes_on(s: Shared) -> bool:
    return done(leader)


@spec.sometimes
def an_index_is_built(s: Shared) -> bool:
    return s.announced and s.outcome is Outcome.DONE


@spec.sometimes
def a_failed_start_is_noticed(s: Shared) -> bool:
    return s.outcome is Outcome.FAILED_TO_INITIALIZE


@spec.sometimes
def the_leader_works_alone(s: Shared) -> bool:
    return s.outcome is Outcome.DONE and s.worker is Life.NOT_LAUNCHED


@spec.sometimes
def an_index_build_waits_for_a_worker_that_runs(s: Shared) -> bool:
    return s.attached and at(leader, "wait_in_build.wait_for_announcement.wait")


spec.expect(states=227)
spec.expect(
    WAITS_FOR_ATTACH=False, violated=("the_leader_goes_on", "deadlock"), steps=10, states=176
)
spec.expect(
    REFUSES_WORKERS=False,
    violated=("the_leader_goes_on", "the_leader_works_alone", "deadlock"),
    steps=13,
    states=296,
)
spec.expect(FALLS_SILENT=True, violated=("the_leader_goes_on", "deadlock"), steps=14, states=366)
spec.expect(
    FALLS_SILENT=True,
    BUILDS_ONLY=True,
    violated=("the_leader_goes_on", "the_leader_works_alone", "deadlock"),
    steps=15,
    states=271,
)
spec.expect(FALLS_SILENT=True, AT_EXIT=AtExit.DETACH_AND_SIGNAL, states=319)
