"""A lasso is confirmed on the semantics alone, and every way of being none is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelcheck.engines.follow import check_counterexample, follow
from modelcheck.engines.interpreter import explore
from modelcheck.ir.model import Fairness, Model
from modelcheck.semantics import initial
from modelcheck.trace import Budget, Instance, Trace, Transition, Violated, Violation
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f

BLINKING = f.rising(f.climber(Fairness.WEAK, x.FLAG), f.blinker())


def refuted(model: Model, name: str) -> tuple[Trace, Violation]:
    for one in explore(model, budget=Budget(), full=True).verdicts:
        if one.property == name and isinstance(one.verdict, Violated) and one.verdict.trace:
            return one.verdict.trace, one.verdict.violation
    raise AssertionError(name)


def walked(model: Model, *names: str, loop: int) -> Trace:
    """The run that takes these steps, `process.label` each, as a lasso."""
    (start,) = initial(model)
    split = [name.split(".") for name in names]
    schedule = tuple(Transition(Instance(process), label) for process, label in split)
    return replace(follow(model, start, schedule).trace, loop=loop)


def test_a_lasso_is_confirmed():
    trace, violation = refuted(BLINKING, "three")
    assert trace.loop == 0
    assert violation.message == "three never comes true"
    assert violation.values == "n is 0"
    assert check_counterexample(BLINKING, trace, violation) is None


def test_a_trace_that_ends_refutes_no_liveness():
    trace, violation = refuted(BLINKING, "three")
    assert check_counterexample(BLINKING, replace(trace, loop=None), violation) == (
        "the trace is no lasso, and nothing else refutes three"
    )


@pytest.mark.parametrize("loop", [-1, 1, 3])
def test_a_loop_that_does_not_close_is_not_confirmed(loop: int):
    trace, violation = refuted(BLINKING, "three")
    assert check_counterexample(BLINKING, replace(trace, loop=loop), violation) == (
        "the loop does not close: the last state is not the one that it returns to"
    )


def test_an_unfair_loop_is_not_confirmed():
    trace, violation = refuted(BLINKING, "three")
    strong = f.rising(f.climber(Fairness.STRONG, x.FLAG), f.blinker())
    neglects = "the loop is unfair: it neglects {}"
    assert check_counterexample(strong, trace, violation) == neglects.format("climber")
    stays = walked(BLINKING, loop=0)
    assert check_counterexample(BLINKING, stays, violation) == neglects.format("blinker")
    stays_on = walked(BLINKING, "blinker.on", loop=1)
    assert check_counterexample(BLINKING, stays_on, violation) == (
        neglects.format("climber, blinker")
    )


def test_a_run_that_reaches_the_goal_is_not_confirmed():
    _, violation = refuted(BLINKING, "three")
    reaches = walked(BLINKING, "blinker.on", "climber.up", "blinker.off", "blinker.on", loop=2)
    assert check_counterexample(BLINKING, reaches, violation) == (
        "the run refutes nothing: three gets what it wants"
    )


def test_leads_to_is_confirmed_from_where_its_condition_holds_last():
    zero, one, two = (x.equal(x.N, x.number(value)) for value in range(3))
    back = x.step("back", x.assign(x.N, x.number(0)), x.Goto("one"))
    process = x.process(
        "p",
        x.step("one", x.assign(x.N, x.number(1)), x.Goto("two")),
        x.step("two", x.assign(x.N, x.number(2)), x.Goto("back")),
        back,
    )
    model = x.model(
        f.fair(process, Fairness.NONE),
        variables=((x.N, 0),),
        properties=(f.leads_to("up", one, two), f.leads_to("down", two, zero)),
    )
    trace, violation = refuted(model, "up")
    assert ([str(t) for t in trace.schedule], trace.loop) == (["p.one"], 1)
    assert violation.message == "up is not always kept"
    assert check_counterexample(model, trace, violation) is None
    # Met before the run stays, not begun where it stays, and met again and again.
    for refuting_nothing in (
        walked(model, "p.one", "p.two", loop=2),
        walked(model, loop=0),
        walked(model, "p.one", "p.two", "p.back", loop=0),
        walked(model, "p.one", "p.two", "p.back", "p.one", loop=1),
    ):
        assert check_counterexample(model, refuting_nothing, violation) == (
            "the run refutes nothing: up gets what it wants"
        )


def test_another_message_is_not_confirmed():
    trace, violation = refuted(BLINKING, "three")
    other = replace(violation, values="1 == 3")
    assert check_counterexample(BLINKING, trace, other) == (
        "the loop does not refute three as the trace says"
    )


def test_states_that_are_not_reached_are_not_confirmed():
    trace, violation = refuted(BLINKING, "three")
    last = replace(trace.steps[-1], after=trace.steps[0].after)
    other = replace(trace, steps=(*trace.steps[:-1], last))
    assert check_counterexample(BLINKING, other, violation) == (
        "step 2, blinker.off: leads to another state than the trace says"
    )
