"""The postmaster's sleep: nobody waits for a worker because the postmaster went to sleep too late.

Models ServerLoop() and sigusr1_handler() of src/backend/postmaster/postmaster.c as they were before
April 2017, as far as a request to start workers goes, with the three changes of those days. Signals
are blocked while the postmaster works. Then it decides how long to sleep (not at all, if there are
more workers to be started), unblocks signals, and sleeps. A backend fills a slot, sets a flag and
sends a signal; the handler notes what was registered and starts a worker, or so many. The loop
starts the others, when it comes round. One step is one operation of the kernel on signals, or one
turn's work. Left out: the end of the sleep after a minute, when all is well, and connections. Today
a handler sets a latch only (7389aad636), and the loop does the rest: nothing of this is left.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B73, aa1351f1ee | STARTS_ALL=False, SLEEPS_AT_ONCE=False | asleep, with a worker to be started |
| B73, 8939020853 | STARTS_ALL=False, RESTARTS=True | so too: no handler ends select() |

Without `STARTS_ALL` a request for two workers takes the loop: its select() was to be cancelled by
the signal. If that is handled after the unblocking and before the call, nothing is cancelled. Each
of aa1351f1ee and 81069a9efc, which slept by pselect() and was withdrawn, is enough.

Faults: none. The postmaster is alone here; if it dies, nobody starts workers any more, and who
waits is told (`bgworker_slots.py`).
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

NREQUESTS = 2
STARTS_ALL: bool = True  # aa1351f1ee: up to 100 at once
SLEEPS_AT_ONCE: bool = True  # 81069a9efc: with signals unblocked, by one call
RESTARTS: bool = False  # True: SA_RESTART, before 8939020853

Count = Annotated[int, Below(NREQUESTS + 1)]


@record
class Shared:
    pending: bool = False
    """SIGUSR1, not yet delivered."""
    unblocked: bool = False
    sleeps: bool = False
    interrupted: bool = False
    registered: Count = 0
    known: Count = 0
    started: Count = 0


spec = Spec("the postmaster's sleep", Shared)


@spec.process
def backend(s: Shared) -> Steps:
    for _ in range(NREQUESTS):
        yield "register"
        s.registered += 1

    yield "signal"
    s.pending = True


def start_workers(s: Shared) -> None:
    """maybe_start_bgworkers()."""
    if STARTS_ALL:
        s.started = s.known
    elif s.started < s.known:
        s.started += 1


@spec.environment(fair="weak")
def signal_handler(s: Shared) -> Steps:
    while True:
        yield "handle"
        wait_until(s.pending and s.unblocked)
        s.pending = False
        s.known = s.registered
        start_workers(s)
        s.interrupted = s.sleeps and not RESTARTS


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    while True:
        yield "decide"
        comes_back = s.started < s.known

        if not SLEEPS_AT_ONCE:
            yield "unblock"
            s.unblocked = True

        yield "sleep"
        s.unblocked = True
        s.sleeps = True

        yield "wake_up"
        wait_until(s.interrupted or comes_back)
        s.unblocked = False
        s.sleeps = False
        s.interrupted = False

        yield "work"
        start_workers(s)


@spec.eventually
def every_worker_is_started(s: Shared) -> bool:
    return s.started == NREQUESTS


@spec.sometimes
def a_request_comes_while_the_postmaster_works(s: Shared) -> bool:
    return s.pending and not s.unblocked


spec.expect(states=17)
spec.expect(SLEEPS_AT_ONCE=False, states=22)
spec.expect(STARTS_ALL=False, states=17)
spec.expect(
    STARTS_ALL=False,
    SLEEPS_AT_ONCE=False,
    violated="every_worker_is_started",
    steps=7,
    states=24,
)
spec.expect(STARTS_ALL=False, RESTARTS=True, violated="every_worker_is_started", steps=6, states=13)
