"""Lock groups, on a real server: a worker that waits behind a session that waits for its leader.

The leader has locked a table, a third session wants it for itself, and the worker asks for it too,
or for another one that the third session has. Without the group, as before PostgreSQL commit
a1c1af2a1f, the worker waits for the third session, that one for the leader, and the leader for the
worker, by its latch: nobody sees that this is a deadlock. In a group the worker goes first.

CHECKS_GROUP=False: the worker is in the group, but the deadlock checker finds nothing, as if it did
not count the leader's locks as the worker's. Otherwise it ends the query with an error.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    Asked,
    Client,
    Compared,
    Hang,
    OtherSession,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    Statement,
    StepPoint,
    Structure,
)
from modelcheck.concrete.postgres.stock import CHEAP, ROWS, TABLE, since

LOCK = "LockTableCommand"
REQUEST = "acquire.request"
WANTS_OTHER = """
create function wants_other(int) returns bool parallel safe language plpgsql as $$
begin
  if (select leader_pid from pg_stat_activity where pid = pg_backend_pid()) is not null then
    lock table u in access share mode;
  end if;
  return true;
end $$
"""

leader = Client(
    "leader",
    (
        StepPoint("lock", Point(LOCK, first=True), choices=("SHARE",)),
        StepPoint("launch", Point("LaunchParallelWorkers")),
    ),
)
TAKES_PART = StepPoint("take part", Point("ExecParallelCreateReaders"))
"""Where the leader is held, so that rows are left for the worker."""

third = Client("third", (StepPoint(REQUEST, Point(LOCK), sleeps=True),), unseen=("start",))
worker = ParallelWorkers(
    "worker",
    (
        StepPoint("start", Point("shm_mq_set_sender", since="ParallelWorkerMain", first=True)),
        StepPoint("join", Point("BecomeLockGroupMember")),
        StepPoint(
            REQUEST,
            Point("ExecOpenScanRelation", since="ParallelQueryMain", first=True),
            sleeps=True,
        ),
    ),
    per_round=None,
)
IN_THE_QUERY = ("leader.launch", "worker.start", "worker.join", f"worker.{REQUEST}")
IN_THE_LOCK = ("third.start", f"third.{REQUEST}")
NOBODY_HELPS = "set parallel_leader_participation = off; set max_parallel_workers_per_gather = 2"

MODES = (("None", ""), ("SHARE", "AccessShareLock"), ("EXCLUSIVE", "AccessExclusiveLock"))
OF_TABLES = "from pg_locks where pid = {pid} and locktype = 'relation' and relation >= 16384"


def waits(process: str, table: str) -> Compared:
    """For which mode a process waits, of a table of ours."""
    waiting = Asked(f"select mode {OF_TABLES} and not granted", process)
    return Compared(f"locks[{table}].wanted[{process.upper()}]", "mode", MODES, waiting)


HOLDS = Asked(f"select mode {OF_TABLES} and granted", "leader")
IN_GROUP = Asked("select leader_pid is not null from pg_stat_activity where pid = {pid}", "worker")
JOINED = Compared("joined", "leader_pid", (("False", "f"), ("True", "t")), IN_GROUP)

alone = Scenario(
    name="a worker is in no lock group",
    setup=(*TABLE, "create table u (a int)"),
    settings=(*CHEAP, "set max_parallel_workers_per_gather = 1", "set deadlock_timeout = '100ms'"),
    query="begin; lock table t in access share mode; select count(*) from t; commit",
    rows=((str(ROWS),),),
    client=leader,
    workers=worker,
    other=OtherSession(third, "begin; lock table t; commit"),
    defect=SkippedCall("worker", Point("BecomeLockGroupMember"), 1, "true"),
    symptom=Hang(("ExecuteGather",), lasting=0.5),
    structure=Structure("none", ()),
    harmless="the worker goes before the session that waits for its leader",
    observations=(
        Compared("locks[TABLE].held[LEADER]", "mode", MODES, HOLDS),
        waits("third", "TABLE"),
        *(replace(one, with_defect=True) for one in (waits("worker", "TABLE"), JOINED)),
    ),
    statements=(
        Statement(
            "leader", f"{NOBODY_HELPS}; begin; lock table t in access share mode", ("leader.lock",)
        ),
        Statement("leader", "select count(*) from t", IN_THE_QUERY),
        Statement("leader", "commit"),
        Statement("third", "begin; lock table t", IN_THE_LOCK),
        Statement("third", "commit"),
    ),
    constants=(("GROUPS", "False"),),
    properties=("deadlock",),
    majors=since(13),
)
older = replace(alone, observations=alone.observations[:-1], majors=(10, 11, 12))
"""Before 13 no view tells of the group."""

unchecked = replace(
    alone,
    name="the deadlock checker forgets the group",
    setup=(*alone.setup, WANTS_OTHER),
    query=(
        "begin; lock table t in access share mode; select count(*) from t where wants_other(a);"
        " commit"
    ),
    client=replace(leader, steps=(*leader.steps, TAKES_PART)),
    workers=replace(
        worker,
        steps=(
            *worker.steps[:-1],
            StepPoint(REQUEST, Point(LOCK, since="ParallelQueryMain", first=True), sleeps=True),
        ),
    ),
    other=OtherSession(third, "begin; lock table u; lock table t; commit"),
    defect=SkippedCall("worker", Point("DeadLockCheck"), 1, "DS_NO_DEADLOCK"),
    refusal="deadlock detected",
    harmless="the deadlock checker counts the leader's locks as the worker's",
    observations=(
        *alone.observations[:2],
        waits("worker", "OTHER"),
        JOINED,
    ),
    statements=(
        alone.statements[0],
        Statement("leader", "select count(*) from t where wants_other(a)", IN_THE_QUERY),
        Statement("leader", "commit"),
        Statement("third", "begin; lock table u; lock table t", IN_THE_LOCK),
        Statement("third", "commit"),
    ),
    constants=(("CHECKS_GROUP", "False"),),
)
scenarios = (alone, unchecked, older)
