from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from modelcheck.engines.contract import Engine, Exploration, ProgressReport
from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.interpreter import explore
from modelcheck.engines.verdicts import UNENDED, VIOLATING
from modelcheck.errors import UserError
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Goto, Pop
from modelcheck.semantics import initial, successors
from modelcheck.trace import (
    Budget,
    Holds,
    HoldsWithin,
    Unknown,
    Verdict,
    Violated,
    Violation,
)
from tests.unit import ir_examples as x

ALWAYS, SOMETIMES = PropertyKind.ALWAYS, PropertyKind.SOMETIMES
FREE = Budget()
STOPPED = "the search stopped at the violation of {}; --full goes on"


def verdicts(exploration: Exploration) -> dict[str, Verdict]:
    return {finding.property: finding.verdict for finding in exploration.verdicts}


def steps(verdict: Verdict) -> int:
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    return len(verdict.trace.steps)


def n_is(number: int, name: str, kind: PropertyKind = SOMETIMES):
    return x.claim(name, kind, x.equal(x.N, x.number(number)))


def n_is_less(number: int, name: str):
    return x.claim(name, ALWAYS, x.less(x.N, x.number(number)))


# The founding race


def test_the_founding_race_without_the_fix():
    found = explore(x.founding_race(wait_for_exit=False), budget=FREE, full=True)
    assert (found.states, found.transitions, found.depth) == (559, 1437, 26)
    assert (found.complete, found.stopped, found.engine) == (True, "", "interpreter")
    assert verdicts(found)["worker.attach"] == Holds()
    assert verdicts(found)["deadlock"] == Holds()
    assert verdicts(found)["every_worker_stops"] == Holds(caveat=VIOLATING)
    assert steps(verdicts(found)["worker.detach"]) == 10


def test_the_founding_race_with_the_fix():
    found = explore(x.founding_race(wait_for_exit=True), budget=FREE)
    assert (found.states, found.transitions, found.depth, found.complete) == (115, 224, 28, True)
    assert verdicts(found) == {
        "every_worker_stops": Holds(),
        "leader.receive": Holds(),
        "worker.attach": Holds(),
        "worker.detach": Holds(),
        "deadlock": Holds(),
    }


def test_the_first_violation_ends_the_search():
    found = explore(x.founding_race(wait_for_exit=False), budget=FREE)
    stopped = STOPPED.format("worker.detach")
    assert (found.states, found.transitions, found.complete) == (55, 101, False)
    assert found.stopped == stopped
    assert verdicts(found)["worker.attach"] == Unknown(stopped)
    assert verdicts(found)["every_worker_stops"] == Unknown(UNENDED.format(stopped))


@pytest.mark.parametrize("full", [False, True])
def test_the_counterexample_is_shortest_and_confirmed(*, full: bool):
    model = x.founding_race(wait_for_exit=False)
    verdict = verdicts(explore(model, budget=FREE, full=full))["worker.detach"]
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    assert [str(transition) for transition in verdict.trace.schedule] == [
        "leader.launch",
        "leader.launch",
        "worker[0].attach",
        "worker[0].send_terminate",
        "leader.receive",
        "worker[1].attach",
        "worker[1].send_terminate",
        "leader.receive",
        "leader.reinitialize",
        "worker[0].detach",
    ]
    last = verdict.trace.steps[-1]
    assert (last.after, last.span) == (None, x.line(88))
    assert verdict.violation == Violation(
        "worker.detach", PropertyKind.CHECK, "detaching a queue of somebody else", "None == 0"
    )
    assert check_counterexample(model, verdict.trace, verdict.violation) is None


def test_coverage_counts_every_step_and_its_violations():
    found = explore(x.founding_race(wait_for_exit=True), budget=FREE)
    assert sum(taken for _, taken in found.coverage) == found.transitions
    assert [name for name, _ in found.coverage][:2] == ["leader.launch", "leader.receive"]


def test_a_step_that_is_never_taken_is_covered_zero_times():
    assert dict(explore(x.crossed_locks(), budget=FREE, full=True).coverage) == {
        "left.one": 3,
        "left.two": 2,
        "left.free": 2,
        "right.one": 3,
        "right.two": 2,
        "right.free": 2,
        "idle.never": 0,
    }


def test_equal_searches_are_equal():
    model = x.founding_race(wait_for_exit=False)
    assert explore(model, budget=FREE, full=True) == explore(model, budget=FREE, full=True)


# Verdicts


def test_a_deadlock_is_found_with_a_shortest_trace():
    model = x.crossed_locks()
    verdict = verdicts(explore(model, budget=FREE))["deadlock"]
    assert steps(verdict) == 2
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    assert verdict.violation.message == "nothing can move: left at two, right at two"
    assert check_counterexample(model, verdict.trace, verdict.violation) is None


def test_termination_is_no_deadlock():
    assert verdicts(explore(x.counter(), budget=FREE)) == {"deadlock": Holds()}


def test_an_environment_that_stops_is_no_deadlock():
    idle = x.step("never", x.wait(x.truth(value=False)), Goto(None))
    model = x.model(x.process("idle", idle, kind=x.ProcessKind.ENVIRONMENT))
    found = explore(model, budget=FREE)
    assert (found.states, found.transitions, found.depth, found.complete) == (1, 0, 0, True)
    assert verdicts(found) == {"deadlock": Holds()}


def test_an_always_property_gets_its_shortest_trace_and_the_search_goes_on_when_full():
    model = x.counter(properties=(n_is_less(2, "two"), n_is_less(3, "three"), n_is_less(4, "4")))
    found = explore(model, budget=FREE, full=True)
    assert (found.states, found.transitions, found.complete) == (4, 3, True)
    assert steps(verdicts(found)["two"]) == 2
    assert steps(verdicts(found)["three"]) == 3
    assert verdicts(found)["4"] == Holds()
    first = explore(model, budget=FREE)
    assert (first.states, first.transitions, first.complete) == (3, 2, False)
    assert verdicts(first)["three"] == Unknown(STOPPED.format("two"))


def test_a_budget_of_memory_is_of_what_the_process_grows_by():
    model = x.founding_race(wait_for_exit=False)
    weights = itertools.chain([1 << 30], itertools.count(1 << 30, 600 << 10))
    found = explore(model, budget=Budget(memory=1 << 20), full=True, weigh=lambda: next(weights))
    assert found.stopped == "the budget of 1 MiB of memory is used up"
    assert (found.complete, found.coverage[0][1] > 0) == (False, True)
    assert verdicts(found)["every_worker_stops"] == Unknown(UNENDED.format(found.stopped))
    enough = explore(model, budget=Budget(memory=1 << 20), full=True, weigh=lambda: 1 << 30)
    assert enough.complete


def test_an_initial_state_can_violate():
    model = x.counter(properties=(n_is_less(0, "never"),))
    found = explore(model, budget=FREE)
    assert (found.states, found.transitions) == (1, 0)
    assert steps(verdicts(found)["never"]) == 0


def test_a_violation_with_nothing_left_to_expand_leaves_the_search_complete():
    blocked = x.step("never", x.wait(x.truth(value=False)), Goto(None))
    model = x.model(x.process("p", blocked), variables=((x.N, 0),), properties=(n_is(0, "zero"),))
    found = explore(model, budget=FREE)
    assert (found.complete, found.stopped) == (True, "")
    assert steps(verdicts(found)["deadlock"]) == 0


def test_a_witness_is_shortest():
    found = explore(x.counter(properties=(n_is(2, "two"),)), budget=FREE)
    verdict = verdicts(found)["two"]
    assert isinstance(verdict, Holds)
    assert verdict.witness is not None
    assert [str(step.transition) for step in verdict.witness.steps] == ["counter.up"] * 2


def test_what_never_happens_is_violated_without_a_trace():
    found = explore(x.counter(2, properties=(n_is(3, "three"),)), budget=FREE)
    violation = Violation("three", SOMETIMES, "no reachable state satisfies it", "")
    assert verdicts(found)["three"] == Violated(violation, None)


def test_liveness_changes_no_count_and_no_other_verdict():
    for wait_for_exit in (False, True):
        model = x.founding_race(wait_for_exit=wait_for_exit)
        live = explore(model, budget=FREE, full=True)
        dead = explore(replace(model, properties=()), budget=FREE, full=True)
        assert replace(live, verdicts=live.verdicts[1:]) == dead


def test_an_interruption_while_liveness_is_judged_leaves_the_rest_as_it_was_found(
    monkeypatch: pytest.MonkeyPatch,
):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("modelcheck.engines.interpreter.refutation", interrupt)
    model = x.counter(properties=(n_is_less(2, "two"), n_is(3, "three", PropertyKind.EVENTUALLY)))
    found = explore(model, budget=FREE, full=True)
    assert (found.states, found.complete, found.stopped) == (4, True, "interrupted")
    assert steps(verdicts(found)["two"]) == 2
    assert verdicts(found)["three"] == Unknown("interrupted")


def test_a_budget_of_time_cuts_the_judging_of_liveness():
    model = x.counter(properties=(n_is(3, "three", PropertyKind.EVENTUALLY),))
    late = itertools.chain(itertools.repeat(0.0, 6), itertools.repeat(9.0))
    found = explore(model, budget=Budget(seconds=5), clock=lambda: next(late))
    assert (found.states, found.complete, found.stopped) == (4, True, "")
    assert verdicts(found)["three"] == Unknown("the budget of 5 seconds is used up")
    assert verdicts(found)["deadlock"] == Holds()


def test_an_implicit_violation_is_a_finding_of_its_step():
    model = x.one_step(Pop(x.RING, None, x.SPAN))
    found = explore(model, budget=FREE)
    assert [(f.property, f.kind) for f in found.verdicts] == [
        ("p.go", PropertyKind.CHECK),
        ("deadlock", PropertyKind.DEADLOCK),
    ]
    assert (found.states, found.transitions, found.depth) == (1, 0, 0)
    assert dict(found.coverage) == {"p.go": 1}
    assert steps(verdicts(found)["p.go"]) == 1


# Which properties


def test_a_violation_of_an_unselected_property_does_not_end_the_search():
    model = x.founding_race(wait_for_exit=False)
    found = explore(model, budget=FREE, properties=frozenset({"deadlock"}))
    assert (found.states, found.transitions, found.complete) == (559, 1437, True)
    assert verdicts(found) == {"deadlock": Holds()}


def test_a_step_without_an_assertion_can_be_asked_for():
    model = x.founding_race(wait_for_exit=True)
    found = explore(model, budget=FREE, properties=frozenset({"worker.exit"}))
    assert verdicts(found) == {"worker.exit": Holds()}


def test_an_unknown_property_is_refused_with_the_names_there_are():
    model = x.founding_race(wait_for_exit=True)
    with pytest.raises(UserError) as caught:
        explore(model, budget=FREE, properties=frozenset({"worker.dettach", "deadlock"}))
    assert caught.value.render() == (
        "error: no property is called worker.dettach\n"
        "   there are: every_worker_stops, leader.receive, worker.attach, worker.detach, deadlock"
    )


# Budgets


def counted() -> Model:
    return x.counter(properties=(n_is_less(4, "small"), n_is(3, "three")))


def test_a_search_cut_by_states_knows_nothing_more():
    reason = "the budget of 2 states is used up"
    found = explore(counted(), budget=Budget(states=2))
    assert (found.states, found.complete, found.stopped) == (2, False, reason)
    assert set(verdicts(found).values()) == {Unknown(reason)}


def test_a_budget_of_exactly_the_states_there_are_is_enough():
    assert explore(counted(), budget=Budget(states=4)).complete


def test_a_search_cut_by_depth_holds_within_it():
    found = explore(counted(), budget=Budget(depth=2))
    assert (found.states, found.transitions, found.depth, found.complete) == (3, 2, 2, False)
    assert found.stopped == "the budget of 2 steps is used up"
    assert verdicts(found) == {
        "small": HoldsWithin(2),
        "three": Unknown("no state within 2 steps satisfies it"),
        "deadlock": HoldsWithin(2),
    }


def test_a_depth_that_nothing_leads_beyond_is_complete():
    found = explore(counted(), budget=Budget(depth=3))
    assert (found.depth, found.complete, found.stopped) == (3, True, "")
    assert isinstance(verdicts(found)["three"], Holds)


def test_a_deadlock_in_the_last_level_is_found():
    found = explore(x.crossed_locks(), budget=Budget(depth=2), full=True)
    assert steps(verdicts(found)["deadlock"]) == 2
    shallow = explore(x.crossed_locks(), budget=Budget(depth=1))
    assert verdicts(shallow)["deadlock"] == HoldsWithin(1)


def test_a_violation_just_beyond_the_depth_is_not_seen():
    model = x.founding_race(wait_for_exit=False)
    nine = explore(model, budget=Budget(depth=9))
    assert verdicts(nine)["worker.detach"] == HoldsWithin(9)
    assert steps(verdicts(explore(model, budget=Budget(depth=10)))["worker.detach"]) == 10


def test_a_search_cut_by_time_knows_nothing_more():
    ticks = itertools.count()
    found = explore(counted(), budget=Budget(seconds=2), clock=lambda: float(next(ticks)))
    reason = "the budget of 2 seconds is used up"
    assert (found.states, found.stopped) == (2, reason)
    assert set(verdicts(found).values()) == {Unknown(reason)}


def test_an_interruption_keeps_what_was_found():
    def interrupt(report: ProgressReport) -> None:
        if report.depth == 2:
            raise KeyboardInterrupt

    model = x.counter(properties=(n_is_less(2, "two"), n_is(3, "three")))
    found = explore(model, budget=FREE, full=True, progress=interrupt)
    assert (found.states, found.complete, found.stopped) == (3, False, "interrupted")
    assert steps(verdicts(found)["two"]) == 2
    assert verdicts(found)["three"] == Unknown("interrupted")


def test_progress_is_told_at_every_level():
    reports: list[ProgressReport] = []
    engine: Engine = explore
    engine(x.counter(), budget=FREE, progress=reports.append)
    assert all(report.memory is not None for report in reports)
    assert [replace(report, seconds=0.0, memory=None) for report in reports] == [
        ProgressReport(states=n + 1, transitions=n, depth=n, frontier=1, seconds=0.0)
        for n in range(4)
    ]


def test_the_search_agrees_with_a_plain_closure():
    model = x.founding_race(wait_for_exit=False)
    seen = set(waiting := list(initial(model)))
    violating = other = 0
    while waiting:
        for _, after in successors(model, waiting.pop()):
            if isinstance(after, Violation):
                violating += 1
                continue
            other += 1
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    found = explore(model, budget=FREE, full=True)
    assert (len(seen), other) == (found.states, found.transitions)
    assert (other, violating) == (1437, 333)
