"""Relaunch and reinitialise, on a real server: a Gather with one worker that is rescanned once.

The wait for the exit of the first worker is left out, as before PostgreSQL commit 3a1f8611f2. The
server is held at calls of functions, and what is done under the mutex of the queue lies inside one
of them. So where the spec says that the old worker judges and then marks, all of the detachment
takes place at the step that counts: at `detach.judge` for the assertion, else at `detach.mark`.
That two processes are inside the mutex is not seen.

The queue is compared with the spec's after each step that uses it. In replays it is not where the
leader has read a last message: since commit 6708e447ef it marks the queue then, which `observe` is
told (MARKS_LAST).

The second scenario counts what the leader reads, which is more up to version 16: there a worker
sends a message at its start as well.

The others are for `observe`, which sees the calls, and nothing of what happens inside them: workers
who greet the leader so, and workers who do not.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    Argument,
    Assertion,
    Client,
    Compared,
    ErrorText,
    Message,
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
    since,
)

RESCAN = Rescan(nworkers=1)
INITIALIZES = ("InitializeParallelDSM", "ReinitializeParallelDSM")
LAUNCHES = ("LaunchParallelWorkers",)
FINISH = "wait_for_finish"
SIGNALS = Point("SendProcSignal", since="ParallelWorkerMain", until="proc_exit")
DETACHING = ("lock.lock", "judge", "mark", "unlock", "wake_other")
NO_KEY = ("SENDS_KEY", "False")

leader = Client(
    "leader",
    (
        StepPoint("create", Point("shm_mq_create", within=INITIALIZES), memory=Argument(0)),
        StepPoint(
            "set_receiver.store",
            Point("shm_mq_set_receiver", within=INITIALIZES),
            memory=Argument(0),
        ),
        StepPoint("launch", Point("RegisterDynamicBackgroundWorker", within=LAUNCHES)),
        StepPoint(
            f"{FINISH}.read",
            Point("shm_mq_detach", within=READS_MESSAGES),
        ),
    ),
    unseen=(
        "set_receiver.lock.lock",
        "set_receiver.unlock",
        f"{FINISH}.check_for_interrupts",
        f"{FINISH}.is_detached",
        f"{FINISH}.read_again",
        f"{FINISH}.wait",
        f"{FINISH}.reset",
    ),
)

ATTACH = StepPoint(
    "set_sender.store",
    Point("shm_mq_set_sender", since="ParallelWorkerMain", first=True),
    memory=Argument(0),
)
SEND = StepPoint(
    "send_terminate",
    Point("shm_mq_sendv", since="ParallelWorkerMain", message=Message(1, b"X")),
    memory=Remembered("set_sender.store"),
)
DETACH = StepPoint(
    "detach.judge",
    Point("dsm_detach", since="proc_exit", first=True),
    memory=Remembered("set_sender.store"),
    assertions=(
        Assertion(
            "Assert(mq->mq_receiver == MyProc)",
            function="shm_mq_detach_internal",
            field="receiver",
            unless="sender",
        ),
    ),
)

worker = ParallelWorkers(
    "worker",
    (ATTACH, SEND, DETACH),
    per_round=1,
    first=1,
    unseen=(
        "start",
        "set_sender.lock.lock",
        "set_sender.unlock",
        "set_sender.wake_receiver",
        "signal_leader",
        "detach.lock.lock",
    ),
)

asserted = Scenario(
    name="the queue of somebody else is detached",
    setup=TABLE,
    settings=RESCAN.settings,
    query=RESCAN.query,
    rows=RESCAN.rows,
    client=leader,
    workers=worker,
    defect=SkippedCall("leader", WAIT_FOR_EXIT, 2, "BGWH_STOPPED"),
    symptom=ErrorText("lost connection to parallel worker"),
    structure=ERROR_QUEUE,
    observations=(
        Compared("mq.sender", "sender", members(("1", "worker[1]"), ("2", "worker[2]"))),
        Compared("mq.receiver", "receiver", members(("0", "leader"))),
        Compared("mq.detached", "detached", PRESENT),
    ),
    constants=(("WAITS_FOR_EXIT", "False"), ("ASSERTS", "True"), NO_KEY),
    properties=("worker.detach.judge",),
)
marked = replace(
    asserted,
    name="the new worker's queue is marked",
    client=replace(
        leader,
        steps=(
            *leader.steps[:-1],
            StepPoint(f"{FINISH}.read", Point("shm_mq_receive", within=READS_MESSAGES)),
        ),
    ),
    workers=replace(
        worker,
        steps=(ATTACH, SEND, replace(DETACH, label="detach.mark")),
        unseen=(*worker.unseen, "detach.judge"),
    ),
    constants=(("WAITS_FOR_EXIT", "False"), ("ASSERTS", "False"), NO_KEY),
    properties=("no_connection_is_lost",),
    majors=since(17),
)
QUEUE = Remembered("set_sender.lock.lock")
MARKS = ("MARKS_LAST", "True")
watched = replace(
    asserted,
    name="two launches",
    client=Client(
        "leader",
        (
            *(step for step in leader.steps if step.label in ("create", "launch")),
            StepPoint(
                "set_receiver.lock.lock",
                Point("shm_mq_set_receiver", within=INITIALIZES),
                memory=Argument(0),
            ),
            StepPoint(f"{FINISH}.read", Point("shm_mq_receive", within=READS_MESSAGES)),
        ),
        unseen=(
            "set_receiver.store",
            "set_receiver.unlock",
            f"{FINISH}.check_for_interrupts",
            f"{FINISH}.is_detached",
            f"{FINISH}.read_again",
            f"{FINISH}.wait",
            f"{FINISH}.reset",
            *(f"{FINISH}.detach.{label}" for label in DETACHING),
            "wait_for_exit.check",
            "wait_for_exit.wait",
            "wait_for_exit.reset",
            "answer",
            "detach.lock.lock",
            "detach.judge",
            "detach.mark",
            "detach.unlock",
            "detach.wake_other",
        ),
    ),
    bystanders=("client",),
    workers=replace(
        worker,
        steps=(
            replace(ATTACH, label="set_sender.lock.lock"),
            replace(SEND, memory=QUEUE),
            StepPoint("signal_leader", SIGNALS, memory=QUEUE),
            StepPoint("detach.lock.lock", DETACH.point, memory=QUEUE),
            StepPoint(
                "exit",
                Point("dsm_backend_shutdown", since="proc_exit", first=True),
                gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit"),
                memory=QUEUE,
            ),
        ),
        unseen=(
            "start",
            "set_sender.store",
            "set_sender.unlock",
            "set_sender.wake_receiver",
            "detach.judge",
            "detach.mark",
            "detach.unlock",
            "detach.wake_other",
            "notify",
        ),
    ),
    constants=(("WAITS_FOR_EXIT", "False"), ("ASSERTS", "False"), NO_KEY),
    properties=("the_leader_answers",),
    released=(("WAITS_FOR_EXIT", "True"), ("ASSERTS", "False"), NO_KEY, MARKS),
    majors=since(17),
)
GREETS = (("ASSERTS", "False"), ("SENDS_KEY", "True"))
greeted = replace(
    watched,
    name="two launches of workers that greet",
    workers=replace(
        watched.workers,
        steps=(
            StepPoint("send_key", replace(SEND.point, message=Message(1, b"K")), memory=QUEUE),
            StepPoint("signal_key", replace(SIGNALS, first=True), memory=QUEUE),
            *watched.workers.steps,
        ),
    ),
    constants=(("WAITS_FOR_EXIT", "False"), *GREETS),
    released=(("WAITS_FOR_EXIT", "True"), *GREETS, MARKS),
    majors=(15, 16),
)
scenarios = (asserted, marked, watched, greeted)
