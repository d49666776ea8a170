"""Message queues in shared memory: one sender, one receiver, and a mark that either has left.

Models src/backend/storage/ipc/shm_mq.c as at 21e958c303 (2026); what was otherwise before is a
constant. One step is one region under `mq_mutex`, or one access outside it: the ring with
`mq_bytes_written`, the ring with `mq_bytes_read`, `mq_detached`. A SetLatch() is a step of its own.
The ring counts whole messages, so partial messages, wrap-around and the lazy publication of what
was read or written are left out. A procedure takes the number of its queue in `s.mq`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated, Protocol

from modelcheck import Array, Below, Queue, Returns, Steps, queue, record

from .latch import Process, set_latch

NWORKERS = 1
QUEUE_SIZE = 1
READS_AGAIN: bool = True  # 42d7074ebb: after `mq_detached`, look once more for the last message
GONE_BEFORE_SENDER: bool = True  # 4efe26cbd3

Slot = Annotated[int, Below(NWORKERS)]


class Message(Enum):
    KEY = auto()  # 'K', of a worker that has just attached
    NOTICE = auto()
    ERROR = auto()
    TERMINATE = auto()


class Result(Enum):
    """shm_mq_result, of an operation that does not wait; what was received, where it was."""

    KEY = auto()
    NOTICE = auto()
    ERROR = auto()
    TERMINATE = auto()
    WOULD_BLOCK = auto()
    DETACHED = auto()
    SENT = auto()


@record
class ShmMq:
    receiver: Process | None = None
    sender: Process | None = None
    detached: bool = False
    ring: Queue[Message] = queue(capacity=QUEUE_SIZE)


class HasQueues(Protocol):
    latch: Array[Process, bool]
    mq: Array[Slot, ShmMq]


class HasReceiver(Protocol):
    """With what a receiver knows of the other end."""

    latch: Array[Process, bool]
    mq: Array[Slot, ShmMq]
    sender_known: Array[Slot, bool]
    stopped: Array[Slot, bool]


def create(s: HasQueues, i: Slot) -> None:
    """shm_mq_create(): takes no lock, so nobody else may have the queue."""
    s.mq[i] = ShmMq()


def set_sender(s: HasQueues, i: Slot, me: Process) -> Steps:
    """shm_mq_set_sender()."""
    yield "store"
    assert s.mq[i].sender is None, "a second sender"
    s.mq[i].sender = me
    receiver = s.mq[i].receiver

    if receiver is not None:
        yield "wake_receiver"
        set_latch(s, receiver)


def detach(s: HasQueues, i: Slot, me: Process) -> Steps:
    """shm_mq_detach_internal()."""
    yield "mark"
    victim = s.mq[i].receiver
    if s.mq[i].sender != me:
        assert s.mq[i].receiver == me, "detaching a queue of somebody else"
        victim = s.mq[i].sender
    s.mq[i].detached = True

    if victim is not None:
        yield "wake_other"
        set_latch(s, victim)


def send(s: HasQueues, i: Slot, message: Message) -> Returns[Result]:
    """shm_mq_sendv(nowait, force_flush), to a receiver that has attached."""
    yield "write"
    if s.mq[i].detached:
        return Result.DETACHED
    full = len(s.mq[i].ring) == QUEUE_SIZE
    if not full:
        s.mq[i].ring.push(message)
    receiver = s.mq[i].receiver
    assert receiver is not None

    yield "wake_receiver"
    set_latch(s, receiver)
    return Result.WOULD_BLOCK if full else Result.SENT


def received(message: Message) -> Result:
    match message:
        case Message.KEY:
            return Result.KEY
        case Message.NOTICE:
            return Result.NOTICE
        case Message.ERROR:
            return Result.ERROR
        case Message.TERMINATE:
            return Result.TERMINATE


def receive(s: HasQueues, i: Slot) -> Returns[Result]:
    """shm_mq_receive(nowait), once the sender is known to have attached."""
    while True:
        yield "read"
        if len(s.mq[i].ring) > 0:
            message = s.mq[i].ring.pop()
            sender = s.mq[i].sender
            assert sender is not None

            yield "wake_sender"
            set_latch(s, sender)
            return received(message)

        yield "is_detached"
        if not s.mq[i].detached:
            return Result.WOULD_BLOCK

        if READS_AGAIN:
            yield "read_again"
            if len(s.mq[i].ring) > 0:
                continue
        assert len(s.mq[i].ring) == 0, "a message is lost"
        return Result.DETACHED


def sender_is_gone(s: HasReceiver, i: Slot) -> Returns[bool]:
    """shm_mq_counterparty_gone()."""
    yield "is_gone"
    if s.stopped[i]:
        s.mq[i].detached = True
    return s.mq[i].detached


def find_sender(s: HasReceiver, i: Slot) -> Returns[bool]:
    yield "find_sender"
    return s.mq[i].sender is not None


def try_receive(s: HasReceiver, i: Slot) -> Returns[Result]:
    """shm_mq_receive(nowait)."""
    if not s.sender_known[i]:
        if GONE_BEFORE_SENDER:
            gone = yield from sender_is_gone(s, i)
            found = yield from find_sender(s, i)
        else:
            found = yield from find_sender(s, i)
            gone = False
            if not found:
                gone = yield from sender_is_gone(s, i)
        if not found:
            return Result.DETACHED if gone else Result.WOULD_BLOCK
        s.sender_known[i] = True
    result = yield from receive(s, i)
    return result
