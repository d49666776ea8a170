"""Dining philosophers who hand each other clean forks.

K. M. Chandy and J. Misra, "The drinking philosophers problem", TOPLAS 6(4), 1984, in the version
of `DiningPhilosophers.tla` of the TLA+ examples, whose 67 distinct states (`NP = 5`) are
reproduced. As there, one step is one round of a philosopher: clean and hand over one dirty fork,
then look whether one may eat. Nobody asks for a fork: a dirty one is given away unasked, and so
no two philosophers ever eat together, although there are forks enough.

`CLEANED=False` hands the forks over dirty: whoever gets one gives it away, and nobody ever eats.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, each, record

N = 5
CLEANED: bool = True

Seat = Annotated[int, Below(N)]


@record
class Fork:
    """Fork n is the left one of philosopher n and the right one of philosopher n - 1."""

    moved: bool = False
    """Whether it is not with the philosopher who had it first: the lower one of its two."""

    clean: bool = False


@record
class Shared:
    forks: Array[Seat, Fork] = each(Fork)


spec = Spec("Chandy and Misra's philosophers", Shared)


def holds_left(s: Shared, me: Seat) -> bool:
    had_it_first = me != 1
    return s.forks[me].moved != had_it_first


def holds_right(s: Shared, me: Seat) -> bool:
    had_it_first = me == 0
    return s.forks[(me + 1) % N].moved != had_it_first


def hand_over(fork: Fork) -> None:
    fork.moved = not fork.moved
    fork.clean = CLEANED


def may_eat(s: Shared, me: Seat) -> bool:
    has_both = holds_left(s, me) and holds_right(s, me)
    return has_both and s.forks[me].clean and s.forks[(me + 1) % N].clean


@spec.process
def philosopher(s: Shared, me: Seat) -> Steps:
    hungry = True
    while True:
        yield "look"
        left = s.forks[me]
        right = s.forks[(me + 1) % N]
        if holds_left(s, me) and not left.clean:
            hand_over(left)
        elif holds_right(s, me) and not right.clean:
            hand_over(right)
        if not hungry:
            yield "think"
            hungry = True
        elif may_eat(s, me):
            yield "eat"
            hungry = False
            s.forks[me].clean = False
            s.forks[(me + 1) % N].clean = False


@spec.always
def at_most_one_eats(s: Shared) -> bool:
    return sum(at(philosopher, me, "eat") for me in range(N)) <= 1


@spec.sometimes
def the_last_one_eats(s: Shared) -> bool:
    return at(philosopher, N - 1, "eat")


spec.expect(states=67)
spec.expect(CLEANED=False, violated="the_last_one_eats", states=31)
