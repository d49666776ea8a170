"""Leaving a lock group, on a real server: a leader that exits before the last member of its group.

The leader's session is terminated while its worker is about to join the group. That the leader
then waits for its worker's exit is left out, so it leaves the group first, and is held when it is
about to disown its latch. The worker leaves as the last member, and returns the leader's PGPROC to
the freelist. A session that begins takes that PGPROC, finds that its latch is somebody's, and
panics: so it is before PostgreSQL commit 84b9d6bcea, and 15.18, 16.14 and 18.4 are.

What is compared is read in the PGPROCs themselves; where in one the leader's address lies depends
on the version.
"""

from dataclasses import replace
from signal import SIGABRT

from modelcheck.concrete.postgres import (
    Client,
    Compared,
    Crash,
    Entry,
    Field,
    OtherSession,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)
from modelcheck.concrete.postgres.compared import members
from modelcheck.concrete.postgres.stock import CHEAP, TABLE

DESTROY = "DestroyParallelContext"
LEAVES = StepPoint(
    "kill.leave_group",
    Point("SyncRepCleanupAtProcExit", since="proc_exit", first=True),
    until="SwitchBackToLocalLatch",
)
DISOWNS = StepPoint("kill.disown_latch", Point("DisownLatch", since="proc_exit", first=True))
ENDS = """
create function ends(int) returns bool parallel safe language plpgsql as $$
begin
  return pg_terminate_backend(pg_backend_pid());
end $$
"""

LATCH_OWNER = Field("latch owner", 48, size=4, number=True)
OWNERS = members(("LEADER", "leader"), ("MEMBER", "member"))
LEADERS = members(("0", "leader"))


def compared(place_of_leader: int) -> tuple[Compared, ...]:
    """The latches and the leaders of both; `place_of_leader` is that of lockGroupLeader."""
    proc = Structure(
        "PGPROC", (LATCH_OWNER, Field("lock group leader", place_of_leader, process=True))
    )
    both = (("procs[0]", Entry("leader", proc)), ("procs[1]", Entry("member", proc)))
    return tuple(
        one
        for place, entry in both
        for one in (
            Compared(f"{place}.latch_owner", "latch owner", OWNERS, entry),
            Compared(f"{place}.leader", "lock group leader", LEADERS, entry),
        )
    )


newest = Scenario(
    name="a leader exits before its worker",
    setup=(*TABLE, ENDS),
    settings=(*CHEAP, "set max_parallel_workers_per_gather = 1"),
    query="select count(*) from t where ends(a)",
    rows=(),
    client=Client(
        "leader",
        (
            StepPoint("launch", Point("LaunchParallelWorkers")),
            StepPoint("exit", Point(DESTROY), once="join"),
            LEAVES,
            DISOWNS,
        ),
    ),
    workers=ParallelWorkers(
        "member",
        (StepPoint("join", Point("BecomeLockGroupMember")), LEAVES, DISOWNS),
        per_round=None,
    ),
    other=OtherSession(
        Client("newcomer", (StepPoint("initialize", Point("InitProcess")),), unseen=("pop",)),
        enters="InitProcess",
    ),
    defect=SkippedCall(
        "leader", Point("WaitForBackgroundWorkerShutdown", within=(DESTROY,)), 2, "BGWH_STOPPED"
    ),
    symptom=Crash("newcomer", SIGABRT),
    structure=Structure("none", ()),
    observations=compared(792),
    constants=(("VERSION", "Version.SCATTERED"), ("LEADER_LAST", "False")),
    properties=("newcomer.initialize",),
    majors=(18,),
)
older = replace(newest, observations=compared(848), majors=(17,))
oldest = replace(newest, observations=compared(840), majors=(15, 16))
scenarios = (newest, older, oldest)
