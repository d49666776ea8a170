"""Reinitialize before detach, on a real server: a Gather that is rescanned once.

The rescan launches the parallel workers a second time with the same error queues, in
src/backend/access/transam/parallel.c. Leaving out the wait for the exit of the first workers
is what the server did before PostgreSQL commit 3a1f8611f2.
"""

from modelcheck.concrete.postgres import (
    Argument,
    Assertion,
    Client,
    Compared,
    ErrorText,
    Message,
    Overtaken,
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
    ERROR_QUEUE,
    READS_MESSAGES,
    TABLE,
    WAIT_FOR_EXIT,
    Rescan,
)

NWORKERS = 2
RESCAN = Rescan(NWORKERS)

leader = Client(
    "leader",
    (
        StepPoint("wait_for_exit", WAIT_FOR_EXIT, optional=True),
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
            Point("shm_mq_detach", within=READS_MESSAGES),
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
            Point("SyncRepCleanupAtProcExit", since="proc_exit", first=True),
            gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit"),
        ),
    ),
    per_round=NWORKERS,
)

race = Scenario(
    name="reinitialize before detach",
    setup=TABLE,
    settings=RESCAN.settings,
    query=RESCAN.query,
    rows=RESCAN.rows,
    client=leader,
    workers=worker,
    defect=SkippedCall(process="leader", point=WAIT_FOR_EXIT, value=2, meaning="BGWH_STOPPED"),
    symptom=ErrorText("lost connection to parallel worker"),
    structure=ERROR_QUEUE,
    constants=(("WAIT_FOR_EXIT", "False"),),
    released=(("WAIT_FOR_EXIT", "True"), ("RECEIVE_IN_ORDER", "False")),
    observations=(
        Compared(
            "mq[{slot}].sender", "sender", members(*((str(i), f"worker[{i}]") for i in range(4)))
        ),
        Compared("mq[{slot}].detached", "detached", PRESENT),
    ),
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
