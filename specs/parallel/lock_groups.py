"""Lock groups: a worker does not conflict with its leader, nor wait behind who waits for it.

LockAcquire(), ProcSleep() and the deadlock checker of src/backend/storage/lmgr, since commit
a1c1af2a1f (2016-02-07). A leader waits for its worker by latch, which the deadlock checker cannot
see. So a worker that waits for a lock of its leader, or for a third session that waits for its
leader, would wait for ever. In a lock group members do not conflict, a member goes before a waiter
whom its group keeps waiting, and the checker takes the group for one process.

One step is one region under a partition lock of the lock manager; the deadlock checker takes all
of them, and so is one step too. The leader has locked TABLE in one mode or the other before it
launches the worker, and waits for its end. The third session holds OTHER or not, and wants TABLE
for itself. The worker asks for either table in either mode.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B80, a1c1af2a1f | GROUPS=False | a hang that the deadlock checker does not see |
| B80, a1c1af2a1f | CHECKS_GROUP=False | the same hang, through a third session |
| P12 | JOINS_FIRST=False | the same: a lock is requested before the group is joined |

Without groups the worker waits for its leader, or behind the third session, and the leader hangs in
ParallelFinish. That a member asks for no lock before it has joined is P12 of the properties in the
facts, and what the README and the comments of BecomeLockGroupMember() demand. With all in, nobody
waits for ever: who is in a deadlock gets an error, by `the_checker_finds_one` of which there is one
as in the isolation test deadlock-parallel.

Left out: rearranging a wait queue to solve a deadlock without an error (`wait_queue_order.py`);
that a process is put before a waiter without getting the lock at once, for which four processes are
needed; fast-path locks; relation extension, for which members do conflict
(`relation_extension.py`).

Faults: FAULTS=True has a cancel of the leader, which tells its worker to stop wherever that waits,
and an error of the worker. Locks are released after the worker is gone: AtEOXact_Parallel() comes
before the locks. A worker that never starts requests nothing.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import Array, Returns, Spec, Steps, at, each, one_of, record, wait_until

GROUPS: bool = True
JOINS_FIRST: bool = True
CHECKS_GROUP: bool = True
FAULTS: bool = False  # True: the client of the leader may cancel, and the worker may fail


class Process(Enum):
    LEADER = auto()
    WORKER = auto()
    THIRD = auto()


class Table(Enum):
    TABLE = auto()
    OTHER = auto()


class Mode(Enum):
    SHARE = auto()
    EXCLUSIVE = auto()


@record
class Lock:
    held: Array[Process, Mode | None] = each(None)
    wanted: Array[Process, Mode | None] = each(None)  # by those who wait
    first: Process | None = None  # of those who wait; there are two at most


@record
class Shared:
    locks: Array[Table, Lock] = each(Lock)
    begun: bool = False  # the leader has its lock
    launched: bool = False
    joined: bool = False
    finished: bool = False
    found: bool = False  # the checker has found a deadlock
    cancelled: bool = False
    terminated: bool = False  # the worker


spec = Spec("lock groups", Shared)


def is_conflict(one: Mode | None, other: Mode | None) -> bool:
    """Whether the modes, where there are two, cannot be held together."""
    if one is None or other is None:
        return False
    return one is Mode.EXCLUSIVE or other is Mode.EXCLUSIVE


def is_same_group(s: Shared, one: Process, other: Process) -> bool:
    if one is Process.THIRD or other is Process.THIRD:
        return one is other
    return one is other or s.joined


def is_held_against(s: Shared, me: Process, table: Table, mode: Mode | None) -> bool:
    """LockCheckConflicts(): whether anybody outside the group holds a conflicting lock."""
    held = s.locks[table].held
    return any(is_conflict(mode, held[p]) and not is_same_group(s, me, p) for p in Process)


def goes_before(s: Shared, me: Process, table: Table, waiter: Process) -> bool:
    """ProcSleep(): whether the waiter has to wait for this process, or its group."""
    lock = s.locks[table]
    return any(
        is_conflict(lock.wanted[waiter], lock.held[p]) and is_same_group(s, me, p) for p in Process
    )


def is_waiting_for(s: Shared, one: Process, other: Process) -> bool:
    """An edge of the waits-for graph: to a holder, or to who is before in the queue."""
    return any(
        not is_same_group(s, one, other)
        and (
            is_conflict(s.locks[t].wanted[one], s.locks[t].held[other])
            or (
                s.locks[t].first is other
                and is_conflict(s.locks[t].wanted[one], s.locks[t].wanted[other])
            )
        )
        for t in Table
    )


def is_deadlock(s: Shared) -> bool:
    """DeadLockCheck(): a cycle, which with one worker goes through the third session."""
    by_leader = CHECKS_GROUP and s.joined and is_waiting_for(s, Process.THIRD, Process.LEADER)
    back = is_waiting_for(s, Process.THIRD, Process.WORKER) or by_leader
    return back and is_waiting_for(s, Process.WORKER, Process.THIRD)


def stop_waiting(s: Shared, me: Process, table: Table) -> None:
    lock = s.locks[table]
    lock.wanted[me] = None
    lock.first = None
    for process in Process:
        if lock.wanted[process] is not None:
            lock.first = process


def acquire(s: Shared, me: Process, table: Table, mode: Mode) -> Returns[bool]:
    yield "request"
    first = s.locks[table].first
    queues = False
    if first is not None:
        goes_first = goes_before(s, me, table, first)
        queues = is_conflict(mode, s.locks[table].wanted[first]) and not goes_first
    if not queues and not is_held_against(s, me, table, mode):
        s.locks[table].held[me] = mode
        return True
    s.locks[table].wanted[me] = mode
    if first is None:
        s.locks[table].first = me

    yield "sleep"
    turn = s.locks[table].first is me and not is_held_against(s, me, table, mode)
    deadlock = is_deadlock(s)
    wait_until(turn or deadlock or (s.terminated and me is Process.WORKER))
    stop_waiting(s, me, table)
    if turn:
        s.locks[table].held[me] = mode
    elif deadlock:
        s.found = True
    return turn


def release_all(s: Shared, me: Process) -> None:
    for table in Table:
        s.locks[table].held[me] = None


@spec.process
def leader(s: Shared) -> Steps:
    yield "lock"
    mode = one_of(Mode)
    s.locks[Table.TABLE].held[Process.LEADER] = mode
    s.begun = True

    yield "launch"
    s.launched = True

    yield "wait_for_worker"  # WaitForParallelWorkersToFinish(), by latch
    wait_until(s.finished or s.cancelled)
    if not s.finished:
        s.terminated = True

        yield "wait_for_exit"  # DestroyParallelContext(), before locks are released
        wait_until(s.finished)
    release_all(s, Process.LEADER)


@spec.process
def worker(s: Shared) -> Steps:
    yield "start"
    wait_until(s.launched)
    table = one_of(Table)
    mode = one_of(Mode)

    if JOINS_FIRST:
        yield "join"  # BecomeLockGroupMember()
        s.joined = GROUPS

    fails = False
    if FAULTS:
        yield "work"
        fails = one_of((False, True))
    if not fails:
        yield from acquire(s, Process.WORKER, table, mode)

    if not JOINS_FIRST:
        yield "join_late"
        s.joined = GROUPS

    yield "finish"
    release_all(s, Process.WORKER)
    s.finished = True


@spec.process
def third(s: Shared) -> Steps:
    yield "start"
    wait_until(s.begun)
    takes_other = one_of((False, True))
    if takes_other:
        yield from acquire(s, Process.THIRD, Table.OTHER, Mode.EXCLUSIVE)

    yield from acquire(s, Process.THIRD, Table.TABLE, Mode.EXCLUSIVE)

    yield "finish"
    release_all(s, Process.THIRD)


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    wait_until(FAULTS and s.launched)
    s.cancelled = True


@spec.always
def only_a_group_shares_exclusive_locks(s: Shared) -> bool:
    return not any(
        is_conflict(lock.held[one], lock.held[other]) and not is_same_group(s, one, other)
        for lock in s.locks
        for one in Process
        for other in Process
    )


@spec.sometimes
def the_worker_shares_its_leaders_lock(s: Shared) -> bool:
    held = s.locks[Table.TABLE].held
    return is_conflict(held[Process.LEADER], held[Process.WORKER])


@spec.sometimes
def the_worker_overtakes_a_waiter(s: Shared) -> bool:
    lock = s.locks[Table.TABLE]
    return lock.wanted[Process.THIRD] is not None and lock.held[Process.WORKER] is not None


@spec.sometimes
def the_checker_finds_one(s: Shared) -> bool:
    return s.found


@spec.sometimes
def a_worker_is_told_to_stop_while_it_waits_for_a_lock(s: Shared) -> bool:
    return (s.terminated and at(worker, "acquire.sleep")) or not FAULTS


spec.expect(states=218)
spec.expect(FAULTS=True, states=815)
spec.expect(
    GROUPS=False,
    violated=("deadlock", "the_worker_shares_its_leaders_lock", "the_checker_finds_one"),
    steps=7,
    states=205,
)
spec.expect(
    JOINS_FIRST=False,
    violated=("deadlock", "the_worker_shares_its_leaders_lock", "the_checker_finds_one"),
    steps=6,
    states=183,
)
spec.expect(CHECKS_GROUP=False, violated=("deadlock", "the_checker_finds_one"), steps=8, states=197)
