"""What models at the corners are made of."""

from __future__ import annotations

import shutil

import pytest

from modelcheck.ir.expressions import (
    TRUE,
    Expr,
    Field,
    Index,
    Literal,
    Some,
    Variable,
)
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Choose, Goto, Offer, Statement
from modelcheck.ir.types import (
    ArrayType,
    IntType,
    OptionType,
    RecordField,
    RecordType,
    Value,
    values,
)
from tests.unit import ir_examples as x

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)

ALWAYS, SOMETIMES = PropertyKind.ALWAYS, PropertyKind.SOMETIMES
EVERY_STEP = PropertyKind.EVERY_STEP
WIDE = RecordType(
    "Wide",
    (
        RecordField("left", ArrayType(IntType(0, 3), IntType(0, 255))),
        RecordField("right", ArrayType(IntType(0, 3), IntType(0, 255))),
        RecordField("mark", IntType(0, 3)),
    ),
)
NOTHING: Value = ((0, 0, 0, 0), (0, 0, 0, 0), 0)
PAIR = RecordType(
    "Pair", (RecordField("color", x.COLOR), RecordField("few", OptionType(IntType(2, 4))))
)
SMALL = IntType(-2, 1)
C = x.local("c", IntType(0, 3))
D = x.local("d", IntType(0, 3))


def choose(target: Variable, *offered: Expr | Offer) -> Choose:
    offers = tuple(one if isinstance(one, Offer) else Offer(TRUE, one) for one in offered)
    return Choose(target, offers, x.SPAN)


def every(target: Variable) -> Choose:
    return choose(target, *(Literal(target.type, value) for value in values(target.type)))


def stepping(
    *body: Statement,
    variables: tuple[tuple[Variable, Value], ...] = (),
    local_variables: tuple[Variable, ...] = (C, D),
    properties: tuple[tuple[str, PropertyKind, Expr], ...] = (),
) -> Model:
    """A process that takes one step for ever, and one that is never done."""
    process = x.process("p", x.step("go", *body, Goto("go")), local_variables=local_variables)
    claims = tuple(x.claim(*one) for one in properties)
    return x.model(process, variables=variables, properties=claims)


def at(base: Expr, index: Expr) -> Index:
    return Index(base, index, x.SPAN)


def of(base: Expr, name: str) -> Field:
    return Field(base, name, x.SPAN)


def some(value: Expr) -> Some:
    return Some(value)
