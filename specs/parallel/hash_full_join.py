"""A parallel full join: nobody waits at a barrier while others wait for him to read their rows.

Models the barrier of one batch in ExecParallelHashJoin() of src/backend/executor/nodeHashjoin.c as
at 21e958c303 (2026), in a Gather whose leader takes part. Leader and worker probe the hash table;
the worker's rows go through a queue with room for one, which the leader reads when it has no row of
its own, between two calls of its part of the plan. Then the rows of the table that had no match are
to be emitted, once all have probed: the last to arrive does it alone, and the others leave
(BarrierArriveAndDetachExceptLast()). A second worker may come late: it attaches, sees that there is
nothing to do any more, and leaves. One step is one region under the barrier's spinlock, one row, or
one look at the queue. Left out: other batches.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B121, 11c2d6fdf5 | LAST_SCANS=False | the leader waits for a worker, who waits for the leader |
| B120, b37d051b0e | ASSERTS_ALONE=True | an assertion fails for who has come late, for an instant |

LAST_SCANS=False is the design that was not taken: full joins were not parallel before (9c75e1a36b).

Faults: FAULTS=True has an error of leader or worker after probing; each ends the waits of the
other. A worker that never starts has not attached.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Queue,
    Returns,
    Spec,
    Steps,
    at,
    done,
    each,
    one_of,
    queue,
    record,
    wait_until,
)

from .common.barrier import (
    Barrier,
    BarrierNumber,
    Count,
    arrive_and_wait,
    attach_to_barrier,
    leave_barrier,
)

NROWS = 2
LAST_SCANS: bool = True  # 11c2d6fdf5; False: all wait at the barrier, then all scan
ASSERTS_ALONE: bool = False  # True: before b37d051b0e
FAULTS: bool = False  # True: leader or worker may fail
PROBE = 0
SCAN = 1

Rows = Annotated[int, Below(2 * NROWS)]


@record
class Shared:
    barrier: Array[BarrierNumber, Barrier] = each(Barrier(participants=2))
    queue: Queue[bool] = queue(capacity=1)
    worker_ended: bool = False
    scanned: Count = 0
    """By so many."""
    returned: Rows = 0
    late: bool = False
    failed: bool = False


spec = Spec("a parallel full join", Shared)


def end_probing(s: Shared) -> bool:
    """BarrierArriveAndDetachExceptLast(): True for the last."""
    b = s.barrier[0]
    if b.participants > 1:
        b.participants -= 1
        return False
    b.phase += 1
    return True


def fails_now(s: Shared) -> Returns[bool]:
    if not FAULTS:
        return False

    yield "work"
    fails = one_of((False, True))
    if fails:
        s.failed = True
    return fails


def scan_unmatched(s: Shared) -> Steps:
    """What follows when the probing is over, in leader and worker."""
    if LAST_SCANS:
        yield "end_probing"
        last = end_probing(s)

        if last:
            yield "scan"
            assert not ASSERTS_ALONE or s.barrier[0].participants == 1, "somebody else is there"
            s.scanned += 1
            leave_barrier(s, 0)
    else:
        goes_on = yield from arrive_and_wait(s, 0)

        if goes_on:
            yield "scan"
            s.scanned += 1
            leave_barrier(s, 0)


@spec.process
def leader(s: Shared) -> Steps:
    for _ in range(NROWS):
        yield "read_or_probe"  # gather_readnext(), then ExecProcNode() of its own part
        if len(s.queue) > 0:
            s.queue.pop()
            s.returned += 1
    fails = yield from fails_now(s)
    if fails:
        return
    yield from scan_unmatched(s)
    while not s.worker_ended or len(s.queue) > 0:
        yield "read"
        wait_until(s.worker_ended or len(s.queue) > 0 or s.failed)
        if s.failed:
            return
        if len(s.queue) > 0:
            s.queue.pop()
            s.returned += 1


@spec.process
def worker(s: Shared) -> Steps:
    for _ in range(NROWS):
        yield "send"
        wait_until(len(s.queue) == 0 or s.failed)
        if s.failed:
            return
        s.queue.push(True)
    fails = yield from fails_now(s)
    if fails:
        return
    yield from scan_unmatched(s)

    yield "end"
    s.worker_ended = True


@spec.environment(fair="weak")
def late_worker(s: Shared) -> Steps:
    yield "attach"
    phase = attach_to_barrier(s, 0)
    s.late = phase == SCAN

    if phase == PROBE:
        yield from scan_unmatched(s)
    else:
        yield "leave"
        leave_barrier(s, 0)


@spec.eventually
def the_query_ends(s: Shared) -> bool:
    return done(leader)


@spec.always
def unmatched_rows_are_emitted(s: Shared) -> bool:
    ended = done(leader) and done(late_worker)
    return s.failed or not ended or (s.scanned == 1 if LAST_SCANS else s.scanned > 1)


@spec.sometimes
def the_worker_waits_for_room(s: Shared) -> bool:
    return at(worker, "send") and len(s.queue) == 1


@spec.sometimes
def somebody_comes_late(s: Shared) -> bool:
    return s.late


@spec.sometimes
def the_worker_waits_for_a_leader_that_failed(s: Shared) -> bool:
    return (s.failed and done(leader) and at(worker, "send")) or not FAULTS


spec.expect(states=120)
spec.expect(FAULTS=True, states=243)
spec.expect(LAST_SCANS=False, violated=("the_query_ends", "deadlock"), steps=6, states=209)
spec.expect(
    ASSERTS_ALONE=True,
    violated=("leader.scan_unmatched.scan", "worker.scan_unmatched.scan"),
    steps=8,
    states=120,
)
