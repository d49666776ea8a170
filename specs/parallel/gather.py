"""A Gather node from its first row to its last rescan: nothing is lost, leaked or counted twice.

Models ExecGather(), gather_readnext(), ExecShutdownGather() and ExecReScanGather() of
src/backend/executor/nodeGather.c with what they call in execParallel.c, as at 21e958c303 (2026),
below a Limit and below a node that rescans it. At each execution of the node as many workers are
registered as there happens to be room for, also none. Leader and workers take the rows of a shared
scan; each worker returns its rows through a queue with room for one. A child of the Gather keeps
state in the segment, and pointers to it. The client wants all rows, or stops at a limit, or fetches
them in pieces, with an ExecutorRun() for each.

With FAULTS=True a worker may fail, and the client cancel, between any two rows; then no node is
asked to clean up, and the transaction aborts. Who reads no more must not leave a worker waiting.

One step is one call of the executor in the leader, one row taken or sent by a worker. Left out: the
queues' own protocol, Gather Merge, and the leader without its own share.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B06, 6c878a7553 | KEEPS_CONTEXT=False | without any worker a child's pointer leads nowhere |
| B20, 080313f829 | SHUTS_DOWN_LATE=False | a rescan after a Limit uses a destroyed context |
| B21, bfc78d7196 | RUNS_PIECES_ALONE=False | rows that workers had taken never come |
| B25, acf555bc53 | CHILDREN_FIRST=False | a child cleans up in a segment that is gone |
| B110, 41b0dd987d | RESETS_FIRST=False | workers of a rescan take rows of the scan before it |
| B111, 53c7cff720 | RESETS_READER=False | a rescan with fewer workers: a reader that is not there |
| B112, 8526bcb2df | COUNTS_ONCE=False | EXPLAIN ANALYZE shows rows of the first execution again |

Faults: FAULTS=True, a registration that fails, and those of the queue in `tuple_queue.py`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Returns, Spec, Steps, domain, each, one_of, record, wait_until

NWORKERS = 2
NROWS = 2
NEXECUTIONS = 2  # of the node in a query: all but the first are rescans
KEEPS_CONTEXT: bool = True  # 6c878a7553: only the workers are shut down if there are none
SHUTS_DOWN_LATE: bool = True  # 080313f829: at the end of the query, not when a Limit is reached
RUNS_PIECES_ALONE: bool = True  # bfc78d7196: the leader alone, without workers
CHILDREN_FIRST: bool = True  # acf555bc53
RESETS_FIRST: bool = True  # 41b0dd987d: before workers are launched, not when the child rescans
RESETS_READER: bool = True  # 53c7cff720
FAULTS: bool = False  # True: a worker may fail, and the client may cancel
COUNTS_ONCE: bool = True  # 8526bcb2df: at the end, not after each execution

Worker = Annotated[int, Below(NWORKERS)]
Rows = Annotated[int, Below(NROWS + 1)]


class Context(Enum):
    """The ParallelContext of the node, with its segment."""

    NONE = auto()
    ALIVE = auto()
    DESTROYED = auto()


class Client(Enum):
    """How the rows are fetched."""

    AT_ONCE = auto()  # one ExecutorRun(); a Limit may stop any execution of the node after a row
    PIECES = auto()  # an ExecutorRun() for each row


@record
class Shared:
    client: Client = Client.AT_ONCE
    context: Context = Context.NONE
    child_holds: bool = False
    """The child has pointers into the segment."""
    left: Rows = NROWS
    """In the shared scan."""
    running: Array[Worker, bool] = each(False)
    row: Array[Worker, bool] = each(False)
    """In the queue of this worker."""
    detached: Array[Worker, bool] = each(False)
    """The leader does not read this queue any more."""
    instrumentation: Array[Worker, Annotated[int, Below(NEXECUTIONS * NROWS + 1)]] = each(0)
    """In the segment: the rows of each worker, added up over the executions."""
    total: Annotated[int, Below(NEXECUTIONS * NEXECUTIONS * NROWS)] = 0
    """What EXPLAIN ANALYZE will show of the workers."""
    nreaders: Annotated[int, Below(NWORKERS + 1)] = 0
    nextreader: Worker = 0
    reader: Array[Worker, Worker] = each(0)
    rescans: bool = False
    """The child has yet to reset the shared scan."""
    returned: Annotated[int, Below(2 * NROWS)] = 0
    limited: bool = False
    """This execution stops after a row."""
    collected: bool = False
    """`finished` of the ParallelExecutorInfo: workers are waited for once in an execution."""
    ended: bool = False
    """This execution has come to the end of its rows."""
    failed: bool = False
    """A worker has, and says so."""
    aborted: bool = False
    finished: bool = False


spec = Spec("Gather", Shared)


@spec.environment(fair="weak")
def worker(s: Shared, me: Worker) -> Steps:
    while True:
        yield "take"
        fails = False
        if FAULTS:
            fails = one_of((False, True))
        wait_until(s.running[me])
        s.failed = s.failed or fails
        if fails or s.left == 0 or s.detached[me]:
            s.running[me] = False
            continue
        s.left -= 1
        s.instrumentation[me] += 1

        yield "send"
        wait_until(not s.row[me] or s.detached[me])
        s.row[me] = True


def launch(s: Shared, count: int) -> None:
    for w in domain(Worker):
        s.row[w] = False
        s.detached[w] = False
        s.running[w] = w < count
        s.reader[w] = w
    s.nreaders = count
    if RESETS_READER:
        s.nextreader = 0


def start(s: Shared) -> Steps:
    """The first call of ExecGather() in an execution."""
    yield "start"
    alone = s.client is Client.PIECES and RUNS_PIECES_ALONE
    limited = one_of(x for x in (False, True) if not x or s.client is Client.AT_ONCE)
    count = one_of(n for n in range(NWORKERS + 1) if n == 0 or not alone)
    if RESETS_FIRST or s.context is Context.NONE:
        s.left = NROWS
    else:
        s.rescans = True
    s.returned = 0
    s.limited = limited
    s.collected = False
    s.ended = False
    if not alone:
        assert s.context is not Context.DESTROYED, "a destroyed context is used again"
        s.context = Context.ALIVE  # ExecInitParallelPlan(), ExecParallelReinitialize()
        s.child_holds = True
    launch(s, count)
    if count == 0 and not KEEPS_CONTEXT and not alone:
        s.context = Context.DESTROYED


def forget_reader(s: Shared) -> None:
    """A queue is detached and empty: its reader leaves the array."""
    for n in range(NWORKERS - 1):
        if n >= s.nextreader:
            s.reader[n] = s.reader[n + 1]
    s.nreaders -= 1
    if s.nextreader >= s.nreaders:
        s.nextreader = 0


def has_reader(s: Shared, w: Worker) -> bool:
    return any(s.reader[n] == w for n in range(NWORKERS) if n < s.nreaders)


def read_next(s: Shared) -> bool:
    """gather_readnext(), at one reader: whether there was a row."""
    assert s.nextreader < s.nreaders, "a reader that is not there"
    w = s.reader[s.nextreader]
    if s.row[w]:
        s.row[w] = False
        return True
    if s.running[w]:
        s.nextreader = (s.nextreader + 1) % s.nreaders
    else:
        forget_reader(s)
    return False


def run_locally(s: Shared) -> bool:
    """ExecProcNode() of the child, in the leader: whether there was a row."""
    if s.child_holds:
        assert s.context is Context.ALIVE, "a pointer into a segment that is gone"
    if s.rescans:
        s.rescans = False
        s.left = NROWS
    if s.left == 0:
        return False
    s.left -= 1
    return True


def shut_down_workers(s: Shared) -> Steps:
    """ExecShutdownGatherWorkers(), ExecParallelFinish()."""
    yield "detach_queues"
    for w in domain(Worker):
        s.detached[w] = True
    s.nreaders = 0

    yield "wait_for_workers"
    wait_until(not any(s.running))
    s.aborted = s.aborted or s.failed
    if not COUNTS_ONCE and not s.collected and s.context is Context.ALIVE:
        s.total += sum(s.instrumentation)
    s.collected = True


def clean_up_child(s: Shared) -> None:
    assert s.context is not Context.DESTROYED, "a child cleans up in a segment that is gone"
    s.child_holds = False


def shut_down(s: Shared) -> Steps:
    """ExecShutdownNode() of the Gather and its child; ExecParallelCleanup()."""
    if CHILDREN_FIRST:
        yield "clean_up_child"
        if s.child_holds:
            clean_up_child(s)
    yield from shut_down_workers(s)

    yield "destroy"
    if s.context is Context.ALIVE:
        if COUNTS_ONCE:
            s.total += sum(s.instrumentation)
        s.context = Context.DESTROYED
        if not CHILDREN_FIRST and s.child_holds:
            clean_up_child(s)


def fetch(s: Shared) -> Returns[bool]:
    """ExecGather(): one row, or False at the end of them, or for an error."""
    while True:
        yield "read_next"
        if FAULTS:
            cancelled = one_of((False, True))
            s.aborted = s.failed or cancelled
            if s.aborted:
                return False
        if s.nreaders > 0:
            found = read_next(s)
            if found:
                return True

        yield "run_locally"
        found = run_locally(s)
        if found:
            return True
        if s.nreaders == 0:
            return False

        yield "wait"
        wait_until(any(s.row[w] or not s.running[w] for w in domain(Worker) if has_reader(s, w)))


def abort(s: Shared) -> Steps:
    """AbortTransaction(): the nodes are not asked, and DestroyParallelContext() waits."""
    if not FAULTS:
        return

    yield "detach_all"
    for w in domain(Worker):
        s.detached[w] = True
    s.context = Context.DESTROYED

    yield "wait_for_exit"
    wait_until(not any(s.running))


@spec.process
def leader(s: Shared) -> Steps:
    yield "plan"
    client = one_of(Client)
    s.client = client
    for _ in range(NEXECUTIONS):
        yield from start(s)
        while True:
            found = yield from fetch(s)
            if not found:
                s.ended = not s.aborted
                break
            s.returned += 1
            if s.limited:
                if not SHUTS_DOWN_LATE:
                    yield from shut_down(s)
                break
            if s.client is Client.PIECES and not RUNS_PIECES_ALONE:
                yield from shut_down_workers(s)  # before each return of ExecutorRun()
        if s.context is not Context.DESTROYED:
            yield from shut_down_workers(s)  # ExecReScanGather()
        if s.aborted:
            break
    if s.aborted:
        yield from abort(s)
    else:
        yield from shut_down(s)

    yield "report"
    s.finished = True


@spec.always
def every_row_is_returned(s: Shared) -> bool:
    return not s.ended or s.returned == NROWS or s.failed


@spec.always
def rows_are_counted_once(s: Shared) -> bool:
    return not s.finished or s.aborted or s.total == sum(s.instrumentation)


@spec.always
def a_failure_is_told(s: Shared) -> bool:
    return not s.finished or not s.failed or s.aborted


@spec.eventually
def the_query_ends(s: Shared) -> bool:
    return s.finished


@spec.sometimes
def a_rescan_has_fewer_workers(s: Shared) -> bool:
    return s.nreaders == 1 and s.instrumentation[1] > 0 and s.left > 0


@spec.sometimes
def it_stops_at_a_limit_with_a_row_unread(s: Shared) -> bool:
    unread = any(s.row[w] and s.detached[w] for w in domain(Worker))
    return s.limited and unread


spec.expect(states=4308)
spec.expect(FAULTS=True, states=13263)
spec.expect(KEEPS_CONTEXT=False, violated="leader.fetch.run_locally", steps=4, states=4222)
spec.expect(SHUTS_DOWN_LATE=False, violated="leader.start.start", steps=9, states=4675)
spec.expect(RUNS_PIECES_ALONE=False, violated="every_row_is_returned", steps=11, states=6204)
spec.expect(CHILDREN_FIRST=False, violated="leader.shut_down.destroy", steps=14, states=4082)
spec.expect(RESETS_READER=False, violated="leader.fetch.read_next", steps=10, states=4811)
spec.expect(COUNTS_ONCE=False, violated="rows_are_counted_once", steps=18, states=5318)
spec.expect(RESETS_FIRST=False, violated="every_row_is_returned", steps=17, states=4039)
