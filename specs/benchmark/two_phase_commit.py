"""Two-phase commit, for measuring: Gray & Lamport, "Consensus on Transaction Commit" (2006), 2.

The transition system of the TLA+ Examples' TwoPhase and of stateright's `2pc`: a step may be taken
again though it changes nothing. Messages are never removed, so each is a flag.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, one_of, record, wait_until

MANAGERS = 3

Manager = Annotated[int, Below(MANAGERS)]


class Resource(Enum):
    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Transaction(Enum):
    INIT = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Act(Enum):
    """What the transaction manager may do."""

    COMMIT = auto()
    ABORT = auto()


@record
class Shared:
    rm: Array[Manager, Resource] = each(Resource.WORKING)
    tm: Transaction = Transaction.INIT
    tm_prepared: Array[Manager, bool] = each(False)
    prepared_sent: Array[Manager, bool] = each(False)
    commit_sent: bool = False
    abort_sent: bool = False


spec = Spec("two-phase commit, measured", Shared)


@spec.environment
def coordinator(s: Shared) -> Steps:
    while True:
        yield "decide"
        act = one_of(Act)
        wait_until(s.tm is Transaction.INIT)
        if act is Act.COMMIT:
            wait_until(all(s.tm_prepared[m] for m in domain(Manager)))
            s.tm = Transaction.COMMITTED
            s.commit_sent = True
        else:
            s.tm = Transaction.ABORTED
            s.abort_sent = True


@spec.environment
def inbox(s: Shared, of: Manager) -> Steps:
    while True:
        yield "receive_prepared"
        wait_until(s.tm is Transaction.INIT and s.prepared_sent[of])
        s.tm_prepared[of] = True


@spec.environment
def preparing(s: Shared, me: Manager) -> Steps:
    while True:
        yield "prepare"
        wait_until(s.rm[me] is Resource.WORKING)
        s.rm[me] = Resource.PREPARED
        s.prepared_sent[me] = True


@spec.environment
def refusing(s: Shared, me: Manager) -> Steps:
    while True:
        yield "choose_abort"
        wait_until(s.rm[me] is Resource.WORKING)
        s.rm[me] = Resource.ABORTED


@spec.environment
def committing(s: Shared, me: Manager) -> Steps:
    while True:
        yield "receive_commit"
        wait_until(s.commit_sent)
        s.rm[me] = Resource.COMMITTED


@spec.environment
def aborting(s: Shared, me: Manager) -> Steps:
    while True:
        yield "receive_abort"
        wait_until(s.abort_sent)
        s.rm[me] = Resource.ABORTED


@spec.always
def consistent(s: Shared) -> bool:
    return not any(
        s.rm[a] is Resource.COMMITTED and s.rm[b] is Resource.ABORTED
        for a in domain(Manager)
        for b in domain(Manager)
    )


spec.expect(states=288)
spec.expect(MANAGERS=5, states=8832)
