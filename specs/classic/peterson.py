"""Peterson's mutual exclusion: a flag each, and the courtesy of letting the other one go first.

G. L. Peterson, "Myths about the mutual exclusion problem", Information Processing Letters 12(3),
1981. One step is one access to shared memory; only the awaited condition, which reads a flag and
the turn, is one step as in `locks_auxiliary_vars/Peterson.tla` of the TLA+ examples. TLC's 42
distinct states for that model are reproduced. `ATOMIC_WAIT=False` reads flag and turn in two steps.

`FLAG_FIRST=False` swaps the two writes of the entry, the classical mistake: both get in.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, each, record, wait_until

FLAG_FIRST: bool = True
ATOMIC_WAIT: bool = True

Me = Annotated[int, Below(2)]


@record
class Shared:
    wants: Array[Me, bool] = each(value=False)
    turn: Me = 0


spec = Spec("Peterson's mutual exclusion", Shared)


@spec.process
def contender(s: Shared, me: Me) -> Steps:
    while True:
        yield "noncritical"

        yield "enter"
        if FLAG_FIRST:
            s.wants[me] = True
        else:
            s.turn = 1 - me

        yield "defer"
        if FLAG_FIRST:
            s.turn = 1 - me
        else:
            s.wants[me] = True

        if ATOMIC_WAIT:
            yield "wait"
            wait_until(not s.wants[1 - me] or s.turn == me)
        else:
            while True:
                yield "read_flag"
                if not s.wants[1 - me]:
                    break
                yield "read_turn"
                if s.turn == me:
                    break

        yield "critical"

        yield "leave"
        s.wants[me] = False


def is_inside(me: Me) -> bool:
    return at(contender, me, "critical") or at(contender, me, "leave")


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return not (is_inside(0) and is_inside(1))


@spec.sometimes
def one_waits_for_the_other(s: Shared) -> bool:
    return is_inside(0) and s.wants[1] and s.turn == 0


def the_first_wants(s: Shared) -> bool:
    return s.wants[0]


def the_first_is_inside(s: Shared) -> bool:
    return is_inside(0)


spec.leads_to(the_first_wants, the_first_is_inside)

spec.expect(states=42)
spec.expect(ATOMIC_WAIT=False, states=58)
spec.expect(FLAG_FIRST=False, violated="mutual_exclusion", steps=8, states=72)
spec.expect(FLAG_FIRST=False, ATOMIC_WAIT=False, violated="mutual_exclusion", steps=9, states=96)
