"""Options: a value or None.

`T | None` is how a spec says that nobody holds a lock, or that a slot is free. Asking `is None`
narrows it, for the type checker as for the model; using the value where it is None is a violation.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

Backend = Annotated[int, Below(3)]


@record
class Shared:
    holder: Backend | None = None
    last: Backend | None = None


spec = Spec("options", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "acquire"
    wait_until(s.holder is None)
    s.holder = me

    yield "release"
    assert s.holder == me, "the lock is somebody else's"
    s.last = s.holder
    s.holder = None


@spec.always
def the_last_one_was_somebody(s: Shared) -> bool:
    return s.last is None or s.last < 3


@spec.sometimes
def it_changes_hands(s: Shared) -> bool:
    return s.holder is not None and s.last is not None and s.holder != s.last


spec.expect(states=28)
