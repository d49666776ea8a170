"""Worker numbers: queue i is fed by the worker of handle i, in whatever order the workers start.

Models LaunchParallelWorkers(), ParallelWorkerMain() and DestroyParallelContext() of
src/backend/access/transam/parallel.c about 64b2e7ad91 (2015-11-05), as far as numbers go: a leader
registers its workers, they attach in any order, and send 'X' to the queue of their number; the
leader reads it, and takes the worker of the same index for finished. Or one works until it is told
to stop. When a cancel strikes, the leader tells those to stop that have not finished, by their
handles, and waits for all of them. One step is one access to what is shared. Left out: the slots of
background workers, and what is in the queues beside 'X'; `context_life_cycle.py`
has the same constant in the midst of all that, with states by the million.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B03, 64b2e7ad91 | FROM_LEADER=False | the wrong worker is told to stop, and the other awaited |

Faults: a cancel at any moment. The error of a worker is read as an 'E' from the queue of its
number, and does what the cancel does.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, done, each, one_of, record, wait_until

NWORKERS = 2
FROM_LEADER: bool = True  # 64b2e7ad91: in bgw_extra; False: from a counter, as they come

Worker = Annotated[int, Below(NWORKERS)]  # an index of handles, and of queues


@record
class Shared:
    launched: bool = False
    next_number: Annotated[int, Below(NWORKERS + 1)] = 0
    """`workers_attached`."""
    sender: Array[Worker, Worker | None] = each(None)
    """Which registration feeds this queue."""
    sent: Array[Worker, bool] = each(False)
    """'X' is in this queue."""
    finished: Array[Worker, bool] = each(False)
    """The leader has read it."""
    cancelled: bool = False
    terminated: Array[Worker, bool] = each(False)
    exited: Array[Worker, bool] = each(False)


spec = Spec("worker numbers", Shared)


@spec.environment(fair="weak")
def worker(s: Shared, me: Worker) -> Steps:
    stays = one_of((False, True))
    number = me

    yield "take_number"
    wait_until(s.launched)
    if not FROM_LEADER:
        number = s.next_number
        s.next_number += 1

    yield "attach"
    s.sender[number] = me

    yield "work"
    wait_until(not stays or s.terminated[me])
    if not s.terminated[me]:
        yield "send"
        s.sent[number] = True

    yield "exit"
    s.exited[me] = True


@spec.environment(fair="weak")
def client(s: Shared) -> Steps:
    yield "cancel"
    s.cancelled = True


@spec.process
def leader(s: Shared) -> Steps:
    yield "launch"
    s.launched = True
    while True:
        yield "wait"
        wait_until(s.cancelled or any(s.sent[i] and not s.finished[i] for i in domain(Worker)))
        if s.cancelled:
            break
        for i in domain(Worker):
            s.finished[i] = s.sent[i]
        if all(s.finished):
            break

    for i in range(NWORKERS):
        yield "terminate"
        if not s.finished[i]:
            s.terminated[i] = True

    for i in range(NWORKERS):
        yield "wait_for_exit"
        wait_until(s.exited[i])


@spec.always
def a_queue_belongs_to_its_handle(s: Shared) -> bool:
    return all(s.sender[i] is None or s.sender[i] == i for i in domain(Worker))


@spec.eventually
def the_leader_goes_on(s: Shared) -> bool:
    return done(leader)


@spec.sometimes
def the_second_attaches_first(s: Shared) -> bool:
    return s.sender[1] is not None and s.sender[0] is None


@spec.sometimes
def one_has_finished_and_the_other_is_told(s: Shared) -> bool:
    return s.finished[1] and s.terminated[0]


spec.expect(states=738)
spec.expect(
    FROM_LEADER=False,
    violated=("a_queue_belongs_to_its_handle", "the_leader_goes_on", "deadlock"),
    steps=3,
    states=1232,
)
