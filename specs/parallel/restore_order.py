"""Restore order: a worker takes over its leader's state, and reads catalogs meanwhile.

ParallelWorkerMain() in src/backend/access/transam/parallel.c at the fourteen commits of
`restoring.py`. The leader's transaction has done something that a worker cannot find in the
catalogs as others see them; the worker restores, reads what it reads on the way, and runs. One
step is one call of ParallelWorkerMain(). All it restores is private to the worker, so finer steps
would show nothing more; between any two, another session may drop or revoke the leader's role.

What a step may read is left open: a library's _PG_init() and the check hook of a setting read
catalogs or not. Reading opens pg_attribute, here the one mapped catalog, and a row that the
leader's transaction has changed. The relation cache has one entry of it, nailed and present from
InitPostgres() on, which holds a file and whether that file needs WAL; both are computed by
RelationInitPhysicalAddr(), the second one only when the file changes. Installing a relation map
touches no entry. The catalog cache holds the row.

Each property is the absence of one symptom. What the versions break:

| entry of the facts | constant | what is violated, and in which versions |
|---|---|---|
| B36, 4974d7f87e | VERSION=F | the_worker_scans_the_leaders_file, A to F |
| B46, 126ec0bc76 | VERSION=J | the_worker_scans_the_leaders_file, J |
| B46, 126ec0bc76 | MAP_COMES_LATE=True | the_worker_scans_the_leaders_file |
| B47, 126ec0bc76 | VERSION=I | the_flush_uses_the_leaders_map, G to J; harmless by itself until I |
| 2024 mail, 2nd hazard | VERSION=I | settings_are_checked_with_the_leaders_map, A to J |
| B40, 67bab53d64 | VERSION=K | the_worker_knows_which_file_needs_wal, K; since 126ec0bc76 |
| B45, 6e086fa2e7 | VERSION=I | settings_see_the_leaders_rows, A to I; bug #18545 |
| B32, 5a2fed911a | VERSION=L | the_leaders_role_is_taken_unchecked, A to L; A checks rights too |
| none | SKIPPED=LIBRARIES | libraries_come_before_settings |
| B37, 6c3c9d4189 | VERSION=G | caches_exist_before_libraries_read, A to G; bug #15350 |
| B80, a1c1af2a1f | VERSION=B2 | locks_are_requested_inside_the_group, A to B2: `lock_groups` |
| B38, 07ee62ce9e | VERSION=H | transactions_begin_at_the_leaders_time, A to H |
| B30, 423ec0877f | SHIPS_COMMAND_ID=False | the_worker_sees_the_leaders_rows, A |
| B31, 6de6d96d97 | SKIPPED=FLUSH | the_worker_sees_the_leaders_rows, A |
| B34, cae1c788b9 | VERSION=C | the_worker_searches_the_leaders_temp_schema, A to C |
| B35, 29d58fd3ad | VERSION=E | the_worker_avoids_the_index_being_rebuilt, A to E |
| B39, 212fab9926 | SKIPPED=ENUMS | the_worker_knows_uncommitted_enum_values |
| none | SKIPPED=ACTIVE_SNAPSHOT | the_worker_uses_the_leaders_snapshot |
| none | DROPS_MAP=False | only_the_leader_writes_the_map |

That A to F do not ship the map is a defect since the leader may have scanned a rewritten catalog
in parallel at any of them; it was noticed with parallel CREATE INDEX. Pending syncs are asked for
from I on (they came in 2020), enum values too (before, no value could be added in a transaction).
`SKIPPED` and the constants of `restored_state.py` take one step or fix away from the newest
version: the entries that no version separates. `MAP_COMES_LATE` puts the relation map where it was
when the race was reported, and leaves the rest as it is: B46 as a server of today can show it.
`ROLES_READ_CATALOGS` drops the assumption that setting user ids reads no catalog, on which G, H and
I rest: all three scan the wrong file then.

Accepted by PostgreSQL, and shown by `catalogs_are_read_through_the_committed_map`: InitPostgres()
and libraries see catalogs as an independent backend would. `EXTENSION=True` has the entry point
live in a library of its own, whose _PG_init() then runs before any cache exists, in M as in A to G.
PostgreSQL asks extensions not to read catalogs there, and so this is a trap rather than a defect.
A label of a step that a version does not have is never taken there.
"""

from __future__ import annotations

from modelcheck import Spec, Steps, done, one_of, wait_until

from .restored_state import (
    DROPS_MAP,
    EXTENSION,
    HAS_SYNCS,
    ROLES_READ_CATALOGS,
    WORKS,
    File,
    Shared,
    Symptom,
    Work,
    begin,
    flush,
    leaders_file,
    leaders_row,
    load_library,
    read_catalogs,
    restore_gucs,
)
from .restoring import FIRST, ORDER, VIEW, Step, Version

spec = Spec("restore order of a parallel worker", Shared)


def restore_first(s: Shared, step: Step) -> Steps:
    """What needs no transaction."""
    match step:
        case Step.JOIN_LOCK_GROUP:
            yield "join_lock_group"
            s.worker.in_group = True
        case Step.TIMESTAMPS:
            yield "set_timestamps"
            s.worker.stamped = True
        case Step.ENTRY_POINT:
            yield "look_up_entry_point"
            if EXTENSION:
                load_library(s)
        case Step.USER_IDS:
            yield "set_user_ids"
            s.worker.trusts_role = True
        case Step.CONNECT:
            yield "connect"  # InitPostgres(), in a transaction of its own
            begin(s)
            s.worker.connected = True
            read_catalogs(s, True)
        case _:  # Step.LIBRARIES
            yield "restore_libraries"
            load_library(s)
            s.worker.has_libraries = True


def restore_view(s: Shared, step: Step) -> Steps:
    """What decides which catalog rows the worker finds, and where."""
    match step:
        case Step.BEGIN_SHORT:
            yield "begin_short"
            begin(s)
        case Step.COMMIT_SHORT:
            yield "commit_short"  # AtEOXact_RelationMap(): why the map cannot come earlier
            s.worker.active_map = None
        case Step.TRANSACTION:
            yield "start_transaction"
            begin(s)
            s.worker.in_transaction = True
        case Step.PENDING_SYNCS:
            yield "restore_pending_syncs"
            s.worker.pending_syncs = s.work is Work.REWRITE_CATALOG
        case Step.RELATION_MAP:
            yield "restore_relation_map"
            if s.work is Work.REWRITE_CATALOG:
                s.worker.active_map = File.NEW
        case Step.REINDEX_STATE:
            yield "restore_reindex_state"
            s.worker.reindexing = s.work is Work.REWRITE_CATALOG
        case Step.ACTIVE_SNAPSHOT:
            yield "push_active_snapshot"
            s.worker.has_snapshot = True
        case _:  # Step.FLUSH
            yield "invalidate_caches"
            flush(s)


def restore_rest(s: Shared, step: Step) -> Steps:
    match step:
        case Step.GUCS:
            yield "restore_gucs"
            restore_gucs(s)
        case Step.CURRENT_USER:
            yield "set_current_user"
            if ROLES_READ_CATALOGS:
                read_catalogs(s, True)
        case Step.TEMP_NAMESPACE:
            yield "set_temp_namespace"
            s.worker.temp_namespace = True
        case Step.ENUMS:
            yield "restore_enums"
            s.worker.enums = True
        case Step.RUN:
            yield "scan"  # the entry point: table_open(), a lookup, a scan
            read_catalogs(s, True)
            s.scanned = True
        case _:  # Step.END
            yield "commit"  # AtEOXact_RelationMap()
            s.map_written = s.worker.active_map is not None and not DROPS_MAP
            s.worker.active_map = None


@spec.process
def leader(s: Shared) -> Steps:
    yield "launch"  # InitializeParallelDSM(), LaunchParallelWorkers()
    work = one_of(WORKS)
    s.work = work


@spec.process
def worker(s: Shared) -> Steps:
    yield "start"
    wait_until(s.work is not None)
    for step in ORDER:
        if step in FIRST:
            yield from restore_first(s, step)
        elif step in VIEW:
            yield from restore_view(s, step)
        else:
            yield from restore_rest(s, step)
        if s.failed:
            return


@spec.environment
def another_session(s: Shared) -> Steps:
    yield "change_role"
    wait_until(s.work is Work.SET_ROLE)
    drops = one_of((False, True))
    s.role_dropped = drops
    s.role_revoked = not drops


@spec.always
def the_worker_scans_the_leaders_file(s: Shared) -> bool:
    return not s.scanned or s.worker.entry.file is leaders_file(s)


@spec.always
def the_flush_uses_the_leaders_map(s: Shared) -> bool:
    return Symptom.FLUSHED_TOO_EARLY not in s.symptoms


@spec.always
def settings_are_checked_with_the_leaders_map(s: Shared) -> bool:
    return Symptom.CHECKED_WITH_OLD_MAP not in s.symptoms


@spec.always
def the_worker_knows_which_file_needs_wal(s: Shared) -> bool:
    return not (
        s.scanned and HAS_SYNCS and s.worker.entry.file is File.NEW and s.worker.entry.needs_wal
    )


@spec.always
def settings_see_the_leaders_rows(s: Shared) -> bool:
    return Symptom.NEW_ROLE_MISSING not in s.symptoms


@spec.always
def the_leaders_role_is_taken_unchecked(s: Shared) -> bool:
    return Symptom.ROLE_REJECTED not in s.symptoms


@spec.always
def libraries_come_before_settings(s: Shared) -> bool:
    return Symptom.UNKNOWN_SETTING not in s.symptoms


@spec.always
def caches_exist_before_libraries_read(s: Shared) -> bool:
    return Symptom.NO_CACHES not in s.symptoms


@spec.always
def locks_are_requested_inside_the_group(s: Shared) -> bool:
    return Symptom.OUTSIDE_GROUP not in s.symptoms


@spec.always
def transactions_begin_at_the_leaders_time(s: Shared) -> bool:
    return Symptom.WRONG_TIME not in s.symptoms


@spec.always
def the_worker_sees_the_leaders_rows(s: Shared) -> bool:
    return not s.scanned or s.worker.row is leaders_row(s)


@spec.always
def the_worker_searches_the_leaders_temp_schema(s: Shared) -> bool:
    return not (s.scanned and s.work is Work.CREATE_TEMP_TABLE) or s.worker.temp_namespace


@spec.always
def the_worker_avoids_the_index_being_rebuilt(s: Shared) -> bool:
    return not (s.scanned and s.work is Work.REWRITE_CATALOG) or s.worker.reindexing


@spec.always
def the_worker_knows_uncommitted_enum_values(s: Shared) -> bool:
    return not (s.scanned and s.work is Work.ADD_ENUM_VALUE) or s.worker.enums


@spec.always
def the_worker_uses_the_leaders_snapshot(s: Shared) -> bool:
    return not s.scanned or s.worker.has_snapshot


@spec.always
def only_the_leader_writes_the_map(s: Shared) -> bool:
    return not s.map_written


@spec.sometimes
def the_worker_commits(s: Shared) -> bool:
    return done(worker) and not s.failed


@spec.sometimes
def catalogs_are_read_through_the_committed_map(s: Shared) -> bool:
    entry = s.worker.entry
    return s.work is Work.REWRITE_CATALOG and entry.valid and entry.file is File.OLD


SCANS = ("the_worker_scans_the_leaders_file",)
FLUSHES = ("the_flush_uses_the_leaders_map",)
CHECKS = ("settings_are_checked_with_the_leaders_map",)
ROLE = ("the_leaders_role_is_taken_unchecked",)
ROWS = ("the_worker_sees_the_leaders_rows",)
UNTIL_I = (*CHECKS, "settings_see_the_leaders_rows", *ROLE)
UNTIL_H = (*UNTIL_I, "transactions_begin_at_the_leaders_time")
UNTIL_G = (*UNTIL_H, "caches_exist_before_libraries_read")
UNTIL_E = (*UNTIL_G, "the_worker_avoids_the_index_being_rebuilt")
UNTIL_C = (*UNTIL_E, "the_worker_searches_the_leaders_temp_schema")
UNTIL_B2 = (*UNTIL_C, "locks_are_requested_inside_the_group")


spec.expect(states=235)
spec.expect(VERSION=Version.L, violated=ROLE, steps=17, states=191)
spec.expect(
    VERSION=Version.K,
    violated=("the_worker_knows_which_file_needs_wal", *ROLE),
    steps=20,
    states=191,
)
spec.expect(VERSION=Version.J, violated=(*SCANS, *FLUSHES, *CHECKS, *ROLE), steps=20, states=200)
spec.expect(VERSION=Version.I, violated=(*FLUSHES, *UNTIL_I), steps=13, states=192)
spec.expect(VERSION=Version.H, violated=(*FLUSHES, *UNTIL_H), steps=12, states=147)
spec.expect(VERSION=Version.G, violated=(*FLUSHES, *UNTIL_G), steps=12, states=155)
spec.expect(VERSION=Version.F, violated=(*SCANS, *UNTIL_G), steps=16, states=147)
spec.expect(VERSION=Version.E, violated=(*SCANS, *UNTIL_E), steps=15, states=139)
spec.expect(VERSION=Version.D, violated=(*SCANS, *UNTIL_E), steps=15, states=139)
spec.expect(VERSION=Version.C, violated=(*SCANS, *UNTIL_C), steps=13, states=123)
spec.expect(VERSION=Version.B2, violated=(*SCANS, *UNTIL_B2), steps=12, states=115)
spec.expect(VERSION=Version.B, violated=(*SCANS, *UNTIL_B2), steps=12, states=115)
spec.expect(VERSION=Version.A, violated=(*SCANS, *ROWS, *UNTIL_B2), steps=11, states=108)
spec.expect(
    SKIPPED=Step.JOIN_LOCK_GROUP,
    violated="locks_are_requested_inside_the_group",
    steps=6,
    states=226,
)
spec.expect(
    SKIPPED=Step.TIMESTAMPS, violated="transactions_begin_at_the_leaders_time", steps=6, states=226
)
spec.expect(SKIPPED=Step.LIBRARIES, violated="libraries_come_before_settings", steps=16, states=226)
spec.expect(
    SKIPPED=Step.PENDING_SYNCS,
    violated="the_worker_knows_which_file_needs_wal",
    steps=20,
    states=226,
)
spec.expect(SKIPPED=Step.RELATION_MAP, violated=(*SCANS, *CHECKS), steps=20, states=228)
spec.expect(
    SKIPPED=Step.REINDEX_STATE,
    violated="the_worker_avoids_the_index_being_rebuilt",
    steps=20,
    states=226,
)
spec.expect(
    SKIPPED=Step.ACTIVE_SNAPSHOT,
    violated="the_worker_uses_the_leaders_snapshot",
    steps=20,
    states=226,
)
spec.expect(
    VERSION=Version.I,
    SKIPPED=Step.RELATION_MAP,
    violated=(*SCANS, *UNTIL_I),
    steps=19,
    states=183,
)
spec.expect(MAP_COMES_LATE=True, violated=(*SCANS, *FLUSHES, *CHECKS), steps=21, states=246)
spec.expect(SKIPPED=Step.FLUSH, violated=(*SCANS, *CHECKS, *ROWS), steps=20, states=196)
spec.expect(
    SKIPPED=Step.TEMP_NAMESPACE,
    violated="the_worker_searches_the_leaders_temp_schema",
    steps=20,
    states=217,
)
spec.expect(
    SKIPPED=Step.ENUMS, violated="the_worker_knows_uncommitted_enum_values", steps=20, states=217
)
spec.expect(SHIPS_COMMAND_ID=False, violated=ROWS, steps=21, states=235)
spec.expect(DROPS_MAP=False, violated="only_the_leader_writes_the_map", steps=22, states=235)
spec.expect(EXTENSION=True, violated="caches_exist_before_libraries_read", steps=5, states=244)
spec.expect(ROLES_READ_CATALOGS=True, states=208)
spec.expect(
    VERSION=Version.I,
    ROLES_READ_CATALOGS=True,
    violated=(*SCANS, *FLUSHES, *UNTIL_I),
    steps=20,
    states=192,
)
spec.expect(
    VERSION=Version.H,
    ROLES_READ_CATALOGS=True,
    violated=(*SCANS, *FLUSHES, *UNTIL_H),
    steps=17,
    states=147,
)
spec.expect(
    VERSION=Version.G,
    ROLES_READ_CATALOGS=True,
    violated=(*SCANS, *FLUSHES, *UNTIL_G),
    steps=17,
    states=155,
)
