"""`sometimes`: the spec can do what it is about.

A property that holds because nothing ever happens is worth nothing. `sometimes` claims that some
reachable state satisfies a condition, and the checker shows a shortest way there. With a wait that
is never over, everything else still holds; this does not.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

WAKES: bool = True


@record
class Shared:
    latch: bool = False
    handled: Annotated[int, Below(3)] = 0


spec = Spec("sometimes", Shared)


@spec.process
def signaller(s: Shared) -> Steps:
    yield "signal"
    s.latch = WAKES


@spec.environment
def sleeper(s: Shared) -> Steps:
    yield "wake_up"
    wait_until(s.latch)
    s.latch = False
    s.handled += 1


@spec.always
def handled_at_most_once(s: Shared) -> bool:
    return s.handled <= 1


@spec.sometimes
def a_signal_is_handled(s: Shared) -> bool:
    return s.handled == 1


spec.expect(states=3)
spec.expect(WAKES=False, violated="a_signal_is_handled")
