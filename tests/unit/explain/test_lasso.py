"""What a run ends in, and why it is fair."""

from __future__ import annotations

from modelcheck.engines.interpreter import explore
from modelcheck.explain.lasso import Blocked, Bystander, Ending, Lasso, lasso
from modelcheck.ir.model import Fairness, Model, ProcessKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import initial
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


def test_a_livelock_names_who_moves_and_who_could():
    blocked = x.process("stuck", x.step("never", x.wait(x.FALSE), Goto(None)))
    found = explained(f.rising(f.climber(WEAK, x.FLAG), f.blinker(), blocked))
    climber = Bystander(Instance("climber"), PROCESS, WEAK, 0)
    assert found == Lasso(
        Ending.LIVELOCK,
        loop=0,
        last=2,
        since=0,
        moving=(Instance("blinker"),),
        bystanders=(climber,),
        blocked=(Blocked(Instance("stuck"), "never"),),
    )
    assert climber.remedy is Fairness.STRONG


def test_leads_to_says_since_when():
    two, three = (x.equal(x.N, x.number(value)) for value in (2, 3))
    model = x.counter(2, properties=(f.leads_to("up", two, three),))
    found = explained(model, "up")
    assert (found.ending, found.loop, found.since) == (Ending.TERMINATION, 2, 2)
    one = x.equal(x.N, x.number(1))
    model = x.counter(2, properties=(f.leads_to("up", one, three),))
    assert explained(model, "up").since == 1
