"""Reinitialize before detach, on a real server: a Gather that is rescanned once.

The rescan launches the parallel workers a second time with the same error queues, in
src/backend/access/transam/parallel.c. Leaving out the wait for the exit of the first workers
is what the server did before PostgreSQL commit 3a1f8611f2.
"""

from modelcheck.concrete.postgres import (
    Argument,
    Assertion,
    Client,
    ErrorText,
    Field,
    Message,
    Overtaken,
    ParallelWorkers,
    Point,
    ProcessGone,
    Remembered,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)

NWORKERS = 2
ROWS = 2000

MQ = Structure(
    "error queue",
    (
        Field("receiver", 8, process=True),
        Field("sender", 16, process=True),
        Field("bytes read", 24),
        Field("bytes written", 32),
        Field("ring size", 40),
        Field("detached", 48, size=1),
    ),
)

WAIT = Point(
    "WaitForBackgroundWorkerShutdown",
    since="ReinitializeParallelDSM",
    until="LaunchParallelWorkers",
)

leader = Client(
    "leader",
    (
        StepPoint("wait_for_exit", WAIT, optional=True),
        StepPoint(
            "reinitialize",
            Point("shm_mq_create", within=("ReinitializeParallelDSM",)),
            until="shm_mq_set_receiver",
            memory=Argument(0),
        ),
        StepPoint(
            "launch",
            Point("RegisterDynamicBackgroundWorker", within=("LaunchParallelWorkers",)),
        ),
        StepPoint(
            "receive",
            Point("shm_mq_detach", within=("HandleParallelMessages", "ProcessParallelMessages")),
            memory=Argument(0, dereferenced=1),
            chooses="attach",
        ),
    ),
)

worker = ParallelWorkers(
    "worker",
    (
        StepPoint(
            "attach",
            Point("shm_mq_set_sender", since="ParallelWorkerMain", first=True),
            memory=Argument(0),
        ),
        StepPoint(
            "send_terminate",
            Point("shm_mq_sendv", since="ParallelWorkerMain", message=Message(1, b"X")),
            memory=Remembered("attach"),
        ),
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
        StepPoint(
            "exit",
            Point("dsm_backend_shutdown", since="proc_exit", first=True),
            gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit"),
        ),
    ),
    per_round=NWORKERS,
)

race = Scenario(
    name="reinitialize before detach",
    setup=(
        f"create table t (a int) with (parallel_workers = {NWORKERS})",
        f"insert into t select g from generate_series(1, {ROWS}) g",  # noqa: S608 - our constant
        "analyze t",
    ),
    settings=(
        "set parallel_setup_cost = 0",
        "set parallel_tuple_cost = 0",
        "set min_parallel_table_scan_size = 0",
        f"set max_parallel_workers_per_gather = {NWORKERS}",
        "set enable_material = off",
    ),
    query=(
        "select * from (select count(*), sum(a) from t where a > 0) ss"
        " right join (values (1), (2)) v(x) on true"
    ),
    rows=tuple((str(ROWS), str(ROWS * (ROWS + 1) // 2), str(x)) for x in (1, 2)),
    client=leader,
    workers=worker,
    defect=SkippedCall(process="leader", point=WAIT, value=2, meaning="BGWH_STOPPED"),
    symptom=ErrorText("lost connection to parallel worker"),
    structure=MQ,
    constants=(("WAIT_FOR_EXIT", "False"),),
    released=(("WAIT_FOR_EXIT", "True"), ("RECEIVE_IN_ORDER", "False")),
    benign=(
        Overtaken(
            "worker",
            "detach",
            by="send_terminate",
            slots=NWORKERS,
            why="the new worker's last message is in the ring before the old worker marks the "
            "queue detached, and the receiver reads the ring before it looks at the mark",
        ),
    ),
)

scenarios = (race,)
