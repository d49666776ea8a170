"""Assertions and implicit checks: what must hold where it stands.

`assert c, "why"` is a property of the model. So are the rules that need not be written: a value
stays in its domain, an index too, nobody pops an empty queue or pushes on a full one. Each is a
violation that ends the trace at that step; none of them makes a process wait.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Queue, Spec, Steps, queue, record, wait_until

WAITS: bool = True
NUMBERS: int = 2  # with 3, the last one lies outside its domain
Number = Annotated[int, Below(2)]


@record
class Shared:
    ring: Queue[Number] = queue(capacity=1)
    sent: Annotated[int, Below(4)] = 0
    got: Annotated[int, Below(4)] = 0


spec = Spec("assertions and implicit checks", Shared)


@spec.process
def sender(s: Shared) -> Steps:
    for number in range(NUMBERS):
        yield "send"
        wait_until(len(s.ring) == 0)
        s.ring.push(number)
        s.sent += 1


@spec.process
def receiver(s: Shared) -> Steps:
    for _ in range(NUMBERS):
        yield "receive"
        wait_until(len(s.ring) > 0 or not WAITS)
        assert s.got <= s.sent, "received before it was sent"
        number = s.ring.pop()  # without the wait: maybe of an empty queue
        assert number == s.got
        s.got += 1


@spec.sometimes
def all_are_received(s: Shared) -> bool:
    return s.got == 2


spec.expect(states=5)
spec.expect(WAITS=False, violated="receiver.receive", steps=1)
spec.expect(NUMBERS=3, violated="sender.send", steps=5)
