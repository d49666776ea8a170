from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from modelcheck.engines.native.packing import is_ordered_as_bits, pack, unpack, width
from modelcheck.errors import ModelCheckBug
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
    order_key,
    size,
    values,
)
from tests.unit import ir_examples as x

INDICES = st.sampled_from([BoolType(), IntType(-1, 1), IntType(4, 4), x.COLOR])
SCALARS = st.one_of(
    st.just(BoolType()),
    st.builds(lambda low, more: IntType(low, low + more), st.integers(-5, 5), st.integers(0, 4)),
    st.sampled_from([x.COLOR, EnumType("One", ("ONLY",)), EnumType("Three", ("A", "B", "C"))]),
)


def record(parts: list[Type]) -> RecordType:
    fields = (RecordField(f"f{at}", part) for at, part in enumerate(parts))
    return RecordType("Record", tuple(fields))


def compound(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        st.builds(OptionType, inner.filter(lambda t: not isinstance(t, OptionType))),
        st.builds(record, st.lists(inner, max_size=3)),
        st.builds(ArrayType, INDICES, inner),
        st.builds(QueueType, inner, st.integers(1, 3)),
        st.builds(BagType, inner, st.integers(1, 3)),
        st.builds(SetType, SCALARS),
    )


TYPES = st.recursive(SCALARS, compound, max_leaves=4)


@settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(TYPES)
def test_every_value_has_bits_of_its_own(t: Type) -> None:
    assume(size(t) <= 2000)
    seen = {}
    for value in values(t):
        bits = pack(t, value)
        assert 0 <= bits < 1 << width(t)
        assert unpack(t, bits) == value
        seen[bits] = value
    assert len(seen) == size(t)
    if is_ordered_as_bits(t):
        assert [seen[bits] for bits in sorted(seen)] == sorted(
            seen.values(), key=lambda value: order_key(t, value)
        )


@pytest.mark.parametrize(
    ("t", "bits"),
    [
        (BoolType(), 1),
        (IntType(5, 5), 0),
        (IntType(-3, 4), 3),
        (OptionType(IntType(0, 3)), 3),
        (OptionType(IntType(0, 2)), 2),
        (OptionType(x.POINT), 4),
        (x.POINT, 3),
        (ArrayType(x.COLOR, x.POINT), 6),
        (QueueType(x.COLOR, 2), 4),
        (BagType(IntType(0, 2), 3), 8),
        (SetType(IntType(0, 9)), 10),
    ],
)
def test_no_bit_is_wasted(t: Type, bits: int) -> None:
    assert width(t) == bits


def test_the_most_significant_part_comes_first() -> None:
    assert pack(x.POINT, (3, False)) == 0b110
    assert pack(QueueType(IntType(0, 3), 3), (2, 1)) == 0b10_10_01_00
    assert pack(SetType(IntType(2, 4)), (2, 4)) == 0b101


def test_what_is_no_value_is_a_bug() -> None:
    with pytest.raises(ModelCheckBug, match="4 was packed as"):
        pack(IntType(0, 3), 4)
    with pytest.raises(ModelCheckBug, match="the bits 0x3 are no value"):
        unpack(IntType(0, 2), 3)
