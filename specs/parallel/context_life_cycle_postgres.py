"""The life cycle of a parallel context, on a real server: a Gather with one worker.

VERSION=B0: the Gather is rescanned once, and the leader does not wait for the exit of the first
worker, which then detaches a queue that was made anew under it. VERSION=A: the leader does not wait
for it at the end of the transaction, as before PostgreSQL commit 3a1f8611f2, and the query is
answered while the worker is still there.

The other three: the worker cannot be forked, and the leader waits for ever. Without the defect it
says that the worker has failed to initialize.

- NOTICES_FAILED_START=False: it takes a queue to which nobody has attached for one with a sender,
  as if it did not look, until commit 2badb5afb8.
- UNUSED_IS_STOPPED=False: a worker that has no slot any more is not yet started, for all it hears,
  until commit 28724fd90d.
- REPORTS_FAILED_FORK=False: until that commit it was not told. Here the signal comes, and its
  handler does nothing; the postmaster is held until the leader has looked for the last time.

The last one is for `observe`: two launches, and the end of the transaction. The spec is given two
slots there, as the second worker may be registered while the slot of the first, who is dead, is not
yet free. In one call the postmaster looks at both; so nothing is seen of that.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    POSTMASTER,
    Argument,
    Assertion,
    Client,
    Compared,
    ErrorText,
    Hang,
    Message,
    Outlived,
    ParallelWorkers,
    Point,
    ProcessGone,
    Remembered,
    Scenario,
    SkippedCall,
    StepPoint,
)
from modelcheck.concrete.postgres.compared import PRESENT, members
from modelcheck.concrete.postgres.stock import (
    BGWORKER_SLOT,
    CHEAP,
    ERROR_QUEUE,
    POSTMASTER_SERVES,
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
WAITS = ("WaitForParallelWorkersToFinish",)
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
    observations=(
        Compared("mq[0].sender", "sender", members(("1", "worker[1]"), ("2", "worker[2]"))),
        Compared("mq[0].receiver", "receiver", members(("0", "leader"))),
        Compared("mq[0].detached", "detached", PRESENT),
        Compared("bgworkers.slot[0].in_use", "in use", PRESENT, BGWORKER_SLOT),
    ),
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
POSTMASTERS = "serve.start_or_forget"
FORGETS = Point("ForgetBackgroundWorker")
postmaster = Client(
    "postmaster",
    (
        StepPoint("serve.note_changes.scan", Point("BackgroundWorkerStateChange", first=True)),
        StepPoint(f"{POSTMASTERS}.free_and_notify.free.free", FORGETS, optional=True),
        StepPoint(f"{POSTMASTERS}.free.free", FORGETS, optional=True),
    ),
    unseen=("serve.serve", f"{POSTMASTERS}.free_and_notify.notify"),
)
CREATES = tuple(step for step in leader.steps if step.label != f"{FINISH}.check")

unnoticed = replace(
    outlived,
    name="a worker that cannot be forked is waited for",
    query="select count(*) from (select from t limit 1) one",  # no row of a worker is waited for
    rows=(("1",),),
    client=replace(
        leader,
        steps=CREATES,
        unseen=(*leader.unseen, *(f"{FINISH}.{label}" for label in ("check", "wait", "reset"))),
    ),
    postmaster=postmaster,
    bystanders=(),
    observations=(
        *outlived.observations,
        Compared(
            "bgworkers.slot[0].pid",
            "pid",
            (("NOT_STARTED", "-1"), ("DEAD", "0")),
            BGWORKER_SLOT,
            provided="bgworkers.slot[0].in_use",
        ),
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
        Point("shm_mq_get_sender", within=WAITS),
        1,
        "a sender",
    ),
    symptom=Hang(("ParallelFinish",)),
    refusal="parallel worker failed to initialize",
    harmless="the leader notices that its worker has not come",
    constants=(("NOTICES_FAILED_START", "False"),),
    properties=("the_transaction_ends",),
)
unstarted = replace(
    unnoticed,
    name="a worker without a slot is not yet started",
    defect=SkippedCall(
        "leader", Point("GetBackgroundWorkerPid", within=WAITS), 1, "BGWH_NOT_YET_STARTED"
    ),
    constants=(("UNUSED_IS_STOPPED", "False"),),
)
unreported = replace(
    unnoticed,
    name="nobody reports that a worker cannot be forked",
    client=replace(
        leader, steps=(*CREATES, StepPoint(f"{FINISH}.check", Point(*WAITS), sleeps=True))
    ),
    defect=SkippedCall("leader", Point("procsignal_sigusr1_handler", since=WAITS[0]), 0, "nothing"),
    constants=(("REPORTS_FAILED_FORK", "False"),),
)
SCANS = "serve.note_changes.scan"
watched = replace(
    reused,
    name="two launches and an end",
    client=replace(
        leader,
        steps=tuple(
            replace(step, wakes=True) for step in leader.steps if step.label != f"{FINISH}.check"
        ),
        chosen=(("launch.decide", (1,)),),
        unseen=(
            *leader.unseen,
            *(f"{FINISH}.{label}" for label in ("check", "wait", "reset")),
            *(f"wait_for_exit.{label}" for label in ("check", "wait", "reset")),
            *(f"destroy.wait_for_exit.{label}" for label in ("check", "wait", "reset")),
            "destroy.terminate.mark",
            "destroy.terminate.signal_postmaster",
            "destroy.detach",
        ),
    ),
    workers=replace(
        worker,
        steps=(
            *worker.steps,
            StepPoint(
                "exit",
                Point("dsm_backend_shutdown", since="proc_exit", first=True),
                gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit", at_once=True),
            ),
        ),
        unseen=("unmap",),
    ),
    postmaster=replace(
        POSTMASTER_SERVES,
        steps=tuple(step for step in POSTMASTER_SERVES.steps if step.label != SCANS),
        unseen=(*POSTMASTER_SERVES.unseen, SCANS),
    ),
    bystanders=("client",),
    idle=("client",),  # nobody cancels
    properties=("the_transaction_ends",),
    released=(
        ("VERSION", "Version.HEAD"),
        ("FORK_FAILS", "False"),
        ("SHUTS_DOWN", "False"),
        ("NSLOTS", "2"),
    ),
)
scenarios = (reused, outlived, unnoticed, unstarted, unreported, watched)
