"""Leaving shared memory: nothing is used after it is gone, and no clean-up is left half done.

Models how a leader and its worker leave a segment and the server's shared memory: dsm_detach() of
src/backend/storage/ipc/dsm.c, shmem_exit() of ipc.c with the callbacks of procsignal.c and proc.c,
and the redirection of messages in src/backend/libpq/pqmq.c. The worker exits; at each moment it may
have something to say (a DEBUG message, say), and a SIGUSR1 may come, for the postmaster and its
leader send them as long as there is a process. The leader destroys its context: it detaches, which
runs the callbacks of the segment, and waits for the worker. A statement timeout may strike. After
an error the transaction is aborted, and the segment is detached once more by its resource owner.

One step is one callback, or one store in one; a message and a signal handler take one step each and
come between the steps of the worker as they like. Left out: what the callbacks find, for which
`message_queue.py` and `lock_group_exit.py` are there, the signals of the leader, and errors of its
callbacks other than the timeout's.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B04, 2ad5c27bb5 | REDIRECTION_ENDS=False | a late message is written to memory that is unmapped |
| B88, d1981719ad | CLEARS_POINTERS=False | a late SIGUSR1: its handler uses what was given back |
| B93, 637668fb1d | HOLDS_INTERRUPTS=False | a timeout in a callback: its files are never deleted |

With HOLDS_INTERRUPTS=False the worker may outlive the transaction too. DestroyParallelContext()
has taken the context off the list before, and whoever aborts the transaction does not find it.

Faults: a timeout at any step of the leader, and any exit of the worker. Who is not started has
nothing to leave.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import FiniteSet, Returns, Spec, Steps, done, record, subset, wait_until

REDIRECTION_ENDS: bool = True  # 2ad5c27bb5: by a callback of the segment
CLEARS_POINTERS: bool = True  # d1981719ad: and the handler looks whether they are NULL
HOLDS_INTERRUPTS: bool = True  # 637668fb1d: while callbacks run


class Callback(Enum):
    """Of the leader, in the order in which they run: the last registered is the first."""

    DELETE_FILES = auto()  # of a SharedFileSet
    DETACH_QUEUE = auto()


class Interrupts(Enum):
    """InterruptHoldoffCount, of a process that runs callbacks."""

    SERVED = auto()
    HELD = auto()


@record
class Worker:
    mapped: bool = True
    """The segment, with the error queue in it."""
    redirected: bool = True
    """Messages go to `pq_mq_handle`."""
    has_slot: bool = True
    """Its ProcSignalSlot has its pid."""
    slot_pointer: bool = True
    """MyProcSignalSlot is not NULL."""
    has_proc: bool = True
    """Its PGPROC is not on a freelist."""
    proc_pointer: bool = True
    """MyProc is not NULL."""
    exited: bool = False
    spoke_late: bool = False
    signalled_late: bool = False


@record
class Shared:
    worker: Worker = Worker()
    timeout: bool = False
    """QueryCancelPending of the leader."""
    popped: FiniteSet[Callback] = subset()
    finished: FiniteSet[Callback] = subset()
    aborted: bool = False
    transaction_ended: bool = False


spec = Spec("leaving shared memory", Shared)


@spec.process
def worker(s: Shared) -> Steps:
    if REDIRECTION_ENDS:
        yield "end_redirection"  # pq_cleanup_redirect_to_shm_mq()
        s.worker.redirected = False

    yield "unmap"
    s.worker.mapped = False

    if CLEARS_POINTERS:
        yield "forget_slot"
        s.worker.slot_pointer = False

    yield "release_slot"  # CleanupProcSignalState()
    s.worker.has_slot = False

    if CLEARS_POINTERS:
        yield "forget_proc"
        s.worker.proc_pointer = False

    yield "free_proc"  # ProcKill()
    s.worker.has_proc = False

    yield "forget_proc_late"
    s.worker.proc_pointer = False

    yield "exit"
    s.worker.exited = True


@spec.environment
def messages(s: Shared) -> Steps:
    """Something that the worker says, wherever it is: mq_putmessage()."""
    yield "put_message"
    wait_until(not s.worker.exited)
    assert not s.worker.redirected or s.worker.mapped, "a queue that is not mapped"
    s.worker.spoke_late = not s.worker.mapped


@spec.environment
def signals(s: Shared) -> Steps:
    """procsignal_sigusr1_handler() in the worker, wherever it is."""
    yield "handle"
    wait_until(not s.worker.exited)
    if s.worker.slot_pointer:
        assert s.worker.has_slot, "the signal slot of somebody else"
    if s.worker.proc_pointer or not CLEARS_POINTERS:
        assert s.worker.proc_pointer, "MyProc is NULL"
        assert s.worker.has_proc, "the latch of somebody else"
    s.worker.signalled_late = not s.worker.has_proc


@spec.environment
def timer(s: Shared) -> Steps:
    yield "time_out"
    s.timeout = True


def run_callbacks(s: Shared, interrupts: Interrupts) -> Returns[bool]:
    """dsm_detach(): False if an error is thrown from a callback."""
    for callback in Callback:
        yield "pop"
        is_left = callback not in s.popped
        if is_left:
            s.popped.add(callback)

            yield "run"
            if s.timeout and interrupts is Interrupts.SERVED:
                return False
            s.finished.add(callback)
    return True


@spec.process
def leader(s: Shared) -> Steps:
    yield "unlink"  # DestroyParallelContext(): off the list of contexts
    detached = yield from run_callbacks(
        s, Interrupts.HELD if HOLDS_INTERRUPTS else Interrupts.SERVED
    )
    if detached:
        yield "wait_for_exit"
        wait_until(s.worker.exited)
    else:
        s.aborted = True
        yield from run_callbacks(s, Interrupts.HELD)  # AbortTransaction()

    yield "end_transaction"
    s.transaction_ended = True


@spec.always
def callbacks_that_began_are_finished(s: Shared) -> bool:
    return not s.transaction_ended or s.popped <= s.finished


@spec.always
def no_worker_outlives_the_transaction(s: Shared) -> bool:
    return not s.transaction_ended or s.worker.exited


@spec.eventually
def the_transaction_ends(s: Shared) -> bool:
    return done(leader)


@spec.sometimes
def it_times_out_while_callbacks_run(s: Shared) -> bool:
    return s.timeout and len(s.popped) == 1


@spec.sometimes
def a_message_comes_after_the_queue_is_gone(s: Shared) -> bool:
    return s.worker.spoke_late


@spec.sometimes
def a_signal_comes_after_the_proc_is_gone(s: Shared) -> bool:
    return s.worker.signalled_late


spec.expect(states=744)
spec.expect(
    REDIRECTION_ENDS=False,
    violated=("messages.put_message", "a_message_comes_after_the_queue_is_gone"),
    steps=2,
    states=480,
)
spec.expect(
    CLEARS_POINTERS=False,
    violated=("signals.handle", "a_signal_comes_after_the_proc_is_gone"),
    steps=4,
    states=480,
)
spec.expect(
    HOLDS_INTERRUPTS=False,
    violated=("callbacks_that_began_are_finished", "no_worker_outlives_the_transaction"),
    steps=8,
    states=1275,
)
