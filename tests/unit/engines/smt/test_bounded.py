from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.engines.choice import CannotSearch, bounded
from modelcheck.engines.contract import INTERRUPTED, ProgressReport, PropertyVerdict, Reduction
from modelcheck.engines.smt import bounded as room
from modelcheck.engines.smt.bounded import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Holds, HoldsWithin, Unknown, Verdict, Violated

ROOT = Path(__file__).parents[4]
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")


def race(*, fixed: bool = False) -> Model:
    return load(RACE, {"WAIT_FOR_EXIT": str(fixed)}).model


def verdict(found: tuple[PropertyVerdict, ...], name: str) -> Verdict:
    return next(one.verdict for one in found if one.property == name)


def test_the_founding_race_is_found_at_its_shortest() -> None:
    checked = check(load(RACE, {}), budget=Budget(), engine=bounded)
    found = verdict(checked.exploration.verdicts, "worker.detach")
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert [str(one) for one in found.trace.schedule][-1] == "worker[0].detach"
    assert len(found.trace.steps) == 10
    assert checked.exploration.stopped.startswith("the search stopped at the violation of worker")


def test_what_is_refuted_on_the_way_holds_within_that() -> None:
    found = explore(race(), budget=Budget())
    assert verdict(found.verdicts, "leader.receive") == HoldsWithin(9)
    assert (found.depth, found.states, found.complete) == (9, 0, False)


def test_a_property_holds_where_no_run_is_longer() -> None:
    found = explore(race(fixed=True), budget=Budget())
    assert found.complete
    assert found.stopped == ""
    assert verdict(found.verdicts, "worker.detach") == Holds()
    assert verdict(found.verdicts, "deadlock") == Holds()
    liveness = verdict(found.verdicts, "every_worker_stops")
    assert liveness == Unknown("bounded checking does not decide liveness")


def test_nothing_holds_beyond_the_depth_that_was_given() -> None:
    found = explore(race(), budget=Budget(depth=9), full=True)
    assert verdict(found.verdicts, "worker.detach") == HoldsWithin(9)
    assert found.stopped == "runs of more than 9 steps were not looked at"
    assert explore(race(), budget=Budget(depth=0)).depth == 0


def test_time_that_is_used_up_leaves_what_was_refuted() -> None:
    ticks: Iterator[float] = iter([0.0, 1.0, 2.0, *[99.0] * 50])
    found = explore(race(), budget=Budget(seconds=50), clock=lambda: next(ticks))
    assert found.stopped == "the budget of 50 seconds is used up"
    assert verdict(found.verdicts, "worker.detach") == HoldsWithin(8)


def test_a_query_out_of_time_ends_the_search() -> None:
    found = explore(race(fixed=True), budget=Budget(seconds=0.002), clock=lambda: 0.0)
    assert found.stopped == "the budget of 0.002 seconds is used up"


def test_memory_that_is_used_up_ends_the_search() -> None:
    found = explore(race(), budget=Budget(memory=2**20))
    assert found.stopped == "the budget of 1 MiB of memory is used up"
    assert isinstance(verdict(found.verdicts, "worker.detach"), Unknown)


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_search: room.Bounded, _steps: int) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(room.Bounded, "glimpse", interrupted)
    assert explore(race(), budget=Budget()).stopped == INTERRUPTED


def test_a_reduction_is_told_to_have_no_hold() -> None:
    found = explore(race(), budget=Budget(depth=2), reductions=frozenset({Reduction.SYMMETRY}))
    assert [str(one) for one in found.reductions] == [
        "symmetry: not used, bounded checking looks at runs, not at states"
    ]


def test_progress_tells_how_deep_it_is() -> None:
    told: list[ProgressReport] = []
    explore(race(), budget=Budget(), progress=told.append)
    assert [one.depth for one in told][:2] == [8, 16]


def test_states_are_no_limit() -> None:
    with pytest.raises(CannotSearch, match="stores no states"):
        bounded(race(), budget=Budget(states=10))
