"""Lamport's bakery: take a ticket higher than every other one, and wait for the lower ones.

L. Lamport, "A new solution of Dijkstra's concurrent programming problem", CACM 17(8), 1974.
One step is one access to shared memory: the highest ticket is found by one read after the other.
(Lamport needs less: there a read that meets a write may give anything.) The paper's tickets grow
without bound while the bakery is never empty; here every customer comes `ROUNDS` times, so that no
ticket exceeds `N * ROUNDS`, and a ticket above that would be a violation.

`CHOOSING=False` leaves out the flag that tells that a ticket is being taken, and is not safe.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, done, each, record, wait_until

N = 2
ROUNDS = 2
CHOOSING: bool = True

Me = Annotated[int, Below(N)]
Ticket = Annotated[int, Below(N * ROUNDS + 1)]


@record
class Shared:
    choosing: Array[Me, bool] = each(value=False)
    number: Array[Me, Ticket] = each(0)
    """The ticket of each customer; 0: none."""


spec = Spec("Lamport's bakery", Shared)


def is_served_before(s: Shared, other: Me, me: Me) -> bool:
    if s.number[other] == s.number[me]:
        return other < me
    return s.number[other] != 0 and s.number[other] < s.number[me]


@spec.process
def customer(s: Shared, me: Me) -> Steps:
    for _ in range(ROUNDS):
        if CHOOSING:
            yield "begin_choosing"
            s.choosing[me] = True

        highest: Ticket = 0
        for other in domain(Me):
            yield "read_number"
            highest = max(highest, s.number[other])

        yield "take_number"
        s.number[me] = highest + 1

        if CHOOSING:
            yield "end_choosing"
            s.choosing[me] = False

        for other in domain(Me):
            if CHOOSING:
                yield "await_choice"
                wait_until(not s.choosing[other])
            yield "await_turn"
            wait_until(not is_served_before(s, other, me))

        yield "critical"
        s.number[me] = 0


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return sum(at(customer, me, "critical") for me in domain(Me)) <= 1


@spec.sometimes
def two_hold_the_same_ticket(s: Shared) -> bool:
    return s.number[0] == s.number[1] == 1


@spec.sometimes
def highest_ticket_is_reached(s: Shared) -> bool:
    return any(number == N * ROUNDS for number in s.number)


@spec.eventually
def everybody_is_served(s: Shared) -> bool:
    return all(done(customer, me) for me in domain(Me))


spec.expect(states=1039)
spec.expect(CHOOSING=False, violated="mutual_exclusion", steps=10, states=457)
