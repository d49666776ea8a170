"""Slots of background workers, their registrants, and the postmaster, which takes no locks.

Models src/backend/postmaster/bgworker.c and what postmaster.c does with it, for workers that are
never restarted, as at 21e958c303 (2026); what was otherwise before is a constant. One step is one
region under BackgroundWorkerLock, or one store of the postmaster that others can see. Filling a
free slot and `in_use := true` are one step: the lock keeps other registrants out, and the
postmaster does not look at a slot that is not in use. Left out: a worker whose exit status says
that it crashed (the whole server restarts), the limit `max_parallel_workers`, restarts, and
workers of other registrants than those of the spec.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated, Protocol

from modelcheck import Array, Below, Returns, Steps, each, one_of, record, wait_until

from .latch import NPROCESSES, Process, reset_latch, set_latch, wait_latch

NSLOTS = 1  # max_worker_processes
FORK_FAILS: bool = True  # it may; False: it never does
MEMORY_FAILS: bool = False  # True: the postmaster may be out of memory when it copies a slot
REPORTS_NEVER_STARTED: bool = True  # bf740ce9e5: who is terminated before the start is dead
UNUSED_IS_STOPPED: bool = True  # 28724fd90d: so is who has no slot any more
REPORTS_FAILED_FORK: bool = True  # 28724fd90d: the registrant is told
CANCELS_AT_SHUTDOWN: bool = True  # 7519bd16d1
SIGUSR1_SETS_LATCH: bool = True  # db0f6cad48
DEAD_BEFORE_FREE: bool = True  # 30d8bad494: the barrier before `in_use := false`
COMPARES_GENERATIONS: bool = True  # False: a handle is a slot number only

SlotNumber = Annotated[int, Below(NSLOTS)]
Generation = Annotated[int, Below(NPROCESSES)]


class SlotPid(Enum):
    """The field `pid` of a slot."""

    NOT_STARTED = auto()  # InvalidPid, -1
    RUNNING = auto()
    DEAD = auto()  # 0


class Status(Enum):
    """BgwHandleStatus."""

    NOT_YET_STARTED = auto()
    STARTED = auto()
    STOPPED = auto()


class Life(Enum):
    """What the operating system knows of a process."""

    UNBORN = auto()
    ALIVE = auto()
    ZOMBIE = auto()
    REAPED = auto()


class Duty(Enum):
    """What the postmaster turns to in its server loop."""

    STATE_CHANGE = auto()  # BackgroundWorkerStateChange()
    START = auto()  # maybe_start_bgworkers()
    REAP = auto()  # process_pm_child_exit()
    FORGET = auto()  # ForgetUnstartedBackgroundWorkers()


class FollowUp(Enum):
    """What the postmaster still has to store after it has judged a slot."""

    NONE = auto()
    NOTIFY = auto()
    FREE = auto()


@record
class BgworkerSlot:
    """BackgroundWorkerSlot: registrants fill it under the lock, then the postmaster owns it."""

    in_use: bool = False
    terminate: bool = False
    pid: SlotPid = SlotPid.DEAD
    generation: Generation = 0
    worker: Process = 0
    """Which process will run; `bgw_extra` tells it who it is."""
    notify: Process = 0
    """`bgw_notify_pid`: the registrant."""


@record
class RegisteredBgworker:
    """RegisteredBgWorker, private to the postmaster, and at the same index as its slot."""

    known: bool = False
    forked: bool = False
    terminate: bool = False
    crashed: bool = False


@record
class Handle:
    slot: SlotNumber = 0
    generation: Generation = 0


@record
class Bgworkers:
    slot: Array[SlotNumber, BgworkerSlot] = each(BgworkerSlot)
    entry: Array[SlotNumber, RegisteredBgworker] = each(RegisteredBgworker)
    handle: Array[Process, Handle | None] = each(None)
    """What the registrant of this worker keeps in private memory."""
    changed: bool = False
    """PMSIGNAL_BACKGROUND_WORKER_CHANGE, with its SIGUSR1 for the postmaster."""
    life: Array[Process, Life] = each(Life.UNBORN)
    sigterm: Array[Process, bool] = each(False)
    shuts_down: bool = False
    """pmState has come to PM_STOP_BACKENDS."""
    forgets: bool = False
    """ForgetUnstartedBackgroundWorkers() is yet to be called."""


class HasBgworkers(Protocol):
    latch: Array[Process, bool]
    bgworkers: Bgworkers


def register(s: HasBgworkers, worker: Process, me: Process) -> bool:
    """RegisterDynamicBackgroundWorker() under the lock; False if there is no free slot."""
    for n in range(NSLOTS):
        slot = s.bgworkers.slot[n]
        if not slot.in_use:
            slot.worker = worker
            slot.notify = me
            slot.pid = SlotPid.NOT_STARTED
            slot.generation += 1
            slot.terminate = False
            slot.in_use = True
            s.bgworkers.handle[worker] = Handle(n, slot.generation)
            return True
    return False


def signal_postmaster(s: HasBgworkers) -> None:
    """SendPostmasterSignal(PMSIGNAL_BACKGROUND_WORKER_CHANGE)."""
    s.bgworkers.changed = True


def status_of(s: HasBgworkers, worker: Process) -> Status:
    """GetBackgroundWorkerPid() with the handle of this worker, under the lock in shared mode."""
    handle = s.bgworkers.handle[worker]
    assert handle is not None, "a handle that was freed"
    slot = s.bgworkers.slot[handle.slot]
    pid = slot.pid
    if COMPARES_GENERATIONS and handle.generation != slot.generation:
        pid = SlotPid.DEAD
    if UNUSED_IS_STOPPED and not slot.in_use:
        pid = SlotPid.DEAD
    if pid is SlotPid.DEAD:
        return Status.STOPPED
    return Status.NOT_YET_STARTED if pid is SlotPid.NOT_STARTED else Status.STARTED


def is_stopped(s: HasBgworkers, worker: Process) -> bool:
    """Whether `status_of` is STOPPED, for who only asks that; a handle that is not there is not."""
    handle = s.bgworkers.handle[worker]
    return handle is not None and (
        s.bgworkers.slot[handle.slot].pid is SlotPid.DEAD
        or (COMPARES_GENERATIONS and s.bgworkers.slot[handle.slot].generation != handle.generation)
        or (UNUSED_IS_STOPPED and not s.bgworkers.slot[handle.slot].in_use)
    )


def will_never_run(s: HasBgworkers, worker: Process) -> bool:
    """Whether no process of this registration is there or can still come."""
    if s.bgworkers.life[worker] is Life.UNBORN:
        return all(
            slot.worker != worker or not slot.in_use or slot.pid is SlotPid.DEAD
            for slot in s.bgworkers.slot
        )
    return s.bgworkers.life[worker] is Life.REAPED


def mark_for_termination(s: HasBgworkers, worker: Process) -> bool:
    """TerminateBackgroundWorker() under the lock; True if the postmaster has to be signalled."""
    handle = s.bgworkers.handle[worker]
    assert handle is not None, "a handle that was freed"
    slot = s.bgworkers.slot[handle.slot]
    if COMPARES_GENERATIONS and handle.generation != slot.generation:
        return False
    if slot.in_use:
        assert slot.worker == worker, "a worker of somebody else is terminated"
    slot.terminate = True
    return True


def terminate(s: HasBgworkers, worker: Process) -> Steps:
    """TerminateBackgroundWorker()."""
    yield "mark"
    marked = mark_for_termination(s, worker)

    if marked:
        yield "signal_postmaster"
        signal_postmaster(s)


def wait_for_shutdown(s: HasBgworkers, worker: Process, me: Process) -> Steps:
    """WaitForBackgroundWorkerShutdown(): check, wait, reset. A cancel is not modelled here."""
    while True:
        yield "check"
        status = status_of(s, worker)
        if status is Status.STOPPED:
            assert will_never_run(s, worker), "a worker is called stopped that runs, or will run"
            return

        yield "wait"
        wait_latch(s, me)

        yield "reset"
        reset_latch(s, me)


def fork(s: HasBgworkers, n: SlotNumber) -> None:
    """The child runs from now on, whatever the slot says."""
    s.bgworkers.entry[n].forked = True
    s.bgworkers.life[s.bgworkers.slot[n].worker] = Life.ALIVE


def exit_process(s: HasBgworkers, worker: Process) -> None:
    """exit(): the kernel keeps the process until the postmaster has asked for its status."""
    s.bgworkers.life[worker] = Life.ZOMBIE


def serve(s: HasBgworkers) -> Steps:
    """One turn of the postmaster's server loop: one of its duties, if there is any."""
    yield "serve"
    duty = one_of(Duty)
    match duty:
        case Duty.STATE_CHANGE:
            wait_until(s.bgworkers.changed)
            s.bgworkers.changed = False
            yield from note_changes(s)
        case Duty.START:
            n = one_of(n for n in range(NSLOTS) if is_startable(s, n))
            yield from start_or_forget(s, n)
        case Duty.REAP:
            n = one_of(n for n in range(NSLOTS) if is_zombie(s, n))
            yield from reap(s, n)
        case Duty.FORGET:
            wait_until(s.bgworkers.forgets)
            s.bgworkers.forgets = False
            yield from forget_unstarted(s)


def is_startable(s: HasBgworkers, n: SlotNumber) -> bool:
    entry = s.bgworkers.entry[n]
    if not entry.known or entry.forked:
        return False
    return entry.terminate or entry.crashed or not s.bgworkers.shuts_down


def is_zombie(s: HasBgworkers, n: SlotNumber) -> bool:
    entry = s.bgworkers.entry[n]
    return (
        entry.known
        and entry.forked
        and (s.bgworkers.life[s.bgworkers.slot[n].worker] is Life.ZOMBIE)
    )


def note_changes(s: HasBgworkers) -> Steps:
    """BackgroundWorkerStateChange(): one pass over the slots."""
    for n in range(NSLOTS):
        yield "scan"
        fails = False
        if MEMORY_FAILS and s.bgworkers.slot[n].in_use and not s.bgworkers.entry[n].known:
            fails = one_of((False, True))
        if fails:
            return  # the slot stays unknown until the next signal
        follow_up = note_change(s, n)
        if follow_up is FollowUp.NOTIFY:
            yield "notify"
            notify(s, s.bgworkers.slot[n].notify)
        elif follow_up is FollowUp.FREE:
            if REPORTS_NEVER_STARTED:
                yield from free_and_notify(s, n)
            else:
                yield from free(s, n)


def note_change(s: HasBgworkers, n: SlotNumber) -> FollowUp:
    slot = s.bgworkers.slot[n]
    entry = s.bgworkers.entry[n]
    if not slot.in_use:
        return FollowUp.NONE
    if entry.known:
        if not slot.terminate or entry.terminate:
            return FollowUp.NONE
        entry.terminate = True
        if entry.forked:
            s.bgworkers.sigterm[slot.worker] = True
            return FollowUp.NONE
        if not REPORTS_NEVER_STARTED:
            return FollowUp.NONE
        slot.pid = SlotPid.DEAD
        return FollowUp.NOTIFY
    if s.bgworkers.shuts_down and CANCELS_AT_SHUTDOWN:
        slot.terminate = True
    if slot.terminate:
        if REPORTS_NEVER_STARTED and DEAD_BEFORE_FREE:
            slot.pid = SlotPid.DEAD
        return FollowUp.FREE
    entry.known = True
    return FollowUp.NONE


def start_or_forget(s: HasBgworkers, n: SlotNumber) -> Steps:
    """maybe_start_bgworkers(), for one entry; a fork that fails is forgotten by the next pass."""
    entry = s.bgworkers.entry[n]
    forgets = entry.terminate or entry.crashed
    crashed = entry.crashed and not entry.terminate
    works = True
    if FORK_FAILS and not forgets:
        works = one_of((True, False))
    if not forgets and not works:
        entry.crashed = True
        return
    if not forgets:
        fork(s, n)

        yield "report_pid"
        s.bgworkers.slot[n].pid = SlotPid.RUNNING

        yield "notify"
        notify(s, s.bgworkers.slot[n].notify)
    elif crashed and REPORTS_FAILED_FORK:
        yield from free_and_notify(s, n)
    else:
        yield from free(s, n)


def reap(s: HasBgworkers, n: SlotNumber) -> Steps:
    """CleanupBackend() and ReportBackgroundWorkerExit(), for a worker that did not crash."""
    s.bgworkers.entry[n].forked = False
    s.bgworkers.life[s.bgworkers.slot[n].worker] = Life.REAPED
    if DEAD_BEFORE_FREE:
        s.bgworkers.slot[n].pid = SlotPid.DEAD
    yield from free_and_notify(s, n)


def forget_unstarted(s: HasBgworkers) -> Steps:
    """ForgetUnstartedBackgroundWorkers()."""
    for n in range(NSLOTS):
        yield "look"
        slot = s.bgworkers.slot[n]
        unstarted = s.bgworkers.entry[n].known and slot.pid is SlotPid.NOT_STARTED
        if unstarted:
            yield from free_and_notify(s, n)


def free(s: HasBgworkers, n: SlotNumber) -> Steps:
    """ForgetBackgroundWorker()."""
    yield "free"
    s.bgworkers.slot[n].in_use = False
    s.bgworkers.entry[n] = RegisteredBgworker()

    if not DEAD_BEFORE_FREE:
        yield "late_store"  # of `pid`, which the processor kept back until now
        s.bgworkers.slot[n].pid = SlotPid.DEAD


def free_and_notify(s: HasBgworkers, n: SlotNumber) -> Steps:
    """ForgetBackgroundWorker(), and the signal to whom the slot names before it is free."""
    registrant = s.bgworkers.slot[n].notify
    yield from free(s, n)

    yield "notify"
    notify(s, registrant)


def notify(s: HasBgworkers, registrant: Process) -> None:
    """kill(bgw_notify_pid, SIGUSR1): no flag goes with it, so its handler sets the latch only."""
    if SIGUSR1_SETS_LATCH:
        set_latch(s, registrant)


def shut_down(s: HasBgworkers) -> None:
    """PostmasterStateMachine() comes to PM_STOP_BACKENDS; no worker is started any more."""
    s.bgworkers.shuts_down = True
    s.bgworkers.forgets = CANCELS_AT_SHUTDOWN


def wait_and_register(s: HasBgworkers, worker: Process, me: Process) -> Returns[bool]:
    """RegisterDynamicBackgroundWorker(), the signal to the postmaster included."""
    yield "register"
    registered = register(s, worker, me)

    if registered:
        yield "signal_postmaster"
        signal_postmaster(s)
    return registered
