"""What a model contains: its expressions and the types it names."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.ir.expressions import Expr, Literal, Make, SetOf, Variable
from modelcheck.ir.model import Model
from modelcheck.ir.types import BagType, EnumType, RecordType, Type, subtypes
from modelcheck.ir.walk import statements, subexpressions, written


def expressions(model: Model) -> Iterator[Expr]:
    """Every expression of a model and everything in it: of its steps, then of its properties."""
    for process in model.processes:
        for body in (process.prologue, *(step.body for step in process.steps)):
            for statement in statements(body):
                for expr in written(statement):
                    yield from subexpressions(expr)
    for prop in model.properties:
        for claim in prop.claims:
            yield from subexpressions(claim)


def named_types(model: Model) -> tuple[EnumType | RecordType, ...]:
    """The enums and records of a model, each once, parts before what contains them."""
    return tuple(t for t in _parts(model) if isinstance(t, EnumType | RecordType))


def bag_items(model: Model) -> tuple[Type, ...]:
    """The types of the items of a model's bags, each once."""
    return tuple(dict.fromkeys(t.item for t in _parts(model) if isinstance(t, BagType)))


def _parts(model: Model) -> tuple[Type, ...]:
    """The types of a model and their parts, each once."""
    objects = {id(t): t for t in _types(model)}  # far fewer, and not compared by their contents
    return tuple(dict.fromkeys(part for t in objects.values() for part in subtypes(t)))


def _types(model: Model) -> Iterator[Type]:
    """The types of a model's variables and values."""
    for variable in model.variables:
        yield variable.type
    for process in model.processes:
        for local in (*process.locals, *(() if process.index is None else (process.index,))):
            yield local.type
    for expr in expressions(model):
        match expr:
            case Literal(type=t) | Variable(type=t) | Make(type=t) | SetOf(type=t):
                yield t
            case _:
                pass
