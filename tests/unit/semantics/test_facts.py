from __future__ import annotations

import pytest

from modelcheck.ir.expressions import (
    Conditional,
    Contains,
    Expr,
    Field,
    Index,
    IsNone,
    Length,
    Operator,
    Some,
)
from modelcheck.semantics.facts import facts_text
from modelcheck.semantics.frame import Frame
from modelcheck.trace import Instance
from tests.unit import ir_examples as x

N, FLAG, OWNER = x.N, x.FLAG, x.OWNER
CELL = Index(x.CELLS, x.plus(N, x.number(1)), x.SPAN)
N_IS_ZERO, N_IS_ONE = x.equal(N, x.number(0)), x.equal(N, x.number(1))
SHARED = {variable.name: value for variable, value in x.EVERYTHING}


def _b(operator: str, left: Expr, right: Expr) -> Expr:
    return x.binary(Operator(operator), left, right)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (x.truth(value=False), ""),
        (N_IS_ONE, "n is 0"),
        (_b("<", x.number(0), CELL), "cells[1] is 0"),
        (_b("!=", CELL, N), "cells[1] is 0, n is 0"),
        (x.equal(OWNER, Some(N)), "owner is None, n is 0"),
        (_b(">", Length(x.RING), N), "len(ring) is 0, n is 0"),
        (x.less(x.plus(N, x.number(1)), N), "1 >= 0"),
        (x.negated(_b("<=", x.plus(N, x.number(1)), x.number(2))), "1 <= 2"),
        (FLAG, "flag is False"),
        (x.negated(x.negated(FLAG)), "flag is False"),
        (x.negated(IsNone(OWNER)), "owner is None"),
        (Field(x.AT, "on", x.SPAN), "at.on is False"),
        (_b("and", N_IS_ZERO, FLAG), "flag is False"),
        (_b("or", N_IS_ONE, FLAG), "n is 0, flag is False"),
        (_b("or", N_IS_ONE, x.equal(N, x.number(2))), "n is 0"),
        (x.negated(_b("or", N_IS_ONE, N_IS_ZERO)), "n is 0"),
        (Conditional(FLAG, N_IS_ONE, IsNone(OWNER)), "owner is None"),
        (Contains(x.RING, x.RED), "RED not in ring"),
        (x.negated(x.standing("worker", None, x.number(1))), "worker[1] is done"),
        (x.standing("leader", "go"), "leader is not at go"),
    ],
)
def test_what_decides_a_condition_is_told_as_it_is(condition: Expr, text: str) -> None:
    labels = {Instance("worker", 1): None, Instance("leader", None): "wait"}
    frame = Frame(SHARED, {}, labels=labels)
    assert facts_text(condition, frame) == text
