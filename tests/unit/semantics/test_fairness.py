from __future__ import annotations

from modelcheck.ir.model import Fairness, ProcessKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import initial, is_enabled, neglected, successors
from modelcheck.trace import Instance, State
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f

NOBODY: frozenset[Instance] = frozenset()
CLIMBER, BLINKER = Instance("climber"), Instance("blinker")


def blinking(fairness: Fairness) -> tuple[x.Model, State, State]:
    """The climber waits for the flag: the states with the flag off, and on."""
    model = f.rising(f.climber(fairness, x.FLAG), f.blinker())
    (off,) = initial(model)
    ((_, on),) = successors(model, off)
    assert isinstance(on, State)
    return model, off, on


def test_an_environment_is_owed_what_it_declares():
    for kind in ProcessKind:
        step = x.process("p", x.step("go", Goto("go")), kind=kind)
        for fairness in Fairness:
            model = x.model(f.fair(step, fairness))
            (start,) = initial(model)
            owed = () if fairness is Fairness.NONE else (Instance("p"),)
            assert neglected(model, (start,), NOBODY) == owed


def test_weak_fairness_is_broken_by_never_moving_though_always_enabled():
    model, off, on = blinking(Fairness.WEAK)
    assert neglected(model, (on,), frozenset({BLINKER})) == (CLIMBER,)
    assert neglected(model, (off, on), frozenset({BLINKER})) == ()
    assert neglected(model, (on,), frozenset({BLINKER, CLIMBER})) == ()


def test_strong_fairness_is_broken_by_never_moving_though_sometimes_enabled():
    model, off, on = blinking(Fairness.STRONG)
    assert neglected(model, (off, on), frozenset({BLINKER})) == (CLIMBER,)
    assert neglected(model, (off,), frozenset({BLINKER})) == ()


def test_without_fairness_nobody_is_neglected():
    model, off, on = blinking(Fairness.NONE)
    assert neglected(model, (on,), frozenset({BLINKER})) == ()
    assert neglected(model, (on,), NOBODY) == (BLINKER,)
    assert neglected(model, (off,), NOBODY) == (BLINKER,)


def test_who_can_only_violate_is_enabled():
    model = f.rising(x.process("p", x.step("go", x.check(x.FALSE), Goto(None))))
    (start,) = initial(model)
    assert is_enabled(model, start, Instance("p"))
    assert neglected(model, (start,), NOBODY) == (Instance("p"),)


def test_who_is_done_is_not_enabled():
    model = x.model(x.process("p"))
    (start,) = initial(model)
    assert not is_enabled(model, start, Instance("p"))
    assert neglected(model, (start,), NOBODY) == ()
