"""Two-phase commit: a transaction manager asks everybody, then tells everybody.

J. Gray and L. Lamport, "Consensus on transaction commit", TODS 31(1), 2006, section 3; the module
`TwoPhase.tla` of the TLA+ examples. As there, the resource managers prepare unasked, and messages
stay where they were sent. One step is the receipt or the sending of one message: with three
resource managers TLC's 288 distinct states are reproduced (and 50,816 with six).

`COUNT_ALL=False` commits on the first vote. `MAY_CRASH=True` lets the transaction manager stop for
ever before it has decided: whoever is prepared is then blocked, which is what three-phase commit
was invented for (D. Skeen, "Nonblocking commit protocols", SIGMOD 1981).
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
    domain,
    each,
    one_of,
    record,
    subset,
    wait_until,
)

N = 3
COUNT_ALL: bool = True
MAY_CRASH: bool = False

Manager = Annotated[int, Below(N)]


class Standing(Enum):
    WORKING = auto()
    PREPARED = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Word(Enum):
    PREPARED = auto()
    COMMIT = auto()
    ABORT = auto()


@record
class Message:
    word: Word = Word.PREPARED
    sender: Manager | None = None
    """None: the transaction manager, to everybody."""


class Act(Enum):
    RECEIVE = auto()
    COMMIT = auto()
    ABORT = auto()
    CRASH = auto()


@record
class Shared:
    standing: Array[Manager, Standing] = each(Standing.WORKING)
    sent: FiniteSet[Message] = subset()
    prepared: FiniteSet[Manager] = subset()
    """Whose message the transaction manager has received."""


spec = Spec("two-phase commit", Shared)


def may_commit(s: Shared) -> bool:
    return len(s.prepared) == N if COUNT_ALL else len(s.prepared) > 0


@spec.process
def transaction_manager(s: Shared) -> Steps:
    while True:
        yield "initial"
        act = one_of(Act)
        match act:
            case Act.RECEIVE:
                sender = one_of(domain(Manager))
                wait_until(sender not in s.prepared)
                wait_until(Message(Word.PREPARED, sender) in s.sent)
                s.prepared.add(sender)
            case Act.COMMIT:
                wait_until(may_commit(s))
                s.sent.add(Message(Word.COMMIT))
                return
            case Act.ABORT:
                s.sent.add(Message(Word.ABORT))
                return
            case Act.CRASH:
                wait_until(MAY_CRASH)
                return


@spec.process
def resource_manager(s: Shared, me: Manager) -> Steps:
    yield "working"
    prepares = one_of((False, True))
    if not prepares:  # of its own accord, or because it is told to
        s.standing[me] = Standing.ABORTED
        return
    s.standing[me] = Standing.PREPARED
    s.sent.add(Message(Word.PREPARED, me))

    yield "prepared"
    told = one_of((Word.COMMIT, Word.ABORT))
    wait_until(Message(told) in s.sent)
    s.standing[me] = Standing.COMMITTED if told is Word.COMMIT else Standing.ABORTED


@spec.always
def consistent(s: Shared) -> bool:
    return not (
        any(one is Standing.COMMITTED for one in s.standing)
        and any(one is Standing.ABORTED for one in s.standing)
    )


@spec.sometimes
def all_commit(s: Shared) -> bool:
    return all(one is Standing.COMMITTED for one in s.standing)


@spec.eventually
def everybody_decides(s: Shared) -> bool:
    return all(one in (Standing.COMMITTED, Standing.ABORTED) for one in s.standing)


spec.expect(states=288)
spec.expect(COUNT_ALL=False, violated="consistent", steps=5, states=432)
spec.expect(MAY_CRASH=True, violated=("deadlock", "everybody_decides"), steps=4, states=352)
