"""`eventually`: every fair behaviour gets there. What is fair, each process says for itself.

A process is weakly fair unless it says otherwise: if it stays enabled, it steps. That is not enough
for a lock that is free only now and then: the waiter is enabled, and disabled again before it
steps. Strong fairness promises a step to whoever is enabled again and again.
"""

from __future__ import annotations

from typing import Annotated, Literal

from modelcheck import Below, Spec, Steps, record, wait_until

FAIR: Literal["weak", "strong", "none"] = "strong"

Backend = Annotated[int, Below(2)]


@record
class Shared:
    locked: bool = False
    served: bool = False


spec = Spec("eventually and fairness", Shared)


@spec.process
def busy(s: Shared) -> Steps:
    """Takes the lock and gives it back, for ever."""
    while True:
        yield "acquire"
        wait_until(not s.locked)
        s.locked = True

        yield "release"
        s.locked = False


@spec.process(fair=FAIR)
def waiter(s: Shared) -> Steps:
    yield "acquire"
    wait_until(not s.locked)
    s.locked = True

    yield "release"
    s.locked = False
    s.served = True


@spec.eventually
def the_waiter_is_served(s: Shared) -> bool:
    return s.served


@spec.sometimes
def the_lock_is_busy(s: Shared) -> bool:
    return s.locked


spec.expect(states=5)
spec.expect(FAIR="weak", violated="the_waiter_is_served")
