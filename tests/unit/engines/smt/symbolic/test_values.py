from collections.abc import Iterator
from itertools import islice, product

import pytest

from modelcheck.engines.smt.symbolic.terms import Terms
from modelcheck.engines.smt.symbolic.values import Algebra, decoded, leaves
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    SetType,
    Type,
    Value,
    contains,
    order_key,
    values,
)

COLOUR = EnumType("Colour", ("RED", "GREEN", "BLUE"))
DIGIT = IntType(-1, 1)
PAIR = RecordType("Pair", (RecordField("on", BoolType()), RecordField("who", OptionType(DIGIT))))
TYPES = (
    BoolType(),
    DIGIT,
    COLOUR,
    OptionType(COLOUR),
    PAIR,
    ArrayType(BoolType(), DIGIT),
    QueueType(DIGIT, 2),
    BagType(PAIR, 2),
    SetType(COLOUR),
    OptionType(SetType(BoolType())),
    ArrayType(BoolType(), QueueType(BoolType(), 1)),
)
MOST = 40


def some(t: Type) -> tuple[Value, ...]:
    return tuple(islice(values(t), MOST))


def numbers(algebra: Algebra, t: Type, value: Value) -> Iterator[int]:
    return (leaf.low for leaf in leaves(algebra.literal(t, value)))


@pytest.mark.parametrize("t", TYPES, ids=str)
def test_a_value_comes_back_from_its_cells(t: Type) -> None:
    algebra = Algebra(Terms())
    for value in some(t):
        assert decoded(t, numbers(algebra, t, value)) == value
        assert algebra.stored(t, algebra.literal(t, value)) == algebra.literal(t, value)
    assert len(list(leaves(algebra.cells(t, "x")))) == len(list(leaves(algebra.first(t))))


@pytest.mark.parametrize("t", TYPES, ids=str)
def test_values_are_compared_as_the_model_orders_them(t: Type) -> None:
    algebra = Algebra(Terms())
    for one, other in product(some(t), repeat=2):
        a, b = algebra.literal(t, one), algebra.literal(t, other)
        assert algebra.equal(t, a, b).low == (one == other)
        assert algebra.less(t, a, b).low == (order_key(t, one) < order_key(t, other))


@pytest.mark.parametrize("t", TYPES, ids=str)
def test_one_of_two_values_is_the_one_or_the_other(t: Type) -> None:
    terms = Terms()
    algebra = Algebra(terms)
    for one, other in product(some(t)[:6], repeat=2):
        a, b = algebra.literal(t, one), algebra.literal(t, other)
        assert algebra.choice(terms.truth(value=True), a, b) == a
        assert algebra.choice(terms.truth(value=False), a, b) == b


def test_what_lies_outside_a_type_is_told() -> None:
    algebra = Algebra(Terms())
    wide, narrow = OptionType(IntType(0, 9)), OptionType(IntType(2, 3))
    for value in (None, *range(10)):
        found = algebra.contains(narrow, algebra.literal(wide, value))
        assert found.low == contains(narrow, value)


def test_what_is_not_there_is_stored_as_the_first_value() -> None:
    terms = Terms()
    algebra = Algebra(terms)
    t = QueueType(DIGIT, 2)
    leftover = (terms.known(1), terms.known(1), terms.known(1))
    assert algebra.stored(t, leftover) == algebra.literal(t, (1,))


def test_the_items_of_a_set_are_counted() -> None:
    algebra = Algebra(Terms())
    t = SetType(COLOUR)
    for value in values(t):
        assert isinstance(value, tuple)
        assert algebra.counted(algebra.literal(t, value)).low >= 0
    cells = algebra.counted(algebra.cells(t, "set"))
    assert (cells.low, cells.high) == (0, 3)
