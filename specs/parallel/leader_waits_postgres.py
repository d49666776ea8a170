"""What a leader waits for, on a real server: an index build whose worker cannot be forked.

The leader does its own part of the build and then waits on a condition variable until its worker
has announced that it is through. The look whether the worker has attached at all, which comes
before that since PostgreSQL commit 9222c0d9ed, is left out: nobody will ever announce anything.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    POSTMASTER,
    Argument,
    Client,
    Compared,
    Hang,
    Own,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
)
from modelcheck.concrete.postgres.compared import PRESENT
from modelcheck.concrete.postgres.stock import (
    PARALLEL_CONTEXT,
    PARALLEL_CONTEXT_TO_12,
    TABLE,
    since,
)

ANNOUNCEMENT = "wait_in_build.wait_for_announcement"
HELD = (("False", "0"), ("True", "*"))
MINUS_ONE = 0xFFFFFFFF
"""As an int of C."""

unattached = Scenario(
    name="an index build waits for a worker that cannot be forked",
    setup=TABLE,
    settings=(
        "set min_parallel_table_scan_size = 0",
        "set max_parallel_maintenance_workers = 1",
    ),
    query="begin; create index on t (a); rollback",
    rows=(),
    client=Client(
        "leader",
        (
            StepPoint(
                "initialize",
                Point("InitializeParallelDSM", first=True),
                memory=Argument(0),
                choices=(False,),
            ),
            StepPoint("launch", Point("LaunchParallelWorkers"), memory=Argument(0)),
        ),
        unseen=tuple(f"{ANNOUNCEMENT}.{label}" for label in ("check", "wait", "reset")),
    ),
    workers=ParallelWorkers("worker", (), per_round=None, unseen=("start", "exit")),
    faults=(
        SkippedCall(
            POSTMASTER,
            Point("fork_process", since="BackgroundWorkerStateChange", first=True),
            MINUS_ONE,
            "no process",
        ),
    ),
    defect=SkippedCall("leader", Point("WaitForParallelWorkersToAttach"), 0, "nothing"),
    symptom=Hang(("ParallelCreateIndexScan",)),
    structure=PARALLEL_CONTEXT,
    observations=(
        Compared("holds_interrupts", "InterruptHoldoffCount", HELD, Own("InterruptHoldoffCount")),
        Compared("error_mqh", "workers launched", PRESENT),
    ),
    bystanders=("postmaster",),
    refusal="parallel worker failed to initialize",
    harmless="the leader looks whether its worker has come",
    constants=(("WAITS_FOR_ATTACH", "False"),),
    properties=("the_leader_goes_on",),
    majors=since(13),
)
older = replace(unattached, structure=PARALLEL_CONTEXT_TO_12, majors=(11, 12))
scenarios = (unattached, older)
