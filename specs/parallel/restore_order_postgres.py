"""Restore order, on a real server: workers that are not given what their leader has.

The relation map. CLUSTER of a mapped catalog writes a new file and rebuilds its indexes, in
parallel where it may. The leader finds the new file through its own relation map; a worker that was
not given that map, as before PostgreSQL commit 4974d7f87e, scans the old file and sorts its rows
into the new index. The leader is held before its own part of the scan, so that the worker has all
of it. What the index points to in the new file are other rows: a column that is there is not found
any more. The dropped tables make sure of that, since the rows of later ones move up. `late` makes
the call, but where it stood before commit 126ec0bc76: after a setting whose check has looked at a
catalog, as that of `default_text_search_config` does, which initdb writes into the configuration.

The rest. A query whose workers leave out one call of ParallelWorkerMain() each, with what becomes
of it: a wrong count, a deadlock that nobody detects, a permission that is not found, a value of an
enum that may not be used yet, a crash.

Versions 14 to 17 restore in the order of commit a780b2fcce, the newest in that of 5a2fed911a.
"""

from dataclasses import replace
from signal import SIGSEGV

from modelcheck.concrete.postgres import (
    Argument,
    Client,
    Compared,
    Crash,
    Entry,
    ErrorText,
    Field,
    Hang,
    MovedCall,
    Own,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    Symptom,
    WrongRows,
)
from modelcheck.concrete.postgres.stock import CHEAP, ROWS, TABLE

TABLES = 120
RESTORE_MAP = "restore_view.restore_relation_map"

RELATION = Structure("relation", (Field("database", 4, size=4), Field("file number", 8, size=4)))

leader = Client(
    "leader",
    (
        StepPoint("launch", Point("LaunchParallelWorkers"), choices=("REWRITE_CATALOG",)),
        StepPoint(
            "scan its part of the table",
            Point("table_beginscan_parallel", since="LaunchParallelWorkers", first=True),
            memory=Argument(0),
        ),
    ),
)


def restores(label: str, function: str, *, since: str = "ParallelWorkerMain") -> StepPoint:
    """A step of the worker: the first call of a function since another one."""
    return StepPoint(label, Point(function, since=since, first=True), optional=True)


worker = ParallelWorkers(
    "worker",
    (
        restores("start", "shm_mq_set_sender"),
        restores("restore_first.join_lock_group", "BecomeLockGroupMember"),
        restores("restore_first.set_timestamps", "SetParallelStartTimestamps"),
        restores("restore_first.set_user_ids", "SetSessionAuthorization"),
        restores("restore_first.connect", "BackgroundWorkerInitializeConnectionByOid"),
        restores("restore_first.restore_libraries", "RestoreLibraryState"),
        restores(
            "restore_view.commit_short", "CommitTransactionCommand", since="RestoreLibraryState"
        ),
        restores("restore_view.start_transaction", "StartParallelWorkerTransaction"),
        restores("restore_view.restore_pending_syncs", "RestorePendingSyncs"),
        restores(RESTORE_MAP, "RestoreRelationMap"),
        restores("restore_view.restore_reindex_state", "RestoreReindexState"),
        restores(
            "restore_view.push_active_snapshot",
            "PushActiveSnapshot",
            since="StartParallelWorkerTransaction",
        ),
        restores(
            "restore_view.invalidate_caches",
            "InvalidateSystemCaches",
            since="StartParallelWorkerTransaction",
        ),
        restores("restore_rest.restore_gucs", "RestoreGUCState"),
        restores(
            "restore_rest.set_current_user",
            "SetUserIdAndSecContext",
            since="InvalidateSystemCaches",
        ),
        restores("restore_rest.set_temp_namespace", "SetTempNamespaceState"),
        restores("restore_rest.restore_enums", "RestoreUncommittedEnums"),
        StepPoint(
            "restore_rest.scan",
            Point("table_beginscan_parallel", since="ParallelWorkerMain", first=True),
            until="tuplesort_performsort",
            memory=Argument(0),
            structure=RELATION,
        ),
    ),
    per_round=None,
    unseen=("restore_first.look_up_entry_point", "restore_view.begin_short"),
)

RESTORING = tuple(step.label for step in worker.steps[:-1])
HAS = (("False", "0"), ("True", "*"))
RESTORED = (
    Compared("worker.stamped", "time of the statement", HAS, Own("stmtStartTimestamp", 8)),
    Compared("worker.connected", "database", HAS, Own("MyDatabaseId")),
    Compared("worker.has_snapshot", "active snapshot", HAS, Own("ActiveSnapshot", 8)),
)
"""What a worker has of its own as soon as it has taken a step."""

PROC = Structure("PGPROC", (Field("lock group leader", 792, process=True),))
IN_GROUP = Compared(
    "worker.in_group",
    "lock group leader",
    (("False", "nobody"), ("True", "leader")),
    Entry("worker", PROC),
)
"""Where that lies depends on the version: in 18 it is here."""

LEFT_OUT = {
    "TIMESTAMPS": "worker.stamped",
    "ACTIVE_SNAPSHOT": "worker.has_snapshot",
    "JOIN_LOCK_GROUP": "worker.in_group",
}


def restored(*others: Compared, without: str = "") -> tuple[Compared, ...]:
    """All of that is compared; what is not restored with the defect, in replays with it."""
    return tuple(
        replace(one, after=RESTORING, with_defect=one.place == LEFT_OUT.get(without))
        for one in (*RESTORED, *others)
    )


newest = Scenario(
    name="the relation map is not restored",
    setup=(
        *(f"create table t{number} (a int)" for number in range(1, TABLES + 1)),
        *(f"drop table t{number}" for number in range(1, TABLES, 2)),
    ),
    settings=(
        "set min_parallel_table_scan_size = 0",
        "set maintenance_work_mem = '128MB'",
        "set max_parallel_maintenance_workers = 1",
    ),
    query=(
        "cluster pg_attribute using pg_attribute_relid_attnum_index;"
        f" select has_column_privilege('t{TABLES}', 'a', 'select')"
    ),
    rows=(("t",),),
    client=leader,
    workers=worker,
    defect=SkippedCall(
        process="worker",
        point=Point("RestoreRelationMap"),
        value=0,
        meaning="nothing",
    ),
    symptom=ErrorText(
        f'column "a" of relation "t{TABLES}" does not exist', ("invalid attribute number",)
    ),
    structure=RELATION,
    harmless="the worker was given the leader's relation map and scans the same file",
    observations=(
        *restored(),
        Compared(
            "worker.entry.file",
            "file number",
            (("OLD", "1249"), ("NEW", "*")),  # in a new database it is that of the catalog
            with_defect=True,
        ),
    ),
    constants=(("VERSION", "Version.M"), ("SKIPPED", "Step.RELATION_MAP")),
    properties=("the_worker_scans_the_leaders_file",),
    majors=(18,),
    is_destructive=True,
)
older = replace(
    newest,
    constants=(("VERSION", "Version.I"), ("SKIPPED", "Step.RELATION_MAP")),
    majors=(14, 15, 16, 17),
)
late = replace(
    newest,
    name="the relation map is restored late",
    workers=replace(
        worker,
        steps=tuple(step for step in worker.steps if step.label != RESTORE_MAP),
        unseen=(*worker.unseen, RESTORE_MAP),
    ),
    defect=MovedCall(
        process="worker",
        point=Point("RestoreRelationMap"),
        to=Point("RestoreUncommittedEnums"),
    ),
    constants=(("VERSION", "Version.M"), ("MAP_COMES_LATE", "True")),
)


def without(
    step: str,
    call: SkippedCall,
    query: str,
    symptom: Symptom,
    *,
    prop: str,
    work: str = "NOTHING",
    refusal: str = "",
) -> Scenario:
    """A query whose worker leaves out one call.

    Two are planned, so that the leader need not help, and one comes: another one would run free,
    and its error would end the query early.
    """
    return Scenario(
        name=f"{step} left out",
        setup=(*TABLE, "create type letter as enum ('a')"),
        settings=(
            *CHEAP,
            "set max_parallel_workers_per_gather = 2",
            "set max_parallel_workers = 1",
            "set parallel_leader_participation = off",
        ),
        query=query,
        rows=((str(ROWS),),),
        client=Client(
            "leader", (StepPoint("launch", Point("LaunchParallelWorkers"), choices=(work,)),)
        ),
        workers=replace(
            worker,
            steps=(*worker.steps[:-1], restores("restore_rest.scan", "ParallelQueryMain")),
        ),
        defect=call,
        symptom=symptom,
        structure=RELATION,
        refusal=refusal,
        harmless="the worker makes the call, and has what its leader has",
        observations=restored(IN_GROUP, without=step),
        constants=(("VERSION", "Version.M"), ("SKIPPED", f"Step.{step}")),
        properties=(prop,),
        majors=(18,),
    )


def call_of(
    function: str, value: int = 0, meaning: str = "nothing", since: str = ""
) -> SkippedCall:
    """The first call of a function in each worker, left out."""
    point = Point(function, since=since or "ParallelWorkerMain", first=True)
    return SkippedCall("worker", point, value, meaning)


NONE_COUNTED = WrongRows((("0",),))
others = (
    without(
        "TIMESTAMPS",
        call_of("SetParallelStartTimestamps"),
        "select count(*) from t where now() = (select now())",
        NONE_COUNTED,
        prop="transactions_begin_at_the_leaders_time",
    ),
    without(
        "JOIN_LOCK_GROUP",
        call_of("BecomeLockGroupMember", 1, "true"),
        "lock table t; select count(*) from t",
        Hang(("ExecuteGather",)),
        prop="locks_are_requested_inside_the_group",
    ),
    without(
        "LIBRARIES",
        call_of("RestoreLibraryState"),
        "load 'plpgsql'; select count(*) from t where"
        " current_setting('plpgsql.variable_conflict' || substr(a::text, 1, 0), true) is not null",
        NONE_COUNTED,
        prop="libraries_come_before_settings",
    ),
    without(
        "TEMP_NAMESPACE",
        call_of("SetTempNamespaceState"),
        "create temp table own (a int);"
        " select count(*) from t where to_regclass('own' || substr(a::text, 1, 0)) is not null",
        NONE_COUNTED,
        prop="the_worker_searches_the_leaders_temp_schema",
        work="CREATE_TEMP_TABLE",
    ),
    without(
        "FLUSH",
        call_of("InvalidateSystemCaches", since="StartParallelWorkerTransaction"),
        "create role boss superuser; set role boss;"
        " select count(*) from t; reset role; drop role boss",
        ErrorText("permission denied for table t"),
        prop="the_worker_sees_the_leaders_rows",
        work="ALTER",
    ),
    without(
        "ACTIVE_SNAPSHOT",
        call_of("PushActiveSnapshot", since="StartParallelWorkerTransaction"),
        "select count(*) from t",
        Crash("worker", SIGSEGV),
        prop="the_worker_uses_the_leaders_snapshot",
    ),
    without(
        "ENUMS",
        call_of("RestoreUncommittedEnums"),
        "begin; alter type letter add value 'b';"
        " select count(*) from t where ('b' || substr(a::text, 1, 0))::letter > 'a'; rollback",
        WrongRows(((str(ROWS),),)),
        prop="the_worker_knows_uncommitted_enum_values",
        work="ADD_ENUM_VALUE",
        refusal="unsafe use of new value",
    ),
)
scenarios = (newest, older, late, *others)
