"""Prohibitions in parallel mode: what a leader must not do while workers have a copy of its state.

EnterParallelMode() to ExitParallelMode(), src/backend/access/transam/parallel.c and README.parallel
since commit 924bcf4f16. InitializeParallelDSM() copies the leader's state once. Whatever the leader
changes after that, no worker hears of, neither one that runs nor one that starts late. So for each
part of the state one place refuses to change it in parallel mode:

    part           refused in                     in the words of 21e958c303
    XIDS           AssignTransactionId()          cannot assign transaction IDs during a parallel
                                                  operation
    COMMAND_ID     CommandCounterIncrement()      cannot start commands during a parallel operation
    COMBO_CIDS     heap_delete(), heap_update()   cannot delete (update) tuples during a parallel
                                                  operation
    GUCS           set_config_option()            parameter "x" cannot be set during a parallel
                                                  operation
    RELATION_MAP   RelationMapUpdateMap()         cannot change relation mapping in parallel mode
                                                  (since 4974d7f87e)

`ALLOWED` takes one of them away, and the worker then scans with another state than its leader: it
misses the leader's rows, sees them twice or not, or scans another file. A worker is in parallel
mode too, and what it does to its own state is refused as well; until 94b4f7e2a6 it left parallel
mode before it committed, and what pre-commit actions did there was not.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B24, 94b4f7e2a6 | ENFORCED_AT_COMMIT=False | what a worker does before its commit: a crash |

One step is one change of state, one copy, or one scan. A refused leader gets an error and aborts;
it waits for its workers first, as everywhere. Left out: that a function's own settings may change
(GUC_ACTION_SAVE, in `copied_state.py`); settings that are marked as harmless, and those that
autovacuum hands to its workers itself; savepoints, which change the transaction state alone; and
inserting, which is no longer refused in a leader: rows of the current command nobody sees.

Faults: FAULTS=True has an abort of the leader in place of a change, and workers that do not start.
An abort changes all of the leader's state, after the last worker is gone.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    done,
    each,
    one_of,
    record,
    subset,
    wait_until,
)

NWORKERS = 2

Worker = Annotated[int, Below(NWORKERS)]
Number = Annotated[int, Below(2)]


class Part(Enum):
    """Of the state that a leader shares with its workers."""

    NONE = auto()
    XIDS = auto()
    COMMAND_ID = auto()
    COMBO_CIDS = auto()
    GUCS = auto()
    RELATION_MAP = auto()


ALLOWED: Part = Part.NONE  # the prohibition taken away
ENFORCED_AT_COMMIT: bool = True
FAULTS: bool = False  # True: the leader may abort, and workers may not start

PARTS = tuple(part for part in Part if part is not Part.NONE)


@record
class Shared:
    leaders: Array[Part, Number] = each(0)
    copy: Array[Part, Number] = each(0)
    parallel_mode: bool = False  # of the leader
    launched: bool = False
    refused: Part | None = None
    differing: FiniteSet[Part] = subset()
    finished: FiniteSet[Worker] = subset()
    unrefused: bool = False  # a worker has done what is not for workers
    aborts: bool = False


spec = Spec("prohibitions in parallel mode", Shared)


@spec.process
def leader(s: Shared) -> Steps:
    yield "work"  # before: anything goes
    part = one_of(PARTS)
    s.leaders[part] = 1

    yield "enter_parallel_mode"
    s.parallel_mode = True

    yield "launch"  # InitializeParallelDSM(), LaunchParallelWorkers()
    s.copy = s.leaders
    s.launched = True

    yield "change"  # while workers start, run or have ended
    part = one_of(PARTS)
    aborts = False
    if FAULTS:
        aborts = one_of((False, True))
    wait_until(s.leaders[part] == 0)
    if aborts:
        s.aborts = True
    elif s.parallel_mode and part is not ALLOWED:
        s.refused = part
    else:
        s.leaders[part] = 1

    yield "wait_for_workers"
    wait_until(len(s.finished) == NWORKERS)
    s.parallel_mode = False

    yield "change_again"  # workers are gone: anything goes again
    if s.refused is not None:
        s.leaders[s.refused] = 1
    if s.aborts:  # AtEOXact_RelationMap(), AtEOXact_GUC() and others, after AtEOXact_Parallel()
        for part in PARTS:
            s.leaders[part] = 0


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "scan"  # with the restored copy
    starts = True
    if FAULTS:
        starts = one_of((True, False))
    wait_until(s.launched)
    if not starts:
        s.finished.add(me)
        return
    for part in PARTS:
        if s.copy[part] != s.leaders[part]:
            s.differing.add(part)

    yield "commit"  # EndParallelWorkerTransaction(), with what runs before a commit
    mine = one_of(Part)
    if mine is not Part.NONE and not ENFORCED_AT_COMMIT:
        s.unrefused = True

    yield "exit"
    s.finished.add(me)


@spec.always
def workers_know_the_leaders_transaction_ids(s: Shared) -> bool:
    return Part.XIDS not in s.differing


@spec.always
def workers_have_the_leaders_command_id(s: Shared) -> bool:
    return Part.COMMAND_ID not in s.differing


@spec.always
def workers_know_the_leaders_combo_cids(s: Shared) -> bool:
    return Part.COMBO_CIDS not in s.differing


@spec.always
def workers_have_the_leaders_settings(s: Shared) -> bool:
    return Part.GUCS not in s.differing


@spec.always
def workers_scan_the_leaders_files(s: Shared) -> bool:
    return Part.RELATION_MAP not in s.differing


@spec.always
def a_committing_worker_is_refused_too(s: Shared) -> bool:
    return not s.unrefused


@spec.sometimes
def a_change_is_refused_and_made_later(s: Shared) -> bool:
    return s.refused is not None and s.leaders[s.refused] == 1


@spec.sometimes
def the_leader_is_refused_before_a_worker_scans(s: Shared) -> bool:
    return s.refused is not None and len(s.finished) == 0


@spec.sometimes
def an_abort_takes_back_what_workers_had(s: Shared) -> bool:
    return (s.aborts and done(leader) and s.copy != s.leaders) or not FAULTS


spec.expect(states=451)
spec.expect(FAULTS=True, states=541)
spec.expect(
    ALLOWED=Part.XIDS, violated="workers_know_the_leaders_transaction_ids", steps=5, states=519
)
spec.expect(
    ALLOWED=Part.COMMAND_ID, violated="workers_have_the_leaders_command_id", steps=5, states=519
)
spec.expect(
    ALLOWED=Part.COMBO_CIDS, violated="workers_know_the_leaders_combo_cids", steps=5, states=519
)
spec.expect(ALLOWED=Part.GUCS, violated="workers_have_the_leaders_settings", steps=5, states=519)
spec.expect(
    ALLOWED=Part.RELATION_MAP, violated="workers_scan_the_leaders_files", steps=5, states=519
)
spec.expect(
    ENFORCED_AT_COMMIT=False, violated="a_committing_worker_is_refused_too", steps=5, states=791
)
