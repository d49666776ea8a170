"""A barrier: nobody goes on to the next round before everybody has come to this one.

Everybody has a counter of rounds that the others read, one after the other: a step is one access to
shared memory. It is the simplest of the barriers in J. M. Mellor-Crummey and M. L. Scott,
"Algorithms for scalable synchronization on shared-memory multiprocessors", TOCS 9(1), 1991, with
counters in place of flags that change their sense.

`EVERYBODY=False` looks at one's neighbour alone, who looks at another one: of three parties the
first may be two rounds ahead of the last.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, record, wait_until

N = 3
ROUNDS = 2
EVERYBODY: bool = True

Party = Annotated[int, Below(N)]
Round = Annotated[int, Below(ROUNDS + 1)]


@record
class Shared:
    came: Array[Party, Round] = each(0)
    """How often each party has come to the barrier."""


spec = Spec("a barrier", Shared)


@spec.process
def party(s: Shared, me: Party) -> Steps:
    for _ in range(ROUNDS):
        yield "come"
        s.came[me] += 1

        if EVERYBODY:
            for other in domain(Party):
                yield "look"
                wait_until(s.came[other] >= s.came[me])
        else:
            yield "look_aside"
            wait_until(s.came[(me + 1) % N] >= s.came[me])


@spec.always
def nobody_is_two_rounds_ahead(s: Shared) -> bool:
    return all(s.came[one] <= s.came[other] + 1 for one in domain(Party) for other in domain(Party))


@spec.sometimes
def the_first_is_alone(s: Shared) -> bool:
    return s.came[0] == 1 and sum(s.came) == 1


spec.expect(states=267)
spec.expect(EVERYBODY=False, violated="nobody_is_two_rounds_ahead", steps=4, states=53)
