"""Barriers that processes may join and leave at any time.

Models src/backend/storage/ipc/barrier.c as at 21e958c303 (2026). One step is one region under the
barrier's spinlock. Who waits sleeps on a condition variable, which is left out here. A procedure
takes the number of its barrier in `s.barrier`; a phase beyond the last is a violation. Who leaves
by an error stays attached; the leader hears of it, and tells everybody to stop: `s.failed`.
"""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Array, Below, Returns, record, wait_until

NPHASES = 3
NBARRIERS = 1
NPARTICIPANTS = 3

BarrierNumber = Annotated[int, Below(NBARRIERS)]
Phase = Annotated[int, Below(NPHASES)]
Count = Annotated[int, Below(NPARTICIPANTS + 1)]


@record
class Barrier:
    phase: Phase = 0
    participants: Count = 0
    arrived: Count = 0


class HasBarriers(Protocol):
    barrier: Array[BarrierNumber, Barrier]
    failed: bool


def attach_to_barrier(s: HasBarriers, n: BarrierNumber) -> Phase:
    """BarrierAttach(), inside a step of the caller: the phase that it joins."""
    s.barrier[n].participants += 1
    return s.barrier[n].phase


def leave_barrier(s: HasBarriers, n: BarrierNumber) -> bool:
    """BarrierDetach(), inside a step of the caller: True for the last; who waits goes on."""
    b = s.barrier[n]
    b.participants -= 1
    if b.arrived > 0 and b.arrived == b.participants:
        b.phase += 1
        b.arrived = 0
    return b.participants == 0


def arrive_and_leave(s: HasBarriers, n: BarrierNumber) -> bool:
    """BarrierArriveAndDetach(), inside a step of the caller: the last one ends the phase."""
    b = s.barrier[n]
    b.participants -= 1
    if b.arrived == b.participants:
        b.phase += 1
        b.arrived = 0
    return b.participants == 0


def arrive_and_wait(s: HasBarriers, n: BarrierNumber) -> Returns[bool]:
    """BarrierArriveAndWait(); False if it is interrupted."""
    yield "arrive"
    b = s.barrier[n]
    phase = b.phase
    b.arrived += 1
    if b.arrived == b.participants:
        b.phase += 1
        b.arrived = 0

    yield "wait"
    goes_on = s.barrier[n].phase != phase
    wait_until(goes_on or s.failed)
    return goes_on
