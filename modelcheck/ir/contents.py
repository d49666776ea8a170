"""What a model contains: its expressions and the types it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from modelcheck.ir.expressions import Expr, Literal, Make, SetOf, Variable
from modelcheck.ir.model import Model
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
)
from modelcheck.ir.walk import statements, subexpressions, written


def expressions(model: Model) -> Iterator[Expr]:
    """Every expression of a model and everything in it: of its steps, then of its properties."""
    for process in model.processes:
        for body in (process.prologue, *(step.body for step in process.steps)):
            for statement in statements(body):
                for expr in written(statement):
                    yield from subexpressions(expr)
    for prop in model.properties:
        yield from subexpressions(prop.condition)
        if prop.target is not None:
            yield from subexpressions(prop.target)


def named_types(model: Model) -> tuple[EnumType | RecordType, ...]:
    """The enums and records of a model, each once, parts before what contains them."""
    found: dict[EnumType | RecordType, None] = {}
    for variable in model.variables:
        _collect(variable.type, found)
    for process in model.processes:
        for local in (*process.locals, *(() if process.index is None else (process.index,))):
            _collect(local.type, found)
    for expr in expressions(model):
        match expr:
            case Literal(type=t) | Variable(type=t) | Make(type=t) | SetOf(type=t):
                _collect(t, found)
            case _:
                pass
    return tuple(found)


def _collect(t: Type, found: dict[EnumType | RecordType, None]) -> None:
    match t:
        case BoolType() | IntType():
            pass
        case EnumType():
            found.setdefault(t)
        case OptionType(item) | QueueType(item) | BagType(item) | SetType(item):
            _collect(item, found)
        case ArrayType(index, item):
            _collect(index, found)
            _collect(item, found)
        case RecordType(fields=fields):
            for field in fields:
                _collect(field.type, found)
            found.setdefault(t)
        case _:
            assert_never(t)
