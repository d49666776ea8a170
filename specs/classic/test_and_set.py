"""A test-and-set lock: whoever finds it free takes it, in one step.

The simplest of the locks in J. M. Mellor-Crummey and M. L. Scott, "Algorithms for scalable
synchronization on shared-memory multiprocessors", TOCS 9(1), 1991, figure 1; here who has it is
kept as well. One step is one atomic instruction.

`ATOMIC=False` tests and sets in two steps: two may find it free, and both take it.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, at, domain, record, wait_until

N = 2
ATOMIC: bool = True

Me = Annotated[int, Below(N)]


@record
class Shared:
    owner: Me | None = None


spec = Spec("a test-and-set lock", Shared)


@spec.process
def contender(s: Shared, me: Me) -> Steps:
    while True:
        if ATOMIC:
            yield "take"
            wait_until(s.owner is None)
            s.owner = me
        else:
            yield "test"
            wait_until(s.owner is None)
            yield "set"
            s.owner = me

        yield "critical"

        yield "leave"
        assert s.owner == me, "leaving a lock of somebody else"
        s.owner = None


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return sum(at(contender, me, "critical") for me in domain(Me)) <= 1


@spec.sometimes
def it_is_taken(s: Shared) -> bool:
    return s.owner is not None


spec.expect(states=5)
spec.expect(ATOMIC=False, violated=("mutual_exclusion", "contender.leave"), steps=4, states=28)
