"""The queue lock of Mellor-Crummey and Scott: everybody spins on a flag of one's own.

J. M. Mellor-Crummey and M. L. Scott, "Algorithms for scalable synchronization on shared-memory
multiprocessors", TOCS 9(1), 1991, figure 5. One step is one access to shared memory, or one atomic
instruction (fetch-and-store, compare-and-swap). Who holds nothing may stop for ever.

`LOCKED_BEFORE_LINKED=False` raises one's flag only after one is linked into the queue: the
predecessor may then have lowered it already, and one spins for ever. `COMPARE_AND_SWAP=False`
clears the tail without looking whether somebody has just joined: who did is never woken.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, each, one_of, record, wait_until

N = 2
LOCKED_BEFORE_LINKED: bool = True
COMPARE_AND_SWAP: bool = True

Me = Annotated[int, Below(N)]


@record
class QueueNode:
    next: Me | None = None
    locked: bool = False


@record
class Shared:
    nodes: Array[Me, QueueNode] = each(QueueNode)
    tail: Me | None = None


spec = Spec("Mellor-Crummey and Scott's lock", Shared)


@spec.process
def contender(s: Shared, me: Me) -> Steps:
    while True:
        yield "prepare"
        stops = one_of((False, True))
        if stops:
            return
        s.nodes[me].next = None

        yield "join"
        before = s.tail
        s.tail = me

        if before is not None:
            yield "first_write"
            if LOCKED_BEFORE_LINKED:
                s.nodes[me].locked = True
            else:
                s.nodes[before].next = me
            yield "second_write"
            if LOCKED_BEFORE_LINKED:
                s.nodes[before].next = me
            else:
                s.nodes[me].locked = True
            yield "spin"
            wait_until(not s.nodes[me].locked)

        yield "critical"

        yield "look_behind"
        if s.nodes[me].next is None:
            yield "leave"
            if not COMPARE_AND_SWAP or s.tail == me:
                s.tail = None
                continue
            yield "await_successor"
            wait_until(s.nodes[me].next is not None)

        yield "hand_over"
        successor = s.nodes[me].next
        assert successor is not None
        s.nodes[successor].locked = False


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return sum(at(contender, me, "critical") for me in domain(Me)) <= 1


@spec.sometimes
def all_others_spin(s: Shared) -> bool:
    return at(contender, 0, "critical") and all(at(contender, me, "spin") for me in range(1, N))


def the_first_joins(s: Shared) -> bool:
    return at(contender, 0, "first_write") or at(contender, 0, "spin")


def it_gets_in(s: Shared) -> bool:
    return at(contender, 0, "critical")


spec.leads_to(the_first_joins, it_gets_in)

spec.expect(states=89)
spec.expect(N=3, states=1707)
spec.expect(
    LOCKED_BEFORE_LINKED=False,
    violated=("deadlock", "the_first_joins_leads_to_it_gets_in"),
    steps=10,
    states=115,
)
spec.expect(
    COMPARE_AND_SWAP=False,
    violated=("deadlock", "the_first_joins_leads_to_it_gets_in"),
    steps=10,
    states=217,
)
