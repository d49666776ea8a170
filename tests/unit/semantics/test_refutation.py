from __future__ import annotations

import pytest

from modelcheck.ir.expressions import Conditional, Expr, IsNone, Operator, Some
from modelcheck.ir.types import OptionType, Type, Value
from modelcheck.semantics.frame import Frame
from modelcheck.semantics.refutation import outside_text, values_text
from tests.unit import ir_examples as x

N, FLAG, OWNER = x.N, x.FLAG, x.OWNER
ONE, TWO = x.number(1), x.number(2)
N_IS_ONE, N_IS_TWO = x.equal(N, ONE), x.equal(N, TWO)
N_IS_ZERO = x.equal(N, x.number(0))


def _b(operator: str, left: Expr, right: Expr) -> Expr:
    return x.binary(Operator(operator), left, right)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (x.truth(value=False), ""),
        (x.equal(OWNER, Some(x.number(0))), "None == 0"),
        (x.equal(x.COLOR_OF, x.GREEN), "RED == GREEN"),
        (_b(">", x.Length(x.RING), N), "0 > 0"),
        (FLAG, "flag is False"),
        (x.negated(IsNone(OWNER)), "None is not None"),
        (x.negated(N_IS_ZERO), "not (0 == 0)"),
        (x.negated(x.negated(FLAG)), "flag is False"),
        (_b("and", N_IS_ZERO, N_IS_ONE), "0 == 1"),
        (_b("and", N_IS_ONE, N_IS_TWO), "0 == 1"),
        (_b("or", N_IS_ONE, N_IS_TWO), "0 == 1 or 0 == 2"),
        (_b("or", FLAG, _b("and", N_IS_ZERO, N_IS_TWO)), "flag is False or 0 == 2"),
        (_b("or", x.truth(value=False), N_IS_TWO), "0 == 2"),
        (x.negated(_b("and", N_IS_ZERO, N_IS_ZERO)), "not (0 == 0 and 0 == 0)"),
        (x.negated(_b("or", N_IS_ONE, N_IS_ZERO)), "not (0 == 0)"),
        (Conditional(FLAG, N_IS_ONE, N_IS_TWO), "0 == 2"),
        (x.Field(x.AT, "on", x.SPAN), "at.on is False"),
    ],
)
def test_a_false_condition_shows_what_decides_it(condition: Expr, text: str):
    frame = Frame({variable.name: value for variable, value in x.EVERYTHING}, {})
    assert values_text(condition, frame) == text


@pytest.mark.parametrize(
    ("t", "value", "text"),
    [
        (x.PID, 4, "4 outside 0..3"),
        (OptionType(x.PID), -1, "-1 outside 0..3"),
        (x.POINT, (7, True), "7 outside 0..3"),
        (x.CELLS.type, (0, 9), "9 outside 0..3"),
        (x.RING.type, ("RED",) * 3, "[RED, RED, RED] outside Queue[Color, 2]"),
    ],
)
def test_the_part_that_lies_outside_is_named(t: Type, value: Value, text: str):
    assert outside_text(t, value) == text
