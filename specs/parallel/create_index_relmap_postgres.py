"""CREATE INDEX under a relation-map change, on a real server: VACUUM FULL of a shared catalog.

VACUUM FULL of a mapped catalog writes a new file and rebuilds the index, in parallel if the catalog
says so. A worker that was not given its leader's relation map, as before PostgreSQL commit
4974d7f87e, scans the file from before. Both files have two blocks of one row each, as in the
spec; but in the old file another, deleted row comes first. So what a worker sorts from there points
to places in the new file where nothing is: an index scan finds no row, a sequential scan both.

The leader always takes part in the build; here it is held before its own part until the workers are
done, and finds no block left.

The catalog belongs to the whole cluster and stays damaged; the next replay begins with a new index.

Since version 17 a process takes its blocks through a stream, which asks the shared counter for one
in advance; there the step is the call that the stream answers.
"""

from dataclasses import replace

from modelcheck.concrete.postgres import (
    Argument,
    Client,
    Compared,
    Field,
    Own,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    WrongRows,
)
from modelcheck.concrete.postgres.stock import PARALLEL_CONTEXT

NWORKERS = 2
NBLOCKS = 2
CATALOG = "pg_shdescription"
SCAN = "table_beginscan_parallel"
COUNT = "select count(*) from pg_shdescription where objoid > 0"
SEQUENTIALLY = "set enable_indexscan = off; set enable_indexonlyscan = off"
BY_INDEX = "set enable_indexscan = on; set enable_indexonlyscan = on; set enable_seqscan = off"
INSERT = (
    "insert into pg_shdescription values ({number}, 'pg_authid'::regclass, repeat('x', {size}))"
)
SIZES = (3500, 4100, 3500, 4100)
"""Of the rows: two to a block in the old file, one to a block in the new one without the others."""

RELATION = Structure("relation", (Field("database", 4, size=4), Field("file number", 8, size=4)))

leader = Client(
    "leader",
    (
        StepPoint("rewrite", Point("RelationMapUpdateMap", first=True), choices=(True,)),
        StepPoint(
            "begin_parallel",
            Point("LaunchParallelWorkers"),
            memory=Argument(0),
            structure=PARALLEL_CONTEXT,
            choices=(False,),
        ),
        StepPoint(
            "merge",
            Point(SCAN, since="LaunchParallelWorkers", first=True),
            until="WaitForParallelWorkersToFinish",
            memory=Argument(0),
        ),
    ),
)


MAPS = Own("active_shared_updates", offset=4)
"""How many mapped catalogs have a file in the leader's map alone."""

BEGUN = (
    Compared(
        "active_map", MAPS.name, (("None", "0"), ("NEW", "*")), MAPS, after=("begin_parallel",)
    ),
    Compared("launch", "workers launched", (("SERIAL", "0"), ("PARALLEL", str(NWORKERS)))),
)
COUNTER = Structure("block counter", (Field("blocks taken", 32),))
TAKEN = (("0", "0"), ("1", "1"), (str(NBLOCKS), "*"))
"""The server goes on counting when there is no block left."""


def worker(takes_block: StepPoint) -> ParallelWorkers:
    """The workers of a version that takes the next block so."""
    return ParallelWorkers(
        "worker",
        (
            StepPoint("begin_scan", Point(SCAN, since="ParallelWorkerMain"), memory=Argument(0)),
            takes_block,
            StepPoint("index_block", Point("tuplesort_putindextuplevalues", since=SCAN)),
            StepPoint("finish", Point("ConditionVariableSignal", since=SCAN, first=True)),
        ),
        per_round=NWORKERS,
    )


newest = Scenario(
    name="an index is built without the relation map",
    setup=(
        "set allow_system_table_mods = on",
        "set max_parallel_maintenance_workers = 0",
        f"reindex table {CATALOG}",
        "delete from pg_shdescription",
        f"alter table {CATALOG} set (parallel_workers = {NWORKERS}, toast_tuple_target = 8160)",
        f"vacuum full {CATALOG}",
        *(INSERT.format(number=number, size=size) for number, size in enumerate(SIZES, start=1)),
        "delete from pg_shdescription where objoid in (1, 3)",
    ),
    settings=(
        "set maintenance_work_mem = '128MB'",
        f"set max_parallel_maintenance_workers = {NWORKERS}",
    ),
    query=f"vacuum full {CATALOG}",
    probe=f"set enable_bitmapscan = off; {SEQUENTIALLY}; {COUNT}; {BY_INDEX}; {COUNT}",
    rows=((str(NBLOCKS),), (str(NBLOCKS),)),
    client=leader,
    workers=worker(
        StepPoint(
            "take_block", Point("read_stream_next_buffer", since=SCAN, until="read_stream_end")
        )
    ),
    defect=SkippedCall("worker", Point("RestoreRelationMap"), 0, "nothing"),
    symptom=WrongRows(((str(NBLOCKS),), ("0",))),
    structure=RELATION,
    observations=BEGUN,
    harmless="the workers were given the leader's relation map and scan the same file",
    constants=(("PROPAGATES", "False"), ("ASSERTS", "False"), ("REFUSES", "False")),
    properties=("the_index_points_into_the_leaders_file", "the_index_is_complete"),
    majors=(17, 18),
    is_destructive=True,
)
older = replace(
    newest,
    workers=worker(
        StepPoint(
            "take_block",
            Point("table_block_parallelscan_nextpage", since=SCAN),
            memory=Argument(2),
            structure=COUNTER,
        )
    ),
    observations=(*BEGUN, Compared("next_block", "blocks taken", TAKEN)),
    majors=(14, 15, 16),
)
scenarios = (newest, older)
