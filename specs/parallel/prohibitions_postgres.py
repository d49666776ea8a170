"""Prohibitions in parallel mode, on a real server: a leader that changes its state all the same.

A function that is called by leader and workers makes one change in the leader alone, and stays
inside: the leader is held at the call of rpad() until a worker has scanned the rest of the table.
Each row says whether the process that scans it has the leader's state. random() keeps the leader
from taking workers for a query inside of the query.

- GUCS: a setting. IsInParallelMode() answers no where the prohibition asks.
- XIDS: a transaction id. Here the question is asked in xact.c itself, where the compiler has put
  the answer in place of the call. So parallel mode is left for the time of the assignment.
- COMMAND_ID: a large object, which is seen by the commands after the one that made it. The question
  is asked in xact.c again, and parallel mode left while the command id is advanced.
- COMBO_CIDS: the leader writes to a large object that it has made in the same transaction; the old
  row then has a combo command id, which the worker looks up in an array that it does not have. The
  leader stays inside before it can be refused to advance the command id.
- RELATION_MAP: an index of a mapped catalog is built anew, in another file. Other prohibitions
  stand before that of the map, so parallel mode is left for the whole command. What else the
  command changes is not asked for.

Versions before 13 have neither leader_pid nor pg_current_xact_id().
"""

from dataclasses import replace
from signal import SIGSEGV

from modelcheck.concrete.postgres import (
    Client,
    Compared,
    Crash,
    Own,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    WrappedCall,
    WrongRows,
)
from modelcheck.concrete.postgres.stock import CHEAP, CHECKS_SETTING, since

NWORKERS = 2
LAUNCH = "LaunchParallelWorkers"
LEAVE, ENTER = "ExitParallelMode", "EnterParallelMode"
UPDATE = "CatalogTupleUpdateWithInfo"
NEEDS_ID = "do 'begin perform pg_current_xact_id(); end'"

CHANGES = """
create function changes(int) returns bool parallel safe language plpgsql as $$
begin
  if (select leader_pid from pg_stat_activity where pid = pg_backend_pid()) is null then
    {change};
    perform rpad('a', 2, 'b');
  end if;
  return true;
end $$
"""
KNOWS = """
create function knows(int) returns bool parallel safe language plpgsql as $$
begin
  return {knows};
end $$
"""
TABLE = (
    f"create table t (a int) with (parallel_workers = {NWORKERS}, fillfactor = 10)",
    "insert into t select g from generate_series(1, 100) g",
    "analyze t",
)
QUERY = "select bool_and(knows(a)) from t where changes(a)"

ENTERS = StepPoint("enter_parallel_mode", Point("EnterParallelMode", first=True))
LAUNCHES = StepPoint("launch", Point("InitializeParallelDSM", first=True), until=LAUNCH)
STAYS = StepPoint("stay inside", Point("rpad", since=LAUNCH, first=True))


def leader(part: str, change: str, until: str = "", stays: StepPoint = STAYS) -> Client:
    """The leader whose call of a function is the change."""
    point = Point(change, since=LAUNCH, first=True)
    changes = StepPoint("change", point, until=until, choices=(part,))
    return Client("leader", (ENTERS, LAUNCHES, changes, stays), unseen=("work",))


def observed(part: str, variable: Own, *values: tuple[str, str]) -> tuple[Compared, ...]:
    """What the leader has of its state after the change, and a worker of the copy."""
    name = variable.name
    return (
        Compared(f"leaders[{part}]", name, values, variable, after=("change",)),
        Compared(f"copy[{part}]", name, values, variable, after=("scan",)),
    )


NONE_OR_SOME = (("0", "0"), ("1", "*"))

worker = ParallelWorkers(
    "worker", (StepPoint("scan", Point("ParallelQueryMain")),), per_round=NWORKERS
)

gucs = Scenario(
    name="a setting changes in parallel mode",
    setup=(
        *TABLE,
        CHANGES.format(change="perform set_config('datestyle', 'German', false)"),
        KNOWS.format(knows="current_setting('datestyle') like 'German%'"),
    ),
    settings=CHEAP,
    query=f"{NEEDS_ID}; {QUERY}",
    rows=(("t",),),
    client=leader("GUCS", "set_config_by_name"),
    workers=worker,
    defect=SkippedCall("leader", CHECKS_SETTING, 0, "false"),
    symptom=WrongRows((("f",),)),
    structure=Structure("none", ()),
    refusal="cannot be set during a parallel operation",
    observations=observed("GUCS", Own("DateStyle"), ("0", "1"), ("1", "3")),  # ISO, and German
    constants=(("ALLOWED", "Part.GUCS"),),
    properties=("workers_have_the_leaders_settings",),
    majors=since(13),
)
xids = replace(
    gucs,
    name="a transaction id is assigned in parallel mode",
    setup=(
        *TABLE,
        CHANGES.format(change="perform pg_current_xact_id()"),
        KNOWS.format(knows="pg_current_xact_id_if_assigned() is not null"),
    ),
    query=QUERY,
    client=leader("XIDS", "pg_current_xact_id"),
    defect=WrappedCall("leader", Point("GetTopFullTransactionId", since=LAUNCH), LEAVE, ENTER),
    refusal="Ds during a parallel operation",  # of transaction IDs, or XIDs up to version 16
    observations=observed("XIDS", Own("XactTopFullTransactionId", size=8), *NONE_OR_SOME),
    constants=(("ALLOWED", "Part.XIDS"),),
    properties=("workers_know_the_leaders_transaction_ids",),
)
command_id = replace(
    gucs,
    name="the command id is advanced in parallel mode",
    setup=(
        *TABLE,
        CHANGES.format(change="perform lo_create(0)"),
        KNOWS.format(
            knows="(select count(*) > 0 from pg_largeobject_metadata where random() >= 0)"
        ),
    ),
    query=f"begin; {NEEDS_ID}; {QUERY}; rollback",
    client=leader("COMMAND_ID", "be_lo_create"),
    defect=WrappedCall("leader", Point("CommandCounterIncrement", since=LAUNCH), LEAVE, ENTER),
    refusal="cannot start commands during a parallel operation",
    observations=observed("COMMAND_ID", Own("currentCommandId"), *NONE_OR_SOME),
    constants=(("ALLOWED", "Part.COMMAND_ID"),),
    properties=("workers_have_the_leaders_command_id",),
    is_destructive=True,  # a large object that is there is seen in any case
)
combo_cids = replace(
    gucs,
    name="a combo command id is made in parallel mode",
    setup=(
        *TABLE,
        CHANGES.format(change="perform lo_put(4711, 0, 'b')"),
        KNOWS.format(knows="(select count(*) >= 0 from pg_largeobject where random() >= 0)"),
    ),
    query=f"begin; select lo_from_bytea(4711, 'a'); {QUERY}; rollback",
    rows=(("4711",), ("t",)),
    client=leader(
        "COMBO_CIDS",
        "be_lo_put",
        until=UPDATE,
        stays=StepPoint("stay inside", Point("CommandCounterIncrement", since=UPDATE)),
    ),
    defect=SkippedCall(
        "leader", Point("IsInParallelMode", within=("heap_update",), since=LAUNCH), 0, "false"
    ),
    symptom=Crash("worker", SIGSEGV),
    refusal="cannot update tuples during a parallel operation",
    observations=observed("COMBO_CIDS", Own("usedComboCids"), *NONE_OR_SOME),
    constants=(("ALLOWED", "Part.COMBO_CIDS"),),
    properties=("workers_know_the_leaders_combo_cids",),
)
relation_map = replace(
    gucs,
    name="the relation map changes in parallel mode",
    setup=(
        *TABLE,
        CHANGES.format(change="reindex index pg_class_tblspc_relfilenode_index"),
        KNOWS.format(knows="pg_relation_filenode('pg_class_tblspc_relfilenode_index') <> 3455"),
    ),
    client=leader("RELATION_MAP", "reindex_index"),
    defect=WrappedCall("leader", Point("standard_ProcessUtility", since=LAUNCH), LEAVE, ENTER),
    refusal="cannot execute REINDEX during a parallel operation",
    observations=observed("RELATION_MAP", Own("active_local_updates", offset=4), *NONE_OR_SOME),
    constants=(("ALLOWED", "Part.RELATION_MAP"),),
    properties=("workers_scan_the_leaders_files",),
    is_destructive=True,
)
scenarios = (gucs, xids, command_id, combo_cids, relation_map)
