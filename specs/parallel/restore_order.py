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

    property                                      broken in      catalogue
    the_worker_scans_the_leaders_file             A-F, J         B36 (A-F), B46 (J)
    the_flush_uses_the_leaders_map                G-J            B47; harmless by itself in G-I
    settings_are_checked_with_the_leaders_map     A-J            second hazard of the 2024 mail
    the_worker_knows_which_file_needs_wal         K              B40, introduced by 126ec0bc76
    settings_see_the_leaders_rows                 A-I            B45, bug #18545
    the_leaders_role_is_taken_unchecked           A-L            B32; A checks privileges too
    libraries_come_before_settings                none
    caches_exist_before_libraries_read            A-G            B37, bug #15350
    locks_are_requested_inside_the_group          A-B2           B80, what it leads to: lock_groups
    transactions_begin_at_the_leaders_time        A-H            B38
    the_worker_sees_the_leaders_rows              A              B30 and B31
    the_worker_searches_the_leaders_temp_schema   A-C            B34
    the_worker_avoids_the_index_being_rebuilt     A-E            B35
    the_worker_knows_uncommitted_enum_values      none           B39
    the_worker_uses_the_leaders_snapshot          none
    only_the_leader_writes_the_map                none

That A to F do not ship the map is a defect since the leader may have scanned a rewritten catalog
in parallel at any of them; it was noticed with parallel CREATE INDEX. Pending syncs are asked for
from I on (they came in 2020), enum values too (before, no value could be added in a transaction).
`SKIPPED` and the constants below take one step or fix away from the newest version: the entries
that no version separates. `ROLES_READ_CATALOGS` drops the assumption that setting user ids reads
no catalog, on which G, H and I rest: all three scan the wrong file then.

Accepted by PostgreSQL, and shown by `catalogs_are_read_through_the_committed_map`: InitPostgres()
and libraries see catalogs as an independent backend would. `EXTENSION=True` has the entry point
live in a library of its own, whose _PG_init() then runs before any cache exists, in M as in A to G.
PostgreSQL asks extensions not to read catalogs there, and so this is a trap rather than a defect.
A label of a step that a version does not have is never taken there.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import FiniteSet, Spec, Steps, done, one_of, record, subset, wait_until

from .restoring import (
    FIRST,
    ORDER,
    VERSION,
    VIEW,
    File,
    Private,
    Row,
    Step,
    Version,
    init_physical_addr,
)

SHIPS_COMMAND_ID: bool = VERSION is not Version.A  # 423ec0877f
CHECKS_PRIVILEGES: bool = VERSION is Version.A  # until 82b37765c7
DROPS_MAP: bool = True  # AtEOXact_RelationMap() in a worker, 4974d7f87e
ROLES_READ_CATALOGS: bool = False
EXTENSION: bool = False


class Work(Enum):
    """What the leader's transaction has done before it launches the worker."""

    NOTHING = auto()
    ALTER = auto()  # a catalog row
    CREATE_ROLE = auto()  # and SET SESSION AUTHORIZATION to it
    SET_ROLE = auto()  # to a role that is older
    REWRITE_CATALOG = auto()  # CLUSTER pg_attribute, up to the rebuilding of its indexes
    CREATE_TEMP_TABLE = auto()
    ADD_ENUM_VALUE = auto()


HAS_SYNCS = list(Version).index(VERSION) >= list(Version).index(Version.I)
WORKS = tuple(work for work in Work if HAS_SYNCS or work is not Work.ADD_ENUM_VALUE)


class Symptom(Enum):
    FLUSHED_TOO_EARLY = auto()
    CHECKED_WITH_OLD_MAP = auto()
    NEW_ROLE_MISSING = auto()  # "role "u" does not exist"
    ROLE_REJECTED = auto()  # the same, or "permission denied to set role"
    UNKNOWN_SETTING = auto()
    NO_CACHES = auto()  # SIGSEGV in _PG_init()
    OUTSIDE_GROUP = auto()
    WRONG_TIME = auto()


@record
class Shared:
    work: Work | None = None  # of the leader, and with it all that it serializes
    role_dropped: bool = False
    role_revoked: bool = False
    worker: Private = Private()
    symptoms: FiniteSet[Symptom] = subset()
    failed: bool = False  # the worker has raised an error
    scanned: bool = False  # the worker has opened pg_attribute for its query, and read the row
    map_written: bool = False


spec = Spec("restore order of a parallel worker", Shared)


def leaders_file(s: Shared) -> File:
    return File.NEW if s.work is Work.REWRITE_CATALOG else File.OLD


def leaders_row(s: Shared) -> Row:
    return Row.LEADERS if s.work is Work.ALTER else Row.OLD


def begin(s: Shared) -> None:
    if not s.worker.stamped:
        s.symptoms.add(Symptom.WRONG_TIME)


def sees_own_rows(s: Shared) -> bool:
    return s.worker.in_transaction and SHIPS_COMMAND_ID


def read_catalogs(s: Shared) -> None:
    """What any catalog lookup does to the caches."""
    w = s.worker
    if not w.in_group:
        s.symptoms.add(Symptom.OUTSIDE_GROUP)
    if not w.entry.valid:
        init_physical_addr(s.worker)
        w.entry.valid = True
    if w.row is None:
        w.row = leaders_row(s) if sees_own_rows(s) else Row.OLD


def set_role(s: Shared) -> None:
    """check_session_authorization() and check_role(), before they trusted what is preset."""
    read_catalogs(s)
    if s.work is Work.CREATE_ROLE and not sees_own_rows(s):
        s.symptoms.add(Symptom.NEW_ROLE_MISSING)
        s.failed = True
    if s.work is Work.SET_ROLE and (s.role_dropped or (CHECKS_PRIVILEGES and s.role_revoked)):
        s.symptoms.add(Symptom.ROLE_REJECTED)
        s.failed = True


def load_library(s: Shared) -> None:
    """Its _PG_init() may read catalogs."""
    reads = one_of((False, True))
    if reads and not s.worker.connected:
        s.symptoms.add(Symptom.NO_CACHES)
        s.failed = True
    elif reads:
        read_catalogs(s)


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
            read_catalogs(s)
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


def flush(s: Shared) -> None:
    """InvalidateSystemCaches(): the address of a mapped relation is computed at once."""
    init_physical_addr(s.worker)
    s.worker.entry.valid = False
    s.worker.row = None
    if Step.RELATION_MAP in ORDER and s.worker.entry.file is not leaders_file(s):
        s.symptoms.add(Symptom.FLUSHED_TOO_EARLY)


def restore_rest(s: Shared, step: Step) -> Steps:
    match step:
        case Step.GUCS:
            yield "restore_gucs"
            restore_gucs(s)
        case Step.CURRENT_USER:
            yield "set_current_user"
            if ROLES_READ_CATALOGS:
                read_catalogs(s)
        case Step.TEMP_NAMESPACE:
            yield "set_temp_namespace"
            s.worker.temp_namespace = True
        case Step.ENUMS:
            yield "restore_enums"
            s.worker.enums = True
        case Step.RUN:
            yield "scan"  # the entry point: table_open(), a lookup, a scan
            read_catalogs(s)
            s.scanned = True
        case _:  # Step.END
            yield "commit"  # AtEOXact_RelationMap()
            s.map_written = s.worker.active_map is not None and not DROPS_MAP
            s.worker.active_map = None


def restore_gucs(s: Shared) -> None:
    reads = one_of((False, True))  # default_text_search_config is set, say
    if reads:
        read_catalogs(s)
        if s.worker.entry.file is not leaders_file(s):
            s.symptoms.add(Symptom.CHECKED_WITH_OLD_MAP)
    if not s.worker.has_libraries:
        s.symptoms.add(Symptom.UNKNOWN_SETTING)
    if not s.worker.trusts_role:
        set_role(s)


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


spec.expect(states=235)
spec.expect(VERSION=Version.L, violated="the_leaders_role_is_taken_unchecked", steps=17, states=191)
spec.expect(
    VERSION=Version.K,
    violated=("the_worker_knows_which_file_needs_wal", "the_leaders_role_is_taken_unchecked"),
    steps=20,
    states=191,
)
spec.expect(
    VERSION=Version.J,
    violated=(
        "the_worker_scans_the_leaders_file",
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "the_leaders_role_is_taken_unchecked",
    ),
    steps=20,
    states=200,
)
spec.expect(
    VERSION=Version.I,
    violated=(
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
    ),
    steps=13,
    states=192,
)
spec.expect(
    VERSION=Version.H,
    violated=(
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "transactions_begin_at_the_leaders_time",
    ),
    steps=12,
    states=147,
)
spec.expect(
    VERSION=Version.G,
    violated=(
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
    ),
    steps=12,
    states=155,
)
spec.expect(
    VERSION=Version.F,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
    ),
    steps=16,
    states=147,
)
spec.expect(
    VERSION=Version.E,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=15,
    states=139,
)
spec.expect(
    VERSION=Version.D,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=15,
    states=139,
)
spec.expect(
    VERSION=Version.C,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
        "the_worker_searches_the_leaders_temp_schema",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=13,
    states=123,
)
spec.expect(
    VERSION=Version.B2,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "locks_are_requested_inside_the_group",
        "transactions_begin_at_the_leaders_time",
        "the_worker_searches_the_leaders_temp_schema",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=12,
    states=115,
)
spec.expect(
    VERSION=Version.B,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "locks_are_requested_inside_the_group",
        "transactions_begin_at_the_leaders_time",
        "the_worker_searches_the_leaders_temp_schema",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=12,
    states=115,
)
spec.expect(
    VERSION=Version.A,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "locks_are_requested_inside_the_group",
        "transactions_begin_at_the_leaders_time",
        "the_worker_sees_the_leaders_rows",
        "the_worker_searches_the_leaders_temp_schema",
        "the_worker_avoids_the_index_being_rebuilt",
    ),
    steps=11,
    states=108,
)
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
spec.expect(
    SKIPPED=Step.RELATION_MAP,
    violated=("the_worker_scans_the_leaders_file", "settings_are_checked_with_the_leaders_map"),
    steps=20,
    states=228,
)
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
    SKIPPED=Step.FLUSH,
    violated=(
        "the_worker_scans_the_leaders_file",
        "settings_are_checked_with_the_leaders_map",
        "the_worker_sees_the_leaders_rows",
    ),
    steps=20,
    states=196,
)
spec.expect(
    SKIPPED=Step.TEMP_NAMESPACE,
    violated="the_worker_searches_the_leaders_temp_schema",
    steps=20,
    states=217,
)
spec.expect(
    SKIPPED=Step.ENUMS, violated="the_worker_knows_uncommitted_enum_values", steps=20, states=217
)
spec.expect(
    SHIPS_COMMAND_ID=False, violated="the_worker_sees_the_leaders_rows", steps=21, states=235
)
spec.expect(DROPS_MAP=False, violated="only_the_leader_writes_the_map", steps=22, states=235)
spec.expect(EXTENSION=True, violated="caches_exist_before_libraries_read", steps=5, states=244)
spec.expect(ROLES_READ_CATALOGS=True, states=208)
spec.expect(
    VERSION=Version.I,
    ROLES_READ_CATALOGS=True,
    violated=(
        "the_worker_scans_the_leaders_file",
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
    ),
    steps=20,
    states=192,
)
spec.expect(
    VERSION=Version.H,
    ROLES_READ_CATALOGS=True,
    violated=(
        "the_worker_scans_the_leaders_file",
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "transactions_begin_at_the_leaders_time",
    ),
    steps=17,
    states=147,
)
spec.expect(
    VERSION=Version.G,
    ROLES_READ_CATALOGS=True,
    violated=(
        "the_worker_scans_the_leaders_file",
        "the_flush_uses_the_leaders_map",
        "settings_are_checked_with_the_leaders_map",
        "settings_see_the_leaders_rows",
        "the_leaders_role_is_taken_unchecked",
        "caches_exist_before_libraries_read",
        "transactions_begin_at_the_leaders_time",
    ),
    steps=17,
    states=155,
)
