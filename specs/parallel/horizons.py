"""Horizons: a parallel worker removes no needed row, and holds back no more than its leader.

Models ComputeXidHorizons() and ProcArrayInstallRestoredXmin() of
src/backend/storage/ipc/procarray.c as at 21e958c303 (2026), for the rows of one table. A row that
transaction x has deleted may be removed if x is older than the horizon: the oldest xmin that
anybody in this database advertises, those apart who run VACUUM, or else the next transaction id.
Whoever has computed a horizon keeps it, for it only advances. A reader takes a snapshot and reads
the row later. Another transaction deletes it. A leader, in VACUUM or not, has a worker. The worker
may come across a dead row of a shared catalog before it has a database, and then computes horizons;
it connects, takes over the leader's xmin, and prunes the table if it is a query's. An observer
computes its horizon at any time.

One step is one region under ProcArrayLock, or one look at the row. Left out: recovery, slots,
CREATE INDEX CONCURRENTLY, shared and temporary tables, and more than one row.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B44, 0f0cfb4940 | COPIES_FLAGS=False | a worker of VACUUM keeps rows from being removed |
| B48, 1c7675a7a4 | PESSIMISTIC=False | a row is removed that the reader's snapshot can see |

Faults: none. A worker that fails leaves the ProcArray, and its xmin goes with it, as when it ends.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

COPIES_FLAGS: bool = True  # 0f0cfb4940: together with the xmin
PESSIMISTIC: bool = True  # 1c7675a7a4: while there is no database, everybody counts

Xid = Annotated[int, Below(3)]


class Backend(Enum):
    READER = auto()
    LEADER = auto()
    WORKER = auto()
    OBSERVER = auto()


@record
class Proc:
    """PGPROC, as far as horizons go."""

    xmin: Xid | None = None
    in_database: bool = True
    in_vacuum: bool = False


@record
class Shared:
    proc: Array[Backend, Proc] = each(Proc)
    next_xid: Xid = 0
    deleted_by: Xid | None = None
    """xmax of the row."""
    removed: bool = False
    launched: bool = False
    vacuums: bool = False
    """So does the leader."""
    lost: bool = False
    """The reader has not found its row."""
    held_back: bool = False
    """By a VACUUM: an observer has computed an older horizon because of it."""


spec = Spec("horizons", Shared)


def counts(s: Shared, me: Backend, other: Backend) -> bool:
    """Whether the horizon for the tables of my database has to respect another backend."""
    if s.proc[other].in_vacuum:
        return False
    if s.proc[me].in_database:
        return s.proc[other].in_database
    return PESSIMISTIC or not s.proc[other].in_database


def demand(s: Shared, me: Backend, other: Backend) -> Xid:
    """The xmin of another backend, if it has one that counts."""
    xmin = s.proc[other].xmin
    if xmin is None or not counts(s, me, other):
        return s.next_xid
    return xmin


def horizon(s: Shared, me: Backend) -> Xid:
    """ComputeXidHorizons()."""
    return min(demand(s, me, other) for other in Backend)


def horizon_without_vacuum(s: Shared) -> Xid:
    """What it would be if the leader and its worker were not there."""
    xmin = s.proc[Backend.READER].xmin
    return s.next_xid if xmin is None else xmin


@spec.process
def reader(s: Shared) -> Steps:
    yield "take_snapshot"
    s.proc[Backend.READER].xmin = s.next_xid
    sees = s.deleted_by is None

    yield "read"
    s.lost = sees and s.removed
    s.proc[Backend.READER].xmin = None


@spec.process
def deleter(s: Shared) -> Steps:
    yield "delete"
    s.deleted_by = s.next_xid
    s.next_xid += 1

    yield "assign_another"  # a transaction that has nothing to do with it
    s.next_xid += 1


@spec.process
def leader(s: Shared) -> Steps:
    yield "take_snapshot"
    vacuums = one_of((False, True))
    s.vacuums = vacuums
    s.proc[Backend.LEADER].xmin = s.next_xid
    s.proc[Backend.LEADER].in_vacuum = vacuums

    yield "launch"
    s.launched = True

    yield "end"
    wait_until(not s.launched)
    s.proc[Backend.LEADER] = Proc()


@spec.process
def worker(s: Shared) -> Steps:
    yield "start"  # InitProcess()
    wait_until(s.launched)
    s.proc[Backend.WORKER].in_database = False

    yield "read_shared_catalogs"
    finds_dead_row = one_of((False, True))
    kept: Xid | None = None
    if finds_dead_row:
        kept = horizon(s, Backend.WORKER)

    yield "connect"  # MyDatabaseId is set
    s.proc[Backend.WORKER].in_database = True

    yield "restore_snapshot"  # ProcArrayInstallRestoredXmin()
    s.proc[Backend.WORKER].xmin = s.proc[Backend.LEADER].xmin
    if COPIES_FLAGS:
        s.proc[Backend.WORKER].in_vacuum = s.proc[Backend.LEADER].in_vacuum

    yield "prune"
    if not s.vacuums:
        oldest = horizon(s, Backend.WORKER) if kept is None else kept
        if s.deleted_by is not None and s.deleted_by < oldest:
            s.removed = True

    yield "exit"
    s.proc[Backend.WORKER] = Proc()
    s.launched = False


@spec.environment
def observer(s: Shared) -> Steps:
    yield "compute_horizon"
    s.held_back = s.vacuums and horizon(s, Backend.OBSERVER) < horizon_without_vacuum(s)


@spec.always
def no_row_is_removed_that_is_seen(s: Shared) -> bool:
    return not s.lost


@spec.always
def a_vacuum_holds_nothing_back(s: Shared) -> bool:
    return not s.held_back


@spec.sometimes
def a_row_is_removed(s: Shared) -> bool:
    return s.removed


@spec.sometimes
def a_worker_of_vacuum_has_an_old_xmin(s: Shared) -> bool:
    return s.vacuums and s.proc[Backend.WORKER].xmin == 0 and s.next_xid > 0


spec.expect(states=1368)
spec.expect(COPIES_FLAGS=False, violated="a_vacuum_holds_nothing_back", steps=8, states=1429)
spec.expect(PESSIMISTIC=False, violated="no_row_is_removed_that_is_seen", steps=10, states=1546)
