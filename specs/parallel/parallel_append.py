"""Parallel Append: every subplan is run, and who finds none left is told so.

Models choose_next_subplan_for_worker() and choose_next_subplan_for_leader() of
src/backend/executor/nodeAppend.c as at 21e958c303 (2026). Leader and worker take subplans from an
array: those that only one may run come first, the others may be run by several. The worker searches
from where the last worker's search ended, and round again through those for several; the leader
from the end to the beginning. Who ends a subplan marks it. A search holds a lock; each turn of its
loop is a step of its own here. Rows are left out.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B122, 88fdc70060 | REMEMBERS_START=False | the search goes round for ever, with the lock |

Without the fix a search is over when it has come round to the subplan that the worker had before;
the loop never leads there if only one may run that, or if there was none. It takes a leader who
ends the last of the others. The crash that 9c64ddd414 ended has no race in it.

Faults: FAULTS=True has errors of leader and worker in a subplan. Who searches has a lightweight
lock, and with it interrupts on hold: no error or cancel comes in between. A worker that does not
start leaves all to the leader.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, done, each, one_of, record, wait_until

NWORKERS = 1
NPLANS = 4
FIRST_PARTIAL = 2  # from here on several may run a subplan
REMEMBERS_START: bool = True  # 88fdc70060: where the search began
FAULTS: bool = False  # True: leader or worker may fail while it runs a subplan

Worker = Annotated[int, Below(NWORKERS)]
Plan = Annotated[int, Below(NPLANS)]


@record
class Shared:
    locked: bool = False
    next_plan: Plan | None = 0
    finished: Array[Plan, bool] = each(False)
    began: Array[Plan, Annotated[int, Below(NWORKERS + 2)]] = each(0)
    failed: bool = False


spec = Spec("Parallel Append", Shared)


def after(plan: Plan, start: Plan | None) -> Plan:
    """Where the search goes on."""
    if plan < NPLANS - 1:
        return plan + 1
    if REMEMBERS_START and start is not None and start <= FIRST_PARTIAL:
        return start
    return FIRST_PARTIAL


def advance(plan: Plan) -> Plan | None:
    """Where the next search begins, when this subplan was chosen."""
    if plan < NPLANS - 1:
        return plan + 1
    return FIRST_PARTIAL if FIRST_PARTIAL < NPLANS else None


@spec.process
def leader(s: Shared) -> Steps:
    plan: Plan = NPLANS - 1
    runs = False
    while True:
        yield "lock"
        wait_until(not s.locked)
        fails = False
        if FAULTS and runs:
            fails = one_of((False, True))
        if fails:
            s.failed = True
            return
        s.locked = True
        if runs:
            s.finished[plan] = True
        while s.finished[plan]:
            yield "search"
            if plan == 0:
                s.next_plan = None
                s.locked = False
                return
            plan -= 1

        yield "choose"
        s.began[plan] += 1
        if plan < FIRST_PARTIAL:
            s.finished[plan] = True
        s.locked = False
        runs = True


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    had: Plan | None = None
    while True:
        yield "lock"
        wait_until(not s.locked)
        fails = False
        if FAULTS and had is not None:
            fails = one_of((False, True))
        if fails:
            s.failed = True
            return
        if had is not None:
            s.finished[had] = True
        first = s.next_plan
        if first is None:
            return
        s.locked = True
        start: Plan | None = first if REMEMBERS_START else had
        plan: Plan = first
        while s.finished[plan]:
            yield "search"
            plan = after(plan, start)
            if plan == start:
                s.next_plan = None
                s.locked = False
                return

        yield "choose"
        s.next_plan = advance(plan)
        s.began[plan] += 1
        if plan < FIRST_PARTIAL:
            s.finished[plan] = True
        s.locked = False
        had = plan


def ended() -> bool:
    return done(leader) and all(done(worker, w) for w in domain(Worker))


@spec.always
def one_runs_what_only_one_may(s: Shared) -> bool:
    return all(s.began[p] <= 1 for p in domain(Plan) if p < FIRST_PARTIAL)


@spec.always
def every_subplan_is_run(s: Shared) -> bool:
    return s.failed or not ended() or all(s.finished)


@spec.eventually
def everybody_ends(s: Shared) -> bool:
    return ended()


@spec.sometimes
def several_run_the_same(s: Shared) -> bool:
    return any(n > 1 for n in s.began)


@spec.sometimes
def a_subplan_is_left_by_who_failed(s: Shared) -> bool:
    return (s.failed and ended() and not all(s.finished)) or not FAULTS


spec.expect(states=98)
spec.expect(FAULTS=True, states=176)
spec.expect(REMEMBERS_START=False, violated="everybody_ends", steps=14, states=93)
