"""The life cycle of a parallel context, on a real server: a Gather with one worker.

VERSION=B0: the Gather is rescanned once, and the leader does not wait for the exit of the first
worker, which then detaches a queue that was made anew under it. VERSION=A: the leader does not wait
for it at the end of the transaction, as before PostgreSQL commit 3a1f8611f2, and the query is
answered while the worker is still there.

NOTICES_FAILED_START=False: the worker cannot be forked, and the leader takes a queue to which
nobody has attached for one with a sender, as if it did not look, until commit 2badb5afb8. It waits
for ever; without that it says that the worker has failed to initialize.

The postmaster does its part by itself.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    POSTMASTER,
    Argument,
    Assertion,
    Client,
    ErrorText,
    Hang,
    Message,
    Outlived,
    ParallelWorkers,
    Point,
    Remembered,
    Scenario,
    SkippedCall,
    StepPoint,
)
from modelcheck.concrete.postgres.stock import (
    CHEAP,
    ERROR_QUEUE,
    READS_MESSAGES,
    ROWS,
    TABLE,
    WAIT_FOR_EXIT,
    Rescan,
)

RESCAN = Rescan(nworkers=1)
INITIALIZES = ("InitializeParallelDSM", "ReinitializeParallelDSM")
LAUNCHES = ("LaunchParallelWorkers",)
DESTROYS = ("DestroyParallelContext",)
FINISH = "wait_for_finish"
MINUS_ONE = 0xFFFFFFFF
"""As an int of C."""

leader = Client(
    "leader",
    (
        StepPoint(
            "create_queues.create_queue",
            Point("shm_mq_create", within=INITIALIZES),
            until="shm_mq_set_receiver",
            memory=Argument(0),
        ),
        StepPoint(
            "launch.wait_and_register.register",
            Point("RegisterDynamicBackgroundWorker", within=LAUNCHES),
        ),
        StepPoint(
            f"{FINISH}.check",
            Point("shm_mq_detach", within=READS_MESSAGES),
            memory=Argument(0, dereferenced=1),
        ),
        StepPoint("destroy.unmap", Point("dsm_detach", within=DESTROYS), optional=True),
        StepPoint(
            "end_transaction",
            Point("ProcArrayEndTransaction", since="DestroyParallelContext", first=True),
            optional=True,
        ),
    ),
    unseen=("map", "launch.decide", "launch.wait_and_register.signal_postmaster"),
)

worker = ParallelWorkers(
    "worker",
    (
        StepPoint(
            "map", Point("dsm_attach", since="ParallelWorkerMain", first=True), choices=(False,)
        ),
        StepPoint(
            "attach",
            Point("shm_mq_set_sender", since="ParallelWorkerMain", first=True),
            memory=Argument(0),
            choices=(False,),
        ),
        StepPoint(
            "send",
            Point("shm_mq_sendv", since="ParallelWorkerMain", message=Message(1, b"X")),
            memory=Remembered("attach"),
            choices=(False, False),
        ),
        StepPoint("signal", Point("SendProcSignal", since="proc_exit", first=True)),
        StepPoint(
            "detach",
            Point("dsm_detach", since="proc_exit", first=True),
            memory=Remembered("attach"),
            assertions=(
                Assertion(
                    "Assert(mq->mq_receiver == MyProc)",
                    function="shm_mq_detach_internal",
                    field="receiver",
                    unless="sender",
                ),
            ),
        ),
    ),
    per_round=1,
    first=1,
)

reused = Scenario(
    name="a queue is detached that was made anew",
    setup=TABLE,
    settings=RESCAN.settings,
    query=RESCAN.query,
    rows=RESCAN.rows,
    client=leader,
    workers=worker,
    defect=SkippedCall("leader", WAIT_FOR_EXIT, 2, "BGWH_STOPPED"),
    symptom=ErrorText("lost connection to parallel worker"),
    structure=ERROR_QUEUE,
    bystanders=("postmaster",),
    constants=(("VERSION", "Version.B0"),),
    properties=("worker.detach",),
)
outlived = replace(
    reused,
    name="a worker outlives the transaction",
    settings=(*CHEAP, "set max_parallel_workers_per_gather = 1"),
    query="select count(*) from t",
    rows=((str(ROWS),),),
    defect=SkippedCall(
        "leader",
        Point("WaitForBackgroundWorkerShutdown", within=DESTROYS),
        2,
        "BGWH_STOPPED",
    ),
    symptom=Outlived("worker"),
    constants=(("VERSION", "Version.A"), ("NLAUNCHES", "1")),
    properties=("no_worker_outlives_the_transaction",),
)
unforked = replace(
    outlived,
    name="a worker that cannot be forked is waited for",
    client=replace(
        leader,
        steps=tuple(step for step in leader.steps if step.label != f"{FINISH}.check"),
        unseen=(*leader.unseen, *(f"{FINISH}.{label}" for label in ("check", "wait", "reset"))),
    ),
    faults=(
        SkippedCall(
            POSTMASTER,
            Point("fork_process", since="BackgroundWorkerStateChange", first=True),
            MINUS_ONE,
            "no process",
        ),
    ),
    defect=SkippedCall(
        "leader",
        Point("shm_mq_get_sender", within=("WaitForParallelWorkersToFinish",)),
        1,
        "a sender",
    ),
    symptom=Hang(("ParallelFinish",)),
    refusal="parallel worker failed to initialize",
    harmless="the leader notices that its worker has not come",
    constants=(("NOTICES_FAILED_START", "False"),),
    properties=("the_transaction_ends",),
)
scenarios = (reused, outlived, unforked)
