"""Shared places by name: `mq[0].sender`, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_path, render_value
from modelcheck.ir.types import ArrayType, OptionType, RecordType, Type, Value, values
from modelcheck.trace import State

PlacePath = tuple[Value, ...]
"""A concrete shared place: variable, then field names and index values, `("mq", 0, "sender")`."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A place and the value it holds, as text."""

    place: str
    value: str

    def __str__(self) -> str:
        return f"{self.place} = {self.value}"


def place_text(model: Model, path: PlacePath) -> str:
    """The place as a spec writes it, such as `mq[0].sender`."""
    for variable in model.variables:
        if path and variable.name == path[0]:
            return render_path(variable, path)
    raise ModelCheckBug(f"no shared variable is part of the place {path}")


def parts(place: str, t: Type, value: Value) -> tuple[tuple[str, Type, Value], ...]:
    """The named parts of a record or array with their types and values; empty for a simple value.

    An option that holds a record or array has the parts of what it holds.
    """
    match t:
        case OptionType(item) if value is not None:
            return parts(place, item, value)
        case RecordType(fields=fields) if isinstance(value, tuple):
            return tuple(
                (f"{place}.{field.name}", field.type, held)
                for field, held in zip(fields, value, strict=True)
            )
        case ArrayType(index, item) if isinstance(value, tuple):
            return tuple(
                (f"{place}[{render_value(index, at)}]", item, held)
                for at, held in zip(values(index), value, strict=True)
            )
        case _:
            return ()


def holdings(model: Model, state: State) -> tuple[Holding, ...]:
    """Every shared place at the finest granularity, in declared order."""
    return tuple(
        holding
        for variable, value in zip(model.variables, state.shared, strict=True)
        for holding in _held(variable.name, variable.type, value)
    )


def _held(place: str, t: Type, value: Value) -> Iterator[Holding]:
    inner = parts(place, t, value)
    if not inner:
        yield Holding(place, render_value(t, value))
    for name, item, held in inner:
        yield from _held(name, item, held)
