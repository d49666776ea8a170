from __future__ import annotations

from modelcheck.ir.expressions import Expr, Index, Scope, Variable
from modelcheck.ir.model import Model
from modelcheck.ir.statements import Choose, Goto, Push
from modelcheck.semantics import initial, named_by_condition, named_by_step, prepare
from modelcheck.semantics.named import Named
from tests.unit import ir_examples as x

ME = x.local("me", x.IntType(0, 1))
N, FLAG, CELLS, RING = (
    [variable.name for variable, _ in x.EVERYTHING].index(name)
    for name in ("n", "flag", "cells", "ring")
)


def model() -> Model:
    """A process array of two instances, and one beside it."""
    array = x.process("array", x.step("go", Goto(None)), index=ME)
    return x.model(array, x.process("alone", x.step("go", Goto(None))), variables=x.EVERYTHING)


def named(condition: Expr) -> Named:
    return named_by_condition(prepare(model()), condition)


def test_a_step_names_what_it_reads_and_what_it_writes():
    chosen = x.local("chosen", x.IntType(0, 3))
    step = x.step(
        "go",
        Choose(chosen, x.offers(x.number(0)), x.SPAN),
        x.branch(x.FLAG, [x.assign(Index(x.CELLS, x.N, x.SPAN), chosen)], []),
        Push(x.RING, x.RED, x.SPAN),
        Goto(None),
    )
    assert named_by_step(prepare(model()), step) == (N, FLAG, CELLS, RING)


def test_a_condition_names_the_state_before_a_step_too():
    before = Variable("n", x.N.type, Scope.BEFORE)
    assert named(x.binary(x.Operator.AND, x.less(before, x.number(1)), x.FLAG)) == Named(
        (N, FLAG), ()
    )


def test_a_condition_names_the_instances_that_it_asks_for():
    assert named(x.standing("alone", "go")) == Named((), (2,))
    assert named(x.standing("array", "go", x.number(1))) == Named((), (1,))
    assert named(x.standing("array", None, x.N)) == Named((N,), (0, 1))


def test_what_is_seen_of_a_state_is_what_is_named():
    (start,) = initial(model())
    condition = x.binary(x.Operator.OR, x.standing("array", "go", x.number(1)), x.FLAG)
    assert named(condition).seen(start) == ((False,), ("go",))
