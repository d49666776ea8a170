"""What a run ends in, and why it is fair."""

from __future__ import annotations

from dataclasses import replace

from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.interpreter import explore
from modelcheck.explain.lasso import Blocked, Bystander, Ending, Lasso, lasso
from modelcheck.ir.model import Fairness, Model, ProcessKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import LIVENESS, initial
from modelcheck.trace import Budget, Instance, Trace, Violated
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f

WEAK, NONE = Fairness.WEAK, Fairness.NONE
PROCESS, ENVIRONMENT = ProcessKind.PROCESS, ProcessKind.ENVIRONMENT


def explained(model: Model, name: str = "three") -> Lasso:
    (decided,) = explore(model, budget=Budget(), properties=frozenset({name})).verdicts
    assert isinstance(decided.verdict, Violated)
    assert decided.verdict.trace is not None
    found = lasso(model, decided.verdict.trace, name)
    assert found is not None
    return found


def test_a_trace_that_ends_is_no_lasso():
    model = f.rising()
    assert lasso(model, Trace(initial(model)[0], ()), "three") is None


def test_termination():
    found = explained(f.rising(x.process("p", x.step("go", Goto(None)))))
    assert found == Lasso(Ending.TERMINATION, 1, 1, 0, (), (), ())


def test_a_deadlock_names_who_is_not_done():
    stuck = x.process("p", x.step("never", x.wait(x.FALSE), Goto(None)))
    never = x.process("e", x.step("never", x.wait(x.FALSE), Goto(None)), kind=ENVIRONMENT)
    found = explained(f.rising(stuck, never))
    blocked = (Blocked(Instance("p"), "never"),)
    assert found == Lasso(Ending.DEADLOCK, 0, 0, 0, (), (), blocked)


def test_an_environment_that_is_not_done_makes_no_deadlock():
    never = x.process("e", x.step("never", x.wait(x.FALSE), Goto(None)), kind=ENVIRONMENT)
    assert explained(f.rising(never)).ending is Ending.TERMINATION


def test_a_standstill_names_who_need_not_move():
    found = explained(f.rising(f.climber(NONE), f.blinker(ENVIRONMENT)))
    assert found.ending is Ending.STANDSTILL
    assert found.bystanders == (
        Bystander(Instance("climber"), PROCESS, NONE, None),
        Bystander(Instance("blinker"), ENVIRONMENT, NONE, None),
    )
    assert [one.remedy for one in found.bystanders] == [WEAK, WEAK]


def test_starvation_names_who_moves_and_who_could():
    blocked = x.process("stuck", x.step("never", x.wait(x.FALSE), Goto(None)))
    found = explained(f.rising(f.climber(WEAK, x.FLAG), f.blinker(), blocked))
    climber = Bystander(Instance("climber"), PROCESS, WEAK, 0)
    assert found == Lasso(
        Ending.STARVATION,
        loop=0,
        last=2,
        since=0,
        moving=(Instance("blinker"),),
        bystanders=(climber,),
        blocked=(Blocked(Instance("stuck"), "never"),),
    )
    assert climber.remedy is Fairness.STRONG


def test_it_is_a_livelock_where_nobody_who_could_move_is_left_out():
    found = explained(f.rising(f.blinker()))
    assert (found.ending, found.bystanders) == (Ending.LIVELOCK, ())
    assert found.moving == (Instance("blinker"),)


def test_the_remedy_rules_the_run_out_and_nothing_weaker_does():
    cured = 0
    for seed in range(300):
        model = f.random_model(seed)
        for one in explore(model, budget=Budget(), full=True).verdicts:
            if isinstance(one.verdict, Violated) and one.kind in LIVENESS:
                cured += _check_remedies(model, one.verdict)
    assert cured > 50


def _check_remedies(model: Model, refuted: Violated) -> int:
    """How many remedies there are; each makes the run unfair to the one it is meant for."""
    trace, violation = refuted.trace, refuted.violation
    assert trace is not None
    found = lasso(model, trace, violation.property)
    assert found is not None
    able = [one for one in found.bystanders if one.kind is PROCESS]
    for one in able:
        said = check_counterexample(_declared(model, one, one.remedy), trace, violation)
        assert said is not None
        assert said.startswith("the loop is unfair: it neglects ")
        assert str(one.instance) in said
        if one.remedy is Fairness.STRONG:
            weaker = _declared(model, one, WEAK)
            assert check_counterexample(weaker, trace, violation) is None
    return len(able)


def _declared(model: Model, one: Bystander, fairness: Fairness) -> Model:
    return replace(
        model,
        processes=tuple(
            f.fair(process, fairness) if process.name == one.instance.process else process
            for process in model.processes
        ),
    )


def test_leads_to_says_since_when():
    two, three = (x.equal(x.N, x.number(value)) for value in (2, 3))
    model = x.counter(2, properties=(f.leads_to("up", two, three),))
    found = explained(model, "up")
    assert (found.ending, found.loop, found.since) == (Ending.TERMINATION, 2, 2)
    one = x.equal(x.N, x.number(1))
    model = x.counter(2, properties=(f.leads_to("up", one, three),))
    assert explained(model, "up").since == 1
