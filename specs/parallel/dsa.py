"""A shared memory area of a parallel query: nobody uses what was given back, or attaches too late.

Models dsa_attach_in_place(), dsa_release_in_place() and the segments of
src/backend/utils/mmgr/dsa.c as at 21e958c303 (2026). The area lies in the segment of the query. Its
leader allocates, frees all again, and allocates anew; so a segment of the area is given back, and
the next one has its index. A worker attaches to the area when it likes, if it has mapped the
query's segment before the leader is gone, and follows an index to an object; it keeps what it has
mapped. Who sees that segments were freed since it last looked unmaps them. The last to leave the
area destroys it. One step is one region under the area's lock. Left out: how objects are placed,
pinning, and a worker that frees.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B92, fddf45b380 | REFUSES_LATE=False | a worker uses an area that is destroyed |
| B95, 38763d6778 | LOOKS_FOR_FREED=False | the index is used again: an old segment is used |

Faults: FAULTS=True has errors of leader and worker, who leave by a callback of the query's segment.
Where no worker starts, nobody comes.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Returns, Spec, Steps, done, one_of, record, wait_until

NSEGMENTS = 2  # one after the other, with the same index
REFUSES_LATE: bool = True  # fddf45b380
LOOKS_FOR_FREED: bool = True  # 38763d6778: before an index is followed
FAULTS: bool = False  # True: leader and worker may fail

Segment = Annotated[int, Below(NSEGMENTS + 1)]  # 0: none


@record
class Shared:
    mapped: bool = False
    """The query's segment, by the worker."""
    refcnt: Annotated[int, Below(3)] = 1
    destroyed: bool = False
    segment: Segment = 0
    """What the index stands for."""
    freed: Segment = 0
    """`freed_segment_counter`."""
    worker_segment: Segment = 0
    """What the worker has mapped for the index."""
    worker_freed: Segment = 0
    leader_left: bool = False
    followed: bool = False
    refused: bool = False
    failed: bool = False


spec = Spec("a shared memory area", Shared)


def release(s: Shared) -> None:
    """dsa_release_in_place()."""
    s.refcnt -= 1
    if s.refcnt == 0:
        s.destroyed = True


@spec.process
def leader(s: Shared) -> Steps:
    for i in range(NSEGMENTS):
        yield "allocate"
        s.segment = i + 1

        yield "free"
        fails = False
        if FAULTS:
            fails = one_of((False, True))
        if fails:
            s.failed = True
            break
        s.segment = 0
        s.freed += 1

    yield "release"
    s.leader_left = True
    release(s)


def follow(s: Shared) -> Returns[bool]:
    """dsa_get_address(), of an object that is there; False if the worker fails."""
    yield "follow"
    fails = False
    if FAULTS:
        fails = one_of((False, True))
    if fails:
        return False
    wait_until(s.segment > 0 or s.leader_left)
    if s.segment > 0:
        assert not s.destroyed, "an area that is destroyed"
        if LOOKS_FOR_FREED and s.worker_freed < s.freed:
            s.worker_freed = s.freed
            s.worker_segment = 0
        if s.worker_segment == 0:
            s.worker_segment = s.segment
        s.followed = True
        assert s.worker_segment == s.segment, "a segment that was freed"
    return True


@spec.environment(fair="weak")
def worker(s: Shared) -> Steps:
    yield "map"
    wait_until(not s.leader_left)
    s.mapped = True

    yield "attach"
    if s.refcnt == 0 and REFUSES_LATE:
        s.refused = True  # "could not attach to dynamic shared area"
        return
    assert not s.destroyed, "an area that is destroyed"
    s.refcnt += 1
    s.worker_freed = s.freed
    for _ in range(NSEGMENTS):
        goes_on = yield from follow(s)
        if not goes_on:
            break

    yield "release"  # also as the callback of the query's segment, when something has failed
    release(s)


@spec.always
def the_area_is_there_for_who_has_attached(s: Shared) -> bool:
    return s.refcnt == 0 or not s.destroyed


@spec.eventually
def the_leader_ends(s: Shared) -> bool:
    return done(leader)


@spec.sometimes
def two_segments_have_the_same_index(s: Shared) -> bool:
    return s.followed and s.worker_segment == NSEGMENTS and s.worker_freed > 0


@spec.sometimes
def a_worker_comes_too_late(s: Shared) -> bool:
    return s.refused


@spec.sometimes
def a_worker_uses_what_a_failed_leader_has_left(s: Shared) -> bool:
    return (s.failed and s.leader_left and s.followed and s.refcnt == 1) or not FAULTS


spec.expect(states=58)
spec.expect(FAULTS=True, states=122)
spec.expect(
    REFUSES_LATE=False,
    violated=("worker.attach", "a_worker_comes_too_late"),
    steps=7,
    states=57,
)
spec.expect(LOOKS_FOR_FREED=False, violated="worker.follow.follow", steps=7, states=67)
