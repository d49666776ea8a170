"""Parallel CREATE INDEX under a relation-map change: leader and workers scan different files.

Bug #15309 in src/backend/access/nbtree/nbtsort.c and src/backend/utils/cache/relmapper.c. CLUSTER
or VACUUM FULL of a mapped catalog installs the file that it has written in the leader's private
relation map alone, and then rebuilds the indexes, in parallel since commit 9da0cc3528. A worker
that looks the catalog up in the committed map scans the file from before. The block counter of
the shared scan descriptor hands out each number once, whoever takes it and of whichever file.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B36, 4974d7f87e | PROPAGATES=False, ASSERTS=False | a silently wrong index |
| B46, 126ec0bc76 | STALE_ENTRY=True, ASSERTS=False | a silently wrong index |
| B36, with 54562c9cfa | PROPAGATES=False | assertion failure before a block is read |
| B46, with 54562c9cfa | STALE_ENTRY=True | assertion failure before a block is read |

`PROPAGATES` is 4974d7f87e: the leader's active map is restored in each worker. `STALE_ENTRY` says
that the worker had revalidated its entry of the catalog before that, as between 6e086fa2e7 and
126ec0bc76; how that comes about is in `restore_order.py`. `REFUSES` is 4974d7f87e as applied to
the branch of version 11: mapped relations are not built in parallel. The newest version has the
first and the last fix.

One step is one access to the scan descriptor (the counter is a fetch-and-add) or one block read and
handed to the sort. The sort itself and the phases of the build are left out; the leader launches
all workers at once and may take no part in the scan. Both files have the same number of blocks,
which the leader determines: with a shorter old file workers would also read past its end.

Faults: FAULTS=True has workers that do not start, and errors of workers between two blocks. The
leader learns of both, and aborts, as it does when it is cancelled: no index is better than one
without the blocks that a worker had taken.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Below, FiniteSet, Spec, Steps, done, one_of, record, subset, wait_until

NWORKERS = 2
NBLOCKS = 2
PROPAGATES: bool = True
REFUSES: bool = False
ASSERTS: bool = True
STALE_ENTRY: bool = False
FAULTS: bool = False  # True: a worker may not start, or fail

Worker = Annotated[int, Below(NWORKERS)]
Block = Annotated[int, Below(NBLOCKS)]


class File(Enum):
    OLD = auto()
    NEW = auto()


class Launch(Enum):
    NOT_YET = auto()
    PARALLEL = auto()
    SERIAL = auto()


@record
class Pointer:
    """What an index entry points to."""

    file: File = File.OLD
    block: Block = 0


@record
class Shared:
    active_map: File | None = None  # of the leader; None: the committed map knows best
    launch: Launch = Launch.NOT_YET
    scanned_file: File = File.OLD  # phs_locator of the scan descriptor
    next_block: Annotated[int, Below(NBLOCKS + 1)] = 0  # phs_nallocated
    sorted: FiniteSet[Pointer] = subset()
    finished: FiniteSet[Worker] = subset()
    by_worker: bool = False
    built: bool = False
    failed: bool = False
    """A worker has not started, or has sent an error."""


spec = Spec("parallel CREATE INDEX under a relation-map change", Shared)


def leaders_file(s: Shared) -> File:
    return File.OLD if s.active_map is None else s.active_map


def workers_file(s: Shared) -> File:
    return leaders_file(s) if PROPAGATES and not STALE_ENTRY else File.OLD


@spec.process
def leader(s: Shared) -> Steps:
    yield "rewrite"  # CLUSTER of a mapped catalog, or just CREATE INDEX
    rewrites = one_of((False, True))
    s.active_map = File.NEW if rewrites else None

    yield "begin_parallel"  # plan_create_index_workers(), _bt_begin_parallel()
    participates = one_of((False, True))
    s.launch = Launch.SERIAL if REFUSES and s.active_map is not None else Launch.PARALLEL
    s.scanned_file = leaders_file(s)

    if participates or s.launch is Launch.SERIAL:
        while True:
            yield "take_block"  # table_block_parallelscan_nextpage()
            if s.next_block == NBLOCKS:
                break
            block = s.next_block
            s.next_block += 1

            yield "index_block"
            s.sorted.add(Pointer(leaders_file(s), block))

    yield "merge"  # after _bt_parallel_heapscan() has waited for everybody
    wait_until(s.launch is Launch.SERIAL or len(s.finished) == NWORKERS or s.failed)
    s.built = not s.failed


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "begin_scan"  # table_beginscan_parallel()
    wait_until(s.launch is not Launch.NOT_YET)
    starts = True
    if FAULTS:
        starts = one_of((True, False))
    if s.launch is Launch.SERIAL:
        return
    if not starts:
        s.failed = True
        return
    if ASSERTS:
        assert workers_file(s) is s.scanned_file, "the worker would scan another file"

    while True:
        yield "take_block"
        if s.next_block == NBLOCKS:
            break
        block = s.next_block
        s.next_block += 1

        yield "index_block"
        fails = False
        if FAULTS:
            fails = one_of((False, True))
        if fails:
            s.failed = True
            return
        s.sorted.add(Pointer(workers_file(s), block))
        s.by_worker = True

    yield "finish"
    s.finished.add(me)


@spec.always
def the_index_points_into_the_leaders_file(s: Shared) -> bool:
    return not s.built or all(pointer.file is leaders_file(s) for pointer in s.sorted)


@spec.always
def the_index_is_complete(s: Shared) -> bool:
    return not s.built or all(
        any(pointer == Pointer(leaders_file(s), block) for pointer in s.sorted)
        for block in range(NBLOCKS)
    )


@spec.sometimes
def the_index_of_a_rewritten_catalog_is_built(s: Shared) -> bool:
    return s.built and s.active_map is not None


@spec.sometimes
def a_worker_takes_part(s: Shared) -> bool:
    return s.built and s.by_worker


@spec.sometimes
def a_block_is_lost_with_its_worker(s: Shared) -> bool:
    return (s.failed and done(leader) and s.next_block == NBLOCKS) or not FAULTS


WRONG = ("the_index_points_into_the_leaders_file", "the_index_is_complete")
REFUSED = ("worker.begin_scan", "the_index_of_a_rewritten_catalog_is_built")

spec.expect(states=443)
spec.expect(FAULTS=True, states=987)
spec.expect(PROPAGATES=False, ASSERTS=False, violated=WRONG, steps=13, states=505)
spec.expect(PROPAGATES=False, violated=REFUSED, steps=3, states=230)
spec.expect(PROPAGATES=False, ASSERTS=False, REFUSES=True, states=251)
spec.expect(STALE_ENTRY=True, ASSERTS=False, violated=WRONG, steps=13, states=505)
spec.expect(STALE_ENTRY=True, violated=REFUSED, steps=3, states=230)
