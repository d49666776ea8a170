"""A parallel context under faults: whatever goes wrong, and wherever, everybody comes to an end.

The life cycle of `context_life_cycle.py`, with the same leader's calls, slots and postmaster, and
with a fault at every point. An error may be thrown in the leader wherever something there can fail,
and a cancel strikes where it looks for interrupts; both unwind to DestroyParallelContext(). A
registration fails for want of a slot, and a fork fails. A worker leaves by proc_exit() without a
message before it has attached, or says that it has failed. It may also be killed between any two of
its steps: then the postmaster, when it reaps, has everybody quit at once, takes no notice of slots
any more, and makes shared memory anew when nobody is left (HandleFatalError()). Or the postmaster
itself dies, between any two of its steps: nobody starts, reaps or notifies any more; who waits on a
latch sees it. A leader that sees it in WaitForParallelWorkersToFinish() exits and aborts on its
way, and from WaitForParallelWorkersToExit() it goes without (FATAL, "postmaster exited during a
parallel transaction"): workers may then outlive it, but not a commit or an abort of it.

The grain, and what is left out, is as there; besides, SIGQUIT reaches the leader where it looks for
interrupts or waits, which is no loss: until shared memory is made anew, who has stopped cannot be
told from who is slow. The leader goes on after an error with nothing but its abort.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B01, 3a1f8611f2 | VERSION=B0 | a worker detaches a queue that was re-created under it |
| B02, 3a1f8611f2 | VERSION=A, NLAUNCHES=1 | a transaction is committed, and a worker of it runs |
| B12, 2badb5afb8 | NOTICES_FAILED_START=False | the leader waits for who never attached |
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
from .common.parallel_context import AtExit, Outcome, Version
from .common.postmaster import SHUTS_DOWN, serve, shut_down
from .common.shm_mq import NWORKERS, Message, ShmMq, Slot

NMISFORTUNES = 1  # at most, of the kinds that follow
KILLS: bool = True
POSTMASTER_DIES: bool = True
AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker that has attached may exit without a last message
WAITS_FOR_ATTACH: bool = False  # True: as an index build does

Turn = Annotated[int, Below(NLAUNCHES)]
Worker = Annotated[int, Between(1, NWORKERS * NLAUNCHES)]


class End(Enum):
    """How the leader's transaction ends."""

    NONE = auto()
    COMMITTED = auto()
    ABORTED = auto()
    EXITED = auto()  # the session as well, in the middle of the abort
    QUIT = auto()


class Misfortune(Enum):
    A_PROCESS_IS_KILLED = auto()
    THE_POSTMASTER_DIES = auto()
    THE_SERVER_SHUTS_DOWN = auto()  # fast


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


def is_running(s: Shared, process: Process) -> bool:
    return s.bgworkers.life[process] is Life.ALIVE


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


def may_strike(s: Shared, misfortune: Misfortune, victim: Process) -> bool:
    match misfortune:
        case Misfortune.A_PROCESS_IS_KILLED:
            return KILLS and (victim == LEADER or is_running(s, victim))
        case Misfortune.THE_POSTMASTER_DIES:
            return POSTMASTER_DIES and victim == LEADER
        case Misfortune.THE_SERVER_SHUTS_DOWN:
            return SHUTS_DOWN and victim == LEADER


@spec.environment
def fate(s: Shared) -> Steps:
    """Strikes between any two steps; in place of the leader a process without a part is killed."""
    for _ in range(NMISFORTUNES):
        yield "strike"
        misfortune = one_of(Misfortune)
        victim = one_of(domain(Process))
        wait_until(may_strike(s, misfortune, victim))
        match misfortune:
            case Misfortune.A_PROCESS_IS_KILLED:
                s.bgworkers.life[victim] = Life.KILLED
            case Misfortune.THE_POSTMASTER_DIES:
                s.bgworkers.postmaster_died = True
            case Misfortune.THE_SERVER_SHUTS_DOWN:
                shut_down(s)
                terminate_all(s)


def terminate_all(s: Shared) -> None:
    """A SIGTERM for everybody."""
    s.cancelled = True
    set_latch(s, LEADER)
    for w in domain(Worker):
        s.bgworkers.sigterm[w] = s.bgworkers.sigterm[w] or is_running(s, w)


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


def use_workers(s: Shared, turn: Turn) -> Returns[Outcome]:
    """From their launch to the moment when their last messages have been read."""
    outcome = yield from launch(s, 1 + turn * NWORKERS)
    if WAITS_FOR_ATTACH:
        if outcome is Outcome.DONE:
            outcome = yield from wait_for_attach(s)
    if ERRORS:
        if outcome is Outcome.DONE:
            yield "work"
            throws = one_of((False, True))
            if throws:
                outcome = Outcome.ERROR
    if outcome is Outcome.DONE:
        outcome = yield from wait_for_finish(s)
    return outcome


@spec.process
def leader(s: Shared) -> Steps:
    outcome = Outcome.DONE

    yield "map"
    s.mapped[LEADER] = True
    for turn in range(NLAUNCHES):
        if NLAUNCHES > 1 and VERSION is not Version.B0:
            if turn > 0:
                outcome = yield from wait_for_exit(s)
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


@spec.always
def a_worker_is_outlived_by_the_postmaster_or_by_all(s: Shared) -> bool:
    return s.end is not End.EXITED or s.bgworkers.postmaster_died


@spec.sometimes
def workers_of_all_launches_finish(s: Shared) -> bool:
    return s.end is End.COMMITTED and all(s.finished[w] for w in domain(Worker))


@spec.sometimes
def shared_memory_is_made_anew(s: Shared) -> bool:
    return s.restarted


@spec.sometimes
def a_worker_outlives_its_leader(s: Shared) -> bool:
    return s.end is End.EXITED and any(is_running(s, w) and s.mapped[w] for w in domain(Worker))


@spec.sometimes
def a_leader_aborts_while_its_worker_runs(s: Shared) -> bool:
    return s.holds_interrupts and any(is_running(s, w) for w in domain(Worker))
