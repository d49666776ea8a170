from pathlib import Path

from modelcheck.check import load
from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.interpreter import explore
from modelcheck.explain.variety import variety
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import initial, successors
from modelcheck.trace import Budget, Trace, Violated, Violation
from tests.unit import ir_examples as x

FOUNDING = str(Path(__file__).parents[3] / "specs/parallel/reinitialize_before_detach.py")


def violated(model: Model, name: str) -> tuple[Violation, Trace]:
    for one in explore(model, budget=Budget(), full=True).verdicts:
        if one.property == name and isinstance(one.verdict, Violated) and one.verdict.trace:
            return one.verdict.violation, one.verdict.trace
    raise AssertionError(name)


def failing_transitions(model: Model) -> int:
    """How many transitions of the reachable states violate, by a plain search."""
    seen = set(initial(model))
    waiting, found = list(seen), 0
    while waiting:
        for _, after in successors(model, waiting.pop()):
            if isinstance(after, Violation):
                found += 1
            elif after not in seen:
                seen.add(after)
                waiting.append(after)
    return found


def test_the_founding_race_has_two_forms() -> None:
    model = load(FOUNDING, {}).model
    result = variety(model, *violated(model, "worker.detach"))
    assert result.is_complete
    assert result.ends == failing_transitions(model)
    told = [
        (len(trace.steps), str(trace.schedule[-2]), found.values) for trace, found in result.found
    ]
    assert told == [
        (10, "leader.reinitialize", "None == 0"),
        (13, "worker[2].attach", "2 == 0"),
    ]
    for trace, found in result.found:
        assert check_counterexample(model, trace, found) is None


def test_a_limit_is_told() -> None:
    model = load(FOUNDING, {}).model
    known = violated(model, "worker.detach")
    for result in (variety(model, *known, largest=50), variety(model, *known, most=1)):
        assert not result.is_complete
        assert len(result.found) <= 1


def test_a_counterexample_ends_where_a_property_is_first_violated() -> None:
    small = x.claim("small", PropertyKind.ALWAYS, x.less(x.N, x.number(1)))
    model = x.counter(properties=(small,))
    result = variety(model, *violated(model, "small"))
    assert [len(trace.steps) for trace, _ in result.found] == [1]
    assert (result.ends, result.is_complete) == (1, True)


def test_a_violated_step_and_a_deadlock_are_ends_too() -> None:
    rises = x.claim("rises", PropertyKind.EVERY_STEP, x.less(x.N, x.number(2)))
    model = x.counter(properties=(rises,))
    (trace, violation), *_ = variety(model, *violated(model, "rises")).found
    assert check_counterexample(model, trace, violation) is None
    crossed = x.crossed_locks()
    result = variety(crossed, *violated(crossed, "deadlock"))
    assert [len(trace.steps) for trace, _ in result.found] == [2]
    assert result.is_complete


def test_what_is_known_is_not_found_again() -> None:
    model = load(FOUNDING, {}).model
    first, second = variety(model, *violated(model, "worker.detach")).found
    (known, _), (other, _) = variety(model, second[1], second[0]).found
    assert known == second[0]
    assert str(other.schedule[-2]) == str(first[0].schedule[-2])
