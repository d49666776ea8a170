"""The postmaster, as far as background workers go: it starts, reaps, reports, and takes no lock.

Models src/backend/postmaster/postmaster.c, and of bgworker.c what runs in the postmaster, as at
21e958c303 (2026); what was otherwise before is a constant. One step is one store that others can
see, with the private work before it. The postmaster turns to its duties in any order.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import Steps, one_of, wait_until

from .bgworker import NSLOTS, HasBgworkers, Life, RegisteredBgworker, SlotNumber, SlotPid
from .latch import Process, set_latch

FORK_FAILS: bool = True  # it may; False: it never does
MEMORY_FAILS: bool = False  # True: the postmaster may be out of memory when it copies a slot
REPORTS_NEVER_STARTED: bool = True  # bf740ce9e5: who is terminated before the start is dead
REPORTS_FAILED_FORK: bool = True  # 28724fd90d: the registrant is told
SHUTS_DOWN: bool = True  # False: nobody asks for it
CANCELS_AT_SHUTDOWN: bool = True  # 7519bd16d1
SIGUSR1_SETS_LATCH: bool = True  # db0f6cad48
DEAD_BEFORE_FREE: bool = True  # 30d8bad494: the barrier before `in_use := false`


class Duty(Enum):
    """What the postmaster turns to in its server loop."""

    STATE_CHANGE = auto()  # BackgroundWorkerStateChange()
    START = auto()  # maybe_start_bgworkers()
    REAP = auto()  # process_pm_child_exit()
    FORGET = auto()  # ForgetUnstartedBackgroundWorkers()
    CRASH = auto()  # HandleFatalError()


class FollowUp(Enum):
    """What the postmaster still has to store after it has judged a slot."""

    NONE = auto()
    NOTIFY = auto()
    FREE = auto()


def wait_while_alive(s: HasBgworkers) -> None:
    """Where the postmaster may have died: then it does nothing any more."""
    wait_until(not s.bgworkers.postmaster_died)


def fork(s: HasBgworkers, n: SlotNumber) -> None:
    """The child runs from now on, whatever the slot says."""
    s.bgworkers.entry[n].forked = True
    s.bgworkers.life[s.bgworkers.slot[n].worker] = Life.ALIVE


def serve(s: HasBgworkers) -> Steps:
    """One turn of the postmaster's server loop: one of its duties, if there is any."""
    yield "serve"
    wait_while_alive(s)
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
            if SHUTS_DOWN:
                yield from forget_unstarted(s)
        case Duty.CRASH:
            wait_until(not s.bgworkers.quits and any(x is Life.KILLED for x in s.bgworkers.life))
            s.bgworkers.quits = True


def is_startable(s: HasBgworkers, n: SlotNumber) -> bool:
    entry = s.bgworkers.entry[n]
    if not entry.known or entry.forked or s.bgworkers.quits:
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
        wait_while_alive(s)
        fails = False
        if MEMORY_FAILS and is_copied_next(s, n):
            fails = one_of((False, True))
        if fails:
            return  # the slot stays unknown until the next signal
        follow_up = note_change(s, n)
        if follow_up is FollowUp.NOTIFY:
            yield "notify"
            wait_while_alive(s)
            notify(s, s.bgworkers.slot[n].notify)
        elif follow_up is FollowUp.FREE:
            if REPORTS_NEVER_STARTED:
                yield from free_and_notify(s, n)
            else:
                yield from free(s, n)


def is_copied_next(s: HasBgworkers, n: SlotNumber) -> bool:
    slot = s.bgworkers.slot[n]
    refused = slot.terminate or (s.bgworkers.shuts_down and CANCELS_AT_SHUTDOWN)
    return slot.in_use and not s.bgworkers.entry[n].known and not refused


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
        wait_while_alive(s)
        s.bgworkers.slot[n].pid = SlotPid.RUNNING

        yield "notify"
        wait_while_alive(s)
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
        wait_while_alive(s)
        slot = s.bgworkers.slot[n]
        unstarted = s.bgworkers.entry[n].known and slot.pid is SlotPid.NOT_STARTED
        if unstarted:
            yield from free_and_notify(s, n)


def free(s: HasBgworkers, n: SlotNumber) -> Steps:
    """ForgetBackgroundWorker()."""
    yield "free"
    wait_while_alive(s)
    s.bgworkers.slot[n].in_use = False
    s.bgworkers.entry[n] = RegisteredBgworker()

    if not DEAD_BEFORE_FREE:
        yield "late_store"  # of `pid`, which the processor kept back until now
        wait_while_alive(s)
        s.bgworkers.slot[n].pid = SlotPid.DEAD


def free_and_notify(s: HasBgworkers, n: SlotNumber) -> Steps:
    """ForgetBackgroundWorker(), and the signal to whom the slot names before it is free."""
    registrant = s.bgworkers.slot[n].notify
    yield from free(s, n)

    yield "notify"
    wait_while_alive(s)
    notify(s, registrant)


def notify(s: HasBgworkers, registrant: Process) -> None:
    """kill(bgw_notify_pid, SIGUSR1): no flag goes with it, so its handler sets the latch only."""
    if SIGUSR1_SETS_LATCH:
        set_latch(s, registrant)


def shut_down(s: HasBgworkers) -> None:
    """PostmasterStateMachine() comes to PM_STOP_BACKENDS; no worker is started any more."""
    s.bgworkers.shuts_down = True
    s.bgworkers.forgets = CANCELS_AT_SHUTDOWN
