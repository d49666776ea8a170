"""Procedures: functions with steps of their own, called with `yield from`.

A function without `yield` is part of its caller's step. One with `yield` is a procedure: its
labels are steps of the calling process, here `backend[0].acquire.sleep`, and `return` gives its
value to the call. What a caller needs after the call is part of the state meanwhile; what it does
not need is not. A procedure may call others, but not itself.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Below,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    one_of,
    record,
    wait_until,
)

Backend = Annotated[int, Below(3)]


class Mode(Enum):
    SHARED = auto()
    EXCLUSIVE = auto()


@record
class LWLock:
    """A light-weight lock: one holder in exclusive mode, or any number in shared mode."""

    exclusive: bool = False
    sharing: Annotated[int, Below(4)] = 0


@record
class Shared:
    lock: LWLock = LWLock()
    waits: Annotated[int, Below(4)] = 0


spec = Spec("procedures", Shared)


def is_free(lock: LWLock, mode: Mode) -> bool:
    return not lock.exclusive and (mode is Mode.SHARED or lock.sharing == 0)


def take(lock: LWLock, mode: Mode) -> None:
    if mode is Mode.SHARED:
        lock.sharing += 1
    else:
        lock.exclusive = True


def acquire(s: Shared, mode: Mode) -> Returns[bool]:
    yield "try_lock"
    if is_free(s.lock, mode):
        take(s.lock, mode)
        return True

    yield "sleep"
    wait_until(is_free(s.lock, mode))
    take(s.lock, mode)
    return False


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    mode = one_of(Mode)
    immediately = yield from acquire(s, mode)

    yield "work"
    if not immediately:
        s.waits += 1

    yield "release"
    if mode is Mode.SHARED:
        s.lock.sharing -= 1
    else:
        s.lock.exclusive = False


@spec.always
def writers_are_alone(s: Shared) -> bool:
    return not (s.lock.exclusive and s.lock.sharing > 0)


@spec.sometimes
def everybody_else_sleeps(s: Shared) -> bool:
    return all(at(backend, b, "acquire.sleep") for b in domain(Backend) if b != 0)


spec.expect(states=556)
