"""Where runs begin, for any values of the shared variables that are left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.ir.types import Value, size, values
from modelcheck.semantics import initial
from modelcheck.trace import State

MOST_VALUATIONS = 1024

Valuation = tuple[Value, ...]
"""A value for each of the variables that are left open, in their order."""


def valuations(model: Model, unknowns: tuple[str, ...]) -> tuple[Valuation, ...]:
    """All that the variables left open can be; raises `UserError` if that is too much."""
    types = {variable.name: variable.type for variable in model.variables}
    count = prod(size(types[name]) for name in unknowns)
    if count > MOST_VALUATIONS:
        message = f"{', '.join(unknowns)} have {count:,} combinations of values together"
        raise UserError(message, way_out=f"leave fewer open: at most {MOST_VALUATIONS:,}")
    return tuple(product(*(tuple(values(types[name])) for name in unknowns)))


def fixed(model: Model, unknowns: tuple[str, ...], valuation: Valuation) -> Model:
    """The model with values for the variables that are left open."""
    given = dict(zip(unknowns, valuation, strict=True))
    pairs = zip(model.variables, model.initial, strict=True)
    return replace(model, initial=tuple(given.get(v.name, value) for v, value in pairs))


def beginnings(model: Model, unknowns: tuple[str, ...]) -> Iterator[State]:
    """All initial states; raises `SpecError` where a behaviour cannot begin."""
    for valuation in valuations(model, unknowns):
        yield from initial(fixed(model, unknowns, valuation))
