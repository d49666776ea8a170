"""Rearranging a wait queue: members of a lock group stay together, and go where they were told to.

Models TopoSort() of src/backend/storage/lmgr/deadlock.c, as at 21e958c303 (2026). Where a deadlock
can be solved by letting one waiter pass another, the deadlock checker asks for a queue in which the
group of the one comes before the group of the other. It counts, for one representative of each of
these groups, the constraints that it still has, and marks its other members to be put with it; then
it fills the new queue from the end, group by group. One step is one arrival in the queue, or one
round of this; nobody else moves meanwhile, for the checker holds all partition locks.

There is one constraint here: the group ONE before the group OTHER, which are in the queue or not,
with any number of members and with waiters of neither. Left out: why the checker asks for that, and
several constraints, which may contradict each other.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B82, 3420851a2c | MARKS_ALL=False | the new queue is no better: the deadlock stays |

A `break` too many left the loop after the representative, and no other member was marked: one that
comes before it in the queue is then taken for a waiter without constraints, and the group with it.

Faults: none. The checker has all partition locks, and with them interrupts on hold.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Between, Spec, Steps, done, each, one_of, record

NWAITERS = 4
MARKS_ALL: bool = True  # 3420851a2c

Position = Annotated[int, Below(NWAITERS)]
Count = Annotated[int, Between(0, NWAITERS)]


class Group(Enum):
    ONE = auto()
    OTHER = auto()
    NEITHER = auto()  # waiters without constraints; they are no group


@record
class Shared:
    queue: Array[Position, Group] = each(Group.NEITHER)
    before: Array[Position, Annotated[int, Between(-1, 1)]] = each(0)
    """`beforeConstraints`; -1: to be put with its group."""
    representative: Position | None = None
    """Of ONE, if the constraint is relevant."""
    put: Array[Position, bool] = each(False)
    left: Count = NWAITERS
    """So many places of the new queue are not filled."""
    order: Array[Position, Group | None] = each(None)
    failed: bool = False


spec = Spec("order of a wait queue", Shared)


def last_of(s: Shared, group: Group) -> Position | None:
    found: Position | None = None
    for n in range(NWAITERS):
        if s.queue[n] is group:
            found = n
    return found


def mark_others(s: Shared, group: Group, representative: Position) -> None:
    for n in range(NWAITERS):
        if s.queue[n] is group and n != representative:
            s.before[n] = -1


def count_constraints(s: Shared) -> None:
    one = last_of(s, Group.ONE)
    other = last_of(s, Group.OTHER)
    if one is None:
        return
    if MARKS_ALL:
        mark_others(s, Group.ONE, one)
    if other is None:
        return
    mark_others(s, Group.OTHER, other)
    s.before[one] = 1
    s.representative = one


def put(s: Shared, n: Position) -> None:
    """Put this waiter last of those that are left."""
    s.left -= 1
    s.order[s.left] = s.queue[n]
    s.put[n] = True


def put_group(s: Shared, group: Group) -> None:
    for n in range(NWAITERS):
        if s.queue[n] is group and not s.put[n]:
            put(s, n)


@spec.process
def checker(s: Shared) -> Steps:
    for n in range(NWAITERS):
        yield "arrive"
        group = one_of(Group)
        s.queue[n] = group

    yield "count"
    count_constraints(s)

    while s.left > 0:
        yield "put"
        candidate = max((n for n in range(NWAITERS) if is_free(s, n)), default=-1)
        if candidate < 0:
            s.failed = True
            return
        if s.queue[candidate] is Group.NEITHER:
            put(s, candidate)
        else:
            put_group(s, s.queue[candidate])
            if s.queue[candidate] is Group.OTHER and s.representative is not None:
                s.before[s.representative] = 0


def is_free(s: Shared, n: Position) -> bool:
    return not s.put[n] and s.before[n] == 0


@spec.always
def one_is_before_the_other(s: Shared) -> bool:
    return not any(
        s.order[n] is Group.OTHER and s.order[m] is Group.ONE
        for n in range(NWAITERS)
        for m in range(NWAITERS)
        if n < m
    )


@spec.always
def there_is_such_an_order(s: Shared) -> bool:
    return not s.failed


@spec.sometimes
def groups_of_two_change_places(s: Shared) -> bool:
    return (
        s.queue[0] is Group.OTHER
        and s.queue[1] is Group.ONE
        and s.queue[2] is Group.OTHER
        and s.order[0] is Group.ONE
        and s.order[1] is Group.ONE
    )


@spec.eventually
def the_queue_is_arranged(s: Shared) -> bool:
    return done(checker)


spec.expect(states=440)
spec.expect(MARKS_ALL=False, violated="one_is_before_the_other", steps=7, states=440)
