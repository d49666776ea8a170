"""The fewest context switches among the shortest counterexamples."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.interpreter import explore
from modelcheck.explain.minimise import fewest_switches, switches
from modelcheck.ir.model import Model
from modelcheck.semantics import deadlock, initial, successors
from modelcheck.trace import Budget, State, Trace, Transition, Violated, Violation
from tests.unit.ir_examples import crossed_locks, founding_race

SPECS = Path(__file__).parents[3] / "specs"


def counterexample(model: Model, name: str) -> tuple[Trace, Violation]:
    for found in explore(model, budget=Budget(), full=True).verdicts:
        if found.property == name and isinstance(found.verdict, Violated) and found.verdict.trace:
            return found.verdict.trace, found.verdict.violation
    raise AssertionError(name)


def schedules(
    model: Model, state: State, length: int, name: str
) -> Iterator[tuple[Transition, ...]]:
    """Every schedule of this length that ends in a violation, by brute force."""
    blocked = deadlock(model, state)
    if length == 0 and blocked is not None and blocked.property == name:
        yield ()
    for transition, after in successors(model, state) if length else ():
        if isinstance(after, Violation):
            if length == 1 and after.property == name:
                yield (transition,)
        else:
            for rest in schedules(model, after, length - 1, name):
                yield (transition, *rest)


def count(schedule: tuple[Transition, ...]) -> int:
    movers = [transition.instance for transition in schedule]
    return sum(one != other for one, other in itertools.pairwise(movers))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        pytest.param(founding_race(wait_for_exit=False), "worker.detach", id="check"),
        pytest.param(crossed_locks(), "deadlock", id="deadlock"),
    ],
)
def test_no_shortest_schedule_has_fewer(model: Model, name: str) -> None:
    trace, violation = counterexample(model, name)
    best, told = fewest_switches(model, trace, violation)
    every = list(schedules(model, initial(model)[0], len(trace.steps), name))
    assert len(best.steps) == len(trace.steps)
    assert switches(best) == min(count(schedule) for schedule in every)
    assert check_counterexample(model, best, told) is None


def test_the_founding_race_runs_each_worker_in_one_go() -> None:
    model = load(str(SPECS / "parallel/reinitialize_before_detach.py"), {}).model
    trace, violation = counterexample(model, "worker.detach")
    best, _ = fewest_switches(model, trace, violation)
    movers = [str(step.transition.instance) for step in best.steps]
    runs = [one for one, before in zip(movers, [None, *movers], strict=False) if one != before]
    assert runs == ["leader", "worker[0]", "worker[1]", "leader", "worker[0]"]


def test_a_search_too_large_leaves_the_trace_as_it_is() -> None:
    model = founding_race(wait_for_exit=False)
    trace, violation = counterexample(model, "worker.detach")
    assert fewest_switches(model, trace, violation, largest=3) == (trace, violation)
