from __future__ import annotations

import pytest

from modelcheck.ir.connectives import antecedents, operands
from modelcheck.ir.expressions import TRUE, Binary, Conditional, Expr, IsNone, Operator
from modelcheck.ir.render import render_expr
from tests.unit import ir_examples as x

A, B, C = x.less(x.N, x.number(1)), x.less(x.N, x.number(2)), x.less(x.N, x.number(3))
UNEQUAL = Binary(Operator.UNEQUAL, x.COLOR_OF, x.RED, x.SPAN)


def either(*parts: Expr) -> Expr:
    first, *rest = parts
    for part in rest:
        first = x.binary(Operator.OR, first, part)
    return first


def both(*parts: Expr) -> Expr:
    first, *rest = parts
    for part in rest:
        first = x.binary(Operator.AND, first, part)
    return first


def test_operands_are_what_one_connective_connects():
    condition = both(both(A, either(B, C)), both(C, A))
    assert operands(Operator.AND, condition) == (A, either(B, C), C, A)
    assert operands(Operator.OR, condition) == (condition,)


@pytest.mark.parametrize(
    ("claim", "texts"),
    [
        (either(x.negated(A), B), ["n < 1"]),
        (either(IsNone(x.OWNER), B), ["owner is not None"]),
        (either(UNEQUAL, B), ["color == RED"]),
        (either(x.negated(A), x.negated(B), C), ["n < 1 and n < 2"]),
        (either(x.negated(A), either(x.negated(B), C)), ["n < 1 and n < 2"]),
        (either(x.negated(A), x.negated(B)), ["n < 1"]),
        (either(x.negated(A), B, x.negated(C)), ["n < 1"]),
        (Conditional(A, B, TRUE), ["n < 1"]),
        (Conditional(A, TRUE, B), ["not n < 1"]),
        (both(either(x.negated(A), C), either(x.negated(B), C)), ["n < 1", "n < 2"]),
    ],
)
def test_an_implication_presupposes_its_left_side(claim: Expr, texts: list[str]):
    assert [render_expr(condition) for condition in antecedents(claim)] == texts


@pytest.mark.parametrize(
    "claim",
    [
        A,
        either(A, B),
        either(A, x.negated(B)),
        both(A, B),
        both(either(x.negated(A), B), C),
        Conditional(A, B, C),
        x.negated(both(A, B)),
    ],
)
def test_any_other_claim_always_says_something(claim: Expr):
    assert antecedents(claim) == ()
