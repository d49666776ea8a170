"""Background-worker slots, on a real server: a registrant that is not woken when its slot is free.

The leader of a parallel query registers one worker, fails before the postmaster has seen that, and
so asks for the worker's end and waits for it. The postmaster then frees the slot at once, without a
worker, and signals the leader. Both defects are that the signal does nothing. Until PostgreSQL
commit bf740ce9e5 there was none; until db0f6cad48 its handler set the latch only where somebody had
raised a flag for it. The slot is free, no worker is there, and the leader waits for ever, with
interrupts held.

The other two are for `observe`, with the postmaster's steps: a worker whose end is asked for, and
one that is waited for. The leader's latch is set by its queues as well (LATCH_IS_SHARED).
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    Client,
    Compared,
    Hang,
    ParallelWorkers,
    Point,
    ProcessGone,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)
from modelcheck.concrete.postgres.compared import PRESENT
from modelcheck.concrete.postgres.stock import BGWORKER_SLOT, CHEAP, POSTMASTER_SERVES, ROWS, TABLE

WAIT = "WaitForBackgroundWorkerShutdown"
NOTES = "serve.note_changes"
SLOT = "bgworkers.slot[0]"

registrant = Client(
    "registrant",
    (
        StepPoint(
            "wait_and_register.register",
            Point("RegisterDynamicBackgroundWorker", within=("LaunchParallelWorkers",)),
        ),
        StepPoint("terminate.mark", Point("TerminateBackgroundWorker", first=True)),
        StepPoint(
            "wait_for_shutdown.check",
            Point(WAIT, since="TerminateBackgroundWorker"),
            sleeps=True,
        ),
    ),
    index=0,
    unseen=("wait_and_register.signal_postmaster", "terminate.signal_postmaster"),
)

SCANS = Point("BackgroundWorkerStateChange", first=True)
postmaster = Client(
    "postmaster",
    (
        StepPoint(f"{NOTES}.free_and_notify.free.free", SCANS, optional=True),
        StepPoint(f"{NOTES}.free.free", SCANS, optional=True),
    ),
    unseen=("serve.serve", f"{NOTES}.scan", f"{NOTES}.free_and_notify.notify"),
)

unwoken = Scenario(
    name="the signal does not set the latch",
    setup=TABLE,
    settings=(*CHEAP, "set max_parallel_workers_per_gather = 1"),
    query="select sum(1 / (a - a)) from t",
    rows=(),
    client=registrant,
    workers=ParallelWorkers("worker", (), per_round=1, first=1),
    postmaster=postmaster,
    defect=SkippedCall("registrant", Point("procsignal_sigusr1_handler", since=WAIT), 0, "nothing"),
    symptom=Hang(("BgWorkerShutdown", "BgworkerShutdown")),
    structure=Structure("none", ()),
    refusal="division by zero",
    harmless="the registrant is woken, and its own error ends the query",
    observations=(
        Compared(f"{SLOT}.in_use", "in use", PRESENT, BGWORKER_SLOT),
        Compared(
            f"{SLOT}.terminate", "terminate", PRESENT, BGWORKER_SLOT, provided=f"{SLOT}.in_use"
        ),
    ),
    constants=(("NREGISTRANTS", "1"), ("SIGUSR1_SETS_LATCH", "False")),
    properties=("everybody_is_answered",),
)
untold = replace(
    unwoken,
    name="nobody is told that a worker never starts",
    constants=(("NREGISTRANTS", "1"), ("REPORTS_NEVER_STARTED", "False")),
)
NO_FAULTS = (
    ("NREGISTRANTS", "1"),
    ("FORK_FAILS", "False"),
    ("SHUTS_DOWN", "False"),
    ("LATCH_IS_SHARED", "True"),
)
REAPS = StepPoint(
    "serve.serve",
    Point("ReportBackgroundWorkerExit"),
    choices=("REAP", 0),
    leads_to="serve.reap.free_and_notify.free.free",
)
impatient = replace(
    unwoken,
    name="a worker that is terminated",
    client=replace(
        registrant,
        steps=(
            *registrant.steps[:-1],
            StepPoint(
                "wait_for_shutdown.check",
                Point("GetBackgroundWorkerPid", within=(WAIT,)),
                wakes=True,
            ),
        ),
        unseen=(*registrant.unseen, "wait_for_shutdown.wait", "wait_for_shutdown.reset"),
    ),
    workers=ParallelWorkers(
        "worker",
        (
            StepPoint(
                "exit",
                Point("dsm_backend_shutdown", since="proc_exit", first=True),
                gone=ProcessGone(noticed_by="ReportBackgroundWorkerExit", at_once=True),
            ),
        ),
        per_round=1,
        first=1,
    ),
    postmaster=replace(POSTMASTER_SERVES, steps=(*POSTMASTER_SERVES.steps, REAPS)),
    bystanders=("administrator", "fate", "others"),
    observations=(
        *unwoken.observations,
        Compared(
            f"{SLOT}.pid",
            "pid",
            (("NOT_STARTED", "-1"), ("DEAD", "0"), ("RUNNING", "*")),
            BGWORKER_SLOT,
            provided=f"{SLOT}.in_use",
        ),
    ),
    released=NO_FAULTS,
)
patient = replace(
    impatient,
    name="a worker that is waited for",
    query="select count(*) from t",
    rows=((str(ROWS),),),
    refusal="",
    released=(*NO_FAULTS, ("NIMPATIENT", "0")),
)
scenarios = (unwoken, untold, impatient, patient)
