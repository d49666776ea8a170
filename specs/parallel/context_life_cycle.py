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
subtransactions, and what `context_faults.py` has: errors of the leader, the shutdown and the crash
of the server, and the death of the postmaster.

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

Faults: a fork fails, a worker dies early, fails or is told to end, a cancel; all others in
`context_faults.py`, with the same code.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Between,
    Spec,
    Steps,
    at,
    domain,
    each,
    one_of,
    record,
    wait_until,
)

from .common.bgworker import Bgworkers, Life, exit_process
from .common.context import (
    LEADER,
    NLAUNCHES,
    VERSION,
    create_queues,
    destroy,
    launch,
    signal_leader,
    wait_for_exit,
    wait_for_finish,
)
from .common.latch import Process, set_latch
from .common.parallel_context import AtExit, Outcome, Version
from .common.postmaster import serve
from .common.shm_mq import NWORKERS, Message, ShmMq, Slot

NUMBERED_BY_LEADER: bool = True  # 64b2e7ad91
AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker may exit without a last message

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
