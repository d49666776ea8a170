"""`always` judges every state, `every_step` every step that changes something shared.

An invariant looks at one state. That a counter never goes back, or that nobody takes a lock from
its owner, is a claim over two: `before` and `after` are the shared record around a step.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

ATOMIC: bool = True

Backend = Annotated[int, Below(2)]


@record
class Shared:
    generation: Annotated[int, Below(3)] = 0
    owner: Backend | None = None


spec = Spec("always and every step", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "acquire"
    wait_until(s.owner is None)
    s.owner = me

    yield "advance"
    seen = s.generation
    if not ATOMIC:
        s.owner = None

        yield "store"
    s.generation = seen + 1

    yield "release"
    s.owner = None


@spec.always
def advances_under_the_lock(s: Shared) -> bool:
    return s.generation < 2 or s.owner is not None or ATOMIC


@spec.every_step
def never_steals_the_lock(before: Shared, after: Shared) -> bool:
    return before.owner is None or after.owner is None or after.owner == before.owner


@spec.every_step
def never_goes_back(before: Shared, after: Shared) -> bool:
    return before.generation <= after.generation


@spec.sometimes
def both_advance(s: Shared) -> bool:
    return s.generation == 2


spec.expect(states=12)
