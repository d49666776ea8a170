"""Messages from parallel workers: every error reaches the leader, and no wake-up is lost.

Models the error queue from pq_putmessage() in the worker (src/backend/libpq/pqmq.c) to
ProcessParallelMessages() in the leader (src/backend/access/transam/parallel.c), as at 21e958c303
(2026). A worker attaches, sends a notice, then its last message ('X', or 'E' if it fails), and
exits; a queue has room for one message. Or it dies before it has attached. The leader waits in
WaitForParallelWorkersToFinish(), then detaches what is left, as DestroyParallelContext() does, and
waits for all to exit. One step is one access to shared memory, or one region under the queue's
mutex; the signal handler of the leader may run between any two of its steps; SetLatch(), the signal
and the detaching are steps of their own. Left out: the worker's own work and its tuple queue, lock
groups, 'A' and 'P' messages (which travel as a notice does), and the slots of background
workers, of which the leader sees here only that a worker is reported dead.

The leader looks into its queues only if it was signalled, and a detach is announced by a latch
alone. So DETACHED is found, and "lost connection to parallel worker" reported, when and only when a
signal is handled after a detach that no last message preceded.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B12, 2badb5afb8 | NOTICES_FAILED_START=False | the leader waits for who never attached |
| 2.5, 2badb5afb8 | AT_EXIT=NOTHING, FALLS_SILENT=True | it waits for one that died silently |
| B64, 887feefe87 | RESETS_BEFORE_CHECKING=False | a latch is reset that was set for an interrupt |
| 4.2, 42d7074ebb | READS_AGAIN=False | DETACHED, with the last message still unread |
| 4.2, 4efe26cbd3 | GONE_BEFORE_SENDER=False, NWORKERS=2, SENDS_NOTICE=False | a connection lost |
| 2.6, M0 | CLEARS_BEFORE_READING=False | a signal that came while reading is forgotten |

`RESETS_BEFORE_CHECKING=False` stands for a loop whose only check for interrupts lies between
WaitLatch() and ResetLatch(), as those of shm_mq.c were; in `READS_AGAIN=False` the violation is
an assertion of the model, P6 of the facts. GONE_BEFORE_SENDER=False takes a second worker, whose
message makes the leader look at a queue that nobody has attached to yet.

Two variants violate with all fixes in. Both are live at 21e958c303.

`FALLS_SILENT=True`: a worker that has attached exits by proc_exit() without a last message. Since
fa91d4c91f (2021, PostgreSQL 15) ParallelWorkerShutdown() signals the leader first and detaches
afterwards. The leader that handles the signal in between finds nothing to read and no mark; then
the mark is set, but announced by a latch only, and the notification of the postmaster has no flag
either. WaitForParallelWorkersToFinish() finds a worker that is stopped and was attached, trusts
"our latch should have been set as well and the right things will happen on the next pass", and
sleeps for good. With AT_EXIT=DETACH_AND_SIGNAL, the order before that commit, it does not happen:
that exit was meant for this very case. PostgreSQL 18 hangs so once its worker leaves the last
message out (`message_queue_postgres.py`). Up to PostgreSQL 16 a worker that has attached sends 'K'
at once, with the key to cancel it (SENDS_KEY=True). That message is read as a notice is, and so the
leader hangs two steps later than without.

`CATCHES_ERRORS=True`: the leader handles the worker's error inside an exception block, for example
of a PL/pgSQL function that it runs as part of the parallel plan. Since 0075d78947 (2024, PostgreSQL
17) that may be: an internal subtransaction is allowed in parallel mode. The error of the worker is
caught there, the subtransaction is rolled back, and the parallel context, which belongs to the
outer one, stays. ParallelMessagePending is false, the mark that the queue is detached was not
looked at, and the worker, which is known to have been attached, has no more signal to send. The
query hangs in ParallelFinish with no worker left: on PostgreSQL 18.4 as released,
`message_queue_postgres.py` makes it do so every time, by having the leader check for interrupts
only when its worker is gone; with nothing held, 11 of 15 runs hung. If it checks once more later
than the worker's detach and is signalled after, it reports a lost connection instead. In either
case the worker's own error is swallowed, by a block that was not written for it.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import (
    Array,
    Returns,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    record,
    wait_until,
)

from .common.latch import Process, reset_latch, set_latch, wait_latch
from .common.parallel_context import AtExit, Outcome
from .common.shm_mq import (
    NWORKERS,
    Message,
    Result,
    ShmMq,
    Slot,
    detach,
    find_sender,
    send,
    set_sender,
    try_receive,
)


class Ending(Enum):
    """How a worker ends."""

    FINISHES = auto()
    FAILS = auto()
    FALLS_SILENT = auto()
    NEVER_ATTACHES = auto()


AT_EXIT: AtExit = AtExit.SIGNAL_AND_DETACH
FALLS_SILENT: bool = False  # True: a worker may exit without a last message
CATCHES_ERRORS: bool = False  # True: the leader runs inside an exception block
SENDS_KEY: bool = False  # True: 'K', before 0dd094c4a0 (PostgreSQL 17)
SENDS_NOTICE: bool = True  # False: the last message is a worker's first
NOTICES_FAILED_START: bool = True  # 2badb5afb8
RESETS_BEFORE_CHECKING: bool = True  # 887feefe87
CLEARS_BEFORE_READING: bool = True  # False: ParallelMessagePending is cleared after the reading
CANCELS: bool = False  # True: the client may cancel at any moment
LEADER: Process = 0


@record
class Shared:
    latch: Array[Process, bool] = each(False)
    mq: Array[Slot, ShmMq] = each(ShmMq(receiver=0))
    signalled: bool = False
    """PROCSIG_PARALLEL_MESSAGE and its SIGUSR1 are on their way to the leader."""
    pending: bool = False
    """ParallelMessagePending, private to the leader and its signal handler."""
    error_mqh: Array[Slot, bool] = each(True)
    sender_known: Array[Slot, bool] = each(False)
    """`mqh_counterparty_attached`."""
    known_attached: Array[Slot, bool] = each(False)
    exited: Array[Slot, bool] = each(False)
    stopped: Array[Slot, bool] = each(False)
    """What GetBackgroundWorkerPid() says."""
    ending: Array[Slot, Ending] = each(Ending.FINISHES)
    cancelled: bool = False
    caught: bool = False
    outcome: Outcome = Outcome.NONE


spec = Spec("messages from parallel workers", Shared)


def put_message(s: Shared, me: Slot, message: Message) -> Steps:
    """mq_putmessage()."""
    while True:
        result = yield from send(s, me, message)

        yield "signal_leader"
        s.signalled = True
        if result is not Result.WOULD_BLOCK:
            return

        yield "wait"
        wait_latch(s, me + 1)

        yield "reset"
        reset_latch(s, me + 1)


@spec.process
def worker(s: Shared, me: Slot) -> Steps:
    yield "start"
    ending = one_of(e for e in Ending if FALLS_SILENT or e is not Ending.FALLS_SILENT)
    s.ending[me] = ending
    if ending is not Ending.NEVER_ATTACHES:
        yield from set_sender(s, me, me + 1)
        if SENDS_KEY:
            yield from put_message(s, me, Message.KEY)
        if SENDS_NOTICE:
            yield from put_message(s, me, Message.NOTICE)
        if ending is Ending.FINISHES:
            yield from put_message(s, me, Message.TERMINATE)
        elif ending is Ending.FAILS:
            yield from put_message(s, me, Message.ERROR)
        if AT_EXIT is AtExit.SIGNAL_AND_DETACH:
            yield "signal_first"
            s.signalled = True
        yield from detach(s, me, me + 1)
        if AT_EXIT is AtExit.DETACH_AND_SIGNAL:
            yield "signal_last"
            s.signalled = True

    yield "exit"
    s.exited[me] = True


@spec.environment(fair="weak")
def signal_handler(s: Shared) -> Steps:
    """procsignal_sigusr1_handler() in the leader, between any two of its steps."""
    while True:
        yield "handle"
        wait_until(s.signalled)
        s.signalled = False
        s.pending = True
        set_latch(s, LEADER)


@spec.environment
def client(s: Shared) -> Steps:
    if not CANCELS:
        return

    yield "cancel"
    s.cancelled = True
    set_latch(s, LEADER)


@spec.environment(fair="weak")
def postmaster(s: Shared, me: Slot) -> Steps:
    """Reports an exit, then notifies the leader with a SIGUSR1 that has no flag."""
    yield "reap"
    wait_until(s.exited[me])
    s.stopped[me] = True

    yield "notify"
    set_latch(s, LEADER)


def process_messages(s: Shared) -> Returns[Outcome]:
    """ProcessParallelMessages(): NONE unless it ends in an error."""
    for i in range(NWORKERS):
        while s.error_mqh[i]:
            result = yield from try_receive(s, i)
            if result is Result.WOULD_BLOCK:
                break
            if result is Result.DETACHED:
                return Outcome.LOST_CONNECTION
            s.known_attached[i] = True
            if result is Result.ERROR:
                return Outcome.ERROR_OF_WORKER
            if result is Result.TERMINATE:
                s.error_mqh[i] = False
                yield from detach(s, i, LEADER)
    return Outcome.NONE


def check_for_interrupts(s: Shared) -> Returns[Outcome]:
    yield "check_for_interrupts"
    if s.cancelled:
        return Outcome.CANCELLED
    if not s.pending:
        return Outcome.NONE
    if CLEARS_BEFORE_READING:
        s.pending = False
    outcome = yield from process_messages(s)
    if not CLEARS_BEFORE_READING:
        yield "clear"
        s.pending = False
    if CATCHES_ERRORS and outcome is Outcome.ERROR_OF_WORKER:
        s.caught = True
        return Outcome.NONE
    return outcome


def failed_to_start(s: Shared) -> Returns[bool]:
    """The second half of the loop of WaitForParallelWorkersToFinish()."""
    for i in range(NWORKERS):
        yield "is_stopped"
        stopped = s.error_mqh[i] and s.stopped[i]
        if stopped:
            found = yield from find_sender(s, i)
            if not found:
                return True
    return False


def wait_for_finish(s: Shared) -> Returns[Outcome]:
    """WaitForParallelWorkersToFinish()."""
    while True:
        if RESETS_BEFORE_CHECKING:
            outcome = yield from check_for_interrupts(s)
            if outcome is not Outcome.NONE:
                return outcome
        else:
            yield "go_on"
        if not any(s.error_mqh):
            return Outcome.DONE
        alive = any(s.error_mqh[i] and s.known_attached[i] for i in range(NWORKERS))
        if NOTICES_FAILED_START and not alive:
            failed = yield from failed_to_start(s)
            if failed:
                return Outcome.FAILED_TO_INITIALIZE
        yield "wait"
        wait_latch(s, LEADER)
        if not RESETS_BEFORE_CHECKING:
            outcome = yield from check_for_interrupts(s)
            if outcome is not Outcome.NONE:
                return outcome

        yield "reset"
        reset_latch(s, LEADER)


@spec.process
def leader(s: Shared) -> Steps:
    outcome = yield from wait_for_finish(s)
    s.outcome = outcome
    for i in range(NWORKERS):
        if s.error_mqh[i]:
            s.error_mqh[i] = False
            yield from detach(s, i, LEADER)
    for i in range(NWORKERS):
        yield "wait_for_exit"  # with the latch, as in `bgworker_slots.py`
        wait_until(s.stopped[i])


@spec.eventually
def the_leader_goes_on(s: Shared) -> bool:
    return done(leader)


@spec.always
def a_result_is_complete(s: Shared) -> bool:
    return s.outcome is not Outcome.DONE or all(e is Ending.FINISHES for e in s.ending)


@spec.always
def an_error_has_a_reason(s: Shared) -> bool:
    return s.outcome is not Outcome.ERROR_OF_WORKER or any(e is Ending.FAILS for e in s.ending)


@spec.always
def a_failed_start_has_a_reason(s: Shared) -> bool:
    return s.outcome is not Outcome.FAILED_TO_INITIALIZE or any(
        e is Ending.NEVER_ATTACHES for e in s.ending
    )


@spec.always
def a_connection_is_lost_only_to_the_silent(s: Shared) -> bool:
    silent = (Ending.FALLS_SILENT, Ending.NEVER_ATTACHES)
    return s.outcome is not Outcome.LOST_CONNECTION or (
        s.caught or any(e in silent for e in s.ending)
    )


@spec.sometimes
def a_worker_waits_for_room(s: Shared) -> bool:
    return any(at(worker, w, "put_message.wait") for w in domain(Slot)) and not any(s.latch)


@spec.sometimes
def there_is_a_result(s: Shared) -> bool:
    return s.outcome is Outcome.DONE


@spec.sometimes
def an_error_is_thrown_again(s: Shared) -> bool:
    return s.outcome is Outcome.ERROR_OF_WORKER


@spec.sometimes
def a_failed_start_is_noticed(s: Shared) -> bool:
    return s.outcome is Outcome.FAILED_TO_INITIALIZE


HANGS = ("the_leader_goes_on", "deadlock")
IN_RECEIVE = "leader.wait_for_finish.check_for_interrupts.process_messages.try_receive.receive"

spec.expect(states=1810)
spec.expect(CANCELS=True, states=4825)
spec.expect(FALLS_SILENT=True, violated=HANGS, steps=23, states=2362)
spec.expect(AT_EXIT=AtExit.DETACH_AND_SIGNAL, FALLS_SILENT=True, states=2239)
spec.expect(AT_EXIT=AtExit.NOTHING, FALLS_SILENT=True, violated=HANGS, steps=22, states=1801)
spec.expect(
    CATCHES_ERRORS=True,
    violated=(*HANGS, "an_error_is_thrown_again"),
    steps=29,
    states=2016,
)
spec.expect(
    FALLS_SILENT=True,
    SENDS_NOTICE=False,
    violated=(*HANGS, "a_worker_waits_for_room"),
    steps=21,
    states=1063,
)
spec.expect(
    FALLS_SILENT=True, SENDS_KEY=True, SENDS_NOTICE=False, violated=HANGS, steps=23, states=2362
)
spec.expect(
    CATCHES_ERRORS=True,
    SENDS_NOTICE=False,
    violated=(*HANGS, "an_error_is_thrown_again", "a_worker_waits_for_room"),
    steps=21,
    states=876,
)
spec.expect(
    NOTICES_FAILED_START=False,
    violated=(*HANGS, "a_failed_start_is_noticed"),
    steps=8,
    states=1751,
)
spec.expect(RESETS_BEFORE_CHECKING=False, violated=HANGS, steps=17, states=1829)
spec.expect(CLEARS_BEFORE_READING=False, violated=HANGS, steps=28, states=1888)
spec.expect(READS_AGAIN=False, violated=f"{IN_RECEIVE}.is_detached", steps=19, states=1750)
spec.expect(
    GONE_BEFORE_SENDER=False,
    NWORKERS=2,
    SENDS_NOTICE=False,
    violated=("a_connection_is_lost_only_to_the_silent", "a_worker_waits_for_room"),
    steps=18,
    states=91637,
)
