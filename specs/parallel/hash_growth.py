"""More batches for a parallel hash join: who splits them finds all that was written.

Models the end of MultiExecParallelHash() and ExecParallelHashIncreaseNumBatches() of
src/backend/executor/nodeHash.c as at 21e958c303 (2026). Workers take rows and write them to files
of the shared batches, through private buffers. One of them finds that there is not enough memory:
all who are attached to the barrier of the growth arrive there and flush their buffers, and then the
rows in the files are split anew. Who has no more rows flushes, and detaches from that barrier, and
is not waited for. One step is one region under the barrier's spinlock, one flush, or the splitting.
Left out: how it is decided to grow, which all do together, and the tables in memory.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B118, f83040c62a | FLUSHES_FIRST=False | rows are split that are not written yet |

Faults: FAULTS=True has a worker that fails with rows in its buffer. It stays attached, so nobody
splits without them; who waits is told to stop.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Returns, Spec, Steps, at, domain, done, each, one_of, record

from .common.barrier import (
    Barrier,
    BarrierNumber,
    arrive_and_wait,
    leave_barrier,
)

NWORKERS = 2
FLUSHES_FIRST: bool = True  # f83040c62a: before it detaches
FAULTS: bool = False  # True: a worker may fail, with rows that it has not flushed

Worker = Annotated[int, Below(NWORKERS)]


@record
class Shared:
    barrier: Array[BarrierNumber, Barrier] = each(Barrier(participants=NWORKERS))
    buffered: Array[Worker, bool] = each(True)
    """Rows that this worker has taken, and nobody else can read yet."""
    grows: bool = False
    splits: bool = False
    failed: bool = False


spec = Spec("more batches for a parallel hash join", Shared)


def flush(s: Shared, me: Worker) -> Steps:
    yield "flush"
    s.buffered[me] = False


def grow(s: Shared, me: Worker) -> Returns[bool]:
    """ExecParallelHashIncreaseNumBatches(); False if it is interrupted."""
    yield from flush(s, me)
    goes_on = yield from arrive_and_wait(s, 0)
    if not goes_on:
        return False

    yield "split"
    assert not any(s.buffered), "rows are split that are not written yet"
    s.splits = True
    return True


def detach_from_growth(s: Shared) -> Steps:
    yield "detach"
    leave_barrier(s, 0)


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "take_rows"
    needs_memory = one_of((False, True))
    fails = False
    if FAULTS:
        fails = one_of((False, True))
    if fails:
        s.failed = True
        return
    s.grows = s.grows or needs_memory
    joins = s.grows

    if joins:
        goes_on = yield from grow(s, me)
        if not goes_on:
            return
    if FLUSHES_FIRST:
        yield from flush(s, me)
        yield from detach_from_growth(s)
    else:
        yield from detach_from_growth(s)
        yield from flush(s, me)


@spec.eventually
def everybody_ends(s: Shared) -> bool:
    return all(done(worker, w) for w in domain(Worker))


@spec.sometimes
def batches_are_split_while_another_has_ended(s: Shared) -> bool:
    return s.splits and any(done(worker, w) for w in domain(Worker))


@spec.sometimes
def who_waits_for_a_failed_worker_is_told(s: Shared) -> bool:
    waits = any(at(worker, w, "grow.arrive_and_wait.wait") for w in domain(Worker))
    return (s.failed and waits) or not FAULTS


spec.expect(states=75)
spec.expect(FAULTS=True, states=92)
spec.expect(FLUSHES_FIRST=False, violated="worker.grow.split", steps=7, states=77)
