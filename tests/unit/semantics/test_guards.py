from __future__ import annotations

from modelcheck.ir.expressions import Expr, IsNone, Operator, Unwrap
from modelcheck.ir.render import render_expr
from modelcheck.ir.statements import Choose, Statement
from modelcheck.ir.types import Value
from modelcheck.semantics import obstacles, prepare
from modelcheck.trace import Location
from tests.unit import ir_examples as x


def both(left: Expr, right: Expr) -> Expr:
    return x.binary(Operator.AND, left, right)


def told(*body: Statement, **before: Value) -> list[list[str]]:
    """The false parts, as text, for each way to choose."""
    prepared = prepare(x.one_step(*body))
    start = {variable.name: value for variable, value in x.EVERYTHING} | before
    found = obstacles(prepared, 0, Location("go"), tuple(start.values()))
    return [[render_expr(part) for part in parts] for parts in found]


SMALL, SET = x.less(x.N, x.number(2)), x.FLAG


def test_every_part_that_is_false_is_an_obstacle():
    wait = x.wait(both(both(SMALL, SET), x.equal(x.COLOR_OF, x.RED)))
    assert told(wait, n=3) == [["n < 2", "flag"]]
    assert told(wait, n=1) == [["flag"]]


def test_an_enabled_step_has_no_obstacle():
    assert told(x.wait(SET), flag=True) == [[]]


def test_a_step_into_a_violation_has_no_obstacle():
    assert told(x.check(SET)) == [[]]


def test_a_part_without_a_value_is_not_what_is_false():
    guarded = both(x.negated(IsNone(x.OWNER)), x.less(Unwrap(x.OWNER, x.SPAN), x.number(0)))
    assert told(x.wait(guarded)) == [["owner is not None"]]
    assert told(x.wait(guarded), owner=1) == [["owner! < 0"]]


def test_each_way_to_choose_has_its_own_obstacles():
    chosen = x.local("chosen", x.IntType(0, 3))
    pick = Choose(chosen, x.offers(x.number(0), x.number(2)), x.SPAN)
    model = x.one_step(pick, x.wait(x.less(chosen, x.N)), local_variables=(chosen,))
    prepared = prepare(model)
    for n, count in ((0, [1, 1]), (1, [0, 1]), (3, [0, 0])):
        shared = (n, *model.initial[1:])
        assert [len(way) for way in obstacles(prepared, 0, Location("go"), shared)] == count


def test_without_anything_to_choose_from_there_is_no_way():
    chosen = x.local("chosen", x.IntType(0, 3))
    nothing = Choose(chosen, (), x.SPAN)
    model = x.one_step(nothing, local_variables=(chosen,))
    assert obstacles(prepare(model), 0, Location("go"), model.initial) == ()
