"""The end of a parallel hash join: who comes late does not touch what the last one frees.

Models the build barrier and the array of batches in ExecHashTableCreate(), ExecHashTableDetach()
and ExecParallelHashJoinNewBatch() of src/backend/executor (nodeHash.c, nodeHashjoin.c) as at
21e958c303 (2026), for workers only (parallel_leader_participation = off): with a leader that takes
part the last one to leave is hardly ever early enough. A worker attaches to the barrier when it
likes. Those who come while the table is built allocate the array, build together, and run; the last
to leave frees the array. If there are no inner rows, nobody has to run (the empty-inner
optimisation). One step is one region under the barrier's spinlock, or one access to the array or
to the pointer to it. Left out: the phases of the build, and batches of their own.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B119, 8d578b9b2e | FIX=NONE | a late worker uses an array that is being freed |
| B119, 8d578b9b2e after 3b8981b6e1 | FIX=FIRST | no inner rows: not the phase in which to leave |

Before, a late worker looked whether the pointer was cleared. The first fix, later reverted, has
phases to run and to free, but lets workers leave from the middle of the build if there are no rows.

Faults: FAULTS=True has a worker that fails before it builds or before it looks at the batches. It
stays attached: nobody who goes on finds himself the last, and the array goes with the query's
memory.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    wait_until,
)

from .common.barrier import (
    Barrier,
    BarrierNumber,
    arrive_and_leave,
    arrive_and_wait,
    attach_to_barrier,
    leave_barrier,
)


class Fix(Enum):
    NONE = auto()
    FIRST = auto()  # 3b8981b6e1
    SECOND = auto()  # 8d578b9b2e


NWORKERS = 2
FIX: Fix = Fix.SECOND
FAULTS: bool = False  # True: a worker may fail
BUILD = 0
RUN = 1
FREE = 2

Worker = Annotated[int, Below(NWORKERS)]


class Memory(Enum):
    """The array of batches."""

    NOT_ALLOCATED = auto()
    ALLOCATED = auto()
    FREED = auto()


@record
class Shared:
    barrier: Array[BarrierNumber, Barrier] = each(Barrier)
    batches: Memory = Memory.NOT_ALLOCATED
    pointer: bool = False
    """`pstate->batches` is valid."""
    no_rows: bool = False
    came_late: bool = False
    failed: bool = False


spec = Spec("batches of a parallel hash join", Shared)


@spec.environment
def rows(s: Shared) -> Steps:
    yield "are_there_none"
    wait_until(s.barrier[0].phase == BUILD and s.barrier[0].participants == 0)
    s.no_rows = True


def has_failed(s: Shared) -> Returns[bool]:
    """An error here or there; who leaves by it stays attached to the barrier."""
    if not FAULTS:
        return False

    yield "work"
    fails = one_of((False, True))
    if fails:
        s.failed = True
    return fails


def build(s: Shared) -> Returns[bool]:
    """MultiExecHash(): together with all who are there; False if it is interrupted."""
    yield "allocate"
    if s.batches is Memory.NOT_ALLOCATED:
        s.batches = Memory.ALLOCATED
        s.pointer = True
    goes_on = yield from arrive_and_wait(s, 0)
    return goes_on


def use_batches(s: Shared) -> Steps:
    """ExecParallelHashEnsureBatchAccessors(), and the batches."""
    yield "look"
    valid = s.pointer

    if valid:
        yield "use"
        assert s.batches is Memory.ALLOCATED, "the array was freed"


def free(s: Shared) -> Steps:
    yield "free"
    s.batches = Memory.FREED

    yield "clear"
    s.pointer = False


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "attach"
    phase = attach_to_barrier(s, 0)
    s.came_late = s.came_late or phase > BUILD
    skips = s.no_rows and FIX is not Fix.SECOND
    if phase == BUILD and not skips:
        fails = yield from has_failed(s)
        if fails:
            return
        goes_on = yield from build(s)
        if not goes_on:
            return
    if not skips and phase != FREE:
        fails = yield from has_failed(s)
        if fails:
            return
        yield from use_batches(s)

    yield "leave"  # ExecHashTableDetach()
    last = False
    if FIX is Fix.NONE:
        last = leave_barrier(s, 0)
    elif phase == FREE:
        leave_barrier(s, 0)
    else:
        assert s.barrier[0].phase == RUN, "not the phase in which to leave"
        last = arrive_and_leave(s, 0)

    if last and s.pointer:
        yield from free(s)


@spec.eventually
def everybody_ends(s: Shared) -> bool:
    return all(done(worker, w) for w in domain(Worker))


@spec.always
def memory_is_returned(s: Shared) -> bool:
    ended = all(done(worker, w) for w in domain(Worker))
    return s.failed or s.batches is not Memory.ALLOCATED or not ended


@spec.sometimes
def a_worker_comes_after_the_build(s: Shared) -> bool:
    return s.came_late


@spec.sometimes
def a_worker_comes_when_all_is_freed(s: Shared) -> bool:
    return s.came_late and s.batches is Memory.FREED


@spec.sometimes
def a_worker_goes_on_when_another_has_failed(s: Shared) -> bool:
    goes_on = any(at(worker, w, "use_batches.use") for w in domain(Worker))
    return (s.failed and goes_on) or not FAULTS


spec.expect(states=210)
spec.expect(FAULTS=True, states=386)
spec.expect(NWORKERS=3, states=1788)
spec.expect(FIX=Fix.NONE, violated="worker.use_batches.use", steps=11, states=119)
spec.expect(FIX=Fix.FIRST, violated="worker.leave", steps=3, states=109)
