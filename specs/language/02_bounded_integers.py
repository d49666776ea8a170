"""Bounded integers: every number has a domain, and leaving it is a violation.

`Below(n)` is 0 to n - 1, `Between(low, high)` includes both ends. A value never wraps by itself;
write `% n` where it shall. Here a ticket is drawn modulo 4, and a debt stays above its lower end.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Between, Spec, Steps, record

Ticket = Annotated[int, Below(4)]
LIMIT: int = 3  # with 2, the second payment leaves the domain


@record
class Shared:
    ticket: Ticket = 2
    debt: Annotated[int, Between(-LIMIT, 0)] = 0


spec = Spec("bounded integers", Shared)


@spec.process
def draw(s: Shared) -> Steps:
    for _ in range(3):
        yield "draw"
        s.ticket = (s.ticket + 1) % 4


@spec.process
def pay(s: Shared) -> Steps:
    for _ in range(3):
        yield "pay"
        s.debt -= 1


@spec.always
def in_its_domain(s: Shared) -> bool:
    return -3 <= s.debt <= 0 <= s.ticket < 4


@spec.sometimes
def it_wraps(s: Shared) -> bool:
    return s.ticket == 0 and s.debt == -LIMIT


spec.expect(states=16)
spec.expect(LIMIT=2, violated="pay.pay", steps=3)
