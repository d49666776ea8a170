"""Raft's leader election: one vote per term, and a majority of votes to lead.

D. Ongaro and J. Ousterhout, "In search of an understandable consensus algorithm", USENIX ATC 2014,
section 5.2; the claim is Election Safety of figure 3. Logs are left out: every candidate is up
to date. One step is one message that is sent, with the receipt of the one that it answers; messages
stay where they were sent. Servers time out and restart at any moment; there are `TERMS` terms.

`VOTE_IS_KEPT=False` forgets at a restart for whom one has voted (figure 2 has `votedFor` on stable
storage): one server votes twice, and a term has two leaders.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, one_of, record, wait_until

SERVERS = 3
TERMS = 2
VOTE_IS_KEPT: bool = True

Me = Annotated[int, Below(SERVERS)]
Term = Annotated[int, Below(TERMS + 1)]


class Role(Enum):
    FOLLOWER = auto()
    CANDIDATE = auto()
    LEADER = auto()


@record
class Server:
    role: Role = Role.FOLLOWER
    term: Term = 0
    voted_for: Me | None = None


@record
class Shared:
    servers: Array[Me, Server] = each(Server)
    votes: Array[Term, Array[Me, Array[Me, bool]]] = each(each(each(value=False)))
    """Of each term, who has voted for whom; by its own vote a candidate asks for the others'."""

    elected: Array[Term, Me | None] = each(None)


spec = Spec("Raft's leader election", Shared)


def may_vote(server: Server, term: Term, candidate: Me) -> bool:
    if term > server.term:
        return True
    return term == server.term and (server.voted_for is None or server.voted_for == candidate)


@spec.environment
def timeout(s: Shared, me: Me) -> Steps:
    while True:
        yield "stand"
        server = s.servers[me]
        wait_until(server.role is not Role.LEADER and server.term < TERMS)
        server.term += 1
        server.role = Role.CANDIDATE
        server.voted_for = me
        s.votes[server.term][me][me] = True


@spec.environment
def voter(s: Shared, me: Me) -> Steps:
    while True:
        yield "vote"
        server = s.servers[me]
        term = one_of(range(1, TERMS + 1))
        candidate = one_of(domain(Me))
        wait_until(s.votes[term][candidate][candidate] and not s.votes[term][candidate][me])
        wait_until(may_vote(server, term, candidate))
        if term > server.term:
            server.role = Role.FOLLOWER
        server.term = term
        server.voted_for = candidate
        s.votes[term][candidate][me] = True


@spec.environment
def candidate(s: Shared, me: Me) -> Steps:
    while True:
        yield "lead"
        server = s.servers[me]
        wait_until(server.role is Role.CANDIDATE)
        wait_until(sum(s.votes[server.term][me]) * 2 > SERVERS)
        assert s.elected[server.term] is None, "two leaders in one term"
        server.role = Role.LEADER
        s.elected[server.term] = me


@spec.environment
def power(s: Shared, me: Me) -> Steps:
    while True:
        yield "restart"
        server = s.servers[me]
        wait_until(server.role is not Role.FOLLOWER or not VOTE_IS_KEPT)
        server.role = Role.FOLLOWER
        if not VOTE_IS_KEPT:
            server.voted_for = None


@spec.sometimes
def every_term_has_a_leader(s: Shared) -> bool:
    return all(s.elected[term] is not None for term in range(1, TERMS + 1))


@spec.sometimes
def a_vote_is_split(s: Shared) -> bool:
    return sum(s.votes[TERMS][me][me] for me in domain(Me)) == SERVERS


spec.expect(states=3629)
spec.expect(VOTE_IS_KEPT=False, TERMS=1, violated="candidate.lead", steps=7, states=3595)
