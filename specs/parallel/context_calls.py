"""The calls that make up a parallel context, in every allowed order, and with too little of all.

Models CreateParallelContext(), InitializeParallelDSM(), LaunchParallelWorkers(),
ReinitializeParallelDSM() and DestroyParallelContext() of src/backend/access/transam/parallel.c as
at 21e958c303 (2026), in one process: what they allocate, find and follow. There may be no slot for
a segment, or interrupts may be held, and then there are no workers, and a table of contents in
private memory with one key. An error may end the transaction after any call, also right after the
first; then the context is destroyed as it is. A caller that builds an index keeps its own state in
the segment. One that runs plans calls from memory that it resets from row to row.

One step is one call. Left out: all that workers do, for which `context_life_cycle.py` is there, and
that a registration fails, which leaves an index without a handle.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B05, 227d57f358 | CHECKS_WORKERS=False | the end of a context that was only created: a crash |
| B09, 957ff087c8 | LOOKS_UP_AT_NEED=False | ERROR: could not find key in shm TOC |
| B11, f1a6e622bd | REINITIALIZES_IN_TOP=False | a queue handle was freed, and is used |
| B99, d9fe702a2c | CHECKS_SEGMENT=False | the index build follows a NULL segment |

LOOKS_UP_AT_NEED=False is the state between d466335064 and 445dbd82a3: the lookup raises an error
now, and it found nothing before as well, but nobody used that.

Faults: an error after any call, no slot for a segment, interrupts on hold. Workers have no part
here.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import FiniteSet, Returns, Spec, Steps, at, done, one_of, record, subset

NCALLS = 3  # between the initialisation and the end
CHECKS_WORKERS: bool = True  # 227d57f358: that the array is there
LOOKS_UP_AT_NEED: bool = True  # 957ff087c8: only if there are workers
REINITIALIZES_IN_TOP: bool = True  # f1a6e622bd: in TopTransactionContext
CHECKS_SEGMENT: bool = True  # d9fe702a2c: falls back to a build without workers


class Call(Enum):
    """What a caller does with a context that is initialised."""

    LAUNCH = auto()
    REINITIALIZE = auto()
    RESET_MEMORY = auto()
    FAIL = auto()


class Key(Enum):
    """In the table of contents."""

    FIXED = auto()
    ERROR_QUEUE = auto()


class Memory(Enum):
    """Where a queue handle was allocated."""

    TOP_TRANSACTION = auto()
    CALLER = auto()
    FREED = auto()


@record
class Shared:
    workers: bool = False
    """`nworkers` > 0."""
    array: bool = False
    """`worker` is not NULL."""
    segment: bool = False
    keys: FiniteSet[Key] = subset()
    error_mqh: Memory | None = None
    launched: bool = False
    reinitialized: bool = False
    """After a launch."""


spec = Spec("calls of a parallel context", Shared)


def initialize(s: Shared) -> Steps:
    """InitializeParallelDSM()."""
    yield "initialize"
    enough = one_of((False, True))  # interrupts can be serviced, and there is a slot
    if not enough:
        s.workers = False
    s.segment = s.workers
    s.keys.add(Key.FIXED)
    if s.workers:
        s.array = True
        s.error_mqh = Memory.TOP_TRANSACTION
        s.keys.add(Key.ERROR_QUEUE)


def follow_handle(s: Shared) -> None:
    assert s.error_mqh is not Memory.FREED, "a queue handle that was freed"


def launch(s: Shared) -> None:
    """LaunchParallelWorkers()."""
    if s.workers:
        follow_handle(s)
        s.launched = True


def reinitialize(s: Shared) -> None:
    """ReinitializeParallelDSM(); workers that were launched have exited."""
    if s.workers:
        follow_handle(s)
    if s.workers or not LOOKS_UP_AT_NEED:
        assert Key.ERROR_QUEUE in s.keys, "could not find key in shm TOC"
    if s.workers:
        s.error_mqh = Memory.TOP_TRANSACTION if REINITIALIZES_IN_TOP else Memory.CALLER
        s.reinitialized = s.launched
        s.launched = False


def use(s: Shared) -> Returns[bool]:
    """What one caller or the other does; False at an error."""
    for _ in range(NCALLS):
        yield "call"
        call = one_of(c for c in Call if c is not Call.LAUNCH or not s.launched)
        match call:
            case Call.LAUNCH:
                launch(s)
            case Call.REINITIALIZE:
                reinitialize(s)
            case Call.RESET_MEMORY:
                if s.error_mqh is Memory.CALLER:
                    s.error_mqh = Memory.FREED
            case Call.FAIL:
                return False
    return True


def destroy(s: Shared) -> Steps:
    """DestroyParallelContext()."""
    yield "destroy"
    if s.workers and (s.array or not CHECKS_WORKERS):
        assert s.array, "the array of workers is NULL"
        follow_handle(s)
    s.error_mqh = None
    s.segment = False


@spec.process
def caller(s: Shared) -> Steps:
    builds_index = one_of((False, True))

    yield "create"
    wants_workers = one_of((False, True))
    s.workers = wants_workers

    yield "go_on"
    fails = one_of((False, True))
    if not fails:
        yield from initialize(s)
        uses = True
        if builds_index:
            yield "store_state"  # _bt_begin_parallel()
            assert s.segment or CHECKS_SEGMENT, "the segment is NULL"
            uses = s.segment
        if uses:
            yield from use(s)
    yield from destroy(s)


@spec.always
def workers_have_a_segment(s: Shared) -> bool:
    return not s.launched or s.segment or done(caller)


@spec.eventually
def it_ends(s: Shared) -> bool:
    return done(caller)


@spec.sometimes
def launched_again(s: Shared) -> bool:
    return s.launched and s.reinitialized


@spec.sometimes
def destroyed_as_it_was_created(s: Shared) -> bool:
    return at(caller, "destroy.destroy") and s.workers and not s.array


@spec.sometimes
def reinitialised_without_workers(s: Shared) -> bool:
    return at(caller, "use.call") and not s.segment


spec.expect(states=35)
spec.expect(CHECKS_WORKERS=False, violated="caller.destroy.destroy", steps=3, states=34)
spec.expect(LOOKS_UP_AT_NEED=False, violated="caller.use.call", steps=4, states=35)
spec.expect(
    REINITIALIZES_IN_TOP=False,
    violated=("caller.use.call", "caller.destroy.destroy"),
    steps=6,
    states=44,
)
spec.expect(CHECKS_SEGMENT=False, violated="caller.store_state", steps=4, states=35)
