"""Variables and steps: what everybody sees, and when.

The fields of the shared record are the variables. The code from one `yield` to the next is a step:
it runs alone and completely, so nobody sees a process between two labels. Here a counter is read
in one step and written in the next, and an increment gets lost.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, domain, done, record

Process = Annotated[int, Below(2)]
Count = Annotated[int, Below(3)]


@record
class Shared:
    counter: Count = 0


spec = Spec("variables and steps", Shared)


@spec.process
def increment(s: Shared, me: Process) -> Steps:
    yield "read"
    seen = s.counter  # a local: nobody else sees it

    yield "write"
    s.counter = seen + 1


@spec.sometimes
def both_count(s: Shared) -> bool:
    return s.counter == 2


@spec.sometimes
def one_gets_lost(s: Shared) -> bool:
    return s.counter == 1 and all(done(increment, p) for p in domain(Process))


spec.expect(states=12)
