"""`at` and `done`: where the others stand, for properties alone.

`at(process, "label")` is true where the process is about to take that step, `done(process)` where
it has come to its end; an array wants the index too. A process itself does not see where others
are: what it needs to know is kept in the shared state.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, done, each, record, wait_until

Worker = Annotated[int, Below(2)]


@record
class Shared:
    exited: Array[Worker, bool] = each(False)


spec = Spec("at and done", Shared)


@spec.process
def leader(s: Shared) -> Steps:
    yield "wait_for_workers"
    wait_until(all(s.exited))

    yield "clean_up"


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "work"

    yield "exit"
    s.exited[me] = True


@spec.always
def the_leader_leaves_last(s: Shared) -> bool:
    return not at(leader, "clean_up") or all(done(worker, w) for w in domain(Worker))


@spec.sometimes
def one_still_works(s: Shared) -> bool:
    return done(worker, 0) and at(worker, 1, "work")


spec.expect(states=11)
