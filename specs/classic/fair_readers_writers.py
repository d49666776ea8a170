"""Readers and writers who are served in the order in which they come.

The module `ReadersWriters.tla` of the TLA+ examples, after P. J. Courtois, F. Heymans and D. L.
Parnas, "Concurrent control with readers and writers", CACM 14(10), 1971. One step is one whole
operation: to ask, to let in the first who waits, to stop. With `N=3` TLC's 21,527 distinct states
are reproduced (not below, it takes a while), and with it the verdict: all read and write again and
again.

`WRITERS_WAIT=False` lets writers in beside readers.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Below,
    FiniteSet,
    Queue,
    Spec,
    Steps,
    one_of,
    queue,
    record,
    subset,
    wait_until,
)

N = 2
WRITERS_WAIT: bool = True

Actor = Annotated[int, Below(N)]


class Wish(Enum):
    READ = auto()
    WRITE = auto()


@record
class Asked:
    wish: Wish = Wish.READ
    actor: Actor = 0


@record
class Shared:
    readers: FiniteSet[Actor] = subset()
    writers: FiniteSet[Actor] = subset()
    waiting: Queue[Asked] = queue(capacity=2 * N)


spec = Spec("fair readers and writers", Shared)


@spec.process
def reader(s: Shared, me: Actor) -> Steps:
    while True:
        yield "ask"
        wait_until(Asked(Wish.READ, me) not in s.waiting)
        s.waiting.push(Asked(Wish.READ, me))


@spec.process
def writer(s: Shared, me: Actor) -> Steps:
    while True:
        yield "ask"
        wait_until(Asked(Wish.WRITE, me) not in s.waiting)
        s.waiting.push(Asked(Wish.WRITE, me))


@spec.process
def door(s: Shared) -> Steps:
    while True:
        yield "let_in"
        wait_until(len(s.waiting) > 0 and len(s.writers) == 0)
        first = s.waiting.peek()
        wait_until(first.wish is Wish.READ or len(s.readers) == 0 or not WRITERS_WAIT)
        if first.wish is Wish.READ:
            s.readers.add(first.actor)
        else:
            s.writers.add(first.actor)
        s.waiting.pop()


@spec.process
def clock(s: Shared) -> Steps:
    while True:
        yield "stop"
        actor = one_of(s.readers | s.writers)
        if actor in s.readers:
            s.readers.discard(actor)
        else:
            s.writers.discard(actor)


@spec.always
def who_writes_is_alone(s: Shared) -> bool:
    return len(s.writers) == 0 or (len(s.writers) == 1 and len(s.readers) == 0)


@spec.sometimes
def all_read_at_once(s: Shared) -> bool:
    return len(s.readers) == N


def at_any_time(s: Shared) -> bool:
    return True


def the_first_writes(s: Shared) -> bool:
    return 0 in s.writers


def the_first_reads(s: Shared) -> bool:
    return 0 in s.readers


spec.leads_to(at_any_time, the_first_writes)
spec.leads_to(at_any_time, the_first_reads)

spec.expect(states=390)
spec.expect(WRITERS_WAIT=False, violated="who_writes_is_alone", steps=4, states=780)
