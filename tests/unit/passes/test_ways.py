"""The ways through what can still block or choose."""

from modelcheck.ir.expressions import TRUE
from modelcheck.ir.statements import Choose, Goto, Offer
from modelcheck.ir.types import IntType
from modelcheck.passes.ways import Assume, Take, Way, ways
from tests.unit.ir_examples import (
    FLAG,
    SPAN,
    N,
    assign,
    branch,
    check,
    local,
    number,
    offers,
    wait,
)

X = local("x", IntType(0, 1))
END = Goto(None)


def test_a_body_that_never_blocks_is_one_way_without_moves() -> None:
    body = (branch(FLAG, [assign(N, number(1))], []), END)
    assert tuple(ways(body)) == (Way((), body),)


def test_a_wait_is_assumed_and_what_follows_is_the_rest() -> None:
    body = (wait(FLAG), assign(N, number(1)), END)
    assert tuple(ways(body)) == (Way((Assume(FLAG, holds=True),), body[1:]),)


def test_a_choice_is_one_way_for_each_offer() -> None:
    two = offers(number(0), number(1))
    found = tuple(ways((Choose(X, two, SPAN), END)))
    assert found == tuple(Way((Take(X, two, at),), (END,)) for at in range(2))


def test_a_choice_of_nothing_has_no_way() -> None:
    assert tuple(ways((Choose(X, (), SPAN), END))) == ()


def test_a_wait_in_a_branch_parts_the_ways() -> None:
    body = (branch(FLAG, [wait(TRUE)], [check(FLAG), END]), assign(N, number(1)), END)
    yes, no = Assume(FLAG, holds=True), Assume(FLAG, holds=False)
    assert tuple(ways(body)) == (
        Way((yes, Assume(TRUE, holds=True)), body[1:]),
        Way((no,), (check(FLAG), END)),
    )


def test_checks_before_a_choice_are_moves() -> None:
    one = (Offer(FLAG, number(0)),)
    (way,) = ways((check(FLAG), Choose(X, one, SPAN), END))
    assert way.moves == (check(FLAG), Take(X, one, 0))
