"""Background-worker slots: generations, what STOPPED means, and who is told.

Models the life of a slot in src/backend/postmaster/bgworker.c and postmaster.c as at 21e958c303
(2026): free, registered, running, dead, free again. Two registrants want the same slot, one after
the other. The first asks for its worker's end at once, and both wait until theirs is reported dead,
as WaitForBackgroundWorkerShutdown() does. The fork may fail, a worker may have run and died before
the postmaster stores its pid, and the server may shut down at any moment; with POSTMASTER_DIES=True
the postmaster may die, between any two of its steps, and who waits is told so. The grain is that of
`common/`, and so is what is left out.

Whoever reads STOPPED may rely on it: no process of this registration is there, or will be. And
everybody who waits for it reads it in the end.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B12, 28724fd90d, the notification | REPORTS_FAILED_FORK=False | the registrant waits for ever |
| B12, 28724fd90d, the status | UNUSED_IS_STOPPED=False | the registrant waits, NOT_YET_STARTED |
| B70, bf740ce9e5 | REPORTS_NEVER_STARTED=False | nobody is told that it never starts |
| section 5, 7519bd16d1 | CANCELS_AT_SHUTDOWN=False | a registrant waits, and so does the shutdown |
| B74, 0038f94387 | SHUTDOWN=EARLY, CANCELS_AT_SHUTDOWN=False | no worker comes; nobody says so |
| B76, 30d8bad494 | DEAD_BEFORE_FREE=False | the next registration is called STOPPED, and runs |
| B77, db0f6cad48 | SIGUSR1_SETS_LATCH=False | a wait that did not raise the flag is never over |

`COMPARES_GENERATIONS=False` is no version of PostgreSQL: it shows what generations are for.

A registrant's latch is for all that it waits for. LATCH_IS_SHARED=True has others set it at any
moment, as the queues of a parallel query do: a wait ends too early then, and never too late.

Section 5 of the facts says of aea5d29836 that the slot is free before its registrant is notified,
and that this does not close the window: `dead_but_not_free` is reached in the newest version.

B74 is that hang where it was certain and no race: a smart shutdown let sessions go on, and started
no worker for them. SHUTDOWN=SMART with CANCELS_AT_SHUTDOWN=False is how it was from 0038f94387 to
7519bd16d1. The model does not tell EARLY from FAST, of which only the registrants would know.

`MEMORY_FAILS=True` is the newest version with a postmaster that is once out of memory when it
copies a registration. BackgroundWorkerStateChange() then logs and returns, and its caller has
already cleared the flag: the slot stays unknown until the next signal, which need not come. The
registrant is not told, and waits for ever, NOT_YET_STARTED. It is real, if unlikely; a cancel ends
it, because TerminateBackgroundWorker() is such a signal.

Faults: a fork fails, a worker dies before its pid is stored, the server shuts down; POSTMASTER_DIES
and MEMORY_FAILS. What a cancel of the registrant does is in `context_faults.py`.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    Spec,
    Steps,
    domain,
    done,
    each,
    one_of,
    record,
    wait_until,
)

from .common.bgworker import (
    NSLOTS,
    Bgworkers,
    Life,
    SlotPid,
    exit_process,
    terminate,
    wait_and_register,
    wait_for_shutdown,
)
from .common.latch import Process, set_latch
from .common.postmaster import SHUTS_DOWN, serve, shut_down


class Shutdown(Enum):
    """What the administrator asks for, and when the postmaster starts no worker any more."""

    FAST = auto()  # at once; that registrants are told to end as well is left out
    SMART = auto()  # when the last session, of a registrant here, has ended
    EARLY = auto()  # smart before 0038f94387: at once, and sessions go on


NREGISTRANTS = 2
NIMPATIENT = 1  # so many of them terminate their worker as soon as it is registered
POSTMASTER_DIES: bool = False  # True: it may, at any moment
SHUTDOWN: Shutdown = Shutdown.FAST
LATCH_IS_SHARED: bool = False  # True: it is set for other reasons as well

Registrant = Annotated[int, Below(NREGISTRANTS)]
Worker = Annotated[int, Between(NREGISTRANTS, 2 * NREGISTRANTS - 1)]


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    bgworkers: Bgworkers = Bgworkers()
    sessions: Annotated[int, Between(0, NREGISTRANTS)] = NREGISTRANTS
    """Registrants that are there."""


spec = Spec("background-worker slots", Shared)


@spec.process
def registrant(s: Shared, me: Registrant) -> Steps:
    mine = NREGISTRANTS + me
    registered = yield from wait_and_register(s, mine, me)
    if registered:
        if me < NIMPATIENT:
            yield from terminate(s, mine)
        yield from wait_for_shutdown(s, mine, me)
    s.sessions -= 1


@spec.environment(fair="weak")
def worker(s: Shared, me: Worker) -> Steps:
    impatient = me < NREGISTRANTS + NIMPATIENT
    stays = one_of(stays for stays in (False, True) if impatient or not stays)

    yield "exit"  # a worker that stays has to be told
    wait_until(s.bgworkers.life[me] is Life.ALIVE and (s.bgworkers.sigterm[me] or not stays))
    exit_process(s, me)


@spec.environment(fair="weak")
def postmaster(s: Shared) -> Steps:
    while True:
        yield from serve(s)


@spec.environment
def administrator(s: Shared) -> Steps:
    yield "shut_down"
    wait_until(SHUTS_DOWN and (SHUTDOWN is not Shutdown.SMART or s.sessions == 0))
    shut_down(s)


@spec.environment
def fate(s: Shared) -> Steps:
    if not POSTMASTER_DIES:
        return

    yield "kill_postmaster"
    s.bgworkers.postmaster_died = True


@spec.environment
def others(s: Shared) -> Steps:
    while LATCH_IS_SHARED:
        yield "set_latch"
        whose = one_of(domain(Registrant))
        set_latch(s, whose)


@spec.eventually
def everybody_is_answered(s: Shared) -> bool:
    return all(done(registrant, me) for me in domain(Registrant))


@spec.always
def a_process_has_its_slot(s: Shared) -> bool:
    return all(
        s.bgworkers.life[w] is not Life.ALIVE
        or any(slot.in_use and slot.worker == w for slot in s.bgworkers.slot)
        for w in domain(Worker)
    )


@spec.every_step
def a_slot_in_use_keeps_its_registration(before: Shared, after: Shared) -> bool:
    return all(
        not before.bgworkers.slot[n].in_use
        or before.bgworkers.slot[n].generation == after.bgworkers.slot[n].generation
        for n in range(NSLOTS)
    )


@spec.sometimes
def dead_but_not_free(s: Shared) -> bool:
    return any(slot.in_use and slot.pid is SlotPid.DEAD for slot in s.bgworkers.slot)


@spec.sometimes
def dead_before_its_pid_is_known(s: Shared) -> bool:
    return any(
        slot.pid is SlotPid.NOT_STARTED and s.bgworkers.life[slot.worker] is Life.ZOMBIE
        for slot in s.bgworkers.slot
    )


@spec.sometimes
def the_slot_is_used_again(s: Shared) -> bool:
    return any(slot.in_use and slot.generation == 2 for slot in s.bgworkers.slot)


HANGS = ("everybody_is_answered", "deadlock")

spec.expect(states=31630)
spec.expect(POSTMASTER_DIES=True, states=66564)
spec.expect(REPORTS_FAILED_FORK=False, violated=HANGS, steps=9, states=28889)
spec.expect(UNUSED_IS_STOPPED=False, violated=HANGS, steps=13, states=33123)
spec.expect(REPORTS_NEVER_STARTED=False, violated=HANGS, steps=9, states=27830)
spec.expect(CANCELS_AT_SHUTDOWN=False, violated=HANGS, steps=7, states=18032)
spec.expect(SHUTDOWN=Shutdown.SMART, states=10076)
spec.expect(SHUTDOWN=Shutdown.SMART, CANCELS_AT_SHUTDOWN=False, states=9534)
spec.expect(
    SHUTDOWN=Shutdown.EARLY, CANCELS_AT_SHUTDOWN=False, violated=HANGS, steps=7, states=18032
)
spec.expect(
    DEAD_BEFORE_FREE=False,
    violated=("registrant.wait_for_shutdown.check", *HANGS),
    steps=14,
    states=45096,
)
spec.expect(SIGUSR1_SETS_LATCH=False, violated=HANGS, steps=10, states=12157)
spec.expect(
    COMPARES_GENERATIONS=False,
    violated=("registrant.terminate.mark", *HANGS),
    steps=8,
    states=37194,
)
spec.expect(MEMORY_FAILS=True, violated=HANGS, steps=6, states=32126)

# One registrant, which a real server can play; nobody else is there to use its slot again.
ALONE = (*HANGS, "the_slot_is_used_again")
spec.expect(NREGISTRANTS=1, SIGUSR1_SETS_LATCH=False, violated=ALONE, steps=9, states=811)
spec.expect(NREGISTRANTS=1, REPORTS_NEVER_STARTED=False, violated=ALONE, steps=8, states=913)
spec.expect(
    NREGISTRANTS=1,
    LATCH_IS_SHARED=True,
    FORK_FAILS=False,
    SHUTS_DOWN=False,
    violated="the_slot_is_used_again",
    states=385,
)
