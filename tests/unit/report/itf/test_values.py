import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.errors import UserError
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    Type,
    Value,
    values,
)
from modelcheck.report.itf.cursor import Cursor, Json
from modelcheck.report.itf.values import decode_plain, decode_value, encode_plain, encode_value

COLOR = EnumType("Color", ("RED", "GREEN"))
PAIR = RecordType("Pair", (RecordField("one", COLOR), RecordField("two", OptionType(COLOR))))

integers = st.tuples(st.integers(), st.integers(0, 3)).map(lambda p: IntType(p[0], p[0] + p[1]))
indices = st.one_of(st.just(BoolType()), st.just(COLOR), integers)


def containers(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    plain = inner.filter(lambda t: not isinstance(t, OptionType))
    fields = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        plain.map(OptionType),
        st.builds(ArrayType, indices, inner),
        st.builds(QueueType, inner, st.integers(1, 3)),
        fields.map(
            lambda ts: RecordType("R", tuple(RecordField(f"f{at}", t) for at, t in enumerate(ts)))
        ),
    )


types: st.SearchStrategy[Type] = st.recursive(indices, containers, max_leaves=5)


def value_of(t: Type) -> st.SearchStrategy[Value]:
    match t:
        case BoolType():
            return st.booleans()
        case IntType(low, high):
            return st.integers(low, high)
        case EnumType(members=members):
            return st.sampled_from(members)
        case OptionType(item):
            return st.none() | value_of(item)
        case RecordType(fields=fields):
            return st.tuples(*(value_of(field.type) for field in fields))
        case ArrayType(index, item):
            return st.tuples(*(value_of(item) for _ in values(index)))
        case QueueType(item, capacity):
            return st.lists(value_of(item), max_size=capacity).map(tuple)


@given(st.data(), types)
def test_every_value_comes_back_from_its_text(data: st.DataObject, t: Type) -> None:
    value = data.draw(value_of(t))
    text = json.dumps(encode_value(t, value))
    assert decode_value(t, Cursor(json.loads(text), "trace")) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["tag", "value", "#map", "#bigint", "f0"]), inner),
    ),
    max_leaves=8,
)


@given(types, json_values)
def test_any_other_json_is_refused_or_read_as_a_value(t: Type, raw: Json) -> None:
    try:
        value = decode_value(t, Cursor(raw, "trace", "x"))
    except UserError as refusal:
        place = refusal.message
    else:
        place = "trace: x"
        assert decode_value(t, Cursor(encode_value(t, value), "trace")) == value
    assert place.startswith("trace: x")


def test_values_look_as_the_format_says() -> None:
    assert encode_value(IntType(-9, 9), -3) == {"#bigint": "-3"}
    assert encode_value(OptionType(COLOR), None) == {"tag": "None", "value": {"#tup": []}}
    assert encode_value(OptionType(COLOR), "RED") == {"tag": "Some", "value": "RED"}
    assert encode_value(QueueType(COLOR, 2), ("RED", "GREEN")) == ["RED", "GREEN"]
    assert encode_value(ArrayType(BoolType(), COLOR), ("RED", "GREEN")) == {
        "#map": [[False, "RED"], [True, "GREEN"]]
    }
    assert encode_value(PAIR, ("RED", None)) == {
        "one": "RED",
        "two": {"tag": "None", "value": {"#tup": []}},
    }


@pytest.mark.parametrize(
    ("t", "raw", "complaint"),
    [
        (BoolType(), 1, "x: expected true or false, found the number 1"),
        (IntType(0, 3), "1", "x: expected an integer, found the string '1'"),
        (IntType(0, 3), True, "x: expected an integer, found true"),
        (IntType(0, 3), 1.5, "x: expected an integer, found the number 1.5"),
        (IntType(0, 3), {"#bigint": "4"}, "x: 4 is no value of the type 0..3"),
        (
            IntType(0, 3),
            {"#bigint": "four"},
            "x.#bigint: expected an integer in decimal digits, found the string 'four'",
        ),
        (
            IntType(0, 3),
            {"#bigint": "9" * 5000},
            "x.#bigint: expected an integer in decimal digits, found the string '...'",
        ),
        (COLOR, "BLUE", "x: BLUE is no value of the type Color"),
        (COLOR, None, "x: expected a string, found null"),
        (OptionType(COLOR), "RED", "x: expected an object, found the string 'RED'"),
        (
            OptionType(COLOR),
            {"tag": "Maybe"},
            "x.tag: expected 'Some' or 'None', found the string 'Maybe'",
        ),
        (OptionType(COLOR), {"tag": "Some"}, "x: the key 'value' is missing"),
        (PAIR, {"one": "RED"}, "x: the key 'two' is missing"),
        (PAIR, {"one": "RED", "three": 3}, "x.three: Pair has no field 'three'"),
        (
            QueueType(COLOR, 1),
            ["RED", "RED"],
            "x: [RED, RED] is no value of the type Queue[Color, 1]",
        ),
        (QueueType(COLOR, 1), {}, "x: expected a list, found an object"),
        (ArrayType(COLOR, COLOR), {"#map": [["RED", "RED"]]}, "x: the index GREEN is missing"),
        (
            ArrayType(COLOR, COLOR),
            {"#map": [["RED", "RED"], ["RED", "RED"]]},
            "x.#map[1][0]: the index RED stands here a second time",
        ),
        (
            ArrayType(COLOR, COLOR),
            {"#map": [["RED"]]},
            "x.#map[0]: expected a key and a value, found 1 items",
        ),
    ],
)
def test_what_is_no_value_is_refused_with_its_place(t: Type, raw: Json, complaint: str) -> None:
    with pytest.raises(UserError) as refused:
        decode_value(t, Cursor(raw, "trace", "x"))
    assert refused.value.message == f"trace: {complaint}"


@pytest.mark.parametrize("value", [None, True, 3, "RED", (1, (None, "x"))])
def test_choices_are_plain_json(value: Value) -> None:
    assert decode_plain(Cursor(json.loads(json.dumps(encode_plain(value))), "trace")) == value


def test_a_choice_is_no_object_and_no_fraction() -> None:
    raws: tuple[Json, ...] = ({}, 1.5)
    for raw in raws:
        with pytest.raises(UserError, match="expected a choice or an index"):
            decode_plain(Cursor(raw, "trace", "x"))
