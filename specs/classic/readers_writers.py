"""Readers and writers: many may read at once, one alone may write.

P. J. Courtois, F. Heymans and D. L. Parnas, "Concurrent control with readers and writers", CACM
14(10), 1971, problem 1: a reader waits only while somebody writes. One step is one operation on a
semaphore, or what is done under one (the count of readers). Writers may wait for ever, as long as
readers come and go and however fair the semaphores; the paper's second problem is about that.

`HELD_WHILE_WAITING=False` leaves the count of readers unlocked while the first reader waits for the
writer to end: the second one takes the resource for open, and reads what is being written.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Between, Spec, Steps, at, domain, record, wait_until

READERS = 2
WRITERS = 2
HELD_WHILE_WAITING: bool = True

Reader = Annotated[int, Below(READERS)]
Writer = Annotated[int, Below(WRITERS)]


@record
class Shared:
    mutex: bool = True
    """Whether this semaphore is free; it guards the count."""

    resource: bool = True
    count: Annotated[int, Between(0, READERS)] = 0


spec = Spec("readers and writers", Shared)


@spec.process(fair="strong")
def reader(s: Shared, me: Reader) -> Steps:
    while True:
        yield "lock_to_enter"
        wait_until(s.mutex)
        s.mutex = False

        yield "count_in"
        s.count += 1
        first = s.count == 1
        if not HELD_WHILE_WAITING:
            s.mutex = True

        if first:
            yield "await_writer"
            wait_until(s.resource)
            s.resource = False

        if HELD_WHILE_WAITING:
            yield "unlock_to_read"
            s.mutex = True

        yield "read"

        yield "lock_to_leave"
        wait_until(s.mutex)
        s.mutex = False

        yield "count_out"
        s.count -= 1
        if s.count == 0:
            yield "free_resource"
            s.resource = True

        yield "unlock_to_leave"
        s.mutex = True


@spec.process(fair="strong")
def writer(s: Shared, me: Writer) -> Steps:
    while True:
        yield "await_resource"
        wait_until(s.resource)
        s.resource = False

        yield "write"

        yield "free_resource"
        s.resource = True


def writing() -> int:
    return sum(at(writer, me, "write") for me in domain(Writer))


def reading() -> int:
    return sum(at(reader, me, "read") for me in domain(Reader))


@spec.always
def who_writes_is_alone(s: Shared) -> bool:
    return writing() == 0 or writing() + reading() == 1


@spec.sometimes
def all_read_at_once(s: Shared) -> bool:
    return reading() == READERS


def a_reader_waits(s: Shared) -> bool:
    return at(reader, 0, "lock_to_enter")


def it_reads(s: Shared) -> bool:
    return at(reader, 0, "read")


def a_writer_waits(s: Shared) -> bool:
    return at(writer, 0, "await_resource")


def it_writes(s: Shared) -> bool:
    return at(writer, 0, "write")


spec.leads_to(a_reader_waits, it_reads)
spec.leads_to(a_writer_waits, it_writes)

spec.expect(violated="a_writer_waits_leads_to_it_writes", states=65)
spec.expect(
    HELD_WHILE_WAITING=False,
    violated=("who_writes_is_alone", "a_writer_waits_leads_to_it_writes"),
    steps=5,
    states=109,
)
