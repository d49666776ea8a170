"""Relaunch and reinitialise at full detail of the queue: what a stale detach does to a new sender.

Models one error queue over two launches, between b0b0d84b3d and 3a1f8611f2 (October 2015), in
src/backend/access/transam/parallel.c and src/backend/storage/ipc/shm_mq.c. One step is one access
that another process can see; `mq_mutex` is a variable, for shm_mq_create() initialises it without
asking who holds it. The worker attaches, sends 'X', and exits: its detach callback takes the mutex,
finds out whose queue it is, sets the mark, and wakes the other end. Left out: the slots of
background workers, and other faults than those below; see `context_faults.py`. The same race at the
grain of whole operations, with a scenario for a real server, is `reinitialize_before_detach.py`.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B01, 3a1f8611f2 | WAITS_FOR_EXIT=False | assertion in an assert-enabled build: not my queue |
| B01, 3a1f8611f2 | WAITS_FOR_EXIT=False, ASSERTS=False | lost connection, a hang, a broken mutex |

In a production build the old worker that is not the sender takes itself for the receiver. It marks
the new queue as detached, and the new worker's 'X' is dropped. The leader reports a lost
connection, always: pq_putmessage() signals it after a vain attempt too, so the hang that the facts
name beside is not found. Where the old worker held the mutex when it was initialised anew, two
processes are in the critical section.

With the fix the leader never comes to ask whether its queue is detached: a signal means that 'X' is
there. `check --strict` says so of `is_detached` and `read_again`. Up to PostgreSQL 16 that is not
so: a worker sends 'K' first (SENDS_KEY=True), and the leader that reads it finds nothing behind it.

Since 6708e447ef a leader that has read 'X' detaches the queue, too (MARKS_LAST=True). The race was
fixed by then, and what the worker finds at its own end makes no difference to it.

Faults: FAULTS=True has, with the fixes of later years, workers that do not start or send an error,
and a cancel while the leader waits for a last message. Then it detaches its end, and waits for the
exit before it goes on.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Between,
    Queue,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    queue,
    record,
    wait_until,
)

from .common.latch import Process, reset_latch, set_latch, wait_latch

NLAUNCHES = 2
WAITS_FOR_EXIT: bool = True  # 3a1f8611f2
ASSERTS: bool = True
MARKS_LAST: bool = False  # 6708e447ef (PostgreSQL 11): who has read 'X' detaches the queue
FAULTS: bool = False  # True: workers do not start, or fail, and the client may cancel
SENDS_KEY: bool = False  # True: 'K', before 0dd094c4a0 (PostgreSQL 17)
LEADER: Process = 0

Worker = Annotated[int, Between(1, NLAUNCHES)]


class Message(Enum):
    """What a worker sends."""

    KEY = auto()  # 'K', to cancel it with
    TERMINATE = auto()  # 'X'
    ERROR = auto()  # 'E'


class Ending(Enum):
    """Of a launch."""

    FINISHED = auto()
    LOST = auto()  # "lost connection to parallel worker"
    FAILED = auto()  # an error of the worker, a failed start, or a cancel


@record
class ErrorQueue:
    mutex: bool = False
    receiver: Process | None = None
    sender: Process | None = None
    detached: bool = False
    unread: Queue[Message] = queue(capacity=2)


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    mq: ErrorQueue = ErrorQueue()
    launched: Annotated[int, Between(0, NLAUNCHES)] = 0
    stopped: Array[Process, bool] = each(False)
    pending: bool = False
    """ParallelMessagePending of the leader."""
    lost: bool = False
    cancelled: bool = False
    answered: bool = False


spec = Spec("relaunch", Shared)


def lock(s: Shared) -> Steps:
    yield "lock"
    wait_until(not s.mq.mutex)
    s.mq.mutex = True


def set_receiver(s: Shared) -> Steps:
    """shm_mq_set_receiver() of the leader; there is no sender yet to be woken."""
    yield from lock(s)

    yield "store"
    assert s.mq.receiver is None, "a second receiver"
    assert s.mq.sender is None
    s.mq.receiver = LEADER

    yield "unlock"
    s.mq.mutex = False


def set_sender(s: Shared, me: Process) -> Steps:
    """shm_mq_set_sender()."""
    yield from lock(s)

    yield "store"
    assert s.mq.sender is None, "a second sender"
    s.mq.sender = me
    receiver = s.mq.receiver

    yield "unlock"
    s.mq.mutex = False

    if receiver is not None:
        yield "wake_receiver"
        set_latch(s, receiver)


def detach(s: Shared, me: Process) -> Steps:
    """shm_mq_detach_internal()."""
    yield from lock(s)

    yield "judge"
    victim = s.mq.receiver
    if s.mq.sender != me:
        assert s.mq.receiver == me or not ASSERTS, "detaching a queue of somebody else"
        victim = s.mq.sender

    yield "mark"
    s.mq.detached = True

    yield "unlock"
    s.mq.mutex = False

    if victim is not None:
        yield "wake_other"
        set_latch(s, victim)


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "start"
    wait_until(s.launched >= me or s.answered)
    starts = True
    if FAULTS:
        starts = one_of((True, False))
    if s.launched < me:
        return
    if not starts:
        s.stopped[me] = True

        yield "report"
        set_latch(s, LEADER)
        return
    yield from set_sender(s, me)

    if SENDS_KEY:
        yield "send_key"
        if not s.mq.detached:
            s.mq.unread.push(Message.KEY)

        yield "signal_key"
        s.pending = True
        set_latch(s, LEADER)

    yield "send_terminate"
    message = Message.TERMINATE
    if FAULTS:
        message = one_of((Message.TERMINATE, Message.ERROR))
    if not s.mq.detached:
        s.mq.unread.push(message)

    yield "signal_leader"  # mq_putmessage() does so after every attempt, also a vain one
    s.pending = True
    set_latch(s, LEADER)
    yield from detach(s, me)

    yield "exit"
    s.stopped[me] = True

    yield "notify"
    set_latch(s, LEADER)


def wait_for_finish(s: Shared, of: Process) -> Returns[Ending]:
    """WaitForParallelWorkersToFinish()."""
    while True:
        yield "check_for_interrupts"
        if s.cancelled:
            return Ending.FAILED
        if s.pending:
            s.pending = False
            while True:
                yield "read"
                if len(s.mq.unread) == 0:
                    yield "is_detached"
                    if not s.mq.detached:
                        break

                    yield "read_again"
                    if len(s.mq.unread) == 0:
                        return Ending.LOST
                message = s.mq.unread.pop()
                if message is not Message.KEY:
                    if MARKS_LAST and message is Message.TERMINATE:
                        yield from detach(s, LEADER)
                    return Ending.FAILED if message is Message.ERROR else Ending.FINISHED

        if FAULTS:
            yield "look_for_failed_start"  # 2badb5afb8
            if s.stopped[of] and s.mq.sender is None:
                return Ending.FAILED

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


def wait_for_exit(s: Shared, of: Process) -> Steps:
    """WaitForBackgroundWorkerShutdown()."""
    while True:
        yield "check"
        if s.stopped[of]:
            return

        yield "wait"
        wait_latch(s, LEADER)

        yield "reset"
        reset_latch(s, LEADER)


@spec.process
def leader(s: Shared) -> Steps:
    for turn in range(NLAUNCHES):
        if WAITS_FOR_EXIT and turn > 0:
            yield from wait_for_exit(s, turn)

        yield "create"  # shm_mq_create(): no lock
        s.mq = ErrorQueue()
        yield from set_receiver(s)

        yield "launch"
        s.launched = turn + 1
        ending = yield from wait_for_finish(s, turn + 1)
        if ending is Ending.LOST:
            s.lost = True
            break
        if ending is Ending.FAILED:
            yield from detach(s, LEADER)  # DestroyParallelContext()
            yield from wait_for_exit(s, turn + 1)
            break

    yield "answer"
    s.answered = True


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    wait_until(FAULTS)
    s.cancelled = True
    set_latch(s, LEADER)


def is_inside(w: Worker) -> bool:
    return (
        at(worker, w, "set_sender.store")
        or at(worker, w, "set_sender.unlock")
        or at(worker, w, "detach.judge")
        or at(worker, w, "detach.mark")
        or at(worker, w, "detach.unlock")
    )


def is_leader_detaching() -> bool:
    return at(leader, "detach.judge") or at(leader, "detach.mark") or at(leader, "detach.unlock")


@spec.always
def the_mutex_excludes(s: Shared) -> bool:
    inside = sum(is_inside(w) for w in domain(Worker))
    return inside == 0 or (
        inside == 1
        and not at(leader, "set_receiver.store")
        and not at(leader, "set_receiver.unlock")
        and not ((FAULTS or MARKS_LAST) and is_leader_detaching())
    )


@spec.always
def no_connection_is_lost(s: Shared) -> bool:
    return not s.lost


@spec.eventually
def the_leader_answers(s: Shared) -> bool:
    return done(leader)


@spec.sometimes
def it_finishes_before_its_worker(s: Shared) -> bool:
    return s.answered and not s.stopped[NLAUNCHES]


@spec.sometimes
def its_leader_detaches_while_a_worker_attaches(s: Shared) -> bool:
    attaches = any(at(worker, w, "set_sender.lock.lock") for w in domain(Worker))
    return (attaches and at(leader, "detach.mark")) or not FAULTS


spec.expect(states=362)
spec.expect(FAULTS=True, states=3284)
spec.expect(SENDS_KEY=True, states=930)
spec.expect(MARKS_LAST=True, states=548)
spec.expect(
    WAITS_FOR_EXIT=False,
    violated=("worker.detach.judge", "the_mutex_excludes", "no_connection_is_lost"),
    steps=17,
    states=2558,
)
spec.expect(
    WAITS_FOR_EXIT=False,
    ASSERTS=False,
    violated=("no_connection_is_lost", "the_mutex_excludes"),
    steps=33,
    states=4583,
)
