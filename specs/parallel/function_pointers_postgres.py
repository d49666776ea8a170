"""Function pointers across processes, on a real server: the entry point of a loaded library.

The workers of a parallel build of an index of pgvector begin in a function of that library. The
worker looks it up by name; here it is given the address that the function has in the leader, as if
that had been in the segment, before PostgreSQL commit 32470825d3. The leader has loaded another
library before that one, of the very same size, and so that is where the kernel would have put this
one. In the worker it is not there yet, and where the leader has the function nothing can be
executed.

A server that has no pgvector cannot play this. With EXEC_BACKEND the server itself lies elsewhere
in each process; no build for Linux has it.
"""

from signal import SIGSEGV

from modelcheck.concrete.postgres import (
    AddressElsewhere,
    Client,
    Crash,
    ParallelWorkers,
    Point,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
)

START, LOAD = "ParallelWorkerMain", "load_external_function"

by_address = Scenario(
    name="a worker calls an address of its leader",
    setup=(
        "create extension vector",
        "create table t (e vector(3)) with (parallel_workers = 1)",
        "insert into t select array[g, 0, 1] from generate_series(1, 200) g",
        "analyze t",
    ),
    settings=(
        "load 'utf8_and_johab'",  # of the size of pgvector's
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
                "store_entry_point", Point("InitializeParallelDSM", first=True), choices=("LOADED",)
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
        Point(LOAD, since=START, until="BackgroundWorkerInitializeConnectionByOid"),
        AddressElsewhere("leader", "vector.so", "HnswParallelBuildMain"),
        "the leader's address of HnswParallelBuildMain",
    ),
    symptom=Crash("worker", SIGSEGV),
    structure=Structure("none", ()),
    extension="vector",
    harmless="the worker looks the function up by its name",
    constants=(("BY_NAME", "False"), ("TRAMPOLINE", "False"), ("EXEC_BACKEND", "False")),
    properties=("worker.call_entry_point",),
)
scenarios = (by_address,)
