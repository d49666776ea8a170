"""Slots of background workers, and what registrants do with them, under a lock.

Models src/backend/postmaster/bgworker.c for workers that are never restarted, as at 21e958c303
(2026); what was otherwise before is a constant. One step is one region under BackgroundWorkerLock.
Filling a free slot and `in_use := true` are one step: the lock keeps other registrants out, and the
postmaster, who takes no lock, does not look at a slot that is not in use. If a worker crashes the
postmaster leaves its slot as it is, for all of shared memory will be made anew. Left out: the limit
`max_parallel_workers`, restarts, and workers of other registrants than those of the spec.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated, Protocol

from modelcheck import Array, Below, Returns, Steps, each, record, wait_until

from .latch import NPROCESSES, Process, reset_latch

NSLOTS = 1  # max_worker_processes
UNUSED_IS_STOPPED: bool = True  # 28724fd90d: so is who has no slot any more
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
    KILLED = auto()  # a zombie that has not cleaned up
    REAPED = auto()


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
    quits: bool = False
    """FatalError: a child has crashed, and everybody has got a SIGQUIT."""
    postmaster_died: bool = False


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
        wait_until(s.latch[me] or s.bgworkers.postmaster_died)
        if not s.latch[me]:
            return  # BGWH_POSTMASTER_DIED

        yield "reset"
        reset_latch(s, me)


def exit_process(s: HasBgworkers, worker: Process) -> None:
    """exit(): the kernel keeps the process until the postmaster has asked for its status."""
    s.bgworkers.life[worker] = Life.ZOMBIE


def wait_and_register(s: HasBgworkers, worker: Process, me: Process) -> Returns[bool]:
    """RegisterDynamicBackgroundWorker(), the signal to the postmaster included."""
    yield "register"
    registered = register(s, worker, me)

    if registered:
        yield "signal_postmaster"
        signal_postmaster(s)
    return registered
