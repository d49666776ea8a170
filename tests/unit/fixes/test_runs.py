import pytest

from modelcheck.fixes.runs import passing_runs
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import deadlock, initial, successors, violated_properties
from modelcheck.trace import State, Violation
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f


def naive(model: Model, state: State) -> int:
    """By going along every one of them."""
    if violated_properties(model, state) or deadlock(model, state) is not None:
        return 0
    onward = successors(model, state)
    if not onward:
        return 1
    return sum(naive(model, after) for _, after in onward if not isinstance(after, Violation))


@pytest.mark.parametrize(
    "model",
    [
        x.crossed_locks(),
        x.chooser(),
        x.counter(),
        x.counter(properties=(x.claim("small", PropertyKind.ALWAYS, x.less(x.N, x.number(2))),)),
        x.counter(properties=(x.claim("never", PropertyKind.ALWAYS, x.less(x.N, x.number(0))),)),
    ],
    ids=["locks", "choices", "counter", "violated", "violated at once"],
)
def test_runs_are_counted_as_if_gone_along(model: Model) -> None:
    assert passing_runs(model) == sum(naive(model, state) for state in initial(model))


def test_runs_that_go_round_are_not_counted() -> None:
    assert passing_runs(f.rising(f.climber(f.Fairness.WEAK), f.spinner())) is None
