"""What conditions say of the integers in them."""

import pytest

from modelcheck.ir.expressions import Operator
from modelcheck.ir.types import IntType
from modelcheck.passes.definedness import Facts
from modelcheck.passes.narrowing import forgotten, learned, narrowed
from tests.unit.ir_examples import FLAG, N, binary, equal, less, negated, number

CASES = (
    (Operator.EQUAL, 1, (1, 1), (0, 3)),
    (Operator.EQUAL, 0, (0, 0), (1, 3)),
    (Operator.UNEQUAL, 3, (0, 2), (3, 3)),
    (Operator.LESS, 2, (0, 1), (2, 3)),
    (Operator.LESS_EQUAL, 2, (0, 2), (3, 3)),
    (Operator.GREATER, 2, (3, 3), (0, 2)),
    (Operator.GREATER_EQUAL, 2, (2, 3), (0, 1)),
)


@pytest.mark.parametrize(("operator", "limit", "true", "false"), CASES)
def test_a_comparison_narrows_a_variable(
    operator: Operator, limit: int, true: tuple[int, int], false: tuple[int, int]
) -> None:
    condition = binary(operator, N, number(limit))
    assert narrowed({}, condition, holds=True) == {N: IntType(*true)}
    assert narrowed({}, condition, holds=False) == {N: IntType(*false)}
    assert narrowed({}, negated(condition), holds=False) == {N: IntType(*true)}


def test_both_sides_of_a_conjunction_narrow() -> None:
    both = binary(Operator.AND, less(N, number(3)), negated(equal(N, number(0))))
    assert narrowed({}, both, holds=True) == {N: IntType(1, 2)}
    assert narrowed({}, both, holds=False) == {}


def test_what_cannot_be_narrows_nothing() -> None:
    assert narrowed({}, equal(N, number(9)), holds=True) == {}


def test_what_was_learned_is_forgotten_with_its_variable() -> None:
    both = binary(Operator.AND, less(N, number(3)), FLAG)
    facts = learned(Facts(), both, holds=True)
    assert facts.conditions == {less(N, number(3)), FLAG}
    after = forgotten(facts, frozenset({N}))
    assert (after.intervals, after.conditions) == ({}, frozenset({FLAG}))
