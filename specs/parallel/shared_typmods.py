"""Shared row types: two who describe the same row at the same moment agree on its number.

Models find_or_make_matching_shared_tupledesc() of src/backend/utils/cache/typcache.c as at
21e958c303 (2026). Workers that return rows of a type without a name look for its description in a
table that they share; who does not find it copies the description into shared memory, takes a new
number for it, enters it by its number, and then by its contents. Who finds on the way that another
was faster gives back what he has made and uses the other's. One step is one operation on one of the
tables, under a lock of theirs, or one on the memory. Left out: other row types.

With MEMORY_FAILS=True each insertion may throw an error, out of memory. The first is caught, and
the description is freed; the second is not: description and entry by number stay until the session
of the leader ends, and nobody finds them by contents. So it is at 21e958c303: a leak, rare and
small, of one description for each such error. `CATCHES_BOTH=True` is no version: it cleans up there
too.

Faults: MEMORY_FAILS. Other errors and cancels come before or after; the tables are the session's,
and outlive the worker.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B97, b1d6538903 | FOLLOWS_DESCRIPTION=False | the loser follows a pointer that is none |
| none, live | MEMORY_FAILS=True | a description that nobody finds while the session lasts |

The table by contents has a key that either points to a description in private memory, for looking,
or says where it is in shared memory; the loser took the flag that tells them apart for the pointer.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    domain,
    done,
    each,
    one_of,
    record,
    subset,
)

NWORKERS = 2
FOLLOWS_DESCRIPTION: bool = True  # b1d6538903
MEMORY_FAILS: bool = False  # True: an insertion may throw an error, out of memory
CATCHES_BOTH: bool = False  # True: also the error of the second one is caught

Worker = Annotated[int, Below(NWORKERS)]  # and the copy that it makes, and its number


@record
class Shared:
    copies: FiniteSet[Worker] = subset()
    by_number: FiniteSet[Worker] = subset()
    by_contents: Worker | None = None
    number: Array[Worker, Worker | None] = each(None)
    """What this worker will send."""
    lost: bool = False
    failed: FiniteSet[Worker] = subset()


spec = Spec("shared row types", Shared)


def use(s: Shared, me: Worker, found: Worker) -> Steps:
    yield "use"
    assert FOLLOWS_DESCRIPTION or found == me, "a pointer that is none"
    assert found in s.copies, "a description that was given back"
    s.number[me] = found


def give_back(s: Shared, me: Worker) -> Steps:
    yield "free"
    s.copies.discard(me)


def withdraw(s: Shared, me: Worker) -> Steps:
    yield "delete_by_number"
    s.by_number.discard(me)
    yield from give_back(s, me)


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "look"
    found = s.by_contents
    if found is not None:
        s.number[me] = found
        return

    yield "copy"
    s.copies.add(me)

    yield "enter_by_number"
    fails = False
    if MEMORY_FAILS:
        fails = one_of((False, True))
    if fails:
        s.failed.add(me)
        yield from give_back(s, me)
        return
    s.by_number.add(me)

    yield "enter_by_contents"
    faster = s.by_contents
    fails = False
    if MEMORY_FAILS:
        fails = one_of((False, True))
    if fails:
        s.failed.add(me)
        if CATCHES_BOTH:
            yield from withdraw(s, me)
        return
    if faster is None:
        s.by_contents = me
        faster = me
    elif faster != me:
        s.lost = True

    if faster != me:
        yield from withdraw(s, me)
    yield from use(s, me, faster)


@spec.always
def all_use_the_same_number(s: Shared) -> bool:
    return all(
        n is None or (n == s.by_contents and n in s.by_number and n in s.copies) for n in s.number
    )


@spec.always
def nothing_is_left_over(s: Shared) -> bool:
    ended = all(done(worker, w) for w in domain(Worker))
    entered = 0 if s.by_contents is None else 1
    return not ended or (len(s.copies) == entered and len(s.by_number) == entered)


@spec.sometimes
def somebody_was_faster(s: Shared) -> bool:
    return s.lost and any(n is not None for n in s.number)


@spec.sometimes
def one_uses_what_is_there_when_another_has_failed(s: Shared) -> bool:
    return (len(s.failed) == 1 and any(n is not None for n in s.number)) or not MEMORY_FAILS


spec.expect(states=52)
spec.expect(MEMORY_FAILS=True, violated="nothing_is_left_over", steps=8, states=97)
spec.expect(MEMORY_FAILS=True, CATCHES_BOTH=True, states=116)
spec.expect(NWORKERS=3, states=502)
spec.expect(FOLLOWS_DESCRIPTION=False, violated="worker.use.use", steps=11, states=48)
