"""Latches and the processes that own them: a wake-up that is remembered, never counted.

Models src/backend/storage/ipc/latch.c. One step is one access to `is_set`: memory is sequentially
consistent here, so the barriers of SetLatch() and ResetLatch(), and `maybe_sleeping` (which saves a
signal and decides nothing else), are left out. A process has one latch for all that it waits for.
"""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Array, Below, wait_until

NPROCESSES = 5  # room for a leader and four workers; who is not there costs nothing

Process = Annotated[int, Below(NPROCESSES)]


class HasLatches(Protocol):
    latch: Array[Process, bool]


def set_latch(s: HasLatches, whose: Process) -> None:
    s.latch[whose] = True


def reset_latch(s: HasLatches, mine: Process) -> None:
    s.latch[mine] = False


def wait_latch(s: HasLatches, mine: Process) -> None:
    """Sleep in WaitLatch() until the latch is set. It stays set."""
    wait_until(s.latch[mine])
