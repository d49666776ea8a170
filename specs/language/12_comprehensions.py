"""Comprehensions: `all`, `any`, `sum`, `len`, `min` and `max` over whatever can be run through.

Ranges, domains, enums, arrays, queues, bags and sets; several `for`s and `if`s as in Python. What
may be empty has no least item, so `min` and `max` then want a `default`.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, record, wait_until

Process = Annotated[int, Below(2)]
Ticket = Annotated[int, Below(4)]


@record
class Shared:
    ticket: Array[Process, Ticket] = each(0)
    inside: Array[Process, bool] = each(False)


spec = Spec("comprehensions", Shared)


@spec.process
def customer(s: Shared, me: Process) -> Steps:
    yield "draw"
    s.ticket[me] = max(s.ticket) + 1

    yield "enter"
    wait_until(s.ticket[me] == min((t for t in s.ticket if t > 0), default=0))
    s.inside[me] = True

    yield "leave"
    s.inside[me] = False
    s.ticket[me] = 0


@spec.always
def one_at_a_time(s: Shared) -> bool:
    return sum(s.inside) <= 1


@spec.always
def tickets_differ(s: Shared) -> bool:
    return all(
        s.ticket[one] != s.ticket[other] or s.ticket[one] == 0
        for one in domain(Process)
        for other in domain(Process)
        if one < other
    )


@spec.sometimes
def the_second_waits(s: Shared) -> bool:
    return any(s.inside) and len([t for t in s.ticket if t > 1]) == 1


spec.expect(states=20)
