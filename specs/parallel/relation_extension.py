"""Relation extension in a lock group: two members must not add the same block.

Models the relation extension lock of src/backend/storage/lmgr/lock.c, and what it protects, for two
members of one group who insert into one relation: who finds no room takes the lock, asks how long
the relation is, adds one block after the last, and releases the lock; then it fills the block. One
step is one of these. Members of a lock group do not conflict, for what a leader locks its workers
may use; this lock is the exception. Left out: the bulk extension of later versions, and page locks,
which 3ba59ccc89 made to conflict too, until cc32ec24fd found that wrong: who has a page locked may
ask for other locks, and a conflict inside a group is then a deadlock that nobody looks for.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B87, 85f6b49c2c | CONFLICTS=False | two members get the same block, and the rows of one are lost |

Workers write to no table as yet, so this has been no defect of a release: the commit paves the way.

Faults: FAULTS=True has a member that fails while it has the lock, which its abort releases.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    subset,
    wait_until,
)

NMEMBERS = 2
CONFLICTS: bool = True  # 85f6b49c2c: LockCheckConflicts() subtracts nothing for this lock
FAULTS: bool = False  # True: a member may fail before it has extended the relation

Member = Annotated[int, Below(NMEMBERS)]
Block = Annotated[int, Below(NMEMBERS + 1)]


@record
class Shared:
    holders: FiniteSet[Member] = subset()
    """Of the relation extension lock, in exclusive mode."""
    nblocks: Block = 0
    row: Array[Block, Member | None] = each(None)
    """Whose row is in this block."""
    failed: FiniteSet[Member] = subset()


spec = Spec("relation extension in a lock group", Shared)


@spec.process
def member(s: Shared, me: Member) -> Steps:
    yield "lock"
    wait_until(len(s.holders) == 0 or not CONFLICTS)
    s.holders.add(me)

    yield "find_end"  # smgrnblocks()
    block = s.nblocks

    yield "extend"  # smgrextend()
    fails = False
    if FAULTS:
        fails = one_of((False, True))
    if fails:
        s.failed.add(me)
        s.holders.discard(me)  # when it aborts
        return
    s.nblocks = block + 1

    yield "unlock"
    s.holders.discard(me)

    yield "fill"
    s.row[block] = me


@spec.always
def every_row_is_there(s: Shared) -> bool:
    return all(
        not done(member, m) or m in s.failed or any(row == m for row in s.row)
        for m in domain(Member)
    )


@spec.eventually
def both_have_inserted(s: Shared) -> bool:
    return all(done(member, m) for m in domain(Member))


@spec.sometimes
def one_waits_for_the_other(s: Shared) -> bool:
    return at(member, 0, "lock") and 1 in s.holders


@spec.sometimes
def one_inserts_after_the_other_has_failed(s: Shared) -> bool:
    return (1 in s.failed and done(member, 0) and 0 not in s.failed) or not FAULTS


spec.expect(states=31)
spec.expect(FAULTS=True, states=44)
spec.expect(CONFLICTS=False, violated="every_row_is_there", steps=10, states=61)
