"""What scenarios share: a table to scan in parallel, a rescanned Gather, an error queue."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.concrete.postgres.compared import Variable
from modelcheck.concrete.postgres.points import Field, Point, Structure
from modelcheck.concrete.postgres.scenario import Client, StepPoint

ROWS = 2000
NEWEST = 20
"""The newest version that scenarios were tried on, before its release."""


def since(oldest: int) -> tuple[int, ...]:
    """The versions from `oldest` on that scenarios were tried on."""
    return tuple(range(oldest, NEWEST + 1))


ERROR_QUEUE = Structure(
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
"""The header of shm_mq, from version 10 to 18."""

BGWORKER_SLOT = Variable(
    "BackgroundWorkerData",
    Structure(
        "slot 0 of background workers",
        (
            Field("in use", 16, size=1),
            Field("terminate", 17, size=1),
            Field("pid", 20, size=4, signed=True),
            Field("generation", 24),
        ),
    ),
)
"""The slot that a first parallel worker is given; a stripped program does not name the variable."""

PARALLEL_CONTEXT = Structure(
    "parallel context",
    (
        Field("workers wanted", 20, size=4),
        Field("workers to launch", 24, size=4),
        Field("workers launched", 28, size=4),
    ),
)
"""The beginning of ParallelContext, from version 13 on."""

PARALLEL_CONTEXT_TO_12 = Structure(
    "parallel context",
    (Field("workers wanted", 20, size=4), Field("workers launched", 24, size=4)),
)
"""The same before, when a leader launched as many as it wanted."""

LIBRARY_NAME = 32
"""Where in it the name of the library lies in which the workers begin."""

TABLE = (
    "create table t (a int) with (parallel_workers = 2)",
    f"insert into t select g from generate_series(1, {ROWS}) g",  # noqa: S608 - our constant
    "analyze t",
)
"""SQL that makes a table `t` with `ROWS` rows, which two workers may scan."""

CHEAP = (
    "set parallel_setup_cost = 0",
    "set parallel_tuple_cost = 0",
    "set min_parallel_table_scan_size = 0",
)
"""SQL after which the planner takes workers wherever it may."""

WAIT_FOR_EXIT = Point(
    "WaitForBackgroundWorkerShutdown",
    since="ReinitializeParallelDSM",
    until="LaunchParallelWorkers",
)
"""The wait of a relaunch for the exit of the workers before."""

READS_MESSAGES = ("HandleParallelMessages", "ProcessParallelMessages")
"""In which a leader reads its error queues; the name changed in version 18."""

POSTMASTER_SERVES = Client(
    "postmaster",
    (
        StepPoint("serve.note_changes.scan", Point("BackgroundWorkerStateChange")),
        StepPoint("serve.start_or_forget.report_pid", Point("ReportBackgroundWorkerPID")),
        StepPoint("serve.reap.free_and_notify.free.free", Point("ForgetBackgroundWorker")),
    ),
    unseen=(
        "serve.serve",
        "serve.note_changes.notify",
        "serve.note_changes.free_and_notify.free.free",
        "serve.note_changes.free_and_notify.notify",
        "serve.start_or_forget.notify",
        "serve.start_or_forget.free.free",
        "serve.start_or_forget.free_and_notify.free.free",
        "serve.start_or_forget.free_and_notify.notify",
        "serve.reap.free_and_notify.notify",
    ),
)
"""The postmaster of specs that have its slots, while no fork fails; for `observe`."""

CHECKS_SETTING = Point(
    "IsInParallelMode",
    within=("set_config_option", "set_config_option_ext", "set_config_with_handle"),
    since="set_config_by_name",
)
"""Where set_config() is refused in parallel mode; which of these asks depends on the version."""


@dataclass(frozen=True, slots=True)
class Rescan:
    """A Gather that is executed twice: its workers are launched again with the same queues."""

    nworkers: int

    @property
    def settings(self) -> tuple[str, ...]:
        """SQL for the session."""
        limit = f"set max_parallel_workers_per_gather = {self.nworkers}"
        return (*CHEAP, limit, "set enable_material = off")

    @property
    def query(self) -> str:
        """One execution of the Gather for each row of the values."""
        return (
            "select * from (select count(*), sum(a) from t where a > 0) ss"
            " right join (values (1), (2)) v(x) on true"
        )

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The right answer."""
        return tuple((str(ROWS), str(ROWS * (ROWS + 1) // 2), str(x)) for x in (1, 2))
