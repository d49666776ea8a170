"""Leaving a lock group: who returns the leader's PGPROC to the freelist, and when.

ProcKill(), InitProcess() and BecomeLockGroupMember() in src/backend/storage/lmgr/proc.c. A PGPROC
that leads a group stays allocated until the last member has left, even if its process exits first.
That is not supposed to happen, since DestroyParallelContext() waits for the exit of every worker.
But it takes the context off its list first: after an error before that wait, thrown by a detach
callback, say, nobody waits any more; nor does who learns there that the postmaster has died.
One step is one region under the partition lock of the leader, one under freeProcsLock, or one
store outside both: DisownLatch(), and the clearing of pid and vxid.

    version    commit                    what ProcKill() does
    JOIN       a1c1af2a1f (2016-02-07)   as the next; the joining side takes another lock
    SCATTERED  88aca5662d (2016-02-21)   the last member pushes the leader while it leaves; all push
                                         themselves later unless lockGroupLeader is still set
    DECIDED    5631045231 (2026-05-27)   decides under the partition lock, pushes later
    DISOWNED   84b9d6bcea (2026-05-27)   disowns its latch first; so it is at 21e958c303

SCATTERED is modelled as it stood just before 5631045231, with pid and vxid cleared.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B81, 88aca5662d | VERSION=JOIN, LEADER_LAST=False | a worker joins a group that is gone |
| 5631045231 | VERSION=SCATTERED, LEADER_LAST=False | a PGPROC twice on the freelist, or lost |
| 84b9d6bcea | VERSION=DECIDED, LEADER_LAST=False | PANIC: latch already owned by PID n |
| none | LEADER_LAST=False | PANIC: ProcKill() called in child process |

The last one is in no list that we know, and the code at 21e958c303 has it. A leader that leaves
its group while members remain has released the partition lock when it clears its pid and vxid.
Meanwhile the last member may leave and push the leader's PGPROC, and a new process may take it
from the freelist and enter its own pid, which the leader then sets to 0. Who looks for the new
process by its pid does not find it, and its own ProcKill(), which compares the two, panics: the
server restarts. It is the first of the two scenarios in the message of 84b9d6bcea, which moved
DisownLatch() out of this window and left the stores in it. It is as rare as that one: the window
is a few instructions long, and the leader has to exit before its worker. `CLEARS_FIRST=True` moves
the stores before the partition lock too, and nothing is found; a worker that tries to join then is
turned away because of the pid, as if the group were gone.

`member.link` is a step of JOIN alone. Left out: heavyweight locks, other lists than one freelist,
the semaphore, more than one member, and the worker's later attempts to signal its leader.

Faults: the leader exits first, after an error in a callback or the death of the postmaster. What
leads to the exit of a member makes no difference to it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    done,
    each,
    one_of,
    record,
    subset,
    wait_until,
)


class Version(Enum):
    JOIN = auto()
    SCATTERED = auto()
    DECIDED = auto()
    DISOWNED = auto()


VERSION: Version = Version.DISOWNED
LEADER_LAST: bool = True  # the leader waits for the exit of its workers, as it should
CLEARS_FIRST: bool = False

DECIDES = VERSION in {Version.DECIDED, Version.DISOWNED}

Slot = Annotated[int, Below(2)]
LEADER = 0
MEMBER = 1


class Pid(Enum):
    LEADER = auto()
    MEMBER = auto()
    NEWCOMER = auto()


@record
class Proc:
    pid: Pid | None = None
    latch_owner: Pid | None = None
    leader: Slot | None = None  # lockGroupLeader
    members: FiniteSet[Slot] = subset()  # lockGroupMembers
    free: Annotated[int, Below(3)] = 0  # how often it is on the freelist


@record
class Shared:
    procs: Array[Slot, Proc] = each(Proc)
    led: bool = False
    member_gone: bool = False


spec = Spec("leaving a lock group", Shared)


def clear(proc: Proc) -> None:
    proc.pid = None


def leave(s: Shared, me: Slot, leader: Slot) -> bool:
    """Under the leader's partition lock; whether the leader's PGPROC has to be pushed."""
    s.procs[leader].members.discard(me)
    if len(s.procs[leader].members) > 0:
        if leader != me:
            s.procs[me].leader = None
        return False
    s.procs[leader].leader = None
    if leader != me and DECIDES:
        s.procs[me].leader = None
    return leader != me


def kill(s: Shared, me: Slot) -> Steps:
    """ProcKill(), without what concerns nobody else."""
    push_leader = False
    push_self = True
    if VERSION is Version.DISOWNED:
        yield "disown_latch"
        s.procs[me].latch_owner = None
    if CLEARS_FIRST:
        yield "clear_pid"
        clear(s.procs[me])

    yield "leave_group"
    leader = s.procs[me].leader
    if leader is not None:
        push_leader = leave(s, me, leader)
        push_self = s.procs[me].leader is None
        if push_leader and not DECIDES:
            s.procs[leader].free += 1
            push_leader = False

    if VERSION is not Version.DISOWNED:
        yield "disown_latch"
        s.procs[me].latch_owner = None
    if not CLEARS_FIRST:
        yield "clear_pid"
        clear(s.procs[me])

    yield "push"
    if push_leader:
        s.procs[LEADER].free += 1
    if push_self if DECIDES else s.procs[me].leader is None:
        s.procs[me].free += 1


@spec.process
def leader(s: Shared) -> Steps:
    yield "launch"  # BecomeLockGroupLeader()
    s.procs[LEADER] = Proc(Pid.LEADER, Pid.LEADER, LEADER, subset((LEADER,)))
    s.procs[MEMBER] = Proc(Pid.MEMBER, Pid.MEMBER)
    s.led = True

    yield "exit"
    wait_until(s.member_gone or not LEADER_LAST)
    yield from kill(s, LEADER)


@spec.process
def member(s: Shared) -> Steps:
    yield "join"  # BecomeLockGroupMember()
    wait_until(s.led)
    joins = s.procs[LEADER].pid is Pid.LEADER and s.procs[LEADER].leader == LEADER
    if joins and VERSION is Version.JOIN:
        yield "link"  # not under the leader's lock
        assert s.procs[LEADER].leader == LEADER, "joins the group of a process that is gone"
    if joins:
        s.procs[MEMBER].leader = LEADER
        s.procs[LEADER].members.add(MEMBER)
    yield from kill(s, MEMBER)

    yield "reaped"
    s.member_gone = True


@spec.environment
def newcomer(s: Shared) -> Steps:
    yield "pop"  # InitProcess()
    slot = one_of(slot for slot in range(2) if s.procs[slot].free > 0)
    s.procs[slot].free -= 1

    yield "initialize"
    proc = s.procs[slot]
    assert proc.leader is None, "a new process is in a lock group already"
    assert len(proc.members) == 0, "a new process has members already"
    assert proc.latch_owner is None, "latch already owned"
    proc.pid = Pid.NEWCOMER
    proc.latch_owner = Pid.NEWCOMER

    yield "exit"
    assert s.procs[slot].pid is Pid.NEWCOMER, "ProcKill() called in child process"
    s.procs[slot].pid = None
    s.procs[slot].latch_owner = None
    s.procs[slot].free += 1


@spec.always
def nothing_is_free_twice(s: Shared) -> bool:
    return all(proc.free <= 1 for proc in s.procs)


@spec.always
def no_proc_is_lost(s: Shared) -> bool:
    over = done(leader) and done(member) and done(newcomer)
    return not over or all(proc.free > 0 for proc in s.procs)


@spec.sometimes
def the_newcomer_gets_the_leaders_proc(s: Shared) -> bool:
    return s.procs[LEADER].pid is Pid.NEWCOMER


@spec.sometimes
def somebody_joins(s: Shared) -> bool:
    return len(s.procs[LEADER].members) > 1


spec.expect(states=36)
spec.expect(LEADER_LAST=False, violated="newcomer.exit", steps=13, states=140)
spec.expect(LEADER_LAST=False, CLEARS_FIRST=True, states=121)
spec.expect(
    VERSION=Version.DECIDED,
    LEADER_LAST=False,
    violated=("newcomer.initialize", "newcomer.exit"),
    steps=10,
    states=154,
)
spec.expect(
    VERSION=Version.SCATTERED,
    LEADER_LAST=False,
    violated=("nothing_is_free_twice", "no_proc_is_lost", "newcomer.initialize", "newcomer.exit"),
    steps=8,
    states=202,
)
spec.expect(
    VERSION=Version.JOIN,
    LEADER_LAST=False,
    violated=(
        "member.link",
        "nothing_is_free_twice",
        "no_proc_is_lost",
        "newcomer.initialize",
        "newcomer.exit",
    ),
    steps=5,
    states=211,
)
spec.expect(VERSION=Version.DECIDED, states=36)
spec.expect(VERSION=Version.SCATTERED, states=36)
spec.expect(VERSION=Version.JOIN, states=37)
