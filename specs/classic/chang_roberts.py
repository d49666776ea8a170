"""Leader election on a ring: pass on the smaller identities, swallow the larger ones.

E. Chang and R. Roberts, "An improved algorithm for decentralized extrema-finding in circular
configurations of processes", CACM 22(5), 1979; the module `ChangRoberts.tla` of the TLA+ examples.
Any of the nodes may be initiators. One step is the receipt of one message and the sending of the
next one; messages may overtake each other. With three nodes TLC's 137 distinct states are
reproduced.

`DISTINCT=False` gives the last node the identity of the first one. Two leaders are then elected:
on a ring of equals no such algorithm exists (D. Angluin, "Local and global properties in networks
of processors", STOC 1980).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, FiniteSet, Spec, Steps, each, one_of, record, subset

N = 3
DISTINCT: bool = True

Node = Annotated[int, Below(N)]
Identity = Annotated[int, Below(N)]


class Standing(Enum):
    CANDIDATE = auto()
    LOST = auto()
    WON = auto()


@record
class Shared:
    inbox: Array[Node, FiniteSet[Identity]] = each(subset)
    standing: Array[Node, Standing] = each(Standing.CANDIDATE)


spec = Spec("Chang and Roberts' leader election", Shared)


def identity(node: Node) -> int:
    return node if DISTINCT or node < N - 1 else 0


@spec.environment  # not fair, but who has nothing to receive is not stuck
def node(s: Shared, me: Node) -> Steps:
    initiator = one_of((False, True))

    yield "begin"
    if initiator:
        s.inbox[(me + 1) % N].add(identity(me))
    else:
        s.standing[me] = Standing.LOST

    while True:
        yield "receive"
        received = one_of(s.inbox[me])
        s.inbox[me].discard(received)
        if s.standing[me] is Standing.LOST:
            s.inbox[(me + 1) % N].add(received)
        elif received < identity(me):
            s.standing[me] = Standing.LOST
            s.inbox[(me + 1) % N].add(received)
        elif received == identity(me):
            assert initiator
            s.standing[me] = Standing.WON


@spec.always
def one_leader(s: Shared) -> bool:
    return sum(one is Standing.WON for one in s.standing) <= 1


@spec.sometimes
def the_last_one_wins(s: Shared) -> bool:
    return s.standing[N - 1] is Standing.WON


spec.expect(states=137)
spec.expect(DISTINCT=False, violated="one_leader", steps=6, states=119)
