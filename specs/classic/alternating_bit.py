"""The alternating-bit protocol: messages and acknowledgements over channels that lose.

K. A. Bartlett, R. A. Scantlebury and P. T. Wilkinson, "A note on reliable full-duplex transmission
over half-duplex links", CACM 12(5), 1969; the module `AlternatingBit.tla` of L. Lamport,
"Specifying Systems" (2002), section 14.3, and the TLA+ examples. One step is the sending or the
receipt or the loss of one message. Both channels hold two messages at most. TLC counts 240 states
from eight initial ones; from the one initial state here, 228.

`CHECK_BIT=False` takes any acknowledgement for that of the last message.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import Queue, Spec, Steps, one_of, queue, record, wait_until

CAPACITY = 2
CHECK_BIT: bool = True


class Data(Enum):
    D1 = auto()
    D2 = auto()


@record
class Message:
    bit: bool = False
    data: Data = Data.D1


@record
class Shared:
    messages: Queue[Message] = queue(capacity=CAPACITY)
    acknowledgements: Queue[bool] = queue(capacity=CAPACITY)
    sent_bit: bool = False
    acknowledged_bit: bool = False
    received_bit: bool = False
    sent: Data = Data.D1
    received: Data = Data.D1


spec = Spec("alternating bit", Shared)


@spec.process
def sender(s: Shared) -> Steps:
    while True:
        yield "send"
        wait_until(len(s.messages) < CAPACITY)
        if s.acknowledged_bit == s.sent_bit:
            data = one_of(Data)
            s.sent = data
            s.sent_bit = not s.sent_bit
        s.messages.push(Message(s.sent_bit, s.sent))


@spec.environment
def message_loss(s: Shared) -> Steps:
    while True:
        yield "lose"
        wait_until(len(s.messages) > 0)
        behind = one_of((False, True))
        wait_until(len(s.messages) > 1 or not behind)
        first = s.messages.pop()
        if behind:
            s.messages.pop()
            s.messages.push(first)


@spec.environment
def acknowledgement_loss(s: Shared) -> Steps:
    while True:
        yield "lose"
        wait_until(len(s.acknowledgements) > 0)
        behind = one_of((False, True))
        wait_until(len(s.acknowledgements) > 1 or not behind)
        first = s.acknowledgements.pop()
        if behind:
            s.acknowledgements.pop()
            s.acknowledgements.push(first)


@spec.process(fair="strong")  # what is sent again and again arrives in the end
def receiver(s: Shared) -> Steps:
    while True:
        yield "receive"
        wait_until(len(s.messages) > 0)
        message = s.messages.pop()
        s.received_bit = message.bit
        s.received = message.data


@spec.process
def acknowledger(s: Shared) -> Steps:
    while True:
        yield "acknowledge"
        wait_until(len(s.acknowledgements) < CAPACITY)
        s.acknowledgements.push(s.received_bit)


@spec.process(fair="strong")
def listener(s: Shared) -> Steps:
    while True:
        yield "hear"
        wait_until(len(s.acknowledgements) > 0)
        bit = s.acknowledgements.pop()
        s.acknowledged_bit = bit if CHECK_BIT else s.sent_bit


@spec.always
def what_is_acknowledged_was_received(s: Shared) -> bool:
    return s.acknowledged_bit != s.sent_bit or s.received is s.sent


@spec.sometimes
def is_under_way(s: Shared) -> bool:
    return s.received is not s.sent and len(s.messages) == CAPACITY


def a_message_is_under_way(s: Shared) -> bool:
    return s.sent_bit != s.acknowledged_bit


def it_is_acknowledged(s: Shared) -> bool:
    return s.sent_bit == s.acknowledged_bit


spec.leads_to(a_message_is_under_way, it_is_acknowledged)

spec.expect(states=228)
spec.expect(CHECK_BIT=False, violated="what_is_acknowledged_was_received", steps=3, states=1640)
