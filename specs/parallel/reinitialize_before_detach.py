"""Reinitialize before detach: a queue is recreated under its old sender.

Models src/backend/access/transam/parallel.c before PostgreSQL commit
3a1f8611f2: the leader took the last message of a worker for its exit.

The leader receives from its workers in the order of their slots, which is all that the race needs.
A server takes whichever message is there (`RECEIVE_IN_ORDER=False`): what `modelcheck observe` sees
on it are runs of that variant.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Queue,
    Spec,
    Steps,
    each,
    one_of,
    queue,
    record,
    subset,
    wait_until,
)

NWORKERS = 2
NLAUNCHES = 2
WAIT_FOR_EXIT: bool = False  # the fix: WaitForParallelWorkersToExit()
RECEIVE_IN_ORDER: bool = True

Slot = Annotated[int, Below(NWORKERS)]
Pid = Annotated[int, Below(NWORKERS * NLAUNCHES)]  # pid = launch * NWORKERS + slot


class Message(Enum):
    TERMINATE = auto()


class Status(Enum):
    NOT_STARTED = auto()
    STARTED = auto()
    STOPPED = auto()


@record
class ShmMq:
    """An error queue; its receiver is always the leader."""

    sender: Pid | None = None
    detached: bool = False
    ring: Queue[Message] = queue(capacity=1)


@record
class Shared:
    mq: Array[Slot, ShmMq] = each(ShmMq)
    status: Array[Pid, Status] = each(Status.NOT_STARTED)


spec = Spec("reinitialize before detach", Shared)


@spec.process
def leader(s: Shared) -> Steps:
    for launch in range(NLAUNCHES):
        if launch > 0:  # ReinitializeParallelDSM()
            if WAIT_FOR_EXIT:
                for slot in range(NWORKERS):
                    yield "wait_for_exit"  # WaitForBackgroundWorkerShutdown()
                    previous = (launch - 1) * NWORKERS + slot
                    wait_until(s.status[previous] is Status.STOPPED)
            for slot in range(NWORKERS):
                yield "reinitialize"  # shm_mq_create()
                s.mq[slot] = ShmMq()
        for slot in range(NWORKERS):
            yield "launch"  # RegisterDynamicBackgroundWorker()
            s.status[launch * NWORKERS + slot] = Status.STARTED
        received: FiniteSet[Slot] = subset()
        for turn in range(NWORKERS):
            yield "receive"  # ProcessParallelMessages()
            slot = turn
            if not RECEIVE_IN_ORDER:
                slot = one_of(i for i in range(NWORKERS) if i not in received)
                received.add(slot)
            q = s.mq[slot]
            wait_until(len(q.ring) > 0 or q.detached)
            assert len(q.ring) > 0, "lost connection to parallel worker"
            q.ring.pop()
            q.detached = True  # shm_mq_detach(): the leader believes the worker gone


@spec.process
def worker(s: Shared, me: Pid) -> Steps:
    slot = me % NWORKERS

    yield "attach"  # shm_mq_set_sender()
    wait_until(s.status[me] is Status.STARTED)
    assert s.mq[slot].sender is None
    s.mq[slot].sender = me

    yield "send_terminate"  # pq_putmessage(PqMsg_Terminate)
    if not s.mq[slot].detached:
        s.mq[slot].ring.push(Message.TERMINATE)

    yield "detach"  # shm_mq_detach_internal()
    assert s.mq[slot].sender == me, "detaching a queue of somebody else"
    s.mq[slot].detached = True

    yield "exit"  # proc_exit(); the postmaster reports it
    s.status[me] = Status.STOPPED


@spec.eventually
def every_worker_stops(s: Shared) -> bool:
    return all(status is Status.STOPPED for status in s.status)


spec.expect(WAIT_FOR_EXIT=False, violated="worker.detach", steps=10, states=559)
spec.expect(WAIT_FOR_EXIT=True, states=115)
spec.expect(WAIT_FOR_EXIT=True, RECEIVE_IN_ORDER=False, states=145)
