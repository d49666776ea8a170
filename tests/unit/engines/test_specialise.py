from __future__ import annotations

from modelcheck.engines.specialise import Specialiser
from modelcheck.ir.expressions import FALSE, TRUE, Conditional, Expr, Index, Item, Literal, Operator
from modelcheck.ir.statements import Choose, Goto, Offer
from modelcheck.ir.types import IntType, QueueType
from tests.unit import ir_examples as x

FIRST = Specialiser(x.ME, 1)
IS_FIRST = x.equal(x.ME, x.number(1))


def test_the_index_becomes_its_value_and_what_follows_is_computed() -> None:
    assert FIRST.expr(x.plus(x.ME, x.number(2))) == x.number(3)
    assert FIRST.expr(IS_FIRST) == TRUE
    onward = x.plus(x.N, x.plus(x.ME, x.number(1)))
    assert FIRST.expr(onward) == x.plus(x.N, x.number(2))


def test_a_branch_that_cannot_be_taken_is_gone() -> None:
    one, other = x.assign(x.N, x.number(1)), x.assign(x.N, x.number(2))
    assert FIRST.body((x.branch(IS_FIRST, [one], [other]), Goto(None))) == (one, Goto(None))
    ends = x.branch(IS_FIRST, [Goto("on")], [])
    assert FIRST.body((ends, other, Goto(None))) == (Goto("on"),)


def test_an_offer_that_is_never_made_is_gone() -> None:
    offers = (Offer(x.negated(IS_FIRST), x.number(1)), Offer(IS_FIRST, x.ME))
    (made,) = FIRST.body((Choose(x.LAUNCH, offers, x.SPAN),))
    assert made == Choose(x.LAUNCH, (Offer(TRUE, x.number(1)),), x.SPAN)


def test_connectives_with_a_known_side_are_the_other_side() -> None:
    for operator, known, left in (
        (Operator.AND, TRUE, x.FLAG),
        (Operator.AND, FALSE, FALSE),
        (Operator.OR, TRUE, TRUE),
        (Operator.OR, FALSE, x.FLAG),
    ):
        assert FIRST.expr(x.binary(operator, known, x.FLAG)) == left


def test_a_left_side_that_can_violate_stays() -> None:
    risky: Expr = x.equal(x.binary(Operator.DIVIDE, x.number(1), x.N), x.number(1))
    never = x.binary(Operator.AND, risky, FALSE)
    always = x.binary(Operator.OR, risky, TRUE)
    assert FIRST.expr(never) == never
    assert FIRST.expr(always) == always


def test_what_violates_is_left_to_violate() -> None:
    outside = Index(x.CELLS, x.plus(x.ME, x.number(7)), x.SPAN)
    assert FIRST.expr(outside) == Index(x.CELLS, x.number(8), x.SPAN)
    zero = x.binary(Operator.DIVIDE, x.number(1), x.number(0))
    assert FIRST.expr(zero) == zero


def test_an_item_that_is_not_there_is_not_looked_for() -> None:
    empty = Literal(QueueType(IntType(0, 3), 2), ())
    assert FIRST.expr(Item(empty, 0)) == Item(empty, 0)
    assert FIRST.expr(Conditional(IS_FIRST, x.N, Item(empty, 0))) == x.N
