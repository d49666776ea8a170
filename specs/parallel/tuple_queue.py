"""A tuple queue, word by word: what was sent is received, however sender and receiver come and go.

Models shm_mq_send(), shm_mq_receive() and both ways to detach of src/backend/storage/ipc/shm_mq.c
as at 21e958c303 (2026), for callers who wait, at the grain that `common/shm_mq.py` leaves out: a
message is a length word and a payload, a ring may be smaller than the messages in it, the sender
knows more words than it has published (`mqh_send_pending`), and the receiver may come later than
the sender, or leave before the end, as a Gather under a Limit does. The sender may also die before
it has attached. It asks for a flush with each message and then leaves by the callback of its
segment, as the sender of an error queue does; or it never asks and leaves by shm_mq_detach(), which
publishes what is pending, as the sender of tuples does. With FAILS=True it may leave by an error,
between two messages: then what is pending is lost, and the error goes by another queue.

One step is one region under `mq_mutex`, or one access outside it; to look whether there is room and
whether the other end has left is one step, because both change in one direction only and an old
answer is a careful one. SetLatch() is a step of its own. Left out: what was read is published at
once, words are not split, and publishing after a quarter of the ring.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B60, 5ec45bb7fa | ASKS_FOR_SENDER=False | DETACHED at the first receive, all unread |
| B63, 44339b892a | FORGETS_PARTIAL=False | assertion: a message is taken for the rest of one |
| B66, f5bfba5413 | FLUSHES_EARLY=False | what was flushed before the receiver came is never read |
| B68, 2bdfcb52c5 | OBEYS_NOWAIT=False | a reader who wants to wait hears of no message, and stops |

In B63 the sender goes on after DETACHED, as the executor of a worker did until c6dbf1fe79: it has
more rows and does not look at the result. In B68 TupleQueueReaderNext() passes on `true` for its
argument `nowait`; whoever asked to wait has to take "none yet" for the end of the rows.

Faults: the sender dies before it has attached, or FAILS between two messages; the receiver leaves
at any time. A cancel of either is one of these.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Returns, Spec, Steps, at, done, each, one_of, record

from .common.latch import Process, reset_latch, set_latch, wait_latch

NMESSAGES = 3  # at most
RING_SIZE = 3  # words
MESSAGE_SIZE = 2
ASKS_FOR_SENDER: bool = True  # 5ec45bb7fa: who finds the mark asks whether anybody was there
FORGETS_PARTIAL: bool = True  # 44339b892a
FLUSHES_EARLY: bool = True  # f5bfba5413: also when there is no receiver to be woken
OBEYS_NOWAIT: bool = True  # 2bdfcb52c5
FAILS: bool = False  # True: the sender may leave by an error, between two messages
RECEIVER: Process = 0
SENDER: Process = 1

Words = Annotated[int, Below(NMESSAGES * MESSAGE_SIZE + 1)]
Messages = Annotated[int, Below(NMESSAGES + 1)]


class Result(Enum):
    """shm_mq_result."""

    SUCCESS = auto()
    WOULD_BLOCK = auto()
    DETACHED = auto()


class Flush(Enum):
    """`force_flush`, for all messages of a sender."""

    AT_ONCE = auto()
    LATER = auto()


@record
class TupleQueue:
    receiver: Process | None = None
    sender: Process | None = None
    detached: bool = False
    words_written: Words = 0
    words_read: Words = 0


@record
class SenderHandle:
    """What the sender's shm_mq_handle has, in private memory."""

    pending: Words = 0
    partial: Annotated[int, Below(MESSAGE_SIZE)] = 0
    """So many words of a message were handed over before the sender had to wait."""


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    mq: TupleQueue = TupleQueue()
    handle: SenderHandle = SenderHandle()
    stopped: bool = False
    """What GetBackgroundWorkerPid() says of the sender."""
    sent: Messages = 0
    received: Messages = 0
    failed: bool = False
    """The sender has left, and its error goes by another queue."""
    leaves: bool = False
    """The receiver has all that it wants."""


spec = Spec("tuple queue", Shared)


def publish(s: Shared) -> None:
    """shm_mq_inc_bytes_written()."""
    s.mq.words_written += s.handle.pending
    s.handle.pending = 0


def wait_for_receiver(s: Shared) -> Returns[Result]:
    """shm_mq_wait_internal(), for a sender whose ring is full."""
    while True:
        yield "find"
        if s.mq.detached:
            return Result.DETACHED
        if s.mq.receiver is not None:
            return Result.SUCCESS

        yield "wait"
        wait_latch(s, SENDER)

        yield "reset"
        reset_latch(s, SENDER)


def send_word(s: Shared) -> Returns[Result]:
    """shm_mq_send_bytes()."""
    while True:
        yield "look"
        if s.mq.detached:
            return Result.DETACHED
        if s.mq.words_written + s.handle.pending - s.mq.words_read < RING_SIZE:
            s.handle.pending += 1  # the word is in the ring, and nobody else knows
            return Result.SUCCESS
        if s.mq.receiver is None:
            found = yield from wait_for_receiver(s)
            if found is Result.DETACHED:
                return found

        yield "publish"
        publish(s)

        yield "wake_receiver"
        set_latch(s, RECEIVER)

        yield "wait"
        wait_latch(s, SENDER)

        yield "reset"
        reset_latch(s, SENDER)


def send(s: Shared, flush: Flush) -> Returns[Result]:
    """shm_mq_send(), which waits for room, of a message that is new to it."""
    assert s.handle.partial == 0, "a message is taken for the rest of another"
    for i in range(MESSAGE_SIZE):
        result = yield from send_word(s)
        if result is Result.DETACHED:
            if FORGETS_PARTIAL:
                s.handle.partial = 0
            return result
        s.handle.partial = (i + 1) % MESSAGE_SIZE

    yield "find_receiver"
    if s.mq.detached:
        return Result.DETACHED
    found = s.mq.receiver is not None
    if not found and not FLUSHES_EARLY:
        return Result.SUCCESS

    if flush is Flush.AT_ONCE:
        yield "flush"
        publish(s)

        if found:
            yield "wake_receiver"
            set_latch(s, RECEIVER)
    return Result.SUCCESS


@spec.environment(fair="weak")
def sender(s: Shared) -> Steps:
    flush = one_of(Flush)
    count = one_of(range(1, NMESSAGES + 1))

    yield "start"
    dies = one_of((False, True))
    if dies:
        s.stopped = True

        yield "notify"  # by the postmaster
        set_latch(s, RECEIVER)
        return

    yield "attach"  # shm_mq_set_sender()
    s.mq.sender = SENDER
    attached = s.mq.receiver is not None

    if attached:
        yield "wake_receiver"
        set_latch(s, RECEIVER)
    for i in range(NMESSAGES):
        yield "go_on"
        if FAILS:
            fails = one_of((False, True))
            if fails:
                s.failed = True
                break
        if i < count:
            result = yield from send(s, flush)
            if result is Result.SUCCESS:
                s.sent += 1

    if flush is Flush.LATER and not s.failed:
        yield "publish"  # shm_mq_detach()
        publish(s)

    yield "detach"  # shm_mq_detach_internal()
    s.mq.detached = True
    attached = s.mq.receiver is not None

    if attached:
        yield "wake_other"
        set_latch(s, RECEIVER)


def wait_for_sender(s: Shared) -> Returns[bool]:
    """shm_mq_wait_internal(), and what shm_mq_receive() makes of its answer."""
    while True:
        yield "find"
        if s.mq.detached:
            break
        if s.mq.sender is not None:
            return True

        yield "is_stopped"
        if s.stopped:
            break

        yield "wait"
        wait_latch(s, RECEIVER)

        yield "reset"
        reset_latch(s, RECEIVER)

    yield "ask_again"
    return ASKS_FOR_SENDER and s.mq.sender is not None


def receive_word(s: Shared) -> Returns[Result]:
    """shm_mq_receive_bytes()."""
    while True:
        yield "read"
        if s.mq.words_written > s.mq.words_read:
            s.mq.words_read += 1

            yield "wake_sender"
            set_latch(s, SENDER)
            return Result.SUCCESS

        yield "is_detached"
        if s.mq.detached:
            yield "read_again"
            if s.mq.words_written > s.mq.words_read:
                continue
            return Result.DETACHED
        if not OBEYS_NOWAIT:
            return Result.WOULD_BLOCK

        yield "wait"
        wait_latch(s, RECEIVER)

        yield "reset"
        reset_latch(s, RECEIVER)


def receive_messages(s: Shared) -> Returns[Result]:
    """shm_mq_receive(), until there is nothing more, or the receiver has enough."""
    while True:
        yield "go_on"
        leaves = one_of((False, True))
        if leaves:
            return Result.SUCCESS
        for _ in range(MESSAGE_SIZE):
            result = yield from receive_word(s)
            if result is not Result.SUCCESS:
                return result
        s.received += 1


@spec.process
def receiver(s: Shared) -> Steps:
    yield "attach"  # shm_mq_set_receiver()
    s.mq.receiver = RECEIVER
    attached = s.mq.sender is not None

    if attached:
        yield "wake_sender"
        set_latch(s, SENDER)
    found = yield from wait_for_sender(s)
    result = Result.DETACHED
    if found:
        result = yield from receive_messages(s)
    s.leaves = result is Result.SUCCESS

    yield "detach"
    s.mq.detached = True
    attached = s.mq.sender is not None

    if attached:
        yield "wake_other"
        set_latch(s, SENDER)


@spec.always
def what_is_sent_is_received(s: Shared) -> bool:
    if s.leaves or not at(receiver, "detach"):
        return True
    return s.received <= s.sent if s.failed else s.received == s.sent


@spec.eventually
def both_come_to_an_end(s: Shared) -> bool:
    return done(receiver) and done(sender)


@spec.sometimes
def everything_is_received(s: Shared) -> bool:
    return s.received == NMESSAGES


@spec.sometimes
def all_is_sent_before_the_receiver_comes(s: Shared) -> bool:
    return done(sender) and at(receiver, "attach") and s.sent > 0


@spec.sometimes
def the_receiver_leaves_in_the_middle_of_a_message(s: Shared) -> bool:
    return s.leaves and s.handle.partial > 0 and s.mq.detached


spec.expect(states=7256)
spec.expect(FAILS=True, states=8179)
spec.expect(ASKS_FOR_SENDER=False, violated="what_is_sent_is_received", steps=14, states=7269)
spec.expect(FORGETS_PARTIAL=False, violated="sender.go_on", steps=11, states=7163)
spec.expect(FLUSHES_EARLY=False, violated="what_is_sent_is_received", steps=16, states=7199)
spec.expect(OBEYS_NOWAIT=False, violated="what_is_sent_is_received", steps=12, states=8076)
