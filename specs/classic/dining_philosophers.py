"""Dining philosophers: each needs the forks on both sides, and takes one after the other.

E. W. Dijkstra, "Hierarchical ordering of sequential processes" (EWD310, 1971); five philosophers.
One step is one operation on one fork. The published verdicts: if everybody begins with the left
fork, they may all starve, each holding it (a deadlock, `N` steps away); not if one begins with the
right fork, as in Dijkstra's ordered resources; nor if a footman lets `N - 1` sit down at a time, as
in C. A. R. Hoare, "Communicating Sequential Processes", section 2.5.3.

With `STRONG=False` forks are not handed out fairly, and a neighbour may always be faster.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Between, Spec, Steps, at, each, record, wait_until

N = 5


class Custom(Enum):
    ALL_BEGIN_LEFT = auto()
    ONE_BEGINS_RIGHT = auto()
    FOOTMAN = auto()


CUSTOM: Custom = Custom.ONE_BEGINS_RIGHT

STRONG: bool = True

Seat = Annotated[int, Below(N)]


@record
class Shared:
    taken: Array[Seat, bool] = each(value=False)
    """The forks; fork n lies to the left of seat n."""

    seated: Annotated[int, Between(0, N)] = 0


spec = Spec("dining philosophers", Shared)


@spec.process(fair="strong" if STRONG else "weak")
def philosopher(s: Shared, me: Seat) -> Steps:
    begins_right = CUSTOM is Custom.ONE_BEGINS_RIGHT and me == N - 1
    first = (me + 1) % N if begins_right else me
    second = me if begins_right else (me + 1) % N
    while True:
        if CUSTOM is Custom.FOOTMAN:
            yield "sit_down"
            wait_until(s.seated < N - 1)
            s.seated += 1

        yield "take_first"
        wait_until(not s.taken[first])
        s.taken[first] = True

        yield "take_second"
        wait_until(not s.taken[second])
        s.taken[second] = True

        yield "put_first"  # has eaten
        s.taken[first] = False

        yield "put_second"
        s.taken[second] = False

        if CUSTOM is Custom.FOOTMAN:
            yield "get_up"
            s.seated -= 1


def eats(me: Seat) -> bool:
    return at(philosopher, me, "put_first")


@spec.always
def neighbours_never_eat_together(s: Shared) -> bool:
    return not any(eats(me) and eats((me + 1) % N) for me in range(N))


@spec.sometimes
def two_eat_together(s: Shared) -> bool:
    return eats(0) and eats(2)


def the_first_is_hungry(s: Shared) -> bool:
    return at(philosopher, 0, "take_first")


def it_eats(s: Shared) -> bool:
    return eats(0)


spec.leads_to(the_first_is_hungry, it_eats)

spec.expect(states=243)
spec.expect(
    CUSTOM=Custom.ALL_BEGIN_LEFT,
    violated=("deadlock", "the_first_is_hungry_leads_to_it_eats"),
    steps=N,
    states=242,
)
spec.expect(STRONG=False, violated="the_first_is_hungry_leads_to_it_eats", states=243)
spec.expect(CUSTOM=Custom.FOOTMAN, states=3111)
