"""Waiting: `wait_until` is the only thing that blocks.

Where a condition that a step waits for is false, the step cannot be taken and nothing of it has
happened. So waiting comes before writing. Two processes that take two locks in different order wait
for each other: a deadlock, which is a violation by default.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, each, record, wait_until

Process = Annotated[int, Below(2)]
IN_ORDER: bool = True


@record
class Shared:
    held: Array[Process, bool] = each(False)


spec = Spec("waiting", Shared)


@spec.process
def backend(s: Shared, me: Process) -> Steps:
    first = 0 if IN_ORDER else me

    yield "lock_one"
    wait_until(not s.held[first])
    s.held[first] = True

    yield "lock_other"
    wait_until(not s.held[1 - first])
    s.held[1 - first] = True

    yield "unlock"
    s.held[0] = s.held[1] = False


@spec.sometimes
def somebody_waits(s: Shared) -> bool:
    return s.held[0] and s.held[1] and at(backend, 1, "lock_one")


spec.expect(states=12)
spec.expect(IN_ORDER=False, violated="deadlock", steps=2)
