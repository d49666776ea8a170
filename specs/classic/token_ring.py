"""Dijkstra's self-stabilizing token ring: whatever has happened to it, one privilege remains.

E. W. Dijkstra, "Self-stabilizing systems in spite of distributed control" (EWD426), CACM 17(11),
1974, the solution with K states; the module `ewd426/TokenRing.tla` of the TLA+ examples. One step
is one move of a node, which sees its own counter and that of its predecessor. There every one of
the K to the power of N states is initial (46,656 for six and six); here faults lead to each of
them, and at some point there are no more faults: twice as many states. Then one privilege is left
in the end if `K` is at least `N - 1`; with fewer, several may go round for ever.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, one_of, record, wait_until

N = 4
K = 4

Node = Annotated[int, Below(N)]
Counter = Annotated[int, Below(K)]


@record
class Shared:
    counter: Array[Node, Counter] = each(0)
    faults_to_come: bool = True


spec = Spec("Dijkstra's token ring", Shared)


def is_privileged(s: Shared, node: Node) -> bool:
    if node == 0:
        return s.counter[0] == s.counter[N - 1]
    return s.counter[node] != s.counter[(node - 1) % N]


def privileges(s: Shared) -> int:
    return sum(is_privileged(s, node) for node in domain(Node))


@spec.process
def node(s: Shared, me: Node) -> Steps:
    while True:
        yield "move"
        wait_until(is_privileged(s, me))
        if me == 0:
            s.counter[0] = (s.counter[0] + 1) % K
        else:
            s.counter[me] = s.counter[(me - 1) % N]


@spec.environment
def fault(s: Shared) -> Steps:
    while True:
        yield "strike"
        strikes = one_of((False, True))
        if not strikes:
            s.faults_to_come = False
            return
        struck = one_of(domain(Node))
        value = one_of(domain(Counter))
        s.counter[struck] = value


@spec.always
def somebody_is_privileged(s: Shared) -> bool:
    return privileges(s) > 0


@spec.every_step
def one_stays_one(before: Shared, after: Shared) -> bool:
    return before.faults_to_come or privileges(before) > 1 or privileges(after) == 1


@spec.sometimes
def several_are_privileged(s: Shared) -> bool:
    return privileges(s) > 1


def faults_are_over(s: Shared) -> bool:
    return not s.faults_to_come


def one_is_privileged(s: Shared) -> bool:
    return privileges(s) == 1


spec.leads_to(faults_are_over, one_is_privileged)

spec.expect(states=2 * K**N)
spec.expect(K=3, states=162)
spec.expect(K=2, violated="faults_are_over_leads_to_one_is_privileged", states=32)
