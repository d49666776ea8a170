"""Random runs are real, are the same for the same seed, and prove nothing."""

from __future__ import annotations

import pytest

from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.sampling import Sampling, Strategy, sample
from modelcheck.ir.model import PropertyKind, Step
from modelcheck.ir.statements import Goto
from modelcheck.semantics import enabled, satisfied
from modelcheck.trace import Budget, Holds, Sampled, Unknown, Violated
from tests.unit import ir_examples as x

STRATEGIES = tuple(Strategy)


def sampling(strategy: Strategy, *, seed: int = 3, runs: int = 200, steps: int = 60) -> Sampling:
    return Sampling(strategy, seed, runs, steps, changes=2)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_violation_that_is_found_is_real(strategy: Strategy) -> None:
    model = x.founding_race(wait_for_exit=False)
    found = sample(model, sampling(strategy), budget=Budget(), full=True)
    decided = {one.property: one.verdict for one in found.verdicts}
    refuted = decided["worker.detach"]
    assert isinstance(refuted, Violated)
    assert refuted.trace is not None
    assert check_counterexample(model, refuted.trace, refuted.violation) is None
    assert decided["worker.attach"] == Sampled(200)
    assert not found.complete
    assert found.stopped == "runs were sampled: 200, seed 3"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_seed_makes_the_same_runs(strategy: Strategy) -> None:
    model = x.founding_race(wait_for_exit=False)
    one, same = (sample(model, sampling(strategy), budget=Budget()) for _ in range(2))
    assert one == same
    other = sample(model, sampling(strategy, seed=4), budget=Budget())
    assert one.coverage != other.coverage


def test_without_full_the_first_violation_ends_it() -> None:
    model = x.founding_race(wait_for_exit=False)
    found = sample(model, sampling(Strategy.RANDOM), budget=Budget())
    runs = int(found.stopped.split(": ")[1].split(",")[0])
    assert 1 <= runs < 200
    assert any(isinstance(one.verdict, Violated) for one in found.verdicts)


def test_nothing_is_proved_by_runs_that_find_nothing() -> None:
    found = sample(x.founding_race(wait_for_exit=True), sampling(Strategy.RANDOM), budget=Budget())
    kinds = {one.kind: one.verdict for one in found.verdicts}
    assert kinds[PropertyKind.CHECK] == Sampled(200)
    assert kinds[PropertyKind.EVENTUALLY] == Unknown("random runs do not decide liveness")
    assert found.states == 115


def test_a_witness_is_one_and_its_absence_is_no_verdict() -> None:
    three = x.claim("three", PropertyKind.SOMETIMES, x.equal(x.N, x.number(3)))
    nine = x.claim("nine", PropertyKind.SOMETIMES, x.equal(x.N, x.number(9)))
    model = x.counter(properties=(three, nine))
    found = sample(model, sampling(Strategy.RANDOM, runs=5), budget=Budget())
    seen, unseen = (one.verdict for one in found.verdicts[:2])
    assert isinstance(seen, Holds)
    assert seen.witness is not None
    last = seen.witness.steps[-1].after
    assert last is not None
    assert satisfied(model, last, three)
    assert unseen == Unknown("none of 5 random runs came to a state that satisfies it")


def test_a_deadlock_is_found() -> None:
    model = x.model(x.process("p", x.step("wait", x.wait(x.FALSE), Goto(None))))
    (deadlock,) = sample(model, sampling(Strategy.PCT), budget=Budget()).verdicts
    assert isinstance(deadlock.verdict, Violated)
    assert deadlock.property == "deadlock"


def test_time_ends_it() -> None:
    ticks = iter(range(1000))
    found = sample(
        x.founding_race(wait_for_exit=True),
        sampling(Strategy.RANDOM),
        budget=Budget(seconds=5),
        clock=lambda: float(next(ticks)),
    )
    assert found.stopped == "runs were sampled: 4, seed 3"


def test_who_is_before_others_by_priority_always_is() -> None:
    """Without a change of priorities there is one order that explains every step of a run."""
    over = x.claim("over", PropertyKind.SOMETIMES, x.equal(x.N, x.number(3)))
    model = x.model(
        *(x.process(name, *steps()) for name in ("p", "q", "r")),
        variables=((x.N, 0),),
        properties=(over,),
    )
    for seed in range(20):
        quiet = Sampling(Strategy.PCT, seed=seed, runs=1, steps=60, changes=0)
        (witnessed, *_) = sample(model, quiet, budget=Budget()).verdicts
        assert isinstance(witnessed.verdict, Holds)
        trace = witnessed.verdict.witness
        assert trace is not None
        before: set[tuple[str, str]] = set()
        state = trace.initial
        for step in trace.steps:
            mover = str(step.transition.instance)
            able = {str(one.instance) for one in enabled(model, state)} - {mover}
            before |= {(mover, other) for other in able}
            assert step.after is not None
            state = step.after
        assert not any((other, one) in before for one, other in before)


def steps() -> tuple[Step, ...]:
    """Raises `n` once; its second step waits until `n` was raised by another."""
    raised = x.assign(x.N, x.plus(x.N, x.number(1)))
    return (
        x.step("go", x.branch(x.less(x.N, x.number(3)), [raised], []), Goto("wait")),
        x.step("wait", x.wait(x.less(x.number(1), x.N)), Goto(None)),
    )
