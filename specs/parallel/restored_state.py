"""What a parallel worker knows of its leader's transaction, and what reading catalogs does to it.

The state of `restore_order.py`: what the leader has done, the worker's caches and maps, and the
effect of each restoring call on them.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import FiniteSet, one_of, record, subset

from .restoring import ORDER, VERSION, Step, Version

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


class File(Enum):
    """Where a mapped catalog is: as committed, or as the leader has just rewritten it."""

    OLD = auto()
    NEW = auto()


class Row(Enum):
    OLD = auto()
    LEADERS = auto()


@record
class Entry:
    """The relation cache's entry for pg_attribute."""

    valid: bool = False
    file: File = File.OLD
    needs_wal: bool = True


@record
class Private:
    """What the worker has in memory of its own."""

    connected: bool = False  # caches exist, the committed map is loaded
    entry: Entry = Entry()
    row: Row | None = None  # in the catalog cache
    active_map: File | None = None
    pending_syncs: bool = False
    in_group: bool = False
    stamped: bool = False
    trusts_role: bool = False
    has_libraries: bool = False
    in_transaction: bool = False  # the main one: with the leader's transaction ids
    reindexing: bool = False
    has_snapshot: bool = False
    temp_namespace: bool = False
    enums: bool = False


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


def init_physical_addr(worker: Private, needed: bool) -> None:  # noqa: FBT001  # no `*` in specs
    """RelationInitPhysicalAddr(): asks the active map first, then the committed one."""
    file = File.OLD if worker.active_map is None else worker.active_map
    if needed and file is not worker.entry.file:
        worker.entry.needs_wal = not (worker.pending_syncs and file is File.NEW)
        worker.entry.file = file


def leaders_file(s: Shared) -> File:
    return File.NEW if s.work is Work.REWRITE_CATALOG else File.OLD


def leaders_row(s: Shared) -> Row:
    return Row.LEADERS if s.work is Work.ALTER else Row.OLD


def begin(s: Shared) -> None:
    if not s.worker.stamped:
        s.symptoms.add(Symptom.WRONG_TIME)


def sees_own_rows(s: Shared) -> bool:
    return s.worker.in_transaction and SHIPS_COMMAND_ID


def read_catalogs(s: Shared, reads: bool) -> None:  # noqa: FBT001  # no `*` in specs
    """What any catalog lookup, if there is one, does to the caches."""
    w = s.worker
    if reads and not w.in_group:
        s.symptoms.add(Symptom.OUTSIDE_GROUP)
    init_physical_addr(w, reads and not w.entry.valid)
    w.entry.valid = w.entry.valid or reads
    own = s.work is Work.ALTER and sees_own_rows(s)
    if reads and w.row is None:
        w.row = Row.LEADERS if own else Row.OLD


def load_library(s: Shared) -> None:
    """Its _PG_init() may read catalogs."""
    reads = one_of((False, True))
    read_catalogs(s, reads and s.worker.connected)
    if reads and not s.worker.connected:
        s.symptoms.add(Symptom.NO_CACHES)
        s.failed = True


def flush(s: Shared) -> None:
    """InvalidateSystemCaches(): the address of a mapped relation is computed at once."""
    init_physical_addr(s.worker, True)
    s.worker.entry.valid = False
    s.worker.row = None
    if Step.RELATION_MAP in ORDER and s.worker.entry.file is not leaders_file(s):
        s.symptoms.add(Symptom.FLUSHED_TOO_EARLY)


def restore_gucs(s: Shared) -> None:
    """A setting like default_text_search_config has a hook that reads; so have the roles.

    check_session_authorization() and check_role() look the role up until they trust what is preset.
    """
    reads = one_of((False, True))
    checks = not s.worker.trusts_role
    read_catalogs(s, reads or checks)
    if reads and s.worker.entry.file is not leaders_file(s):
        s.symptoms.add(Symptom.CHECKED_WITH_OLD_MAP)
    if not s.worker.has_libraries:
        s.symptoms.add(Symptom.UNKNOWN_SETTING)
    if checks and s.work is Work.CREATE_ROLE and not sees_own_rows(s):
        s.symptoms.add(Symptom.NEW_ROLE_MISSING)
        s.failed = True
    changed = s.role_dropped or (CHECKS_PRIVILEGES and s.role_revoked)
    if checks and s.work is Work.SET_ROLE and changed:
        s.symptoms.add(Symptom.ROLE_REJECTED)
        s.failed = True
