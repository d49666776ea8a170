from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    COMPARISONS,
    CONNECTIVES,
    Binary,
    Conditional,
    Expr,
    Field,
    First,
    Index,
    Operator,
    Unary,
    UnaryOperator,
    Unwrap,
    type_of,
)
from modelcheck.ir.types import BoolType, IntType, Value, contains
from modelcheck.semantics.evaluate import ARITHMETIC, ORDERINGS, evaluate
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.trace import Instance
from tests.unit import ir_examples as x

SPAN = x.SPAN
FAILS = x.equal(x.binary(Operator.DIVIDE, x.number(1), x.number(0)), x.number(0))


def frame(**changes: Value) -> Frame:
    return Frame({variable.name: value for variable, value in x.EVERYTHING} | changes, {})


def literal(value: Value) -> Expr:
    return x.truth(value=value) if isinstance(value, bool) else x.number(int(str(value)))


@pytest.mark.parametrize(("expr", "value"), [(expr, value) for expr, _, value in x.NODES])
def test_every_node_has_its_value(expr: Expr, value: Value):
    assert evaluate(expr, frame()) == value


@pytest.mark.parametrize(("operator", "left", "right", "value"), x.OPERATIONS)
def test_every_operator_has_its_value(operator: Operator, left: Value, right: Value, value: Value):
    assert evaluate(x.binary(operator, literal(left), literal(right)), frame()) == value


def test_the_tables_of_operators_are_total_and_disjoint():
    equalities = {Operator.EQUAL, Operator.UNEQUAL}
    assert len([*ARITHMETIC, *ORDERINGS, *equalities, *CONNECTIVES]) == len(Operator)
    assert {*ARITHMETIC, *ORDERINGS, *equalities, *CONNECTIVES} == set(Operator)
    assert {*ORDERINGS, *equalities} == COMPARISONS
    assert {operator for operator, *_ in x.OPERATIONS} == set(Operator)


@given(st.integers(-9, 9), st.integers(-9, 9).filter(bool))
def test_division_and_remainder_are_pythons(left: int, right: int):
    a, b = x.number(left), x.number(right)
    assert evaluate(x.binary(Operator.DIVIDE, a, b), frame()) == left // right
    assert evaluate(x.binary(Operator.MODULO, a, b), frame()) == left % right


INTEGERS = st.deferred(
    lambda: st.one_of(
        st.integers(-3, 3).map(x.number),
        st.sampled_from([x.N, x.Field(x.AT, "x", SPAN)]),
        st.builds(x.binary, st.sampled_from(list(ARITHMETIC)), INTEGERS, INTEGERS),
        st.builds(Unary, st.just(UnaryOperator.NEGATE), INTEGERS),
        st.builds(Conditional, BOOLEANS, INTEGERS, INTEGERS),
    )
)
BOOLEANS: st.SearchStrategy[Expr] = st.deferred(
    lambda: st.one_of(
        st.sampled_from([x.FLAG]),
        st.builds(x.binary, st.sampled_from(list(ORDERINGS)), INTEGERS, INTEGERS),
        st.builds(x.binary, st.sampled_from(sorted(CONNECTIVES, key=str)), BOOLEANS, BOOLEANS),
        st.builds(x.negated, BOOLEANS),
    )
)


@given(expr=INTEGERS | BOOLEANS, n=st.integers(0, 3), flag=st.booleans())
def test_a_value_lies_in_the_type_that_the_expression_has(expr: Expr, n: int, *, flag: bool):
    try:
        value = evaluate(expr, frame(n=n, flag=flag))
    except Refuted as refuted:
        assert refuted.message == "division by zero"  # noqa: PT017
    else:
        assert isinstance(type_of(expr), BoolType | IntType)
        assert contains(type_of(expr), value)


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (x.binary(Operator.AND, x.FLAG, FAILS), False),
        (x.binary(Operator.OR, x.negated(x.FLAG), FAILS), True),
        (Conditional(x.FLAG, FAILS, x.FLAG), False),
    ],
)
def test_what_does_not_matter_is_not_evaluated(expr: Expr, value: Value):
    assert evaluate(expr, frame()) == value


@pytest.mark.parametrize(
    ("expr", "message", "values"),
    [
        (FAILS, "division by zero", "1 // 0"),
        (x.binary(Operator.MODULO, x.number(3), x.N), "division by zero", "3 % 0"),
        (
            Index(x.CELLS, x.plus(x.N, x.number(2)), SPAN),
            "index outside its domain",
            "2 outside 0..1",
        ),
        (Unwrap(x.OWNER, SPAN), "None where a value is needed", "owner is None"),
        (
            Field(Unwrap(Index(x.POINTS, x.RED, SPAN), SPAN), "x", SPAN),
            "None where a value is needed",
            "points[RED] is None",
        ),
        (First(x.RING, SPAN), "peek of an empty queue", "ring is empty"),
    ],
)
def test_an_implicit_check_says_what_is_wrong(expr: Expr, message: str, values: str):
    with pytest.raises(Refuted) as caught:
        evaluate(expr, frame())
    assert (caught.value.message, caught.value.values) == (message, values)


def test_the_left_operand_is_evaluated_first():
    with pytest.raises(Refuted, match="peek of an empty queue"):
        evaluate(x.binary(Operator.AND, x.equal(First(x.RING, SPAN), x.RED), FAILS), frame())


def test_reading_a_local_without_a_value_is_a_bug():
    with pytest.raises(ModelCheckBug, match="the local slot was read before it had a value"):
        evaluate(x.SLOT_OF, frame())


def test_reads_are_as_deep_as_what_was_used():
    seen = frame()
    evaluate(Index(x.CELLS, Field(x.AT, "x", SPAN), SPAN), seen)
    evaluate(Field(x.GREEN_POINT, "x", SPAN), seen)
    assert set(seen.reads) == {
        ("at", "x"),
        ("cells", 0),
        ("points", "GREEN"),
        ("points", "GREEN", "x"),
    }


def test_at_asks_where_an_instance_stands():
    seen = frame()
    seen.labels = {Instance("w", 0): "go", Instance("w", 1): None}
    assert evaluate(x.standing("w", "go", x.number(0)), seen) is True
    assert evaluate(x.standing("w", "go", x.number(1)), seen) is False
    assert evaluate(x.standing("w", None, x.number(1)), seen) is True
    with pytest.raises(Refuted) as caught:
        evaluate(x.standing("w", "go", x.number(2)), seen)
    assert caught.value.values == "there is no w[2]"


def test_a_combination_that_no_verified_model_has_is_a_bug():
    with pytest.raises(ModelCheckBug, match="arithmetic on 'RED'"):
        evaluate(Binary(Operator.ADD, x.RED, x.number(1), SPAN), frame())
