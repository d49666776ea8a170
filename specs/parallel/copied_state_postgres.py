"""Copied state, on a real server: a worker that is launched again has what its leader had at first.

A Gather that is executed once for each row of an outer query, which sets a parameter before the
second. Parallel mode refuses that; here IsInParallelMode() answers no where it asks. The workers of
both executions are given the same copy, and each row says whether all of the table was scanned with
the new value. The leader is held after the second launch until the worker has scanned the table.

In the first execution the leader calls a function with a setting of its own, which is allowed. That
the first worker has exited is waited for only after the change, at the rescan; the schedule lets it
exit before.
"""

from modelcheck.concrete.postgres import (
    Client,
    Compared,
    Own,
    ParallelWorkers,
    Point,
    ProcessGone,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    WrongRows,
)
from modelcheck.concrete.postgres.stock import CHEAP, CHECKS_SETTING

STYLE = (("0", "1"), ("1", "3"))
"""The number of the setting in the model, and of ISO and German."""

LAUNCH = "LaunchParallelWorkers"
CALLS = "fmgr_security_definer"
CHANGES = "set_config_by_name"

SETS = """
create function sets(x int) returns int parallel restricted language plpgsql as $$
begin
  if x = 2 then
    perform set_config('datestyle', 'German', false);
  end if;
  return x;
end $$
"""
HAS_A_SETTING = """
create function is_german(int) returns bool parallel safe set work_mem = '1MB' language plpgsql as
$$
begin
  return current_setting('datestyle') like 'German%';
end $$
"""

leader = Client(
    "leader",
    (
        StepPoint("initialize", Point("InitializeParallelDSM", first=True)),
        StepPoint("launch", Point(LAUNCH)),
        StepPoint("call_function", Point(CALLS, since=LAUNCH, first=True), until="NewGUCNestLevel"),
        StepPoint("return_from_function", Point("AtEOXact_GUC", since=CALLS, first=True)),
        StepPoint("change", Point(CHANGES, since=LAUNCH)),
        StepPoint("take part", Point("ExecParallelCreateReaders", since=CHANGES)),
    ),
    unseen=("take_snapshot", "take_active_snapshot", "wait_for_exit"),
)

worker = ParallelWorkers(
    "worker",
    (
        StepPoint("restore", Point("RestoreGUCState", since="ParallelWorkerMain", first=True)),
        StepPoint(
            "exit",
            Point("dsm_backend_shutdown", since="proc_exit", first=True),
            gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit"),
        ),
    ),
    per_round=1,
)

relaunched = Scenario(
    name="a setting changes between two launches",
    setup=(
        "create table t (a int) with (parallel_workers = 1, fillfactor = 10)",
        "insert into t select g from generate_series(1, 100) g",
        "analyze t",
        SETS,
        HAS_A_SETTING,
    ),
    settings=(*CHEAP, "set enable_material = off"),
    query=(
        "select x, german from (select sets(x) as x from (values (1), (2)) v(x) offset 0) o"
        " left join (select bool_and(is_german(a)) as german from t) s on true"
    ),
    rows=(("1", "f"), ("2", "t")),
    client=leader,
    workers=worker,
    defect=SkippedCall("leader", CHECKS_SETTING, 0, "false"),
    symptom=WrongRows((("1", "f"), ("2", "f"))),
    structure=Structure("none", ()),
    refusal="during a parallel operation",
    constants=(("FROZEN", "False"),),
    observations=(
        Compared("leaders.work_mem", "DateStyle", STYLE, Own("DateStyle"), after=("change",)),
        Compared(
            "workers[{index}].work_mem", "DateStyle", STYLE, Own("DateStyle"), after=("restore",)
        ),
    ),
    properties=("workers_have_the_leaders_state",),
)
scenarios = (relaunched,)
