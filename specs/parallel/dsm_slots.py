"""Dynamic shared memory slots: who has a handle finds the segment; fresh memory is not clean.

Models dsm_create(), dsm_attach() and dsm_detach() of src/backend/storage/ipc/dsm.c as at 21e958c303
(2026). Each of some backends creates a segment, prepares a counter in it, and launches a worker
that attaches, counts what it writes, and detaches; then the backend reads the counter and detaches.
So a segment is there when its worker looks for it. The last to leave a segment lowers its
count to 1, destroys the memory without a lock, and frees the slot. A handle may be drawn again as
soon as the memory of that name is gone. If there is no slot, a backend does without a worker.

One step is one region under DynamicSharedMemoryControlLock, or one operation on the memory. Left
out: mapping and pinning. With FAILS=True a backend may fail before its worker has attached, leave,
and be gone; then the worker need not find anything. Memory goes with its slot: `PREALLOCATED` says
whether it is of the region that is there since the start of the server, and has what was left in
it, or comes from the operating system and is zero.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B90, e0124230ba | ATTACH=BREAKS | a segment is not found because another is being destroyed |
| section 2.4, 6c0fb94189 | ATTACH=MATCHES | the same, if both have had the same handle |
| B99, 93745f1e01 | DESTROYS_UNUSED=False, NSLOTS=1 | memory without a slot is never returned |
| B124, ffcf6f4cfc | INITIALIZES=False | a counter begins with what the last user left in it |

`INITIALIZES=False` was no defect before 84b1c63ad4 made PREALLOCATED=True possible: then memory
came from the operating system. The counter is `npages` of a shared tuple store.

FAILS=True violates: the handle is drawn again, for the segment of another backend, before the late
worker looks for it, and it attaches there. That is live, and known: a handle is a random number,
and make_main_region_dsm_handle() says that it is made "an effort". 31 bits are random, or for
segments in the preallocated region about 22. With REPEATS=False, no repetition, all holds.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    FiniteSet,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    subset,
    wait_until,
)


class Attach(Enum):
    """How dsm_attach() goes through the slots."""

    BREAKS = auto()  # gives up at the first that is being destroyed
    MATCHES = auto()  # e0124230ba: gives up at one that has the same handle
    SKIPS = auto()  # 6c0fb94189: goes on


NBACKENDS = 2
NSLOTS = 2
NHANDLES = 2
ATTACH: Attach = Attach.SKIPS
DESTROYS_UNUSED: bool = True  # 93745f1e01
INITIALIZES: bool = True  # ffcf6f4cfc
FAILS: bool = False  # True: a backend may leave before its worker has attached
REPEATS: bool = True  # a handle may be drawn again
PREALLOCATED: bool = True  # 84b1c63ad4: min_dynamic_shared_memory is set

Backend = Annotated[int, Below(NBACKENDS)]
SlotNumber = Annotated[int, Below(NSLOTS)]
Handle = Annotated[int, Below(NHANDLES)]


@record
class Item:
    """dsm_control_item."""

    handle: Handle = 0
    refcnt: Annotated[int, Between(0, 3)] = 0
    """0: free; 1: being destroyed; more: in use, by one less."""


@record
class Shared:
    item: Array[SlotNumber, Item] = each(Item)
    named: FiniteSet[Handle] = subset()
    """Handles of memory that is there."""
    written: Array[SlotNumber, Annotated[int, Between(0, NBACKENDS)]] = each(0)
    """The counter in the memory of each slot."""
    handle: Array[Backend, Handle | None] = each(None)
    """What the worker of this backend is told."""
    finished: Array[Backend, bool] = each(False)
    """The worker of this backend has written."""
    left: Array[Backend, bool] = each(False)
    """This backend has failed, and does not wait for its worker."""
    owner: Array[SlotNumber, Backend | None] = each(None)
    """Whose segment it is, if FAILS."""


spec = Spec("dynamic shared memory slots", Shared)


def find_free(s: Shared) -> SlotNumber | None:
    for n in range(NSLOTS):
        if s.item[n].refcnt == 0:
            return n
    return None


def find_segment(s: Shared, handle: Handle) -> SlotNumber | None:
    """The loop of dsm_attach()."""
    for n in range(NSLOTS):
        matches = s.item[n].handle == handle
        if s.item[n].refcnt > 1 and matches:
            return n
        if s.item[n].refcnt == 1 and (
            ATTACH is Attach.BREAKS or (ATTACH is Attach.MATCHES and matches)
        ):
            return None
    return None


def detach(s: Shared, n: SlotNumber) -> Steps:
    """dsm_detach()."""
    yield "lower"
    s.item[n].refcnt -= 1

    if s.item[n].refcnt == 1:
        yield "destroy"
        s.named.discard(s.item[n].handle)

        yield "free"
        s.item[n].refcnt = 0


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "create_memory"
    handle = one_of(h for h in domain(Handle) if h not in s.named and (REPEATS or h == me))
    s.named.add(handle)

    yield "take_slot"
    slot = find_free(s)
    if slot is not None:
        s.item[slot] = Item(handle, 2)
        if FAILS:
            s.owner[slot] = me
        if not PREALLOCATED:
            s.written[slot] = 0

    if slot is None:
        if DESTROYS_UNUSED:
            yield "destroy_unused"
            s.named.discard(handle)
        return

    yield "initialize"
    if INITIALIZES:
        s.written[slot] = 0

    yield "launch"
    s.handle[me] = handle

    yield "wait_for_worker"
    fails = False
    if FAILS:
        fails = one_of((False, True))
    wait_until(fails or s.finished[me])
    assert fails or s.written[slot] == 1, "the counter has what the last user left"
    s.left[me] = fails

    yield from detach(s, slot)


@spec.environment(fair="weak")
def worker(s: Shared, me: Backend) -> Steps:
    yield "attach"
    handle = s.handle[me]
    wait_until(handle is not None)
    assert handle is not None
    slot = find_segment(s, handle)
    if slot is None:
        assert s.left[me], "could not map dynamic shared memory segment"
        return
    assert not FAILS or s.owner[slot] == me, "the segment of somebody else"
    s.item[slot].refcnt += 1

    yield "write"
    s.written[slot] += 1
    s.finished[me] = True

    yield from detach(s, slot)


@spec.always
def a_slot_in_use_has_memory(s: Shared) -> bool:
    return all(item.refcnt < 2 or item.handle in s.named for item in s.item)


@spec.always
def all_memory_is_returned(s: Shared) -> bool:
    return (
        len(s.named) == 0
        or any(item.refcnt > 0 for item in s.item)
        or not all(done(backend, b) for b in domain(Backend))
    )


@spec.eventually
def every_backend_ends(s: Shared) -> bool:
    return all(done(backend, b) for b in domain(Backend))


@spec.sometimes
def two_slots_have_the_same_handle(s: Shared) -> bool:
    return (
        NSLOTS < 2
        or not REPEATS
        or (
            s.item[0].handle == s.item[NSLOTS - 1].handle
            and s.item[0].refcnt == 1
            and s.item[NSLOTS - 1].refcnt > 1
        )
    )


@spec.sometimes
def a_worker_is_the_last_to_leave(s: Shared) -> bool:
    return any(done(backend, b) and at(worker, b, "detach.destroy") for b in domain(Backend))


@spec.sometimes
def memory_is_used_again(s: Shared) -> bool:
    used = len([item for item in s.item if item.refcnt > 0])
    dirty = any(s.item[n].refcnt == 2 and s.written[n] == 1 for n in range(NSLOTS))
    begins = any(at(backend, b, "initialize") for b in domain(Backend))
    return not PREALLOCATED or (used == 1 and dirty and begins)


spec.expect(states=1191)
spec.expect(NSLOTS=1, states=365)
spec.expect(FAILS=True, violated="worker.attach", steps=10, states=6371)
spec.expect(FAILS=True, REPEATS=False, states=2298)
spec.expect(ATTACH=Attach.BREAKS, violated="worker.attach", steps=14, states=1103)
spec.expect(ATTACH=Attach.MATCHES, violated="worker.attach", steps=15, states=1103)
spec.expect(
    DESTROYS_UNUSED=False, NSLOTS=1, violated="all_memory_is_returned", steps=13, states=309
)
spec.expect(INITIALIZES=False, violated="backend.wait_for_worker", steps=18, states=1129)
spec.expect(INITIALIZES=False, PREALLOCATED=False, states=1191)
