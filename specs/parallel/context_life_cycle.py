"""The life cycle of a parallel context: nobody outlives it, and its leader is never stuck.

Models src/backend/access/transam/parallel.c from InitializeParallelDSM() to the end of the
transaction, with the slots of background workers and the postmaster of `common/` at
their own grain, as at 21e958c303 (2026). The leader creates its queues, registers as many workers
as it likes and as there are slots, waits for them to finish, waits for them to exit, re-creates the
queues and launches again, and destroys the context. A fork may fail; a worker may die before it has
attached; it may fail, or be told to end, and says so; and a cancel may strike whenever the leader
looks for interrupts, also between the queues and the launch.

One step is one region under a lock, one message of a queue, or one pass of a wait over what it
looks at; a message, its signal and the latch are one step. The finer grain of the queue is the
subject of `message_queue.py`. Left out: what is copied into the segment, lock groups, tuple queues,
subtransactions, the shutdown and the crash of the server (so the postmaster never forgets a worker
that it has not started), and the death of the postmaster.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B01, 3a1f8611f2 | VERSION=B0 | a worker detaches a queue that was re-created under it |
| B02, 3a1f8611f2 | VERSION=A, NLAUNCHES=1 | the transaction ends, and a worker of it still runs |
| B12, 2badb5afb8 | NOTICES_FAILED_START=False | the leader waits for a worker that never attached |
| B12, 28724fd90d | REPORTS_FAILED_FORK=False | the leader is not told that the fork failed |
| B12, 28724fd90d | UNUSED_IS_STOPPED=False | it waits for a status that never changes |
| 2.9, df4685fb0c | TERMINATES_LAUNCHED_ONLY=False | cancelled before the launch: a NULL handle |
| 2.5, fa91d4c91f | FALLS_SILENT=True | a worker exits silently; the leader waits for ever |

In the two variants of 28724fd90d a cancel does not help: DestroyParallelContext() waits with
interrupts held, for a worker that will never be reported dead. That is the deadlock.

Here VERSION=B is the newest one: the two differ in the other constants. VERSION=A launches once.
B03 is in `worker_numbers.py`: NUMBERED_BY_LEADER=False takes NWORKERS=2, NLAUNCHES=1, NSLOTS=2.

FALLS_SILENT=True violates with all fixes in: the hang that `message_queue.py` explains, live at
21e958c303. Before fa91d4c91f (AT_EXIT=DETACH_AND_SIGNAL) there is none. A cancel ends it.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Between,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    each,
    one_of,
    record,
    wait_until,
)

from .common.bgworker import (
    Bgworkers,
    Life,
    Status,
    exit_process,
    is_stopped,
    status_of,
    terminate,
    wait_and_register,
    will_never_run,
)
from .common.latch import Process, reset_latch, set_latch, wait_latch
from .common.parallel_context import AtExit, Outcome, Version
from .common.postmaster import serve
from .common.shm_mq import NWORKERS, Message, ShmMq, Slot, create

NLAUNCHES = 2
VERSION: Version = Version.HEAD
NOTICES_FAILED_START: bool = True  # 2badb5afb8
TERMINATES_LAUNCHED_ONLY: bool = True  # df4685fb0c
NUMBERED_BY_LEADER: bool = True  # 64b2e7ad91
AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker may exit without a last message
LEADER: Process = 0

Worker = Annotated[int, Between(1, NWORKERS * NLAUNCHES)]


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    bgworkers: Bgworkers = Bgworkers()
    mq: Array[Slot, ShmMq] = each(ShmMq)
    mapped: Array[Process, bool] = each(False)
    """Who has the segment mapped; its reference count is how many."""
    next_number: Annotated[int, Between(0, NWORKERS)] = 0
    """`workers_attached`, before 64b2e7ad91."""
    pending: bool = False
    """ParallelMessagePending of the leader; the signal takes no time here."""
    cancelled: bool = False
    holds_interrupts: bool = False
    error_mqh: Array[Slot, bool] = each(False)
    launched: Array[Slot, Process | None] = each(None)
    """Whose `bgwhandle` the context has for this slot."""
    transaction_ended: bool = False


spec = Spec("life cycle of a parallel context", Shared)


def signal_leader(s: Shared) -> None:
    s.pending = True
    set_latch(s, LEADER)


@spec.environment(fair="weak")
def worker(s: Shared, me: Worker) -> Steps:
    i = (me - 1) % NWORKERS

    yield "map"
    wait_until(s.bgworkers.life[me] is Life.ALIVE)
    dies = one_of((False, True))
    if dies or not any(s.mapped):  # "could not map dynamic shared memory segment"
        exit_process(s, me)
        return
    s.mapped[me] = True

    yield "attach"
    dies = one_of((False, True))
    if not dies:
        if not NUMBERED_BY_LEADER:
            i = s.next_number
            s.next_number += 1
        assert s.mq[i].sender is None, "a second sender"
        s.mq[i].sender = me
        set_latch(s, LEADER)

        yield "send"
        silent = one_of(x for x in (False, True) if FALLS_SILENT or not x)
        fails = one_of(x for x in (False, True) if x or not s.bgworkers.sigterm[me])
        if not s.mq[i].detached and not silent:
            s.mq[i].ring.push(Message.ERROR if fails else Message.TERMINATE)
            signal_leader(s)
        if AT_EXIT is AtExit.SIGNAL_AND_DETACH:
            yield "signal"
            signal_leader(s)

        yield "detach"  # shm_mq_detach_internal()
        assert s.mapped[me], "a queue that is not mapped"
        assert s.mq[i].sender == me, "detaching a queue of somebody else"
        s.mq[i].detached = True
        set_latch(s, LEADER)
        if AT_EXIT is AtExit.DETACH_AND_SIGNAL:
            yield "signal"
            signal_leader(s)

    yield "unmap"
    s.mapped[me] = False

    yield "exit"
    exit_process(s, me)


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    while True:
        yield from serve(s)


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    s.cancelled = True
    set_latch(s, LEADER)


def forget_queue(s: Shared, i: Slot) -> None:
    """'X' has been read: shm_mq_detach(), and A and B0 forget who the worker was."""
    s.mq[i].detached = True
    s.error_mqh[i] = False
    if VERSION is Version.A or VERSION is Version.B0:
        s.launched[i] = None


def check_for_interrupts(s: Shared) -> Outcome:
    """CHECK_FOR_INTERRUPTS(), with ProcessParallelMessages() in it."""
    if s.holds_interrupts:
        return Outcome.DONE
    if s.cancelled:
        return Outcome.CANCELLED
    if not s.pending:
        return Outcome.DONE
    s.pending = False
    for i in range(NWORKERS):
        if s.error_mqh[i] and s.launched[i] is not None:
            if len(s.mq[i].ring) > 0:
                message = s.mq[i].ring.pop()
                if message is Message.ERROR:
                    return Outcome.ERROR_OF_WORKER
                forget_queue(s, i)
            elif s.mq[i].detached:
                return Outcome.LOST_CONNECTION
    return Outcome.DONE


def has_failed_to_start(s: Shared, i: Slot) -> bool:
    process = s.launched[i]
    return (
        process is not None and s.error_mqh[i] and s.mq[i].sender is None and is_stopped(s, process)
    )


def wait_for_finish(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToFinish()."""
    while True:
        yield "check"
        outcome = check_for_interrupts(s)
        if outcome is not Outcome.DONE:
            return outcome
        if not any(s.error_mqh[i] and s.launched[i] is not None for i in range(NWORKERS)):
            return Outcome.DONE
        if NOTICES_FAILED_START and any(has_failed_to_start(s, i) for i in range(NWORKERS)):
            return Outcome.FAILED_TO_INITIALIZE

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


def wait_for_exit(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToExit()."""
    for i in range(NWORKERS):
        if NWORKERS > 1:
            yield "go_on"
        while s.launched[i] is not None:
            yield "check"
            process = s.launched[i]
            assert process is not None
            status = status_of(s, process)
            outcome = check_for_interrupts(s)
            if outcome is not Outcome.DONE:
                return outcome
            if status is Status.STOPPED:
                assert will_never_run(s, process), "a worker is called stopped that runs"
                s.launched[i] = None
                break

            yield "wait"
            wait_latch(s, LEADER)

            yield "reset"
            reset_latch(s, LEADER)
    return Outcome.DONE


def create_queues(s: Shared) -> Steps:
    """The end of InitializeParallelDSM(), or of ReinitializeParallelDSM()."""
    for i in range(NWORKERS):
        yield "create_queue"
        create(s, i)
        s.mq[i].receiver = LEADER
        s.error_mqh[i] = True
    s.next_number = 0


def launch(s: Shared, first: Process) -> Returns[Outcome]:
    """LaunchParallelWorkers(), for some or all of the workers that there is room for."""
    yield "decide"
    wanted = one_of(range(NWORKERS + 1))
    outcome = check_for_interrupts(s)
    if outcome is not Outcome.DONE:
        return outcome
    failed = False
    for i in range(NWORKERS):
        if NWORKERS > 1:
            yield "go_on"
        if i < wanted:
            registered = False
            if not failed:
                registered = yield from wait_and_register(s, first + i, LEADER)
            if registered:
                s.launched[i] = first + i
            else:
                failed = True
                s.error_mqh[i] = False
    return Outcome.DONE


def destroy(s: Shared) -> Steps:
    """DestroyParallelContext()."""
    if NWORKERS > 1:
        yield "unlink"  # private, but it keeps the steps of several workers apart
    for i in range(NWORKERS):
        if NWORKERS > 1:
            yield "go_on"
        process = s.launched[i]
        if s.error_mqh[i] and (process is not None or not TERMINATES_LAUNCHED_ONLY):
            assert process is not None, "a NULL handle is dereferenced"
            s.error_mqh[i] = False
            yield from terminate(s, process)

            yield "detach"
            s.mq[i].detached = True

    yield "unmap"
    s.mapped[LEADER] = False
    s.holds_interrupts = True
    yield from wait_for_exit(s)


@spec.process
def leader(s: Shared) -> Steps:
    yield "map"
    s.mapped[LEADER] = True
    for turn in range(NLAUNCHES):
        if turn > 0 and VERSION is not Version.B0:
            outcome = yield from wait_for_exit(s)
            if outcome is not Outcome.DONE:
                break
        yield from create_queues(s)
        outcome = yield from launch(s, 1 + turn * NWORKERS)
        if outcome is Outcome.DONE:
            outcome = yield from wait_for_finish(s)
        if outcome is not Outcome.DONE:
            break
    yield from destroy(s)

    yield "end_transaction"
    s.transaction_ended = True


@spec.eventually
def the_transaction_ends(s: Shared) -> bool:
    return s.transaction_ended


@spec.always
def no_worker_outlives_the_transaction(s: Shared) -> bool:
    return not s.transaction_ended or all(
        s.bgworkers.life[w] is not Life.ALIVE and not s.mapped[w] for w in domain(Worker)
    )


@spec.always
def a_queue_belongs_to_its_handle(s: Shared) -> bool:
    return all(
        s.mq[i].sender is None or s.launched[i] is None or s.mq[i].sender == s.launched[i]
        for i in range(NWORKERS)
    )


@spec.sometimes
def a_worker_of_the_second_launch_finishes(s: Shared) -> bool:
    return any(
        len(s.mq[(w - 1) % NWORKERS].ring) > 0 and s.mq[(w - 1) % NWORKERS].sender == w
        for w in domain(Worker)
        if w > NWORKERS or NLAUNCHES == 1
    )


@spec.sometimes
def cancelled_while_a_worker_runs(s: Shared) -> bool:
    return s.holds_interrupts and any(s.bgworkers.life[w] is Life.ALIVE for w in domain(Worker))


@spec.sometimes
def the_second_launch_waits_for_the_first(s: Shared) -> bool:
    return at(leader, "wait_for_exit.wait") or NLAUNCHES == 1


HANGS = ("the_transaction_ends", "deadlock")

spec.expect(states=11676)
spec.expect(VERSION=Version.B, states=11676)
spec.expect(
    VERSION=Version.B0,
    violated=(
        "worker.detach",
        "no_worker_outlives_the_transaction",
        "the_second_launch_waits_for_the_first",
    ),
    steps=15,
    states=11375,
)
spec.expect(
    VERSION=Version.A,
    NLAUNCHES=1,
    violated="no_worker_outlives_the_transaction",
    steps=14,
    states=3610,
)
spec.expect(NOTICES_FAILED_START=False, violated="the_transaction_ends", steps=15, states=11366)
spec.expect(REPORTS_FAILED_FORK=False, violated=HANGS, steps=11, states=11548)
spec.expect(UNUSED_IS_STOPPED=False, violated=HANGS, steps=15, states=11510)
spec.expect(
    TERMINATES_LAUNCHED_ONLY=False,
    violated=("leader.launch.decide", "leader.wait_for_finish.check"),
    steps=4,
    states=11643,
)
spec.expect(FALLS_SILENT=True, violated="the_transaction_ends", steps=24, states=13053)
spec.expect(FALLS_SILENT=True, AT_EXIT=AtExit.DETACH_AND_SIGNAL, states=12048)
