from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.engines.choice import CannotSearch, HappensBefore
from modelcheck.engines.contract import INTERRUPTED, ProgressReport, PropertyVerdict, Reduction
from modelcheck.engines.smt.events import search as room
from modelcheck.engines.smt.events.search import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Holds, HoldsWithin, Unknown, Verdict, Violated

ROOT = Path(__file__).parents[5]
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
ENDLESS = str(ROOT / "specs/classic/peterson.py")
order = HappensBefore()


def race(*, fixed: bool = False, workers: int = 2) -> Model:
    return load(RACE, {"WAIT_FOR_EXIT": str(fixed), "NWORKERS": str(workers)}).model


def verdict(found: tuple[PropertyVerdict, ...], name: str) -> Verdict:
    return next(one.verdict for one in found if one.property == name)


def test_the_founding_race_is_found_at_its_shortest() -> None:
    checked = check(load(RACE, {}), budget=Budget(), engine=order)
    found = verdict(checked.exploration.verdicts, "worker.detach")
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert len(found.trace.steps) == 10
    assert checked.exploration.stopped.startswith("the search stopped at the violation of worker")
    assert verdict(checked.exploration.verdicts, "deadlock") == HoldsWithin(9)


@pytest.mark.parametrize(("workers", "steps"), [(3, 14), (4, 18), (6, 26)])
def test_more_workers_take_longer_runs(workers: int, steps: int) -> None:
    found = verdict(explore(race(workers=workers), budget=Budget()).verdicts, "worker.detach")
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert len(found.trace.steps) == steps


def test_what_holds_in_every_order_holds() -> None:
    found = explore(race(fixed=True), budget=Budget())
    assert (found.complete, found.states, found.depth, found.queries) == (True, 0, 28, 1)
    assert verdict(found.verdicts, "worker.detach") == Holds()
    assert verdict(found.verdicts, "deadlock") == Holds()
    liveness = verdict(found.verdicts, "every_worker_stops")
    assert liveness == Unknown("an order of finitely many steps does not decide liveness")


def test_nothing_holds_beyond_the_depth_that_was_given() -> None:
    found = explore(race(), budget=Budget(depth=9), full=True)
    assert verdict(found.verdicts, "worker.detach") == HoldsWithin(9)
    assert found.stopped == "runs of more than 9 steps were not looked at"
    assert explore(race(), budget=Budget(depth=0)).depth == 0
    assert explore(race(fixed=True), budget=Budget(depth=28)).complete


def test_time_that_is_used_up_ends_it_while_it_writes() -> None:
    ticks: Iterator[float] = iter([*([0.0] * 100), *([99.0] * 50)])
    found = explore(race(), budget=Budget(seconds=50), clock=lambda: next(ticks))
    assert found.stopped == "the budget of 50 seconds is used up"
    assert isinstance(verdict(found.verdicts, "worker.detach"), Unknown)


def test_a_query_out_of_time_ends_the_search() -> None:
    found = explore(race(fixed=True, workers=6), budget=Budget(seconds=0.002), clock=lambda: 0.0)
    assert found.stopped == "the budget of 0.002 seconds is used up"


def test_memory_that_is_used_up_ends_the_search() -> None:
    found = explore(race(), budget=Budget(memory=2**20))
    assert found.stopped == "the budget of 1 MiB of memory is used up"
    assert isinstance(verdict(found.verdicts, "worker.detach"), Unknown)


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = room.Search.shortest

    def interrupted(search: room.Search, flow: room.Flow) -> tuple[room.Found, ...] | None:
        if search.decided:
            raise KeyboardInterrupt
        return settled(search, flow)

    monkeypatch.setattr(room.Search, "shortest", interrupted)
    found = explore(race(), budget=Budget(), full=True)
    assert found.stopped == INTERRUPTED
    assert isinstance(verdict(found.verdicts, "worker.detach"), Violated)


def test_a_reduction_is_told_to_have_no_hold() -> None:
    found = explore(race(), budget=Budget(depth=2), reductions=frozenset({Reduction.SYMMETRY}))
    assert [str(one) for one in found.reductions] == [
        "symmetry: not used, an order of steps is looked for, not states"
    ]


def test_progress_tells_how_many_steps_it_asks_about() -> None:
    told: list[ProgressReport] = []
    explore(race(), budget=Budget(), progress=told.append)
    assert (told[0].depth, told[-1].depth) == (26, 9)


def test_states_are_no_limit() -> None:
    with pytest.raises(CannotSearch, match="stores no states"):
        order(race(), budget=Budget(states=10))


def test_a_model_that_goes_round_is_refused_with_the_way_out() -> None:
    with pytest.raises(CannotSearch) as refusal:
        order(load(ENDLESS, {}).model, budget=Budget())
    assert refusal.value.message == (
        "--engine order does not take this model: a run can go round for ever:"
        " contender[0].wait, contender[0].critical, contender[0].leave and 3 more"
    )
    assert refusal.value.way_out == (
        "--max-depth N asks about runs of at most N steps; interpreter, native and bmc take any"
        " model"
    )
    within = order(load(ENDLESS, {}).model, budget=Budget(depth=4))
    assert verdict(within.verdicts, "mutual_exclusion") == HoldsWithin(4)
