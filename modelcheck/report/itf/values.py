"""Values in ITF: integers as `#bigint`, arrays as `#map`, options tagged, records as objects."""

from __future__ import annotations

from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.render import render_type, render_value
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    canonical,
    contains,
    values,
)
from modelcheck.report.itf.cursor import Cursor, Json

LONGEST_INTEGER = 1000
"""Digits; Python refuses to read integers that are much longer."""


def encode_value(t: Type, value: Value) -> Json:
    """A value of the type `t` as ITF."""
    match t, value:
        case BoolType(), bool():
            return value
        case IntType(), int():
            return {"#bigint": str(int(value))}
        case EnumType(), str():
            return value
        case OptionType(), None:
            return {"tag": "None", "value": {"#tup": []}}
        case OptionType(item), _:
            return {"tag": "Some", "value": encode_value(item, value)}
        case RecordType(fields=fields), tuple():
            pairs = zip(fields, value, strict=True)
            return {field.name: encode_value(field.type, held) for field, held in pairs}
        case ArrayType(index, item), tuple():
            keys = zip(values(index), value, strict=True)
            return {"#map": [[encode_value(index, k), encode_value(item, v)] for k, v in keys]}
        case SetType(item), tuple():
            return {"#set": [encode_value(item, held) for held in value]}
        case ((QueueType(item) | BagType(item)), tuple()):
            return [encode_value(item, held) for held in value]
        case _:
            raise ModelCheckBug(f"{value!r} was encoded as {render_type(t)}")


def decode_value(t: Type, cursor: Cursor) -> Value:
    """The value that ITF text stands for; `UserError` where it is none of the type `t`."""
    value = _decoded(t, cursor)
    if not contains(t, value):
        raise cursor.refusal(f"{render_value(t, value)} is no value of the type {render_type(t)}")
    return value


def _decoded(t: Type, cursor: Cursor) -> Value:
    match t:
        case BoolType():
            return cursor.boolean()
        case IntType():
            return _integer(cursor)
        case EnumType():
            return cursor.text()
        case OptionType(item):
            return _option(item, cursor)
        case RecordType():
            return _record(t, cursor)
        case ArrayType():
            return _array(t, cursor)
        case QueueType(item):
            return tuple(decode_value(item, held) for held in cursor.items())
        case BagType(item):
            return canonical(item, [decode_value(item, held) for held in cursor.items()])
        case SetType(item):
            members = cursor.at("#set").items()
            return canonical(item, {decode_value(item, held) for held in members})
        case _:
            assert_never(t)


def _integer(cursor: Cursor) -> int:
    if not cursor.has("#bigint"):
        return cursor.integer()
    digits = cursor.at("#bigint")
    text = digits.text()
    sign, unsigned = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not (unsigned.isascii() and unsigned.isdigit() and len(unsigned) <= LONGEST_INTEGER):
        raise digits.unexpected("an integer in decimal digits")
    return int(sign + unsigned)


def _option(item: Type, cursor: Cursor) -> Value:
    tag = cursor.at("tag")
    match tag.text():
        case "None":
            return None
        case "Some":
            return decode_value(item, cursor.at("value"))
        case _:
            raise tag.unexpected("'Some' or 'None'")


def _record(t: RecordType, cursor: Cursor) -> Value:
    names = {field.name for field in t.fields}
    for name, unknown in cursor.entries():
        if name not in names:
            raise unknown.refusal(f"{t.name} has no field {name!r}")
    return tuple(decode_value(field.type, cursor.at(field.name)) for field in t.fields)


def _array(t: ArrayType, cursor: Cursor) -> Value:
    found: dict[Value, Value] = {}
    for key, held in map_entries(cursor):
        index = decode_value(t.index, key)
        if index in found:
            raise key.refusal(f"the index {render_value(t.index, index)} stands here a second time")
        found[index] = decode_value(t.item, held)
    for index in values(t.index):
        if index not in found:
            raise cursor.refusal(f"the index {render_value(t.index, index)} is missing")
    return tuple(found[index] for index in values(t.index))


def map_entries(cursor: Cursor) -> tuple[tuple[Cursor, Cursor], ...]:
    """The keys and values of a `#map`, in written order."""
    entries = []
    for entry in cursor.at("#map").items():
        pair = entry.items()
        if len(pair) != 2:  # noqa: PLR2004 - a key and a value
            raise entry.refusal(f"expected a key and a value, found {len(pair)} items")
        entries.append((pair[0], pair[1]))
    return tuple(entries)


def encode_plain(value: Value) -> Json:
    """A choice or an index outside the state: plain JSON, which needs no type to be read."""
    if isinstance(value, tuple):
        return [encode_plain(item) for item in value]
    return value


def decode_plain(cursor: Cursor) -> Value:
    """The reverse of `encode_plain`."""
    match cursor.value:
        case list():
            return tuple(decode_plain(item) for item in cursor.items())
        case None | bool() | int() | str():
            return cursor.value
        case _:
            raise cursor.unexpected("a choice or an index")
