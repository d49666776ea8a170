"""Findings that are lassos: one for each way in which a run can go on for ever."""

from __future__ import annotations

from modelcheck.engines.interpreter import explore
from modelcheck.ir.model import Fairness, Model, ProcessKind
from modelcheck.ir.statements import Goto
from modelcheck.report.finding import Commands, Effort, Finding
from modelcheck.trace import Budget, Violated
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f


def finding_of(model: Model, name: str = "three") -> Finding:
    """What exploring the model finds out about one property."""
    found = explore(model, budget=Budget(), properties=frozenset({name}))
    (decided,) = found.verdicts
    assert isinstance(decided.verdict, Violated)
    assert decided.verdict.trace is not None
    return Finding(
        model=model,
        engine=found.engine,
        exploration=Effort(found.states, found.transitions, found.depth, found.complete),
        violation=decided.verdict.violation,
        trace=decided.verdict.trace,
        shortest=True,
        commands=Commands("modelcheck check spec.py", "modelcheck replay three.itf.json"),
    )


def starter() -> x.Process:
    """Sets `n` to 1, and is done."""
    return x.process("starter", x.step("start", x.assign(x.N, x.number(1)), Goto(None)))


def stuck() -> x.Process:
    return x.process("stuck", x.step("never", x.wait(x.FALSE), Goto(None)))


def starvation() -> Finding:
    """One step, then a loop of two, in which a weakly fair climber is passed by."""
    begun = x.less(x.number(0), x.N)
    climber = f.climber(Fairness.WEAK, begun, x.FLAG)
    other = f.fair(x.process("other", x.step("go", x.wait(begun), Goto("go"))), Fairness.NONE)
    on = x.step("on", x.wait(begun), x.assign(x.FLAG, x.truth(value=True)), Goto("off"))
    off = x.step("off", x.assign(x.FLAG, x.FALSE), Goto("on"))
    blinker = x.process("blinker", on, off)
    return finding_of(f.rising(starter(), climber, blinker, other, stuck()))


def deadlock() -> Finding:
    return finding_of(f.rising(starter(), stuck()))


def termination() -> Finding:
    return finding_of(f.rising(starter()))


def standstill() -> Finding:
    return finding_of(f.rising(starter(), f.blinker(ProcessKind.ENVIRONMENT)))


def promise() -> Finding:
    """A `leads_to` whose condition holds after two of three steps."""
    zero, two = (x.equal(x.N, x.number(value)) for value in (0, 2))
    name = "two_leads_to_zero"
    return finding_of(x.counter(properties=(f.leads_to(name, two, zero),)), name)


def spinning() -> Finding:
    """A loop of one step, from the beginning on."""
    return finding_of(f.rising(f.climber(Fairness.NONE), f.spinner()))


def two_passed_by() -> Finding:
    """Two instances that could move for the same reason do not."""
    both = x.process("p", x.step("go", Goto("go")), index=x.local("me", x.IntType(0, 1)))
    return finding_of(f.rising(f.fair(both, Fairness.NONE), f.spinner()))


def nothing_moves() -> Finding:
    """Refuted in the initial state."""
    return finding_of(f.rising(stuck()))
