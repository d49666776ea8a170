"""Szymanski's lock: who wants in gathers in a waiting room, whose door closes behind the last one.

B. K. Szymanski, "A simple solution to Lamport's concurrent programming problem with linear wait",
International Conference on Supercomputing 1988. One step reads the flags of all others at once, as
where the algorithm is proved for any number of processes (P. Abdulla, F. Haziza and L. Holik, "All
for the price of few", VMCAI 2013); in the paper they are read one after the other.

`IN_ORDER=False` leaves out that those with a lower number go first: two get in. `DOOR=False` leaves
the door open: whoever comes late overtakes those inside.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, each, record, wait_until

N = 2
IN_ORDER: bool = True
DOOR: bool = True

Me = Annotated[int, Below(N)]


class Flag(Enum):
    OUTSIDE = auto()
    WANTS_IN = auto()
    WAITS = auto()  # inside, for those who wanted in as well
    ENTERS = auto()
    CLOSES = auto()  # the door behind the last one


@record
class Shared:
    flag: Array[Me, Flag] = each(Flag.OUTSIDE)


spec = Spec("Szymanski's lock", Shared)


def is_outside(flag: Flag) -> bool:
    return flag in (Flag.OUTSIDE, Flag.WANTS_IN)


@spec.process
def contender(s: Shared, me: Me) -> Steps:
    while True:
        yield "ask"
        s.flag[me] = Flag.WANTS_IN

        yield "await_door"
        if DOOR:
            wait_until(all(is_outside(flag) or flag is Flag.WAITS for flag in s.flag))
        s.flag[me] = Flag.ENTERS

        yield "look_round"
        if any(flag is Flag.WANTS_IN for flag in s.flag):
            s.flag[me] = Flag.WAITS

            yield "await_last"
            wait_until(any(flag is Flag.CLOSES for flag in s.flag))

        yield "close"
        s.flag[me] = Flag.CLOSES

        yield "await_lower"
        if IN_ORDER:
            wait_until(all(is_outside(s.flag[other]) for other in domain(Me) if other < me))

        yield "critical"

        yield "await_higher"
        wait_until(
            all(
                is_outside(s.flag[other]) or s.flag[other] is Flag.CLOSES
                for other in domain(Me)
                if other > me
            )
        )
        s.flag[me] = Flag.OUTSIDE


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return sum(at(contender, me, "critical") for me in domain(Me)) <= 1


@spec.sometimes
def one_waits_for_the_last(s: Shared) -> bool:
    return s.flag[0] is Flag.WAITS and s.flag[1] is Flag.ENTERS


spec.expect(states=41)
spec.expect(IN_ORDER=False, violated="mutual_exclusion", steps=11, states=62)
spec.expect(DOOR=False, violated="mutual_exclusion", steps=10, states=63)
