"""The types of a random spec: how they are written, their literals, and the places inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

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
)

T = TypeVar("T")
BOOL = BoolType()
TWO, THREE, SIGNED = IntType(0, 1), IntType(0, 2), IntType(-1, 1)
INTEGERS = {TWO: "Two", THREE: "Three", SIGNED: "Signed"}
COLOUR = EnumType("Colour", ("RED", "GREEN", "BLUE"))
MODE = EnumType("Mode", ("ON", "OFF"))
PAIR = RecordType("Pair", (RecordField("left", TWO), RecordField("right", BOOL)))
SCALARS: tuple[Type, ...] = (BOOL, TWO, THREE, SIGNED, COLOUR, MODE)
INDICES: tuple[Type, ...] = (TWO, BOOL, MODE, COLOUR, SIGNED)
POOLED: tuple[Type, ...] = (TWO, MODE, BOOL, PAIR)
IMPORTED = [
    "Array",
    "Bag",
    "Below",
    "Between",
    "FiniteSet",
    "Queue",
    "Returns",
    "Spec",
    "Steps",
    "at",
    "bag",
    "domain",
    "done",
    "each",
    "one_of",
    "queue",
    "record",
    "subset",
    "wait_until",
]
DEFINED = {
    "Two": "Two = Annotated[int, Below(2)]\n",
    "Three": "Three = Annotated[int, Below(3)]\n",
    "Signed": "Signed = Annotated[int, Between(-1, 1)]\n",
    "Colour": "class Colour(Enum):\n    RED = auto()\n    GREEN = auto()\n    BLUE = auto()\n",
    "Mode": "class Mode(Enum):\n    ON = auto()\n    OFF = auto()\n",
    "Pair": "@record\nclass Pair:\n    left: Two = 0\n    right: bool = False\n",
}


def with_header(body: str) -> str:
    """A spec's text with the imports and the types that it uses, and no others."""
    body_and_pair = body + DEFINED["Pair"] if _speaks_of(body, "Pair") else body
    used = [text for name, text in DEFINED.items() if _speaks_of(body_and_pair, name)]
    types = "\n\n".join(used)
    whole = f"\n{types}\n\n{body}"
    lines = ["from __future__ import annotations", ""]
    if "(Enum)" in whole:
        lines.append("from enum import Enum, auto")
    if "Annotated" in whole:
        lines.append("from typing import Annotated")
    names = ", ".join(name for name in IMPORTED if _speaks_of(whole, name))
    return "\n".join([*lines, "", f"from modelcheck import {names}", "", whole])


def _speaks_of(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


@dataclass(frozen=True, slots=True)
class Chain:
    """A way into a type: field names, and the index types of arrays on the way."""

    parts: tuple[str | Type, ...]
    type: Type


def annotation(t: Type) -> str:
    """The type as a spec writes it."""
    match t:
        case BoolType():
            return "bool"
        case IntType():
            return INTEGERS[t]
        case EnumType(name) | RecordType(name):
            return name
        case OptionType(item):
            return f"{annotation(item)} | None"
        case ArrayType(index, item):
            return f"Array[{annotation(index)}, {annotation(item)}]"
        case QueueType(item):
            return f"Queue[{annotation(item)}]"
        case BagType(item):
            return f"Bag[{annotation(item)}]"
        case SetType(item):
            return f"FiniteSet[{annotation(item)}]"


class Drawing:
    """Draws what random specs are made of; the first of several is the simplest."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def pick(self, several: list[T] | tuple[T, ...]) -> T:
        return several[self.draw(st.integers(0, len(several) - 1))]

    def chance(self, of_ten: int) -> bool:
        """True `of_ten` times in ten; shrinks to False."""
        return self.draw(st.integers(0, 9)) >= 10 - of_ten

    def literal(self, t: Type) -> str:
        """A value of a type that has no container in it."""
        match t:
            case BoolType():
                return self.pick(("False", "True"))
            case IntType(low, high):
                return str(self.pick((*range(max(low, 0), high + 1), *range(low, 0))))
            case EnumType(name, members):
                return f"{name}.{self.pick(members)}"
            case OptionType(item):
                return self.literal(item) if self.chance(5) else "None"
            case RecordType(name, fields):
                plain = [f for f in fields if not is_container(f.type)]
                given = [f"{f.name}={self.literal(f.type)}" for f in plain if self.chance(4)]
                return f"{name}({', '.join(given)})"
            case _:
                raise AssertionError(t)

    def default(self, t: Type) -> str:
        """What a field of the type begins with."""
        match t:
            case ArrayType(_, RecordType(name)) if self.chance(5):
                return f"each({name})"
            case ArrayType(_, item):
                return f"each({self.default(item)})"
            case QueueType(_, capacity):
                return f"queue(capacity={capacity})"
            case BagType(_, capacity):
                return f"bag(capacity={capacity})"
            case SetType(item):
                members = [self.literal(item)] if self.chance(4) else []
                return f"subset([{', '.join(members)}])"
            case _:
                return self.literal(t)

    def record(self, name: str, prefix: str, *, fields: int, inner: tuple[Type, ...]) -> RecordType:
        """A record of its own; `inner` are the records that may stand in it."""
        found = [RecordField(f"{prefix}{n}", self.field(inner)) for n in range(fields)]
        return RecordType(name, tuple(found))

    def field(self, inner: tuple[Type, ...]) -> Type:
        """The type of a field."""
        items: tuple[Type, ...]
        kind = self.number(0, 12)
        match kind:
            case 0 | 1 | 2 | 3:
                return self.pick(SCALARS)
            case 4 | 5:
                return OptionType(self.pick((*SCALARS, PAIR)))
            case 6:
                return self.pick(inner) if inner else self.pick(SCALARS)
            case 7 | 8:
                items = (*SCALARS, *inner, *inner, *inner)
                return ArrayType(self.pick(INDICES), self.pick(items))
            case 9:
                return QueueType(self.pick(POOLED), self.number(1, 2))
            case 10:
                return BagType(self.pick(POOLED), self.number(1, 2))
            case 11:
                return SetType(self.pick((TWO, MODE, BOOL)))
            case _:
                items = (
                    QueueType(MODE, 1),
                    OptionType(TWO),
                    ArrayType(BOOL, TWO),
                    SetType(TWO),
                )
                return ArrayType(self.pick((TWO, MODE)), self.pick(items))

    def declaration(self, t: RecordType) -> str:
        """The class of a record."""
        lines = [f"    {f.name}: {annotation(f.type)} = {self.default(f.type)}" for f in t.fields]
        return "\n".join(["", "", "@record", f"class {t.name}:", *lines, ""])


def chains(t: Type, depth: int = 3) -> Iterator[Chain]:
    """Every way into a type, the type itself first."""
    yield Chain((), t)
    if depth == 0:
        return
    if isinstance(t, RecordType):
        for field in t.fields:
            for inner in chains(field.type, depth - 1):
                yield Chain((field.name, *inner.parts), inner.type)
    elif isinstance(t, ArrayType):
        for inner in chains(t.item, depth - 1):
            yield Chain((t.index, *inner.parts), inner.type)


def is_container(t: Type) -> bool:
    """Whether a type is, or holds, a container."""
    match t:
        case ArrayType() | QueueType() | BagType() | SetType():
            return True
        case OptionType(item):
            return is_container(item)
        case RecordType(fields=fields):
            return any(is_container(field.type) for field in fields)
        case _:
            return False
