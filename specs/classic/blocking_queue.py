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
    Array,
    Below,
    Queue,
    Spec,
    Steps,
    domain,
    each,
    one_of,
    queue,
    record,
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
    waits: Array[Thread, bool] = each(value=False)


spec = Spec("blocking queue", Shared)


def is_woken_by(s: Shared, caller: Thread, thread: Thread) -> bool:
    if NOTIFY is Notify.OTHER_KIND and (caller < PRODUCERS) == (thread < PRODUCERS):
        return False
    return s.waits[thread]


def notify(s: Shared, caller: Thread) -> None:
    if NOTIFY is Notify.ALL:
        for thread in domain(Thread):
            s.waits[thread] = False
    elif any(is_woken_by(s, caller, thread) for thread in domain(Thread)):
        chosen = one_of(domain(Thread))
        wait_until(is_woken_by(s, caller, chosen))
        s.waits[chosen] = False


@spec.process
def producer(s: Shared, me: Producer) -> Steps:
    while True:
        yield "put"
        wait_until(not s.waits[me])
        if len(s.buffer) < CAPACITY:
            notify(s, me)
            s.buffer.push(me)
        else:
            s.waits[me] = True


@spec.process
def consumer(s: Shared, me: Consumer) -> Steps:
    while True:
        yield "get"
        thread = PRODUCERS + me
        wait_until(not s.waits[thread])
        if len(s.buffer) > 0:
            notify(s, thread)
            s.buffer.pop()
        else:
            s.waits[thread] = True


@spec.sometimes
def a_producer_waits(s: Shared) -> bool:
    return any(s.waits[me] for me in domain(Producer))


@spec.sometimes
def a_consumer_waits(s: Shared) -> bool:
    return any(s.waits[PRODUCERS + me] for me in domain(Consumer))


def the_first_producer_waits(s: Shared) -> bool:
    return s.waits[0]


def it_is_woken(s: Shared) -> bool:
    return not s.waits[0]


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
