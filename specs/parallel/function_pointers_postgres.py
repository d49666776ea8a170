"""Function pointers across processes, on a real server: the entry point of a loaded library.

The workers of a parallel build of an index of pgvector begin in a function of that library. The
worker looks it up by name; here it is given the address that the function has in the leader, as if
that had been in the segment, before PostgreSQL commit 32470825d3.

Where the kernel maps a library depends on what is there already. The worker loads its leader's
libraries in the same order, and has mapped other segments before: it is given one of the very size
of the library. So the library lies elsewhere in the worker, and where the leader has it there is
nothing that can be executed.

A server that has no pgvector cannot play this. With EXEC_BACKEND the server itself lies elsewhere
in each process; no build for Linux has it.
"""

from signal import SIGSEGV

from modelcheck.concrete.postgres import (
    AddedCall,
    AddressElsewhere,
    Argument,
    Client,
    Compared,
    Crash,
    Field,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)
from modelcheck.concrete.postgres.stock import LIBRARY_NAME

START, LOAD = "ParallelWorkerMain", "load_external_function"
CONNECTS = Point("BackgroundWorkerInitializeConnectionByOid", since=START, first=True)
SIZE = 44 * 4096
"""What the library of pgvector 0.8 takes of the address space."""

by_address = Scenario(
    name="a worker calls an address of its leader",
    setup=(
        "create extension vector",
        "create table t (e vector(3)) with (parallel_workers = 1)",
        "insert into t select array[g, 0, 1] from generate_series(1, 200) g",
        "analyze t",
    ),
    settings=(
        "set maintenance_work_mem = '16MB'",  # the size of the segment
        "set max_parallel_maintenance_workers = 1",
    ),
    query="create index on t using hnsw (e vector_l2_ops)",
    probe=("set enable_seqscan = off; select e from t order by e <-> '[7, 0, 1]' limit 1"),
    rows=(("[7,0,1]",),),
    client=Client(
        "leader",
        (
            StepPoint(
                "store_entry_point",
                Point("InitializeParallelDSM", first=True),
                memory=Argument(0, dereferenced=1, offset=LIBRARY_NAME),
                choices=("LOADED",),
            ),
        ),
        unseen=("map_module",),
    ),
    workers=ParallelWorkers(
        "worker",
        (StepPoint("call_entry_point", Point(LOAD, since=START, first=True)),),
        per_round=None,
    ),
    defect=SkippedCall(
        "worker",
        Point(LOAD, since=START, until=CONNECTS.function),
        AddressElsewhere("leader", "vector.so", "HnswParallelBuildMain"),
        "the leader's address of HnswParallelBuildMain",
    ),
    faults=(AddedCall("worker", CONNECTS, "dsm_create", (SIZE, 0), "where the library would lie"),),
    symptom=Crash("worker", SIGSEGV),
    structure=Structure("entry point", (Field("library", 0, size=16, text=True),)),
    observations=(Compared("wanted", "library", (("SERVER", "postgres"), ("LOADED", "vector"))),),
    extension="vector",
    harmless="the worker looks the function up by its name",
    constants=(("BY_NAME", "False"), ("TRAMPOLINE", "False"), ("EXEC_BACKEND", "False")),
    properties=("worker.call_entry_point",),
    is_destructive=True,  # an index that is there has the library loaded earlier
)
scenarios = (by_address,)
