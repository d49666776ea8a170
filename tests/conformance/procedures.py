"""Procedures in every shape: several callers, chains of calls, loops, values, waits; no choices."""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    Queue,
    Returns,
    Spec,
    Steps,
    domain,
    each,
    queue,
    record,
    wait_until,
)

Me = Annotated[int, Below(2)]
Count = Annotated[int, Below(40)]


class Mode(Enum):
    SHARED = auto()
    EXCLUSIVE = auto()


@record
class Lock:
    owner: Me | None = None
    mode: Mode = Mode.SHARED


@record
class Shared:
    lock: Lock = Lock()
    locks: Array[Mode, Lock] = each(Lock)
    total: Count = 0
    row: Array[Me, Count] = each(0)
    ring: Queue[Me] = queue(capacity=2)
    found: Me | None = None


spec = Spec("procedures", Shared)


def is_free(lock: Lock) -> bool:
    return lock.owner is None


def add(s: Shared, me: Me, amount: int) -> Returns[bool]:
    """Its parameter is a constant here and a computed value there."""
    yield "read"
    seen = s.row[me]

    yield "write"
    if seen + amount > 12:
        return False
    s.row[me] = seen + amount
    return True


def acquire(s: Shared, me: Me, mode: Mode) -> Returns[bool]:
    yield "try_lock"
    lock = s.lock
    if is_free(lock):
        lock.owner = me
        lock.mode = mode
        return True

    yield "sleep"
    wait_until(is_free(s.lock))
    s.lock.owner = me
    s.lock.mode = mode
    return False


def release(s: Shared, me: Me) -> Steps:
    if s.lock.mode is Mode.SHARED:
        yield "shared"
        s.total += 1
    yield "drop"
    assert s.lock.owner == me
    s.lock = Lock()


def locked_add(s: Shared, me: Me, mode: Mode, amount: int) -> Returns[bool]:
    """Calls others, one of them at two places, and hands a value on."""
    at_once = yield from acquire(s, me, mode)
    if not at_once:
        yield from add(s, me, 1)
    done = yield from add(s, me, amount)
    yield from release(s, me)
    return done


def first(s: Shared, me: Me) -> Returns[Me | None]:
    """Ends by way of `return (yield from ...)`, and with None."""
    yield "look"
    if s.found is None:
        s.found = me
        return None
    return (yield from second(s, me))


def second(s: Shared, me: Me) -> Returns[Me | None]:
    yield "again"
    return s.found


def drain(s: Shared, limit: Annotated[int, Between(1, 3)]) -> Returns[Count]:
    """A loop with steps in it, left by its condition, by break and by return."""
    taken: Count = 0
    while len(s.ring) > 0:
        yield "take"
        if len(s.ring) == 0:
            break
        s.ring.pop()
        taken += 1
        if taken == limit:
            return taken
    return taken


@spec.process
def worker(s: Shared, me: Me) -> Steps:
    """The value of a procedure is a local, a place, or goes nowhere."""
    for mode in Mode:
        for amount in range(1, 3):
            fits = yield from locked_add(s, me, mode, amount)
            yield "noted"
            if fits:
                s.locks[mode].owner = me
            else:
                s.locks[mode].owner = None
    who = yield from first(s, me)
    yield "push"
    if who is not None:
        s.ring.push(who)
    yield "push_again"
    if len(s.ring) < 2:
        s.ring.push(me)
    s.row[me] = yield from drain(s, 1)
    count: Count = yield from drain(s, me + 2)
    yield "sum"
    s.total += count


@spec.process
def other(s: Shared) -> Steps:
    """Called before the first label, in a loop, and twice in a row."""
    for me in domain(Me):
        yield from add(s, me, me + 1)
    yield "wait"
    wait_until(len(s.ring) > 0)
    yield from drain(s, 2)
    yield from drain(s, 2)
    yield "end"
    s.total += 1
