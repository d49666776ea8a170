"""Condition variables: nobody sleeps through what it waits for, and who wakes others gets done.

Models src/backend/storage/lmgr/condition_variable.c as at 21e958c303 (2026); what was otherwise
before is a constant. Waiters want one item each; they prepare to sleep, look, and sleep until there
is one. A waker first wakes all for something else, as a barrier does that has several phases, and
then makes one item after the other and wakes one waiter for each. A waiter may be cancelled. The
waker may fail; then it tells all waiters to end, and makes nothing more.

One step is one region under the mutex of the condition variable, or one access to a latch or to
what is waited for. The list of waiters is a set here, and any of them is the first: to wake the
oldest is no promise. A sentinel is the set of those who were ahead of it. Left out: timeouts,
several condition variables for one process, and the death of the postmaster.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B130, 3f3d60d3bb | RESETS=AFTER, WAKER_FAILS=False | a waiter is neither in the list nor awake |
| B131, aced5a92bf | USES_SENTINEL=False | a broadcast wakes who joins again, for ever |
| B132, b91dd9de5e | FORWARDS=False | who was cancelled takes the wake-up of another with it |
| B133, 78aaa0e823 | RESETS=BEFORE | a SIGTERM's latch is reset before anybody looks |

With RESETS=BEFORE and a waker that does not fail there is nothing wrong: a wake-up that is reset
comes before its waiter has joined, and so before it looks.

Faults: a waiter is cancelled, and the waker fails. Both leave the list; who is killed takes
everybody along.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    FiniteSet,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    subset,
)

from .common.latch import Process, reset_latch, set_latch, wait_latch


class Resets(Enum):
    """When ConditionVariablePrepareToSleep() resets the latch."""

    AFTER = auto()  # after joining the list
    BEFORE = auto()  # 3f3d60d3bb
    NEVER = auto()  # 78aaa0e823


NWAITERS = 2
RESETS: Resets = Resets.NEVER
USES_SENTINEL: bool = True  # aced5a92bf
FORWARDS: bool = True  # b91dd9de5e
WAKER_FAILS: bool = True  # it may; False: it never does

Waiter = Annotated[int, Below(NWAITERS)]


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    waiting: FiniteSet[Waiter] = subset()
    """The list of the condition variable."""
    ahead: FiniteSet[Waiter] = subset()
    """Those before the sentinel of a broadcast."""
    items: Annotated[int, Between(0, NWAITERS)] = 0
    interrupted: Array[Waiter, bool] = each(False)
    cancelled: bool = False
    """One waiter was, by its client."""


spec = Spec("condition variables", Shared)


def leave_list(s: Shared, w: Waiter) -> None:
    s.waiting.discard(w)
    s.ahead.discard(w)


def signal(s: Shared) -> Steps:
    """ConditionVariableSignal()."""
    yield "pop"
    if len(s.waiting) > 0:
        w = one_of(s.waiting)
        leave_list(s, w)

        yield "set_latch"
        set_latch(s, w)


def broadcast(s: Shared) -> Steps:
    """ConditionVariableBroadcast()."""
    yield "put_sentinel"
    s.ahead = s.waiting
    while True:
        yield "pop"
        left = s.ahead if USES_SENTINEL else s.waiting
        if len(left) == 0:
            return
        w = one_of(left)
        leave_list(s, w)

        yield "set_latch"
        set_latch(s, w)


def prepare(s: Shared, me: Waiter) -> Steps:
    """ConditionVariablePrepareToSleep()."""
    if RESETS is Resets.BEFORE:
        yield "reset_first"
        reset_latch(s, me)

    yield "join"
    s.waiting.add(me)

    if RESETS is Resets.AFTER:
        yield "reset_last"
        reset_latch(s, me)


def sleep(s: Shared, me: Waiter) -> Returns[bool]:
    """ConditionVariableSleep(): False if it is interrupted."""
    while True:
        yield "wait"
        wait_latch(s, me)

        yield "reset"
        reset_latch(s, me)

        yield "check_for_interrupts"
        if s.interrupted[me]:
            return False

        yield "rejoin"
        if me not in s.waiting:
            s.waiting.add(me)
            return True


def cancel_sleep(s: Shared, me: Waiter) -> Steps:
    """ConditionVariableCancelSleep()."""
    yield "leave"
    signalled = me not in s.waiting
    leave_list(s, me)

    if signalled and FORWARDS:
        yield from signal(s)


@spec.process
def waiter(s: Shared, me: Waiter) -> Steps:
    yield "check_for_interrupts"
    if s.interrupted[me]:
        return
    yield from prepare(s, me)
    while True:
        yield "check"
        if s.items > 0:
            s.items -= 1
            break
        woken = yield from sleep(s, me)
        if not woken:
            break
    yield from cancel_sleep(s, me)


@spec.process
def waker(s: Shared) -> Steps:
    yield from broadcast(s)
    for _ in range(NWAITERS):
        yield "make"
        fails = one_of(x for x in (False, True) if WAKER_FAILS or not x)
        if fails:
            for w in domain(Waiter):
                s.interrupted[w] = True
                set_latch(s, w)
            return
        s.items += 1
        yield from signal(s)


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    s.interrupted[0] = True
    s.cancelled = True
    set_latch(s, 0)


@spec.eventually
def everybody_comes_to_an_end(s: Shared) -> bool:
    return done(waker) and all(done(waiter, w) for w in domain(Waiter))


@spec.sometimes
def a_wake_up_is_forwarded(s: Shared) -> bool:
    return s.items > 0 and at(waiter, 0, "cancel_sleep.signal.set_latch")


@spec.sometimes
def one_joins_again_behind_the_sentinel(s: Shared) -> bool:
    return len(s.ahead) > 0 and not s.waiting <= s.ahead


spec.expect(states=5196)
spec.expect(WAKER_FAILS=False, states=3583)
spec.expect(
    RESETS=Resets.AFTER,
    WAKER_FAILS=False,
    violated=("everybody_comes_to_an_end", "deadlock"),
    steps=14,
    states=7201,
)
spec.expect(USES_SENTINEL=False, violated="everybody_comes_to_an_end", steps=12, states=5196)
spec.expect(
    FORWARDS=False,
    violated=("everybody_comes_to_an_end", "a_wake_up_is_forwarded", "deadlock"),
    steps=14,
    states=4073,
)
spec.expect(
    RESETS=Resets.BEFORE, violated=("everybody_comes_to_an_end", "deadlock"), steps=8, states=6793
)
spec.expect(RESETS=Resets.BEFORE, WAKER_FAILS=False, states=4602)
