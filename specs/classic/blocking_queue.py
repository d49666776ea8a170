"""A bounded buffer with one condition variable, and the thread that is woken in vain.

M. A. Kuppe's tutorial `BlockingQueue` (github.com/lemmy/BlockingQueue), after M. Charpentier and
"Challenge 14" of the c2 wiki: producers and consumers share one wait set. One step is one whole
`put` or `get` under the monitor's lock. Numbers of the tutorial that are reproduced:

* one producer, one consumer, one slot (v02): 4 states, no deadlock;
* one producer, two consumers, one slot (v03, v05): 14 states, a deadlock after 7 steps;
* two producers, two consumers, one slot (v05): a deadlock after 8 steps;
* four producers, three consumers, three slots, with the fix of v13 (v28): 1,600 states; a producer
  may starve, by 4 steps into a loop of 9.

`NOTIFY` is whom a `put` and a `get` wake: any one thread (the defect, v05), all of them (v12), or
one of the other kind (v13: logically, a second condition variable).
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


class Notify(Enum):
    ANY = auto()
    ALL = auto()
    OTHER_KIND = auto()


PRODUCERS = 1
CONSUMERS = 2
CAPACITY = 1
NOTIFY: Notify = Notify.OTHER_KIND

Producer = Annotated[int, Below(PRODUCERS)]
Consumer = Annotated[int, Below(CONSUMERS)]
Thread = Annotated[int, Below(PRODUCERS + CONSUMERS)]  # the producers, then the consumers


@record
class Shared:
    buffer: Queue[Producer] = queue(capacity=CAPACITY)
    waiting: FiniteSet[Thread] = subset()


spec = Spec("blocking queue", Shared)


def may_wake(caller: Thread, thread: Thread) -> bool:
    return NOTIFY is not Notify.OTHER_KIND or (caller < PRODUCERS) != (thread < PRODUCERS)


def notify(s: Shared, caller: Thread) -> None:
    if NOTIFY is Notify.ALL:
        s.waiting = subset()
    elif any(may_wake(caller, thread) for thread in s.waiting):
        woken = one_of([thread for thread in s.waiting if may_wake(caller, thread)])
        s.waiting.discard(woken)


@spec.process
def producer(s: Shared, me: Producer) -> Steps:
    while True:
        yield "put"
        wait_until(me not in s.waiting)
        if len(s.buffer) < CAPACITY:
            notify(s, me)
            s.buffer.push(me)
        else:
            s.waiting.add(me)


@spec.process
def consumer(s: Shared, me: Consumer) -> Steps:
    while True:
        yield "get"
        thread = PRODUCERS + me
        wait_until(thread not in s.waiting)
        if len(s.buffer) > 0:
            notify(s, thread)
            s.buffer.pop()
        else:
            s.waiting.add(thread)


@spec.sometimes
def a_producer_waits(s: Shared) -> bool:
    return any(thread < PRODUCERS for thread in s.waiting)


@spec.sometimes
def a_consumer_waits(s: Shared) -> bool:
    return any(thread >= PRODUCERS for thread in s.waiting)


def the_first_producer_waits(s: Shared) -> bool:
    return 0 in s.waiting


def it_is_woken(s: Shared) -> bool:
    return 0 not in s.waiting


spec.leads_to(the_first_producer_waits, it_is_woken)

spec.expect(states=10)
spec.expect(
    PRODUCERS=4,
    CONSUMERS=3,
    CAPACITY=3,
    violated="the_first_producer_waits_leads_to_it_is_woken",
    steps=13,
    states=1600,
)
spec.expect(NOTIFY=Notify.ALL, states=6)
spec.expect(NOTIFY=Notify.ANY, CONSUMERS=1, states=4)
spec.expect(
    NOTIFY=Notify.ANY,
    violated=("deadlock", "the_first_producer_waits_leads_to_it_is_woken"),
    steps=7,
    states=14,
)
spec.expect(
    NOTIFY=Notify.ANY,
    PRODUCERS=2,
    violated=("deadlock", "the_first_producer_waits_leads_to_it_is_woken"),
    steps=8,
    states=48,
)
