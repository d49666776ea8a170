"""The limit of parallel workers: two counters that are right again after a crash.

Models RegisterDynamicBackgroundWorker(), ForgetBackgroundWorker() and the restart after a crash in
src/backend/postmaster/bgworker.c and postmaster.c, as at 21e958c303 (2026), as far as
`max_parallel_workers` goes. Registrants count what they register, under a lock; the postmaster,
who takes none, counts what it forgets; the difference is what is active, and it has no sign. At any
moment another backend crashes: then the postmaster kills all, forgets its entries, makes shared
memory anew, and lets sessions in again, who find both counters at 0. Sessions follow each other,
and each registers one worker and waits until its slot is free.

One step is one region under the lock, or one duty of the postmaster. What else there is about slots
is in `bgworker_slots.py`.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B72, 8ff518699f | FORGETS_FIRST=False | after a crash there are no parallel workers ever again |

A worker that was registered and not yet started is started after the restart there, for nobody.

Faults: the crash of another backend, at any moment. A fork that fails is a worker that is forgotten
at once.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Between, Spec, Steps, done, one_of, record, wait_until

NSESSIONS = 3
MAX_PARALLEL_WORKERS = 1
FORGETS_FIRST: bool = True  # 8ff518699f: entries go before shared memory is made anew

Count = Annotated[int, Between(0, NSESSIONS)]


class Duty(Enum):
    """What the postmaster turns to."""

    NOTE = auto()  # BackgroundWorkerStateChange()
    START = auto()  # maybe_start_bgworkers()
    FORGET = auto()  # ForgetBackgroundWorker(), of a worker that has exited
    RESTART = auto()  # PostmasterStateMachine(), after a crash


class Entry(Enum):
    """RegisteredBgWorker, private to the postmaster."""

    NONE = auto()
    KNOWN = auto()
    RUNNING = auto()
    DEAD = auto()  # rw_crashed_at is set


@record
class Shared:
    register_count: Count = 0
    terminate_count: Count = 0
    in_use: bool = False
    """The slot."""
    entry: Entry = Entry.NONE
    crashed: bool = False
    """Some backend has; all others are being killed."""
    restarted: bool = False
    refused: bool = False
    """A session got no worker although none was active."""


spec = Spec("limit of parallel workers", Shared)


def forget(s: Shared) -> None:
    """ForgetBackgroundWorker()."""
    s.terminate_count += 1
    s.in_use = False
    s.entry = Entry.NONE


def is_refused(s: Shared) -> bool:
    """RegisterDynamicBackgroundWorker(): the difference wraps around where it is negative."""
    difference = s.register_count - s.terminate_count
    return difference < 0 or difference >= MAX_PARALLEL_WORKERS


@spec.process
def session(s: Shared) -> Steps:
    for _ in range(NSESSIONS):
        yield "register"
        wait_until(not s.crashed)
        if is_refused(s):
            s.refused = True
        else:
            s.register_count += 1
            s.in_use = True

        yield "wait_for_worker"
        wait_until(not s.in_use or s.crashed)  # killed


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    while True:
        yield "serve"
        duty = one_of(Duty)
        match duty:
            case Duty.NOTE:
                wait_until(s.in_use and s.entry is Entry.NONE and not s.crashed)
                s.entry = Entry.KNOWN
            case Duty.START:
                wait_until(s.entry is Entry.KNOWN and not s.crashed)
                s.entry = Entry.RUNNING
            case Duty.FORGET:
                wait_until(s.entry is Entry.DEAD and not s.crashed)
                forget(s)
            case Duty.RESTART:
                wait_until(s.crashed)
                restart(s)


def restart(s: Shared) -> None:
    """ResetBackgroundWorkerCrashTimes(), and then BackgroundWorkerShmemInit()."""
    if s.entry is not Entry.NONE and FORGETS_FIRST:
        forget(s)
    if s.entry is Entry.RUNNING:
        s.entry = Entry.DEAD
    s.register_count = 0
    s.terminate_count = 0
    s.in_use = s.entry is not Entry.NONE  # the list is written into the new slots
    s.crashed = False
    s.restarted = True


@spec.environment(fair="weak")
def worker(s: Shared) -> Steps:
    while True:
        yield "exit"
        wait_until(s.entry is Entry.RUNNING and not s.crashed)
        s.entry = Entry.DEAD


@spec.environment
def fault(s: Shared) -> Steps:
    yield "crash"
    s.crashed = True


@spec.always
def no_more_are_forgotten_than_registered(s: Shared) -> bool:
    return s.terminate_count <= s.register_count


@spec.always
def a_session_gets_a_worker(s: Shared) -> bool:
    return not s.refused


@spec.eventually
def all_sessions_end(s: Shared) -> bool:
    return done(session)


@spec.sometimes
def it_crashes_while_a_worker_is_registered(s: Shared) -> bool:
    return s.crashed and s.entry is not Entry.NONE


@spec.sometimes
def a_worker_runs_after_the_restart(s: Shared) -> bool:
    return s.restarted and s.entry is Entry.RUNNING


spec.expect(states=93)
spec.expect(
    FORGETS_FIRST=False,
    violated=("no_more_are_forgotten_than_registered", "a_session_gets_a_worker"),
    steps=6,
    states=121,
)
