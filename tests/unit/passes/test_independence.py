"""Which steps commute, and what a step may do to a condition."""

import pytest

from modelcheck.ir.expressions import At, Conditional, Expr, Index, IsNone, Operator, Unwrap
from modelcheck.passes.footprint import Footprint, Path, Write
from modelcheck.passes.independence import ANY, NONE, Effect, effect, is_independent
from tests.unit import ir_examples as x

TRUE, FALSE = (
    Effect(makes_true=True, makes_false=False),
    Effect(makes_true=False, makes_false=True),
)
READS_N = Footprint(reads=frozenset({("n",)}))


def writing(path: Path, value: int | None = None) -> Footprint:
    return Footprint(writes=frozenset({Write(path, None if value is None else (value,))}))


def test_what_one_writes_the_other_must_not_read() -> None:
    assert not is_independent(READS_N, writing(("n",)))
    assert not is_independent(writing(("n",), 1), READS_N)
    assert is_independent(READS_N, READS_N)
    assert is_independent(writing(("cells", 0)), writing(("cells", 1)))


def test_both_may_write_the_same_value() -> None:
    assert is_independent(writing(("n",), 1), writing(("n",), 1))
    assert not is_independent(writing(("n",), 1), writing(("n",), 2))
    assert not is_independent(writing(("n",)), writing(("n",)))
    assert not is_independent(writing(("cells",), 1), writing(("cells", 0), 1))


def nowhere(_asked: At) -> Effect:
    return NONE


N_IS_1, N_IS_2 = x.equal(x.N, x.number(1)), x.equal(x.N, x.number(2))
CELL = Index(x.CELLS, x.number(0), x.SPAN)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (N_IS_1, TRUE),
        (N_IS_2, FALSE),
        (x.negated(N_IS_2), TRUE),
        (x.binary(Operator.UNEQUAL, x.N, x.number(1)), FALSE),
        (x.binary(Operator.OR, N_IS_1, x.negated(N_IS_2)), TRUE),
        (x.binary(Operator.AND, N_IS_1, N_IS_2), ANY),
        (x.binary(Operator.AND, N_IS_1, x.FLAG), TRUE),
        (x.less(x.N, x.number(2)), ANY),
        (Conditional(x.FLAG, N_IS_1, N_IS_1), ANY),
        (x.FLAG, NONE),
        (x.equal(CELL, x.number(1)), NONE),
    ],
)
def test_a_write_of_one_is_told_apart_by_what_is_asked(condition: Expr, expected: Effect) -> None:
    assert effect(condition, writing(("n",), 1).writes, nowhere) == expected


def test_the_last_of_several_writes_is_seen_as_well() -> None:
    writes = writing(("ring",)).writes | writing(("color",)).writes | writing(("n",)).writes
    assert effect(x.less(x.N, x.number(2)), writes, nowhere) == ANY


def test_a_condition_that_may_have_no_value_is_not_taken_apart() -> None:
    held = x.equal(Unwrap(x.OWNER, x.SPAN), x.number(1))
    assert effect(held, writing(("owner",), 1).writes, nowhere) == ANY
    assert effect(IsNone(x.OWNER), writing(("owner",), 1).writes, nowhere) == FALSE


def test_moving_is_an_effect() -> None:
    asked = At("p", None, "a", x.SPAN)
    assert effect(x.negated(asked), frozenset(), lambda _: TRUE) == FALSE
    assert effect(x.equal(asked, x.FLAG), frozenset(), lambda _: TRUE) == ANY
