"""Transaction commit: what every commit protocol has to do, without saying how.

J. Gray and L. Lamport, "Consensus on transaction commit", TODS 31(1), 2006, section 2.2; the
module `TCommit.tla` of the TLA+ examples. One step is one decision of a resource manager that sees
the state of all: with three of them TLC's 34 distinct states are reproduced.

`MAY_BACK_OUT=True` lets one abort that has prepared, whatever the others have decided since.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

N = 3
MAY_BACK_OUT: bool = False

Manager = Annotated[int, Below(N)]


class Standing(Enum):
    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


@record
class Shared:
    standing: Array[Manager, Standing] = each(Standing.WORKING)


spec = Spec("transaction commit", Shared)


def may_commit(s: Shared) -> bool:
    return all(one in (Standing.PREPARED, Standing.COMMITTED) for one in s.standing)


def may_abort(s: Shared) -> bool:
    return MAY_BACK_OUT or all(one is not Standing.COMMITTED for one in s.standing)


@spec.process
def manager(s: Shared, me: Manager) -> Steps:
    yield "working"
    prepares = one_of((False, True))
    if prepares:
        s.standing[me] = Standing.PREPARED

        yield "prepared"
        commits = one_of((False, True))
        if commits:
            wait_until(may_commit(s))
            s.standing[me] = Standing.COMMITTED
            return
    wait_until(may_abort(s))
    s.standing[me] = Standing.ABORTED


@spec.always
def consistent(s: Shared) -> bool:
    return not (
        any(one is Standing.COMMITTED for one in s.standing)
        and any(one is Standing.ABORTED for one in s.standing)
    )


@spec.sometimes
def all_commit(s: Shared) -> bool:
    return all(one is Standing.COMMITTED for one in s.standing)


@spec.sometimes
def aborts_after_preparing(s: Shared) -> bool:
    return s.standing[0] is Standing.PREPARED and s.standing[1] is Standing.ABORTED


@spec.eventually
def everybody_decides(s: Shared) -> bool:
    return all(one in (Standing.COMMITTED, Standing.ABORTED) for one in s.standing)


spec.expect(states=34)
spec.expect(MAY_BACK_OUT=True, violated="consistent", steps=5, states=46)
