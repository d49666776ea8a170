"""The leader's side of a parallel context: launch, wait, destroy, and what may throw on the way.

Models src/backend/access/transam/parallel.c as at 21e958c303 (2026); what was otherwise before is a
constant. One step is one region under a lock, one message of a queue, or one pass of a wait over
what it looks at; a message, its signal and the latch are one step. A wait ends when the latch is
set, and else when the postmaster has died or everybody is told to quit: WaitLatch() asks for its
latch first. An error or a cancel unwinds to `destroy`, as it does in AbortTransaction().
"""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Array, Between, Returns, one_of, wait_until

from .bgworker import (
    Bgworkers,
    Status,
    is_stopped,
    status_of,
    terminate,
    wait_and_register,
    will_never_run,
)
from .latch import Process, reset_latch, set_latch
from .parallel_context import Outcome, Version
from .shm_mq import NWORKERS, Message, ShmMq, Slot, create

NLAUNCHES = 2
VERSION: Version = Version.HEAD
NOTICES_FAILED_START: bool = True  # 2badb5afb8
TERMINATES_LAUNCHED_ONLY: bool = True  # df4685fb0c
WAITS_FOR_ATTACH: bool = False  # True: the leader does, as for an index build
ERRORS: bool = False  # True: whatever may throw an error in the leader does
LOSES_HANDLE: bool = False  # True: also palloc() of the handle, with its worker registered
CALLBACK_FAILS: bool = False  # True: also a callback of dsm_detach()
EXITS_WITH_POSTMASTER: bool = True  # cfdf4dc4fc: who waits for the workers' end
LEADER: Process = 0


class HasContext(Protocol):
    latch: Array[Process, bool]
    bgworkers: Bgworkers
    mq: Array[Slot, ShmMq]
    mapped: Array[Process, bool]
    next_number: Annotated[int, Between(0, NWORKERS)]
    pending: bool
    cancelled: bool
    holds_interrupts: bool
    error_mqh: Array[Slot, bool]
    launched: Array[Slot, Process | None]


def signal_leader(s: HasContext) -> None:
    """SendProcSignal(), and procsignal_sigusr1_handler() in the leader."""
    s.pending = True
    set_latch(s, LEADER)


def forget_queue(s: HasContext, i: Slot) -> None:
    """'X' has been read: shm_mq_detach(), and A and B0 forget who the worker was."""
    s.mq[i].detached = True
    s.error_mqh[i] = False
    if VERSION is Version.A or VERSION is Version.B0:
        s.launched[i] = None


def check_for_interrupts(s: HasContext) -> Outcome:
    """CHECK_FOR_INTERRUPTS(), with ProcessParallelMessages() in it."""
    if s.bgworkers.quits:
        return Outcome.QUIT  # quickdie(), which asks for no interrupts
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


def wait_for_wakeup(s: HasContext) -> Outcome:
    """WaitLatch(WL_LATCH_SET | WL_EXIT_ON_PM_DEATH): DONE if it was the latch."""
    wait_until(s.latch[LEADER] or s.bgworkers.postmaster_died or s.bgworkers.quits)
    if s.latch[LEADER]:
        return Outcome.DONE
    return Outcome.QUIT if s.bgworkers.quits else Outcome.POSTMASTER_DIED


def has_failed_to_start(s: HasContext, i: Slot) -> bool:
    process = s.launched[i]
    return (
        process is not None and s.error_mqh[i] and s.mq[i].sender is None and is_stopped(s, process)
    )


def is_known_attached(s: HasContext, i: Slot) -> bool:
    return s.launched[i] is None or not s.error_mqh[i] or s.mq[i].sender is not None


def wait_for_attach(s: HasContext) -> Returns[Outcome]:
    """WaitForParallelWorkersToAttach(): one pass over the workers for each look at interrupts."""
    if not WAITS_FOR_ATTACH:
        return Outcome.DONE
    while True:
        yield "check"
        outcome = check_for_interrupts(s)
        if outcome is not Outcome.DONE:
            return outcome
        for i in range(NWORKERS):
            yield "look"
            process = s.launched[i]
            if process is None or is_known_attached(s, i):
                continue
            status = status_of(s, process)
            if status is Status.STOPPED:
                return Outcome.FAILED_TO_INITIALIZE
            if status is Status.NOT_YET_STARTED:
                yield "wait"
                woken = wait_for_wakeup(s)
                if woken is not Outcome.DONE:
                    return woken

                yield "reset"
                reset_latch(s, LEADER)
        if all(is_known_attached(s, i) for i in range(NWORKERS)):
            return Outcome.DONE


def wait_for_finish(s: HasContext) -> Returns[Outcome]:
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
        wait_until(EXITS_WITH_POSTMASTER or s.latch[LEADER] or s.bgworkers.quits)
        woken = wait_for_wakeup(s)
        if woken is not Outcome.DONE:
            return woken

        yield "reset"
        reset_latch(s, LEADER)


def wait_for_exit(s: HasContext) -> Returns[Outcome]:
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
            woken = wait_for_wakeup(s)
            if woken is not Outcome.DONE:
                return woken

            yield "reset"
            reset_latch(s, LEADER)
    return Outcome.DONE


def create_queues(s: HasContext) -> Returns[Outcome]:
    """The end of InitializeParallelDSM(), or of ReinitializeParallelDSM()."""
    for i in range(NWORKERS):
        yield "create_queue"
        throws = False
        if ERRORS:
            throws = one_of((False, True))
        create(s, i)
        s.mq[i].receiver = LEADER
        if throws:  # shm_mq_attach()
            return Outcome.ERROR
        s.error_mqh[i] = True
    s.next_number = 0
    return Outcome.DONE


def launch(s: HasContext, first: Process) -> Returns[Outcome]:
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
                if LOSES_HANDLE:
                    yield "keep_handle"
                    throws = one_of((False, True))
                    if throws:
                        return Outcome.ERROR
                s.launched[i] = first + i
            else:
                failed = True
                s.error_mqh[i] = False
    return Outcome.DONE


def destroy(s: HasContext) -> Returns[Outcome]:
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
    throws = False
    if CALLBACK_FAILS:
        throws = one_of((False, True))
    s.mapped[LEADER] = False
    if LOSES_HANDLE:
        for i in range(NWORKERS):
            s.mq[i].detached = True  # by its callback: the loop above did not see it
    if throws:
        return Outcome.ERROR
    s.holds_interrupts = True
    outcome = yield from wait_for_exit(s)
    return outcome
