"""What a step changed in the shared state, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.explain.places import parts
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_value
from modelcheck.ir.types import Type, Value
from modelcheck.trace import State


@dataclass(frozen=True, slots=True)
class Difference:
    """A place whose value changed, as text."""

    place: str
    """As the spec writes it: `mq[0].sender`."""

    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.place}: {self.before} -> {self.after}"


def differences(model: Model, before: State, after: State) -> tuple[Difference, ...]:
    """Every shared place that differs, at the finest granularity and in declared order."""
    return tuple(
        difference
        for variable, old, new in zip(model.variables, before.shared, after.shared, strict=True)
        for difference in differing(variable.name, variable.type, old, new)
    )


def differing(place: str, t: Type, old: Value, new: Value) -> Iterator[Difference]:
    """What differs between two values of a place, at the finest granularity."""
    if old == new:
        return
    were, are = parts(place, t, old), parts(place, t, new)
    if not were or not are:
        yield Difference(place, render_value(t, old), render_value(t, new))
        return
    for (name, item, before), (_, _, after) in zip(were, are, strict=True):
        yield from differing(name, item, before, after)
