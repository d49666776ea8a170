"""Bags: messages on their way, in no order.

A bag holds up to its capacity of items, equal ones as often as they were added; two bags with the
same items are one state, whatever came first. `one_of` takes any of them: that is how a network
that reorders is written down.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Bag, Below, Spec, Steps, bag, one_of, record, wait_until

Round = Annotated[int, Below(2)]


class Kind(Enum):
    DATA = auto()
    COMMIT = auto()


@record
class Message:
    kind: Kind = Kind.DATA
    round: Round = 0


@record
class Shared:
    wire: Bag[Message] = bag(capacity=4)
    late: bool = False
    committed: Annotated[int, Below(3)] = 0


spec = Spec("bags", Shared)


@spec.process
def sender(s: Shared) -> Steps:
    for number in range(2):
        yield "send"
        s.wire.add(Message(Kind.DATA, round=number))
        s.wire.add(Message(Kind.COMMIT, round=number))


@spec.process
def receiver(s: Shared) -> Steps:
    for _ in range(4):
        yield "receive"
        wait_until(len(s.wire) > 0)
        message = one_of(s.wire)
        s.wire.remove(message)
        if message.kind is Kind.COMMIT:
            s.committed += 1
            s.late = s.late or Message(Kind.DATA, message.round) in s.wire


@spec.sometimes
def a_commit_overtakes_its_data(s: Shared) -> bool:
    return s.late and s.committed == 2 and len(s.wire) == 0


spec.expect(states=27)
