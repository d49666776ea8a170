"""Cigarette smokers: three who each lack two things, and an agent who lays two on the table.

S. S. Patil, "Limitations and capabilities of Dijkstra's semaphore primitives for coordination
among processes", MIT, 1971; the module `CigaretteSmokers.tla` of the TLA+ examples. One step is one
operation on the table. A smoker who takes both things at once always can: TLC's 6 distinct states
(three offers, three who smoke), and the empty table at the start.

`AT_ONCE=False` takes them one by one, as plain semaphores do: two smokers may take one each,
and nobody smokes any more (A. B. Downey, "The little book of semaphores", section 4.5).
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, FiniteSet, Spec, Steps, at, domain, one_of, record, subset, wait_until

AT_ONCE: bool = True

Smoker = Annotated[int, Below(3)]


@record
class Shared:
    on_table: FiniteSet[Smoker] = subset()
    """Thing n is the one that smoker n has; the two others lack it."""

    agent_waits: bool = False


spec = Spec("cigarette smokers", Shared)


@spec.process
def agent(s: Shared) -> Steps:
    while True:
        yield "offer"
        wait_until(not s.agent_waits)
        left_out = one_of(domain(Smoker))
        s.on_table.add((left_out + 1) % 3)
        s.on_table.add((left_out + 2) % 3)
        s.agent_waits = True


@spec.process
def smoker(s: Shared, me: Smoker) -> Steps:
    first = (me + 1) % 3
    second = (me + 2) % 3
    while True:
        if AT_ONCE:
            yield "take"
            wait_until(first in s.on_table and second in s.on_table)
            s.on_table.discard(first)
            s.on_table.discard(second)
        else:
            yield "take_first"
            wait_until(first in s.on_table)
            s.on_table.discard(first)

            yield "take_second"
            wait_until(second in s.on_table)
            s.on_table.discard(second)

        yield "smoke"
        s.agent_waits = False


@spec.always
def one_smokes_at_most(s: Shared) -> bool:
    return sum(at(smoker, me, "smoke") for me in domain(Smoker)) <= 1


@spec.sometimes
def the_last_one_smokes(s: Shared) -> bool:
    return at(smoker, 2, "smoke")


def an_offer(s: Shared) -> bool:
    return len(s.on_table) > 0


def somebody_smokes(s: Shared) -> bool:
    return any(at(smoker, me, "smoke") for me in domain(Smoker))


spec.leads_to(an_offer, somebody_smokes)

spec.expect(states=7)
spec.expect(
    AT_ONCE=False,
    violated=("deadlock", "an_offer_leads_to_somebody_smokes"),
    steps=3,
    states=16,
)
