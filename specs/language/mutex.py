"""A lock of which there is one: a common part, which `26_imports.py` imports.

It has no `Spec` of its own. `HasMutex` is for mypy: any shared record with a `mutex` will do.
"""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Below, record, wait_until

NBACKENDS = 2

Backend = Annotated[int, Below(NBACKENDS)]


@record
class Mutex:
    owner: Backend | None = None


class HasMutex(Protocol):
    mutex: Mutex


def acquire(s: HasMutex, me: Backend) -> None:
    wait_until(s.mutex.owner is None)
    s.mutex.owner = me


def release(s: HasMutex, me: Backend) -> None:
    assert s.mutex.owner == me, "releasing a lock of somebody else"
    s.mutex.owner = None
