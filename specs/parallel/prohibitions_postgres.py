"""Prohibitions in parallel mode, on a real server: a leader that changes a setting all the same.

A function that is called by leader and workers sets a parameter in the leader alone, and stays
inside: the leader is held at the call of rpad() until a worker has scanned the rest of the table.
Each row says whether the process that scans it has the new value. IsInParallelMode() answers no
where the prohibition asks.

Only GUCS is played. For XIDS and COMMAND_ID the question is asked in xact.c, where the compiler has
put the answer in place of the call; before COMBO_CIDS and RELATION_MAP stand other prohibitions.
"""

from modelcheck.concrete.postgres import (
    Client,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    WrongRows,
)
from modelcheck.concrete.postgres.stock import CHEAP, CHECKS_SETTING

NWORKERS = 2
LAUNCH = "LaunchParallelWorkers"

SETS = """
create function sets(int) returns bool parallel safe language plpgsql as $$
begin
  if (select leader_pid from pg_stat_activity where pid = pg_backend_pid()) is null then
    perform set_config('datestyle', 'German', false);
    perform rpad('a', 2, 'b');
  end if;
  return true;
end $$
"""

leader = Client(
    "leader",
    (
        StepPoint("enter_parallel_mode", Point("EnterParallelMode", first=True)),
        StepPoint("launch", Point("InitializeParallelDSM", first=True), until=LAUNCH),
        StepPoint("change", Point("set_config_by_name", since=LAUNCH), choices=("GUCS",)),
        StepPoint("stay inside", Point("rpad", since=LAUNCH, first=True)),
    ),
    unseen=("work",),
)

worker = ParallelWorkers(
    "worker", (StepPoint("scan", Point("ParallelQueryMain")),), per_round=NWORKERS
)

gucs = Scenario(
    name="a setting changes in parallel mode",
    setup=(
        f"create table t (a int) with (parallel_workers = {NWORKERS}, fillfactor = 10)",
        "insert into t select g from generate_series(1, 100) g",
        "analyze t",
        SETS,
    ),
    settings=CHEAP,
    query=(
        "do 'begin perform pg_current_xact_id(); end';"
        " select bool_and(current_setting('datestyle') like 'German%') from t where sets(a)"
    ),
    rows=(("t",),),
    client=leader,
    workers=worker,
    defect=SkippedCall("leader", CHECKS_SETTING, 0, "false"),
    symptom=WrongRows((("f",),)),
    structure=Structure("none", ()),
    refusal="cannot be set during a parallel operation",
    constants=(("ALLOWED", "Part.GUCS"),),
    properties=("workers_have_the_leaders_settings",),
)
scenarios = (gucs,)
