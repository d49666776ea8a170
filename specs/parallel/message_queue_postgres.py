"""A caught error, on a real server: the leader waits for a worker that is gone.

Nothing is re-introduced. Since PostgreSQL commit 0075d78947 (version 17) a function that runs in
parallel may have an exception block. The worker fails and is gone; the leader, which is inside such
a block of its own, then hears of the error, and the block catches it. When the query is at its end
the leader waits in WaitForParallelWorkersToFinish() for a last message that will never come.

The leader is held at the call of rpad(), inside the block, until the worker's exit is known.

`silent` is a worker that exits without a last message, which is left out here: the leader is made
to look into the queue after the worker's signal and before it detaches, in the order of commit
fa91d4c91f. Up to version 17 a worker sends a message at its start, so its schedule is another one.

The others are for `observe`: two workers who finish or fail, on versions whose workers send a
message at their start, which greets, and on those whose workers do not; and one who finishes, fails
or never attaches, since it is made to find no shared memory.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    Argument,
    AsReleased,
    Client,
    Compared,
    Hang,
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
from modelcheck.concrete.postgres.stock import CHEAP, ERROR_QUEUE, READS_MESSAGES

CHECK = "wait_for_finish.check_for_interrupts"
RECEIVE = f"{CHECK}.process_messages.try_receive"
ERROR = "error of the worker"
NO_KEY = ("SENDS_KEY", "False")  # no message greets the leader, which is so since 17

FUNCTION = """
create function {name}(int) returns int parallel safe language plpgsql as $$
begin
  if (select leader_pid from pg_stat_activity where pid = pg_backend_pid()) is not null then
    raise exception '{error}';
  end if;
  {begin}
    perform rpad('a', 2, 'b');
  {end}
  return 0;
end $$
"""
CATCHES = FUNCTION.format(
    name="catches",
    error=ERROR,
    begin="begin",
    end="exception when others then return -1; end;",
)
LETS_PASS = FUNCTION.format(name="lets_pass", error=ERROR, begin="", end="")

leader = Client(
    "leader",
    (
        StepPoint(
            "leave the exception block", Point("rpad", since="LaunchParallelWorkers", first=True)
        ),
    ),
    unseen=(
        f"{CHECK}.check_for_interrupts",
        f"{RECEIVE}.sender_is_gone.is_gone",
        f"{RECEIVE}.find_sender.find_sender",
        f"{RECEIVE}.receive.read",
        f"{RECEIVE}.receive.wake_sender",
        "wait_for_finish.wait",
        "wait_for_finish.reset",
    ),
    awaited="leave the exception block",
)

worker = ParallelWorkers(
    "worker",
    (
        StepPoint(
            "set_sender.store",
            Point("shm_mq_set_sender", since="ParallelWorkerMain", first=True),
            memory=Argument(0),
        ),
        StepPoint(
            "put_message.send.write",
            Point("shm_mq_sendv", since="ParallelWorkerMain", message=Message(1, b"E")),
            memory=Remembered("set_sender.store"),
        ),
        StepPoint(
            "detach.mark",
            Point("dsm_detach", since="proc_exit", first=True),
            memory=Remembered("set_sender.store"),
        ),
        StepPoint(
            "exit",
            Point("dsm_backend_shutdown", since="proc_exit", first=True),
            gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit"),
        ),
    ),
    per_round=1,
    unseen=(
        "start",
        "set_sender.wake_receiver",
        "put_message.send.wake_receiver",
        "put_message.signal_leader",
        "signal_first",
        "detach.wake_other",
    ),
)

caught = Scenario(
    name="the leader catches its worker's error",
    setup=(
        "create table t (a int) with (parallel_workers = 1)",
        "insert into t select g from generate_series(1, 1000) g",
        "analyze t",
        CATCHES,
        LETS_PASS,
    ),
    settings=CHEAP,
    query="select count(*), min(catches(a)) from t",
    rows=(("1000", "0"),),
    client=leader,
    workers=worker,
    defect=AsReleased("select count(*), min(lets_pass(a)) from t", fault=ERROR),
    symptom=Hang(("ParallelFinish",)),
    structure=ERROR_QUEUE,
    observations=(
        Compared("mq[{slot}].sender", "sender", members(("1", "worker[0]"), ("2", "worker[1]"))),
        Compared("mq[{slot}].receiver", "receiver", members(("0", "leader"))),
        Compared("mq[{slot}].detached", "detached", PRESENT),
    ),
    harmless="no block catches the error",
    bystanders=("signal_handler", "postmaster"),
    constants=(("CATCHES_ERRORS", "True"), NO_KEY, ("SENDS_NOTICE", "False"), ("NWORKERS", "1")),
    properties=("deadlock",),
    majors=(17, 18),
)
silent = replace(
    caught,
    name="a worker exits without a last message",
    query="select count(*) from t",
    rows=(("1000",),),
    client=Client(
        "leader",
        (
            StepPoint(
                f"{RECEIVE}.receive.read",
                Point(
                    "shm_mq_receive",
                    within=READS_MESSAGES,
                    first=True,
                ),
            ),
        ),
        unseen=(
            *(label for label in leader.unseen if label != f"{RECEIVE}.receive.read"),
            f"{RECEIVE}.receive.is_detached",
            "wait_for_finish.failed_to_start.is_stopped",
            "wait_for_finish.failed_to_start.find_sender.find_sender",
        ),
    ),
    workers=replace(
        worker,
        steps=(
            *worker.steps,
            StepPoint("signal_first", Point("SendProcSignal", since="proc_exit", first=True)),
        ),
        unseen=tuple(label for label in worker.unseen if label != "signal_first"),
    ),
    defect=SkippedCall("worker", Point("mq_putmessage", since="ParallelQueryMain"), 0, "0"),
    harmless="the last message is there to be read",
    constants=(
        NO_KEY,
        ("FALLS_SILENT", "True"),
        ("SENDS_NOTICE", "False"),
        ("NWORKERS", "1"),
        ("AT_EXIT", "AtExit.SIGNAL_AND_DETACH"),
    ),
    majors=(18,),
)
PROCESS = ("HandleParallelMessages", "ProcessParallelMessages")
DESTROY = ("DestroyParallelContext",)
WRITE = "put_message.send.write"
observed_leader = Client(
    "leader",
    (
        StepPoint(f"{CHECK}.process_messages.detach.mark", Point("shm_mq_detach", within=PROCESS)),
        StepPoint("detach.mark", Point("shm_mq_detach", within=DESTROY)),
        StepPoint("wait_for_exit", Point("WaitForBackgroundWorkerShutdown", within=DESTROY)),
    ),
    unseen=(
        *leader.unseen,
        f"{RECEIVE}.receive.is_detached",
        f"{RECEIVE}.receive.read_again",
        f"{CHECK}.process_messages.detach.wake_other",
        "wait_for_finish.failed_to_start.is_stopped",
        "wait_for_finish.failed_to_start.find_sender.find_sender",
        "detach.wake_other",
    ),
)
observed_worker = replace(
    worker,
    steps=(
        *(step for step in worker.steps if step.label != WRITE),
        *(
            StepPoint(WRITE, Point("shm_mq_sendv", since="ParallelWorkerMain", message=message))
            for message in (Message(1, b"K"), Message(1, b"N"), Message(1, b"E"), Message(1, b"X"))
        ),
        StepPoint(
            "put_message.signal_leader",
            Point("SendProcSignal", since="ParallelWorkerMain", until="proc_exit"),
        ),
        StepPoint("signal_first", Point("SendProcSignal", since="proc_exit", first=True)),
    ),
    unseen=(
        "start",
        "set_sender.wake_receiver",
        "put_message.send.wake_receiver",
        "put_message.wait",
        "put_message.reset",
        "detach.wake_other",
    ),
)


NOBODY_HELPS = "set parallel_leader_participation = off"
EVEN_ONE = (
    "select set_config(name, 'on', false) from pg_settings"
    " where name in ('force_parallel_mode', 'debug_parallel_query')"
)
"""Without it the planner lets the leader work alone; the name changed in version 16."""


def observed(
    name: str,
    scenario: Scenario,
    ending: str,
    *,
    notice: bool,
    majors: tuple[int, ...],
    workers: int = 2,
) -> Scenario:
    """A scenario for `observe`, which sees what the workers send and when the leader leaves.

    The queues of the server have room for all messages of such workers, who do all the work. All of
    them end alike.
    """
    variant = (("NWORKERS", str(workers)), ("SENDS_NOTICE", str(notice)), ("QUEUE_SIZE", "2"))
    table, *rest = scenario.setup
    return replace(
        scenario,
        name=name,
        setup=(table.replace("workers = 1", f"workers = {workers}"), *rest),
        settings=(*scenario.settings, NOBODY_HELPS, EVEN_ONE),
        client=observed_leader,
        workers=replace(PLAYED[ending], per_round=workers, chosen=(("start", (ending,)),)),
        constants=(*variant, FAULTS[ending]),
        released=variant,
        majors=majors,
    )


FINISHES, FAILS, NEVER_ATTACHES = "FINISHES", "FAILS", "NEVER_ATTACHES"
NEVER = Point("dsm_detach", since="shm_mq_set_sender", first=True)
"""As it exits, such a worker may detach what it shares with others: statistics, for example."""

PLAYED = {
    FINISHES: observed_worker,
    FAILS: observed_worker,
    NEVER_ATTACHES: replace(
        observed_worker,
        steps=tuple(
            replace(step, point=NEVER) if step.label == "detach.mark" else step
            for step in observed_worker.steps
        ),
    ),
}
FAULTS = {
    FINISHES: ("FALLS_SILENT", "True"),
    FAILS: ("CATCHES_ERRORS", "True"),
    NEVER_ATTACHES: ("NOTICES_FAILED_START", "False"),
}
absent = replace(
    silent,
    defect=SkippedCall(
        "leader",
        Point("shm_mq_get_sender", within=("WaitForParallelWorkersToFinish",)),
        1,
        "a sender",
    ),
    faults=(
        SkippedCall(
            "worker", Point("dsm_attach", since="ParallelWorkerMain", first=True), 0, "NULL"
        ),
    ),
    refusal="parallel worker failed to initialize",
    harmless="the leader notices that its worker has not come",
)
GREETS, DOES_NOT = (15, 16), (17, 18)
scenarios = (
    caught,
    silent,
    observed("workers that finish", silent, FINISHES, notice=False, majors=DOES_NOT),
    observed("workers that greet and finish", silent, FINISHES, notice=True, majors=GREETS),
    observed("workers that fail", caught, FAILS, notice=False, majors=DOES_NOT),
    observed("workers that greet and fail", caught, FAILS, notice=True, majors=GREETS),
    *(
        observed(name, scenario, ending, notice=notice, majors=majors, workers=1)
        for name, scenario, ending, notice, majors in (
            ("one that finishes", silent, FINISHES, False, DOES_NOT),
            ("one that fails", caught, FAILS, False, DOES_NOT),
            ("one that never attaches", absent, NEVER_ATTACHES, False, DOES_NOT),
            ("one that greets and finishes", silent, FINISHES, True, GREETS),
            ("one that greets and fails", caught, FAILS, True, GREETS),
            ("one that would greet, and never attaches", absent, NEVER_ATTACHES, True, GREETS),
        )
    ),
)
