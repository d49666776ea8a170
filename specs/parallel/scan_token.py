"""A parallel index scan: who waits for its turn must not keep waiting those who could give it.

Models _bt_parallel_seize(), _bt_parallel_release() and the reading of pages between them,
src/backend/access/nbtree, as at 21e958c303 (2026), under a Gather whose leader takes part. The page
that comes next is a token: who seizes it finds the next page, and releases it. The scan has an
array of keys: after some pages another primitive scan has to be started, by anybody who is not in
the middle of one. One page is deleted, and holds no rows; each other one holds one row, and a
worker waits where its tuple queue is full. The leader may fail while it has the token; then it
tells its worker to stop and waits, with interrupts held, until it has exited.

One step is one region under the mutex of the scan, or one page with its release, and the scheduling
of another primitive scan where one is due. A wait on the condition variable is over when what is
waited for is there. Left out: several workers, backward scans, and the descent to the first page.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B113, 884a60840c | RELEASES=False | the page was deleted, and everybody waits for the next one |
| B114, 8ce29bb4f0 | UNLOCKS_FIRST=False | a failed leader waits for a worker that cannot stop |
| B116, d8adfc18be | LEAVES_TO_OTHERS=False | leader waits for worker waits for leader |

B114: the worker keeps the lock of the deleted page's buffer while it waits for the token, and with
it interrupts. The leader has the token. B116: the leader, in the middle of a primitive scan, waits
for another to start the next one. The only other one has filled its tuple queue. The general rule
is that a leader must not wait for a worker that may be waiting for the leader to read.

Faults: FAULTS=True has an error of the worker too, also while it has the token, and a cancel. Both
end the leader's wait for the token, as its own error does for the worker.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Returns,
    Spec,
    Steps,
    at,
    done,
    each,
    one_of,
    record,
    wait_until,
)

NPAGES = 4
BOUNDARY = 3  # the page that begins the second primitive scan
DELETED_PAGE = 1
RELEASES: bool = True  # 884a60840c: the token is released at a deleted page too
UNLOCKS_FIRST: bool = True  # 8ce29bb4f0: the buffer is released before the token is waited for
LEAVES_TO_OTHERS: bool = True  # d8adfc18be: who cannot start a primitive scan does not wait
FAULTS: bool = False  # True: the worker may fail too, and the client may cancel


class Participant(Enum):
    LEADER = auto()
    WORKER = auto()


class Status(Enum):
    """BTPS_State, NOT_INITIALIZED being IDLE here."""

    IDLE = auto()
    ADVANCING = auto()
    NEED_PRIMSCAN = auto()
    DONE = auto()


class Got(Enum):
    """What a participant's own scan gives."""

    ROW = auto()
    END = auto()
    ERROR = auto()


@record
class Shared:
    status: Status = Status.IDLE
    page: Annotated[int, Below(NPAGES + 1)] = 0
    starts: Array[Participant, bool] = each(True)
    """In _bt_first(), and not in the middle of a primitive scan."""
    locks_buffer: Array[Participant, bool] = each(False)
    """So interrupts are held."""
    row: bool = False
    """In the tuple queue of the worker."""
    rows: Annotated[int, Below(NPAGES)] = 0
    """What the Gather has returned."""
    terminated: bool = False
    exited: bool = False
    failed: bool = False
    worker_failed: bool = False
    """Its error is in the queue, and the leader has been signalled."""
    cancelled: bool = False


spec = Spec("parallel index scan", Shared)


def has_turn(s: Shared, me: Participant) -> bool:
    return s.status is Status.IDLE or (s.status is Status.NEED_PRIMSCAN and s.starts[me])


def is_answered(s: Shared, me: Participant) -> bool:
    """Whether who waits in _bt_parallel_seize() need not wait any more."""
    leaves = s.status is Status.NEED_PRIMSCAN and LEAVES_TO_OTHERS
    return has_turn(s, me) or leaves or s.status is Status.DONE


def is_interrupted(s: Shared, me: Participant) -> bool:
    told = s.terminated if me is Participant.WORKER else s.cancelled or s.worker_failed
    return told and not s.locks_buffer[me]


def seize(s: Shared, me: Participant) -> Returns[Got]:
    """_bt_parallel_seize(): ROW if the token is seized."""
    while True:
        yield "seize"
        if s.status is Status.DONE:
            return Got.END
        if has_turn(s, me):
            s.status = Status.ADVANCING
            return Got.ROW
        if s.status is Status.NEED_PRIMSCAN and LEAVES_TO_OTHERS:
            s.starts[me] = True  # false is returned, and the caller goes to _bt_first()
            continue

        yield "wait"
        wait_until(is_answered(s, me) or is_interrupted(s, me))
        if is_interrupted(s, me):
            return Got.ERROR


def release(s: Shared, me: Participant) -> None:
    """_bt_parallel_release(), _bt_parallel_primscan_schedule() or _bt_parallel_done()."""
    s.page += 1
    s.starts[me] = s.page == BOUNDARY
    if s.page == NPAGES:
        s.status = Status.DONE
    elif s.page == BOUNDARY:
        s.status = Status.NEED_PRIMSCAN
    else:
        s.status = Status.IDLE


def read_row(s: Shared, me: Participant) -> Returns[Got]:
    """btgettuple()."""
    while True:
        got = yield from seize(s, me)
        s.locks_buffer[me] = False
        if got is not Got.ROW:
            return got

        yield "read"
        may_fail = FAULTS or me is Participant.LEADER
        fails = one_of(x for x in (False, True) if may_fail or not x)
        if fails:
            return Got.ERROR
        if s.page != DELETED_PAGE:
            release(s, me)
            return Got.ROW
        s.starts[me] = False
        if RELEASES:
            release(s, me)
        s.locks_buffer[me] = not UNLOCKS_FIRST


@spec.process
def worker(s: Shared) -> Steps:
    while True:
        got = yield from read_row(s, Participant.WORKER)
        if got is not Got.ROW:
            break

        yield "send"
        wait_until(not s.row or s.terminated)
        if s.terminated:
            break
        s.row = True
    if got is Got.ERROR and FAULTS:
        yield "report"
        s.worker_failed = True

    yield "exit"
    s.exited = True


@spec.process
def leader(s: Shared) -> Steps:
    scans = True
    while True:
        yield "gather"  # gather_getnext()
        interrupted = is_interrupted(s, Participant.LEADER)
        wait_until(scans or s.row or s.exited or interrupted)
        if interrupted:
            s.failed = True
            break
        if s.row:
            s.row = False
            s.rows += 1
        elif scans:
            got = yield from read_row(s, Participant.LEADER)
            if got is Got.ERROR:
                s.failed = True
                break
            if got is Got.ROW:
                s.rows += 1
            scans = got is Got.ROW
        else:
            break

    yield "terminate"  # DestroyParallelContext()
    s.terminated = True

    yield "wait_for_exit"
    wait_until(s.exited)


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    wait_until(FAULTS)
    s.cancelled = True


@spec.eventually
def the_query_ends(s: Shared) -> bool:
    return done(leader)


@spec.always
def every_row_is_returned_once(s: Shared) -> bool:
    return s.failed or not done(leader) or s.rows == NPAGES - 1


@spec.sometimes
def the_leader_fails_while_the_worker_waits_for_it(s: Shared) -> bool:
    return s.failed and at(worker, "read_row.seize.wait")


@spec.sometimes
def another_primitive_scan_is_left_to_the_worker(s: Shared) -> bool:
    middle = not s.starts[Participant.LEADER]
    return s.status is Status.NEED_PRIMSCAN and middle and at(worker, "send") and s.row


@spec.sometimes
def the_worker_fails_while_the_leader_waits_for_it(s: Shared) -> bool:
    return (s.worker_failed and at(leader, "read_row.seize.wait")) or not FAULTS


spec.expect(states=342)
spec.expect(FAULTS=True, states=1213)
spec.expect(
    RELEASES=False,
    violated=("the_query_ends", "another_primitive_scan_is_left_to_the_worker", "deadlock"),
    steps=8,
    states=96,
)
spec.expect(UNLOCKS_FIRST=False, violated=("the_query_ends", "deadlock"), steps=10, states=393)
spec.expect(LEAVES_TO_OTHERS=False, violated=("the_query_ends", "deadlock"), steps=9, states=344)
