"""Leaving shared memory, on a real server: a worker that has something to say when it has left.

A process that exits says so in a DEBUG message once it has detached from its segments, and the
worker's messages go to a queue in one of them. That the redirection ends with the segment, since
PostgreSQL commit 2ad5c27bb5, is left out: the message is written to memory that is unmapped.
"""

from signal import SIGSEGV

from modelcheck.concrete.postgres import (
    Client,
    Compared,
    Crash,
    Own,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)
from modelcheck.concrete.postgres.stock import CHEAP, ROWS, TABLE

redirected = Scenario(
    name="a message is sent after the queue is gone",
    setup=TABLE,
    settings=(
        *CHEAP,
        "set max_parallel_workers_per_gather = 1",
        "set client_min_messages = debug3",
    ),
    query="select count(*) from t",
    rows=((str(ROWS),),),
    client=Client("leader", ()),
    workers=ParallelWorkers(
        "worker",
        (StepPoint("unmap", Point("dsm_backend_shutdown", since="proc_exit", first=True)),),
        per_round=None,
    ),
    defect=SkippedCall("worker", Point("pq_cleanup_redirect_to_shm_mq"), 0, "nothing"),
    symptom=Crash("worker", SIGSEGV),
    structure=Structure("none", ()),
    bystanders=("messages",),
    observations=(
        Compared(
            "worker.redirected",
            "where messages go",
            (("False", "0"), ("True", "2")),  # DestNone and DestRemote
            Own("whereToSendOutput"),
            with_defect=True,
        ),
    ),
    harmless="the messages of a worker that has left its segment go nowhere",
    constants=(("REDIRECTION_ENDS", "False"),),
    properties=("messages.put_message",),
)
scenarios = (redirected,)
