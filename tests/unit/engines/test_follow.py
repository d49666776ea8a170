from __future__ import annotations

from dataclasses import replace

import pytest

from modelcheck.engines.follow import Divergence, check_counterexample, follow
from modelcheck.engines.interpreter import explore
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import initial
from modelcheck.trace import (
    Budget,
    Instance,
    State,
    Trace,
    Transition,
    Violated,
    Violation,
)
from tests.unit import ir_examples as x

UP = Transition(Instance("counter"), "up")


def counterexample(model: Model, name: str) -> tuple[Trace, Violation]:
    for finding in explore(model, budget=Budget(), full=True).verdicts:
        if finding.property == name and isinstance(finding.verdict, Violated):
            assert finding.verdict.trace is not None
            return finding.verdict.trace, finding.verdict.violation
    raise AssertionError(name)


def small(limit: int) -> Model:
    below = x.less(x.N, x.number(limit))
    return x.counter(properties=(x.claim("small", PropertyKind.ALWAYS, below),))


RACE = x.founding_race(wait_for_exit=False)


def test_a_schedule_is_followed_to_its_end():
    model = x.counter()
    (start,) = initial(model)
    followed = follow(model, start, (UP, UP))
    assert [step.after.shared for step in followed.trace.steps if step.after] == [(1,), (2,)]
    assert (followed.violation, followed.divergence) == (None, None)


def test_a_counterexample_is_followed_to_its_violation():
    trace, violation = counterexample(RACE, "worker.detach")
    followed = follow(RACE, trace.initial, trace.schedule)
    assert followed.trace == trace
    assert followed.violation == violation
    assert followed.divergence is None


def test_the_first_transition_that_is_not_enabled_is_named_with_the_reason():
    trace, _ = counterexample(RACE, "worker.detach")
    fixed = x.founding_race(wait_for_exit=True)
    followed = follow(fixed, initial(fixed)[0], trace.schedule)
    assert len(followed.trace.steps) == 8
    assert followed.divergence is not None
    assert followed.divergence.number == 9
    assert str(followed.divergence) == (
        "step 9, leader.reinitialize: leader stands at wait_for_exit, not at reinitialize"
    )


def test_a_false_wait_is_a_divergence_with_its_values():
    (start,) = initial(RACE)
    attach = Transition(Instance("worker", 3), "attach")
    followed = follow(RACE, start, (attach,))
    assert followed.trace == Trace(start, ())
    assert followed.divergence == Divergence(
        1,
        attach,
        "wait_until(status[me] == STARTED) is false: NOT_STARTED == STARTED",
        x.SPAN,
    )


def test_a_schedule_that_begins_nowhere_diverges_before_its_first_step():
    model = x.counter()
    (start,) = initial(model)
    elsewhere = start._replace(shared=(2,))
    followed = follow(model, elsewhere, (UP,))
    assert followed.divergence == Divergence(
        0, None, "the schedule does not begin in an initial state of the model", None
    )
    assert str(followed.divergence).startswith("the initial state: ")


def test_nothing_follows_a_violation():
    trace, _ = counterexample(RACE, "worker.detach")
    longer = (*trace.schedule, Transition(Instance("worker", 1), "detach"))
    followed = follow(RACE, trace.initial, longer)
    assert len(followed.trace.steps) == 10
    assert followed.divergence is not None
    assert str(followed.divergence) == (
        "step 11, worker[1].detach: the trace has ended in a violation of worker.detach"
    )


@pytest.mark.parametrize(
    ("model", "name"),
    [(RACE, "worker.detach"), (x.crossed_locks(), "deadlock"), (small(2), "small")],
)
def test_counterexamples_of_every_kind_are_confirmed(model: Model, name: str):
    trace, violation = counterexample(model, name)
    assert check_counterexample(model, trace, violation) is None


def test_a_trace_cut_short_is_not_confirmed():
    trace, violation = counterexample(small(2), "small")
    shorter = Trace(trace.initial, trace.steps[:-1])
    assert check_counterexample(small(2), shorter, violation) == (
        "the trace does not end in a violation of small: nothing is violated"
    )


def test_another_violation_is_not_confirmed():
    trace, violation = counterexample(RACE, "worker.detach")
    other = replace(violation, property="worker.attach")
    assert check_counterexample(RACE, trace, other) == (
        "the trace does not end in a violation of worker.attach:"
        " worker.detach: detaching a queue of somebody else"
    )


def test_a_trace_that_cannot_be_followed_is_not_confirmed():
    trace, violation = counterexample(RACE, "worker.detach")
    skipped = Trace(trace.initial, trace.steps[1:])
    assert check_counterexample(RACE, skipped, violation) == (
        "step 4, leader.receive: leader stands at launch, not at receive"
    )


def test_a_trace_through_other_states_is_not_confirmed():
    trace, violation = counterexample(small(2), "small")
    first = replace(trace.steps[0], after=State((3,), trace.initial.locations))
    other = Trace(trace.initial, (first, *trace.steps[1:]))
    assert check_counterexample(small(2), other, violation) == (
        "step 1, counter.up: leads to another state than the trace says"
    )


def test_a_property_of_another_kind_is_not_confirmed():
    trace, violation = counterexample(small(2), "small")
    live = replace(violation, kind=PropertyKind.EVENTUALLY)
    assert check_counterexample(small(2), trace, live) == (
        "the model has no property small of that kind"
    )
