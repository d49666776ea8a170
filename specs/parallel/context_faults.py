"""A parallel context under faults: whatever goes wrong, and wherever, everybody comes to an end.

The life cycle of `context_life_cycle.py`, with the same calls of the leader, slots and postmaster,
and with faults at every point. A registration fails for want of a slot; a fork fails; a worker
exits without a message before it has attached, or says that it has failed; a cancel strikes where
the leader looks for interrupts; and with ERRORS=True an error is thrown wherever something there
may throw. Cancels and errors unwind to DestroyParallelContext(). Besides, NMISFORTUNES of these
strike, between any two steps:

* A worker, or a process that has no part in this, is killed. The postmaster, when it reaps, sends a
  SIGQUIT to everybody, leaves the slots as they are, starts nobody, and makes shared memory anew
  when nobody is left: CleanupBackend(), HandleFatalError().
* The postmaster dies. Nobody starts, reaps or notifies any more; who sleeps on a latch wakes up.
  WaitForParallelWorkersToFinish() exits, and so aborts; WaitForParallelWorkersToExit() goes without
  (FATAL, "postmaster exited during a parallel transaction"). A worker may outlive its leader then,
  but no commit, and no abort that has come to its end.
* The server is shut down fast: a SIGTERM for everybody, and no new workers.

Grain and omissions are as there. SIGQUIT reaches the leader only where it waits or looks for
interrupts: until memory is made anew, nobody can tell who has stopped from who is slow. Larger
instances hold too: NWORKERS=2, NSLOTS=2, NLAUNCHES=1 (14,478,101 states) and ERRORS=True,
NMISFORTUNES=3 (2,129,682).

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B01, 3a1f8611f2 | VERSION=B0, SHUTS_DOWN=False | a worker detaches a queue of its successor |
| B02, 3a1f8611f2 | VERSION=A, NLAUNCHES=1 | the transaction commits, and a worker of it runs |
| 2.6, cfdf4dc4fc | EXITS_WITH_POSTMASTER=False, NLAUNCHES=1 | no postmaster: it never wakes |

VERSION=B with six more fixes taken away is 3a1f8611f2 as it was.

These violate with all fixes in, and are live at 21e958c303:

`FALLS_SILENT=True`: the hang that `message_queue.py` explains.

`WAITS_FOR_ATTACH=True`: an index build spins for ever when the postmaster dies after it has
reported a worker as started, and the worker has died before it attached. `attach.py` explains.

`LOSES_HANDLE=True`: RegisterDynamicBackgroundWorker() fills the slot and signals the postmaster,
and only then allocates the handle. If that palloc() throws "out of memory",
LaunchParallelWorkers() has not counted the worker: DestroyParallelContext() neither terminates it
nor waits for it, and the transaction ends before its worker. Usually the worker finds the segment
gone and exits; but where other workers still have it mapped it attaches, joins the lock group of a
leader that may have begun another transaction, and runs. It takes a failed malloc() at one place;
the handle could be allocated first.

`CALLBACK_FAILS=True`: a callback of dsm_detach() throws, as AllocateDir() may, that of a shared
file set ("exceeded maxAllocatedDescs"). DestroyParallelContext() has taken the context off the list
before, on purpose, and does not come to its wait; who aborts then has nothing to wait for.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    Returns,
    Spec,
    Steps,
    domain,
    each,
    one_of,
    record,
    wait_until,
)

from .common.bgworker import Bgworkers, Life, exit_process
from .common.context import (
    ERRORS,
    LEADER,
    NLAUNCHES,
    VERSION,
    create_queues,
    destroy,
    launch,
    signal_leader,
    wait_for_attach,
    wait_for_exit,
    wait_for_finish,
)
from .common.latch import Process, set_latch
from .common.misfortunes import KILLS, POSTMASTER_DIES, is_running, strike
from .common.parallel_context import AtExit, Outcome, Version
from .common.postmaster import serve
from .common.shm_mq import NWORKERS, Message, ShmMq, Slot

AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker that has attached may exit without a last message

Turn = Annotated[int, Below(NLAUNCHES)]
Worker = Annotated[int, Between(1, NWORKERS * NLAUNCHES)]


class End(Enum):
    """How the leader's transaction ends."""

    NONE = auto()
    COMMITTED = auto()
    ABORTED = auto()
    EXITED = auto()  # the session as well, in the middle of the abort
    QUIT = auto()


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    bgworkers: Bgworkers = Bgworkers()
    mq: Array[Slot, ShmMq] = each(ShmMq)
    mapped: Array[Process, bool] = each(False)
    """Who has the segment mapped; its reference count is how many."""
    next_number: Annotated[int, Between(0, NWORKERS)] = 0
    pending: bool = False
    """ParallelMessagePending of the leader; the signal takes no time here."""
    cancelled: bool = False
    holds_interrupts: bool = False
    error_mqh: Array[Slot, bool] = each(False)
    launched: Array[Slot, Process | None] = each(None)
    """Whose `bgwhandle` the context has for this slot."""
    finished: Array[Process, bool] = each(False)
    """This worker has sent an 'X'."""
    end: End = End.NONE
    restarted: bool = False
    """Shared memory was made anew."""


spec = Spec("a parallel context under faults", Shared)


@spec.environment(fair="weak")
def worker(s: Shared, me: Worker) -> Steps:
    i = (me - 1) % NWORKERS

    yield "map"
    wait_until(is_running(s, me))
    exits = one_of((False, True))
    if exits or not any(s.mapped):  # "could not map dynamic shared memory segment"
        exit_process(s, me)
        return
    s.mapped[me] = True

    yield "attach"
    wait_until(is_running(s, me))
    exits = one_of((False, True))
    if not exits:
        assert s.mq[i].sender is None, "a second sender"
        s.mq[i].sender = me
        set_latch(s, LEADER)

        yield "send"
        wait_until(is_running(s, me))
        may_fall_silent = FALLS_SILENT or s.bgworkers.postmaster_died
        silent = one_of(x for x in (False, True) if may_fall_silent or not x)
        fails = one_of(x for x in (False, True) if x or not s.bgworkers.sigterm[me])
        if not s.mq[i].detached and not silent:
            s.mq[i].ring.push(Message.ERROR if fails else Message.TERMINATE)
            s.finished[me] = not fails
            signal_leader(s)
        if AT_EXIT is AtExit.SIGNAL_AND_DETACH:
            yield "signal"
            wait_until(is_running(s, me))
            signal_leader(s)

        yield "detach"  # shm_mq_detach_internal()
        wait_until(is_running(s, me))
        assert s.mapped[me], "a queue that is not mapped"
        assert s.mq[i].sender == me, "detaching a queue of somebody else"
        s.mq[i].detached = True
        set_latch(s, LEADER)
        if AT_EXIT is AtExit.DETACH_AND_SIGNAL:
            yield "signal"
            wait_until(is_running(s, me))
            signal_leader(s)

    yield "unmap"
    wait_until(is_running(s, me))
    s.mapped[me] = False

    yield "exit"
    wait_until(is_running(s, me))
    exit_process(s, me)


@spec.environment(fair="weak")
def quickdie(s: Shared, me: Worker) -> Steps:
    """The SIGQUIT handler of a worker, between any two of its steps."""
    yield "quit"
    wait_until(s.bgworkers.quits and is_running(s, me))
    s.bgworkers.life[me] = Life.KILLED


@spec.environment
def fate(s: Shared) -> Steps:
    yield from strike(s)


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    while True:
        yield from serve(s)


@spec.environment(fair="weak")
def restart(s: Shared) -> Steps:
    """PostmasterStateMachine(), when the last child is gone."""
    yield "reinitialize"
    wait_until(s.bgworkers.quits and not s.bgworkers.postmaster_died and s.end is not End.NONE)
    wait_until(all(life is not Life.ALIVE for life in s.bgworkers.life))
    s.restarted = True


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    s.cancelled = True
    set_latch(s, LEADER)


def end_of(outcome: Outcome, of_destroy: Outcome) -> End:
    """Of the transaction, after `outcome` and what became of DestroyParallelContext() then."""
    if outcome is Outcome.QUIT or of_destroy is Outcome.QUIT:
        return End.QUIT
    if of_destroy is Outcome.POSTMASTER_DIED:
        return End.EXITED
    if outcome is Outcome.DONE and of_destroy is Outcome.DONE:
        return End.COMMITTED
    return End.ABORTED


def reinitialize(s: Shared) -> Returns[Outcome]:
    """What ReinitializeParallelDSM() waits for."""
    if NLAUNCHES == 1 or VERSION is Version.B0:
        return Outcome.DONE
    outcome = yield from wait_for_exit(s)
    return outcome


def work(s: Shared) -> Returns[Outcome]:
    """The leader's own part of the query."""
    if not ERRORS:
        return Outcome.DONE

    yield "work"
    throws = one_of((False, True))
    return Outcome.ERROR if throws else Outcome.DONE


def use_workers(s: Shared, turn: Turn) -> Returns[Outcome]:
    """From their launch to the moment when their last messages have been read."""
    outcome = yield from launch(s, 1 + turn * NWORKERS)
    if outcome is Outcome.DONE:
        outcome = yield from wait_for_attach(s)
    if outcome is Outcome.DONE:
        outcome = yield from work(s)
    if outcome is Outcome.DONE:
        outcome = yield from wait_for_finish(s)
    return outcome


@spec.process
def leader(s: Shared) -> Steps:
    outcome = Outcome.DONE

    yield "map"
    s.mapped[LEADER] = True
    for turn in range(NLAUNCHES):
        if turn > 0:
            outcome = yield from reinitialize(s)
        if outcome is Outcome.DONE:
            outcome = yield from create_queues(s)
        if outcome is Outcome.DONE:
            outcome = yield from use_workers(s, turn)
        if outcome is not Outcome.DONE:
            break

    yield "go_on"  # to commit or to abort
    of_destroy = Outcome.QUIT
    if outcome is not Outcome.QUIT:
        of_destroy = yield from destroy(s)

    yield "end"
    s.end = end_of(outcome, of_destroy)


@spec.eventually
def everybody_comes_to_an_end(s: Shared) -> bool:
    return s.end is not End.NONE and all(not is_running(s, w) for w in domain(Worker))


def is_cancelled(s: Shared) -> bool:
    return s.cancelled


def has_ended(s: Shared) -> bool:
    return s.end is not End.NONE


spec.leads_to(is_cancelled, has_ended)


@spec.always
def no_worker_outlives_the_transaction(s: Shared) -> bool:
    return not (s.end is End.COMMITTED or s.end is End.ABORTED) or all(
        not is_running(s, w) for w in domain(Worker)
    )


@spec.always
def a_commit_is_complete(s: Shared) -> bool:
    return s.end is not End.COMMITTED or all(
        s.finished[w] or s.bgworkers.handle[w] is None for w in domain(Worker)
    )


@spec.sometimes
def workers_of_all_launches_finish(s: Shared) -> bool:
    return s.end is End.COMMITTED and all(s.finished[w] for w in domain(Worker))


@spec.sometimes
def shared_memory_is_made_anew(s: Shared) -> bool:
    return s.restarted or not KILLS


@spec.sometimes
def a_worker_outlives_its_leader(s: Shared) -> bool:
    outlives = any(is_running(s, w) and s.mapped[w] for w in domain(Worker))
    return (s.end is End.EXITED and outlives) or not POSTMASTER_DIES


@spec.sometimes
def a_leader_aborts_while_its_worker_runs(s: Shared) -> bool:
    return s.holds_interrupts and any(is_running(s, w) for w in domain(Worker))


HANGS = "everybody_comes_to_an_end"
OUTLIVES = "no_worker_outlives_the_transaction"

spec.expect(states=131290)
spec.expect(ERRORS=True, states=201044)
spec.expect(
    VERSION=Version.B0,
    SHUTS_DOWN=False,
    violated=("worker.detach", OUTLIVES),
    steps=15,
    states=81839,
)
spec.expect(VERSION=Version.A, NLAUNCHES=1, violated=OUTLIVES, steps=15, states=40777)
spec.expect(
    VERSION=Version.B,
    NLAUNCHES=1,
    AT_EXIT=AtExit.NOTHING,
    NOTICES_FAILED_START=False,
    TERMINATES_LAUNCHED_ONLY=False,
    REPORTS_FAILED_FORK=False,
    UNUSED_IS_STOPPED=False,
    EXITS_WITH_POSTMASTER=False,
    violated=(HANGS, "is_cancelled_leads_to_has_ended", "leader.go_on", "deadlock"),
    steps=7,
    states=29227,
)
spec.expect(EXITS_WITH_POSTMASTER=False, NLAUNCHES=1, violated=HANGS, steps=7, states=40801)
spec.expect(FALLS_SILENT=True, NLAUNCHES=1, violated=HANGS, steps=24, states=53848)
spec.expect(WAITS_FOR_ATTACH=True, NLAUNCHES=1, violated=HANGS, steps=13, states=49507)
spec.expect(LOSES_HANDLE=True, NLAUNCHES=1, violated=OUTLIVES, steps=12, states=48033)
spec.expect(CALLBACK_FAILS=True, NLAUNCHES=1, violated=OUTLIVES, steps=15, states=52513)
