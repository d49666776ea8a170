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

from modelcheck import Array, Below, Spec, Steps, at, domain, each, one_of, record, wait_until

AT_ONCE: bool = True

Smoker = Annotated[int, Below(3)]


@record
class Shared:
    on_table: Array[Smoker, bool] = each(value=False)
    """Thing n is the one that smoker n has; the two others lack it."""

    agent_waits: bool = False


spec = Spec("cigarette smokers", Shared)


@spec.process
def agent(s: Shared) -> Steps:
    while True:
        yield "offer"
        wait_until(not s.agent_waits)
        left_out = one_of(domain(Smoker))
        s.on_table[(left_out + 1) % 3] = True
        s.on_table[(left_out + 2) % 3] = True
        s.agent_waits = True


@spec.process
def smoker(s: Shared, me: Smoker) -> Steps:
    first = (me + 1) % 3
    second = (me + 2) % 3
    while True:
        if AT_ONCE:
            yield "take"
            wait_until(s.on_table[first] and s.on_table[second])
            s.on_table[first] = False
            s.on_table[second] = False
        else:
            yield "take_first"
            wait_until(s.on_table[first])
            s.on_table[first] = False

            yield "take_second"
            wait_until(s.on_table[second])
            s.on_table[second] = False

        yield "smoke"
        s.agent_waits = False


@spec.always
def one_smokes_at_most(s: Shared) -> bool:
    return sum(at(smoker, me, "smoke") for me in domain(Smoker)) <= 1


@spec.sometimes
def the_last_one_smokes(s: Shared) -> bool:
    return at(smoker, 2, "smoke")


def an_offer(s: Shared) -> bool:
    return any(s.on_table[thing] for thing in domain(Smoker))


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
