"""Waiting for workers to attach: who waits sees a cancel, and the death of the postmaster.

Models WaitForParallelWorkersToAttach() of src/backend/access/transam/parallel.c (since 9222c0d9ed,
2018) as at 21e958c303 (2026), for a leader that has registered its workers: a parallel index build
calls it before it waits for all of them. Each worker is reported as started, and attaches, or it
dies before; or it cannot be forked. All this is announced by the postmaster with the latch. The
client may cancel. Then, and if a worker has failed, the leader terminates its workers and waits
until each is reported dead, with interrupts held. One step is one look at a worker, one report of
the postmaster, or one operation on the latch; the rest is in `context_faults.py`.

Two variants violate with all fixes in. Both are live at 21e958c303, and rare.

`MEMORY_FAILS=True`: the leader resets its latch and goes on to the next worker, and looks for
interrupts only when it has been through all of them. If it waits for the first worker when a cancel
comes, it takes the wake-up for the first worker's, and sleeps for the second with the cancel
pending. Usually it is woken soon, because each worker is reported as started or as failed; so a
cancel, or the error of another worker, only comes late. But the postmaster may have been out of
memory when it should have copied the registrations, and has then forgotten about them: it wakes
nobody until it is signalled (see `bgworker_slots.py`). There a cancel helps, for it signals the
postmaster; here a second one is needed. With one worker (NWORKERS=1) the first one does.

`POSTMASTER_DIES=True`: for a worker that is reported as started, and has not attached, the leader
does not wait at all: it looks again, as fast as it can, until the worker has attached or is
reported dead. If the worker dies before it attaches, and the postmaster before it has reaped it,
neither ever comes. No WaitLatch() is called that would see that the postmaster is gone, and
ProcessInterrupts() does not ask: the leader turns round for ever. A cancel ends it.

`CHECKS_EACH_TIME=True`, and `LOOKS_FOR_POSTMASTER=True`, are no versions: with the first the leader
looks for interrupts after each reset, with the second it asks for the postmaster where it spins.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    wait_until,
)

from .common.latch import Process, reset_latch, set_latch

NWORKERS = 2
MEMORY_FAILS: bool = False  # True: the postmaster may forget about registrations, until signalled
POSTMASTER_DIES: bool = False  # True: it may
CHECKS_EACH_TIME: bool = False  # True: CHECK_FOR_INTERRUPTS() after each ResetLatch()
LOOKS_FOR_POSTMASTER: bool = False  # True: also before a worker is looked at again
LEADER: Process = 0

Slot = Annotated[int, Below(NWORKERS)]


class Status(Enum):
    """BgwHandleStatus."""

    NOT_YET_STARTED = auto()
    STARTED = auto()
    STOPPED = auto()


class Worker(Enum):
    UNBORN = auto()
    ALIVE = auto()
    ATTACHED = auto()
    DEAD = auto()  # before it has attached
    LEFT = auto()  # after that


class Outcome(Enum):
    NONE = auto()
    ATTACHED = auto()
    FAILED_TO_INITIALIZE = auto()
    CANCELLED = auto()
    POSTMASTER_DIED = auto()


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    cancelled: bool = False
    status: Array[Slot, Status] = each(Status.NOT_YET_STARTED)
    worker: Array[Slot, Worker] = each(Worker.UNBORN)
    forgotten: bool = False
    """The postmaster was out of memory, and has not been signalled since."""
    terminated: bool = False
    postmaster_died: bool = False
    outcome: Outcome = Outcome.NONE


spec = Spec("waiting for workers to attach", Shared)


@spec.environment(fair="weak")
def worker(s: Shared, me: Slot) -> Steps:
    yield "attach"
    wait_until(s.worker[me] is Worker.ALIVE)
    dies = one_of((False, True))
    s.worker[me] = Worker.DEAD if dies else Worker.ATTACHED
    if not dies:
        set_latch(s, LEADER)

        yield "exit"  # when it is told to; what it does before does not matter here
        wait_until(s.terminated or s.postmaster_died)
        s.worker[me] = Worker.LEFT


def report(s: Shared, i: Slot, status: Status) -> Steps:
    yield "report"
    wait_until(not s.postmaster_died)
    s.status[i] = status

    yield "notify"
    wait_until(not s.postmaster_died)
    set_latch(s, LEADER)


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    """Each turn it starts a worker, or reaps one."""
    while True:
        yield "serve"
        i = one_of(domain(Slot))
        forks = one_of((True, False))
        wait_until(not s.postmaster_died and not s.forgotten)
        wait_until(s.status[i] is not Status.STOPPED)
        wait_until(s.worker[i] is not Worker.ALIVE and s.worker[i] is not Worker.ATTACHED)
        starts = s.worker[i] is Worker.UNBORN and forks and not s.terminated
        if starts:
            s.worker[i] = Worker.ALIVE
        elif s.worker[i] is Worker.UNBORN:
            s.worker[i] = Worker.DEAD
        yield from report(s, i, Status.STARTED if starts else Status.STOPPED)


@spec.environment
def fate(s: Shared) -> Steps:
    yield "strike"
    starves = one_of((False, True))
    wait_until(MEMORY_FAILS if starves else POSTMASTER_DIES)
    wait_until(not starves or (not s.terminated and all(w is Worker.UNBORN for w in s.worker)))
    if starves:
        s.forgotten = True
    else:
        s.postmaster_died = True


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    s.cancelled = True
    set_latch(s, LEADER)


def is_attached(s: Shared, i: Slot) -> bool:
    """`mq_sender`, which stays when the worker is gone."""
    return s.worker[i] is Worker.ATTACHED or s.worker[i] is Worker.LEFT


def wait_for_wakeup(s: Shared) -> bool:
    """WaitLatch(); False if it is the postmaster's death that ends it."""
    wait_until(s.latch[LEADER] or s.postmaster_died)
    return s.latch[LEADER]


def is_cancelled(s: Shared) -> bool:
    return s.cancelled


def wait_for_attach(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToAttach()."""
    while True:
        yield "check"
        if s.cancelled:
            return Outcome.CANCELLED
        for i in domain(Slot):
            yield "look"
            if is_attached(s, i):
                continue
            if s.status[i] is Status.STOPPED:
                return Outcome.FAILED_TO_INITIALIZE
            if s.status[i] is Status.STARTED:
                if LOOKS_FOR_POSTMASTER and s.postmaster_died:
                    return Outcome.POSTMASTER_DIED
                continue

            yield "wait"
            woken = wait_for_wakeup(s)
            if not woken:
                return Outcome.POSTMASTER_DIED

            yield "reset"
            reset_latch(s, LEADER)
            if CHECKS_EACH_TIME and is_cancelled(s):
                return Outcome.CANCELLED
        if all(is_attached(s, i) for i in domain(Slot)):
            return Outcome.ATTACHED


@spec.process
def leader(s: Shared) -> Steps:
    outcome = yield from wait_for_attach(s)

    yield "terminate"  # at once, or when its work is done
    s.outcome = outcome
    s.terminated = True
    s.forgotten = False
    for i in domain(Slot):
        while s.status[i] is not Status.STOPPED:
            yield "wait_for_exit"
            wait_until(s.status[i] is Status.STOPPED or s.postmaster_died)
            if s.postmaster_died:
                break


def has_ended(s: Shared) -> bool:
    return done(leader)


spec.leads_to(is_cancelled, has_ended)


@spec.always
def a_failed_start_has_a_reason(s: Shared) -> bool:
    return s.outcome is not Outcome.FAILED_TO_INITIALIZE or any(w is Worker.DEAD for w in s.worker)


@spec.eventually
def the_leader_goes_on(s: Shared) -> bool:
    return s.forgotten or done(leader)


@spec.sometimes
def all_have_attached(s: Shared) -> bool:
    return s.outcome is Outcome.ATTACHED


@spec.sometimes
def a_failed_start_is_noticed(s: Shared) -> bool:
    return s.outcome is Outcome.FAILED_TO_INITIALIZE


@spec.sometimes
def it_sleeps_with_a_cancel_pending(s: Shared) -> bool:
    sleeps = not s.latch[LEADER] and at(leader, "wait_for_attach.wait")
    return (s.cancelled and sleeps) or CHECKS_EACH_TIME or NWORKERS == 1


spec.expect(states=3788)
spec.expect(
    MEMORY_FAILS=True,
    violated=("is_cancelled_leads_to_has_ended", "deadlock"),
    steps=7,
    states=3816,
)
spec.expect(MEMORY_FAILS=True, NWORKERS=1, states=312)
spec.expect(MEMORY_FAILS=True, CHECKS_EACH_TIME=True, states=3397)
spec.expect(POSTMASTER_DIES=True, violated="the_leader_goes_on", steps=11, states=10881)
spec.expect(POSTMASTER_DIES=True, LOOKS_FOR_POSTMASTER=True, states=11561)
