"""Queues: first in, first out, with room for so many.

`push` on a full queue and `pop` of an empty one are violations, not waits: a process that shall
wait says so. `peek` looks at the oldest item, `in` and `len` at all of them, and a loop runs
through the queue as it was when the loop began.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Queue, Spec, Steps, queue, record, wait_until

SIZE: int = 2
Number = Annotated[int, Below(4)]


@record
class Shared:
    ring: Queue[Number] = queue(capacity=SIZE)
    last: Number = 0
    total: Annotated[int, Below(7)] = 0


spec = Spec("queues", Shared)


@spec.process
def sender(s: Shared) -> Steps:
    for number in range(1, 4):
        yield "send"
        wait_until(len(s.ring) < SIZE)
        s.ring.push(number)


@spec.process
def receiver(s: Shared) -> Steps:
    for _ in range(3):
        yield "receive"
        wait_until(len(s.ring) > 0)
        assert s.ring.peek() == s.last + 1, "out of order"
        s.last = s.ring.pop()
        s.total = s.last * (s.last + 1) // 2
        for waiting in s.ring:
            assert waiting > s.last


@spec.always
def what_waits_was_not_received(s: Shared) -> bool:
    return s.last == 0 or s.last not in s.ring


@spec.sometimes
def it_is_full(s: Shared) -> bool:
    return len(s.ring) == SIZE


spec.expect(states=9)
