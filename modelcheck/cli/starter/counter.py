"""Two workers add one each to a shared counter, with a lock or without.

Without it both may read before either writes, and an update is lost. Put your own protocol here:
the code from one `yield` to the next is one atomic step, and every order of the steps is tried.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, domain, done, record, wait_until

LOCKS = True  # `--set LOCKS=False` checks the other variant

Worker = Annotated[int, Below(2)]  # every type is finite: here 0 and 1
Count = Annotated[int, Below(3)]


@record
class Shared:
    count: Count = 0
    holder: Worker | None = None


spec = Spec("counter", Shared)


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    if LOCKS:
        yield "lock"
        wait_until(s.holder is None)
        s.holder = me
    yield "read"
    seen = s.count
    yield "write"
    s.count = seen + 1
    if LOCKS:
        yield "unlock"
        s.holder = None


@spec.always
def no_update_is_lost(s: Shared) -> bool:
    """What has to be true in every reachable state."""
    return s.count == 2 or not all(done(worker, one) for one in domain(Worker))


# What a check of each variant has to give; `modelcheck hunt` and pytest hold the spec to it.
spec.expect(states=16)
spec.expect(violated="no_update_is_lost", steps=4, LOCKS=False)
