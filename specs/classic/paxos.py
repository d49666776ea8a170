"""Single-decree Paxos: a value that a majority may have accepted is proposed again.

L. Lamport, "The part-time parliament", TOCS 16(2), 1998, and "Paxos made simple", 2001; the module
`Paxos.tla` of the lecture "The Paxos algorithm, or how to win a Turing award" (TLA+ examples). As
there, messages stay where they were sent, and one step is one message that is sent, with the
receipt of those that it answers. With three acceptors, two values and two ballots
(`MCPaxosTiny`), TLC's 3,921 distinct states are reproduced.

`MAJORITY=False` lets every single acceptor be a quorum; two of them need not meet.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Between, Spec, Steps, domain, each, one_of, record, wait_until

ACCEPTORS = 3
BALLOTS = 2
MAJORITY: bool = True

Acceptor = Annotated[int, Below(ACCEPTORS)]
Ballot = Annotated[int, Below(BALLOTS)]
Maybe = Annotated[int, Between(-1, BALLOTS - 1)]  # a ballot; -1: none


class Value(Enum):
    A = auto()
    B = auto()


@record
class Vote:
    ballot: Maybe = -1
    value: Value = Value.A
    """Of no meaning where there is no ballot."""


@record
class Promise:
    """What an acceptor answers to a ballot that begins (message 1b)."""

    sent: bool = False
    vote: Vote = Vote()


@record
class AcceptorState:
    ballot: Maybe = -1
    vote: Vote = Vote()


@record
class Shared:
    acceptors: Array[Acceptor, AcceptorState] = each(AcceptorState)
    begun: Array[Ballot, bool] = each(value=False)
    """Messages 1a."""

    promises: Array[Ballot, Array[Acceptor, Promise]] = each(each(Promise))
    proposed: Array[Ballot, Value | None] = each(None)
    """Messages 2a."""

    accepted: Array[Ballot, Array[Acceptor, bool]] = each(each(value=False))
    """Messages 2b; the value is the proposed one."""


spec = Spec("Paxos", Shared)


def is_in(acceptor: Acceptor, quorum: Acceptor) -> bool:
    """With three acceptors, a majority is all but one; `quorum` is the number of that one."""
    return (acceptor != quorum) == MAJORITY


def may_propose(s: Shared, ballot: Ballot, value: Value, quorum: Acceptor) -> bool:
    """Whether a quorum has promised, and its latest vote, if any, was for the value."""
    promises = s.promises[ballot]
    latest = max(promises[a].vote.ballot if is_in(a, quorum) else -1 for a in domain(Acceptor))
    return all(promises[a].sent for a in domain(Acceptor) if is_in(a, quorum)) and (
        latest == -1
        or any(
            promises[a].vote == Vote(latest, value) for a in domain(Acceptor) if is_in(a, quorum)
        )
    )


@spec.environment
def leader(s: Shared, ballot: Ballot) -> Steps:
    yield "begin"
    s.begun[ballot] = True

    yield "propose"
    value = one_of(Value)
    quorum = one_of(domain(Acceptor))
    wait_until(may_propose(s, ballot, value, quorum))
    s.proposed[ballot] = value


@spec.environment
def promiser(s: Shared, me: Acceptor) -> Steps:
    while True:
        yield "promise"
        ballot = one_of(domain(Ballot))
        wait_until(s.begun[ballot] and ballot > s.acceptors[me].ballot)
        s.acceptors[me].ballot = ballot
        s.promises[ballot][me] = Promise(sent=True, vote=s.acceptors[me].vote)


@spec.environment
def voter(s: Shared, me: Acceptor) -> Steps:
    while True:
        yield "accept"
        ballot = one_of(domain(Ballot))
        value = s.proposed[ballot]
        wait_until(value is not None and ballot >= s.acceptors[me].ballot)
        assert value is not None
        s.acceptors[me].ballot = ballot
        s.acceptors[me].vote = Vote(ballot, value)
        s.accepted[ballot][me] = True


def is_chosen(s: Shared, ballot: Ballot) -> bool:
    return any(
        all(s.accepted[ballot][a] for a in domain(Acceptor) if is_in(a, quorum))
        for quorum in domain(Acceptor)
    )


@spec.always
def one_value_is_chosen(s: Shared) -> bool:
    return not any(
        is_chosen(s, one) and is_chosen(s, other) and s.proposed[one] != s.proposed[other]
        for one in domain(Ballot)
        for other in domain(Ballot)
    )


@spec.sometimes
def both_ballots_choose(s: Shared) -> bool:
    return all(is_chosen(s, ballot) for ballot in domain(Ballot))


@spec.sometimes
def the_second_value_is_chosen(s: Shared) -> bool:
    return is_chosen(s, 1) and s.proposed[1] is Value.B and s.begun[0]


spec.expect(states=3921)
spec.expect(MAJORITY=False, ACCEPTORS=2, violated="one_value_is_chosen", steps=8, states=721)
