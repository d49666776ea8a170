"""Copied state: a worker that starts late, or again, has its leader's state, and a safe snapshot.

InitializeParallelDSM(), ReinitializeParallelDSM() and ParallelWorkerMain() in
src/backend/access/transam/parallel.c, with RestoreTransactionSnapshot() in snapmgr.c. The state is
copied into the segment once; a relaunch makes new queues and copies nothing again. That it is right
all the same rests on parallel mode lasting from before the copy to after the last worker.

Two kinds of state. A setting and the number of combo command ids are values: the leader has them,
the copy, and each worker from its restore on. A snapshot holds back the removal of rows by its
xmin: the oldest transaction that still ran when it was taken. The worker advertises the xmin of the
transaction snapshot it installs, its TransactionXmin, and relies on everything that its active
snapshot looks up being at least as new as that. Another session ends meanwhile, which makes the
xmin of a snapshot taken later greater.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B43, a780b2fcce | NEW_SNAPSHOT=True | TransactionXmin newer than the active snapshot's xmin |
| none | COPIES=False | a late worker has a setting of a function call of its leader |
| none | FROZEN=False | a relaunched worker has the state from before the first launch |

In the first, an assertion fails, or a subtransaction is looked up where there is none. The last two
take away what was never missing: restoring from the copy and not from the leader's
memory, and staying in parallel mode.

`NEW_SNAPSHOT`: below REPEATABLE READ a new snapshot was taken and shipped as the transaction
snapshot. Since a780b2fcce the active one is installed as both. In REPEATABLE READ there is one
transaction snapshot, as old as any active one or older. The leader advertises the oldest xmin of
its own snapshots; installing one that is older would fail with "could not import the requested
snapshot", which a leader that waits for its workers rules out.

One step is one copy, one restore, or one change by the leader or by the other session.
GUC_ACTION_SAVE, by which a function has settings of its own, is allowed in parallel mode, and
modelled: the leader calls such a function. Left out: what restoring disturbs (`restore_order.py`),
command ids, which other prohibitions keep from moving (`prohibitions.py`), serializable
transactions, and old-snapshot thresholds.

Faults: FAULTS=True has an error of the leader in its function, and workers that do not start. The
settings of the function are in force until the last worker is gone: AbortTransaction() calls
AtEOXact_GUC() later. A worker that fails is one that has exited.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

NROUNDS = 2
COPIES: bool = True
FROZEN: bool = True  # parallel mode until the last worker is gone
NEW_SNAPSHOT: bool = False
FAULTS: bool = False  # True: the leader may fail in a function, and workers may not start

Round = Annotated[int, Below(NROUNDS)]
Number = Annotated[int, Below(2)]


@record
class Settings:
    work_mem: Number = 0
    combo_cids: Number = 0


@record
class Snapshots:
    transaction: Number = 0  # each by its xmin
    active: Number = 0


@record
class Shared:
    oldest_running: Number = 0  # what a new snapshot gets as xmin
    leaders: Settings = Settings()
    saved: bool = False  # a function call of the leader has a setting of its own
    copy: Settings = Settings()
    snapshots: Snapshots = Snapshots()
    launched: Annotated[int, Below(NROUNDS + 1)] = 0
    exited: Annotated[int, Below(NROUNDS + 1)] = 0
    scans: Array[Round, bool] = each(value=False)
    workers: Array[Round, Settings] = each(Settings)
    transaction_xmin: Array[Round, Number] = each(0)
    failed: bool = False


spec = Spec("copied state", Shared)


def leaders_own(s: Shared) -> Settings:
    """The leader's settings without those of a function call that is under way."""
    work_mem = 1 - s.leaders.work_mem if s.saved else s.leaders.work_mem
    return Settings(work_mem, s.leaders.combo_cids)


def abort(s: Shared, launches: Annotated[int, Below(NROUNDS + 1)]) -> Steps:
    """AbortTransaction(): settings go back after AtEOXact_Parallel() has waited for workers."""
    yield "wait_for_exit"
    wait_until(s.exited == launches)

    yield "restore_settings"  # AtEOXact_GUC()
    s.leaders.work_mem = 1 - s.leaders.work_mem
    s.saved = False


@spec.process
def leader(s: Shared) -> Steps:
    repeatable_read = one_of((False, True))

    yield "take_snapshot"
    s.snapshots = Snapshots(s.oldest_running, s.oldest_running)

    yield "take_active_snapshot"  # for the query
    if not repeatable_read:
        s.snapshots.active = s.oldest_running
        s.snapshots.transaction = s.oldest_running

    yield "initialize"  # InitializeParallelDSM()
    s.copy = s.leaders
    if NEW_SNAPSHOT and not repeatable_read:
        s.snapshots.transaction = s.oldest_running

    for turn in range(NROUNDS):
        yield "launch"
        s.launched = turn + 1

        yield "call_function"  # SET work_mem among its options: GUC_ACTION_SAVE
        s.leaders.work_mem = 1 - s.leaders.work_mem
        s.saved = True

        yield "return_from_function"
        fails = False
        if FAULTS:
            fails = one_of((False, True))
        if fails:
            s.failed = True
            yield from abort(s, turn + 1)
            return
        s.leaders.work_mem = 1 - s.leaders.work_mem
        s.saved = False

        yield "wait_for_exit"  # ReinitializeParallelDSM(), DestroyParallelContext()
        wait_until(s.exited == turn + 1)

        if turn == 0:
            yield "change"  # a command between the two launches is refused in parallel mode
            if not FROZEN:
                s.leaders = Settings(1, 1)


@spec.process
def worker(s: Shared, me: Round) -> Steps:
    yield "restore"
    starts = True
    if FAULTS:
        starts = one_of((True, False))
    wait_until(s.launched > me or s.failed)
    if s.launched <= me:
        return
    if not starts:
        s.exited += 1
        return
    s.workers[me] = s.copy if COPIES else s.leaders
    s.transaction_xmin[me] = s.snapshots.transaction
    s.scans[me] = True

    yield "exit"
    s.scans[me] = False
    s.exited += 1


@spec.environment
def another_session(s: Shared) -> Steps:
    yield "end_transaction"
    s.oldest_running = 1


@spec.always
def workers_have_the_leaders_state(s: Shared) -> bool:
    return all(not s.scans[r] or s.workers[r] == leaders_own(s) for r in range(NROUNDS))


@spec.always
def the_active_snapshot_is_protected(s: Shared) -> bool:
    return all(
        not s.scans[r] or s.transaction_xmin[r] <= s.snapshots.active for r in range(NROUNDS)
    )


@spec.sometimes
def a_worker_starts_during_a_function_call(s: Shared) -> bool:
    return s.saved and s.scans[0]


@spec.sometimes
def a_relaunched_worker_scans_after_the_other_session_ended(s: Shared) -> bool:
    return s.scans[NROUNDS - 1] and s.oldest_running == 1 and s.snapshots.active == 0


@spec.sometimes
def a_worker_scans_while_its_leader_aborts(s: Shared) -> bool:
    return (s.failed and s.saved and any(s.scans)) or not FAULTS


spec.expect(states=79)
spec.expect(FAULTS=True, states=164)
spec.expect(NEW_SNAPSHOT=True, violated="the_active_snapshot_is_protected", steps=6, states=104)
spec.expect(COPIES=False, violated="workers_have_the_leaders_state", steps=6, states=157)
spec.expect(FROZEN=False, violated="workers_have_the_leaders_state", steps=12, states=79)
