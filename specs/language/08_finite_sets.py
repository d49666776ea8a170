"""Finite sets: which of a domain's values are in.

`add` and `discard` change one, `|`, `&` and `-` compute another, `<=` asks whether all of one are
in the other. `subset(...)` builds a set of the domain that its place has. Here a lock manager
keeps who waits, and grants to everybody whom nobody blocks.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, FiniteSet, Spec, Steps, domain, record, subset, wait_until

Backend = Annotated[int, Below(3)]


@record
class Shared:
    waiting: FiniteSet[Backend] = subset()
    granted: FiniteSet[Backend] = subset()
    over: FiniteSet[Backend] = subset()


spec = Spec("finite sets", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "queue_up"
    s.waiting.add(me)

    yield "leave"
    wait_until(me in s.granted)
    s.granted.discard(me)
    s.over |= subset((me,))


@spec.process
def manager(s: Shared) -> Steps:
    for _ in range(3):
        yield "grant"
        wait_until(len(s.waiting) > 0)
        first = min(s.waiting, default=0)
        s.granted.add(first)
        s.waiting.discard(first)


@spec.always
def everybody_is_in_one_place(s: Shared) -> bool:
    return len(s.waiting & s.granted) == 0 and len((s.waiting | s.granted) & s.over) == 0


@spec.eventually
def all_get_through(s: Shared) -> bool:
    return subset(domain(Backend)) <= s.over


@spec.sometimes
def two_are_granted_while_one_waits(s: Shared) -> bool:
    return s.granted == subset((1, 2)) and s.waiting == subset((0,))


spec.expect(states=64)
