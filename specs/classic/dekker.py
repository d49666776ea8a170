"""Dekker's mutual exclusion, and the four attempts that lead to it.

E. W. Dijkstra, "Cooperating sequential processes" (EWD123, 1965), section 2.1, which credits T. J.
Dekker; told again in M. Ben-Ari, "Principles of Concurrent and Distributed Programming", chapter 3.
One step is one access to shared memory. A process may stop in its noncritical section, and only
there. The published verdicts, all reproduced:

* `TURN_ONLY`: strict alternation; stuck once the other has stopped (here: a deadlock).
* `LOOK_THEN_SET`: both look, both set, both get in.
* `SET_THEN_LOOK`: both set, both wait for ever (a deadlock).
* `BACK_OFF`: safe and without deadlock, yet both may give way for ever (a livelock).
* `DEKKER`: the turn says who gives way; alone of the five it lets nobody wait for ever.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, done, each, one_of, record, wait_until


class Attempt(Enum):
    TURN_ONLY = auto()
    LOOK_THEN_SET = auto()
    SET_THEN_LOOK = auto()
    BACK_OFF = auto()
    DEKKER = auto()


ATTEMPT: Attempt = Attempt.DEKKER

Me = Annotated[int, Below(2)]


@record
class Shared:
    wants: Array[Me, bool] = each(value=False)
    turn: Me = 0


spec = Spec("Dekker's mutual exclusion", Shared)


@spec.process
def contender(s: Shared, me: Me) -> Steps:
    while True:
        yield "noncritical"
        stops = one_of((False, True))
        if stops:
            return

        if ATTEMPT is Attempt.TURN_ONLY:
            yield "await_turn"
            wait_until(s.turn == me)
        elif ATTEMPT is Attempt.LOOK_THEN_SET:
            yield "look"
            wait_until(not s.wants[1 - me])
            yield "set"
            s.wants[me] = True
        else:
            yield "set"
            s.wants[me] = True
            if ATTEMPT is Attempt.SET_THEN_LOOK:
                yield "look"
                wait_until(not s.wants[1 - me])
            else:
                while True:
                    yield "look"
                    if not s.wants[1 - me]:
                        break
                    if ATTEMPT is Attempt.DEKKER:
                        yield "read_turn"
                        if s.turn == me:
                            continue
                    yield "give_way"
                    s.wants[me] = False
                    if ATTEMPT is Attempt.DEKKER:
                        yield "await_turn"
                        wait_until(s.turn == me)
                    yield "set_again"
                    s.wants[me] = True

        yield "critical"

        if ATTEMPT in (Attempt.TURN_ONLY, Attempt.DEKKER):
            yield "pass_turn"
            s.turn = 1 - me
        if ATTEMPT is not Attempt.TURN_ONLY:
            yield "leave"
            s.wants[me] = False


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return not (at(contender, 0, "critical") and at(contender, 1, "critical"))


@spec.sometimes
def gets_in(s: Shared) -> bool:
    return at(contender, 1, "critical")


def is_busy(s: Shared) -> bool:
    return not is_idle(s)


def is_idle(s: Shared) -> bool:
    return at(contender, 0, "noncritical") or done(contender, 0)


spec.leads_to(is_busy, is_idle)

spec.expect(states=166)
spec.expect(
    ATTEMPT=Attempt.TURN_ONLY, violated=("deadlock", "is_busy_leads_to_is_idle"), steps=2, states=30
)
spec.expect(
    ATTEMPT=Attempt.LOOK_THEN_SET,
    violated=("mutual_exclusion", "is_busy_leads_to_is_idle"),
    steps=6,
    states=36,
)
spec.expect(
    ATTEMPT=Attempt.SET_THEN_LOOK,
    violated=("deadlock", "is_busy_leads_to_is_idle"),
    steps=4,
    states=32,
)
spec.expect(ATTEMPT=Attempt.BACK_OFF, violated="is_busy_leads_to_is_idle", states=60)
