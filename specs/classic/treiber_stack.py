"""Treiber's stack, and the ABA problem: the same address is on top, yet not as it was.

R. K. Treiber, "Systems programming: coping with parallelism", IBM RJ 5118, 1986. One step is one
access to shared memory or one compare-and-swap. A popped node is freed, and may be allocated again
at once. Each thread does `ROUNDS` operations of its choice, on a stack that is empty at first.

`TAGGED=True` counts the changes of the top in the word that is swapped (IBM System/370 Principles
of Operation, on compare double and swap). Without it, a thread that has read the top and what lies
below it may swap after others have popped both and pushed the first one again.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    domain,
    done,
    each,
    one_of,
    record,
    subset,
    wait_until,
)

THREADS = 2
NODES = 2
ROUNDS = 3
TAGGED: bool = True

Thread = Annotated[int, Below(THREADS)]
Node = Annotated[int, Below(NODES)]
Tag = Annotated[int, Below(THREADS * ROUNDS + 1)]


@record
class Top:
    """What one compare-and-swap exchanges."""

    node: Node | None = None
    tag: Tag = 0
    """How often it has changed; stays 0 where it is not tagged."""


@record
class Shared:
    top: Top = Top()
    below: Array[Node, Node | None] = each(None)
    allocated: FiniteSet[Node] = subset()


spec = Spec("Treiber's stack", Shared)


def changed(old: Top, node: Node | None) -> Top:
    return Top(node, old.tag + 1 if TAGGED else 0)


@spec.process
def worker(s: Shared, me: Thread) -> Steps:
    for _ in range(ROUNDS):
        yield "begin"
        pushes = one_of((False, True))
        if pushes:
            node = one_of(domain(Node))
            wait_until(node not in s.allocated)
            s.allocated.add(node)
            while True:
                yield "push_read"
                old = Top(s.top.node, s.top.tag)
                yield "push_link"
                s.below[node] = old.node
                yield "push_swap"
                if s.top == old:
                    s.top = changed(old, node)
                    break
        else:
            while True:
                yield "pop_read"
                seen = Top(s.top.node, s.top.tag)
                if seen.node is None:
                    break
                yield "pop_read_below"
                below = s.below[seen.node]
                yield "pop_swap"
                if s.top == seen:
                    assert s.below[seen.node] == below, "another node lies below by now"
                    s.top = changed(seen, below)
                    s.allocated.discard(seen.node)
                    break


@spec.sometimes
def stack_is_full(s: Shared) -> bool:
    return s.top.node is not None and s.below[s.top.node] is not None and all_allocated(s)


def all_allocated(s: Shared) -> bool:
    return len(s.allocated) == NODES


@spec.eventually
def all_come_to_an_end(s: Shared) -> bool:
    return all(done(worker, thread) for thread in domain(Thread))


spec.expect(states=5540)
spec.expect(TAGGED=False, violated="worker.pop_swap", steps=20, states=3515)
