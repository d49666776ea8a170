"""The names that an ITF file uses for what a model has no variable for."""

from __future__ import annotations

from modelcheck.ir.model import Model

DONE = "(done)"
"""Where an instance stands that has reached its end; no label looks like it."""


def locations_name(model: Model) -> str:
    """The variable that maps each instance to its label or `DONE`."""
    return _free("at", model)


def locals_name(model: Model) -> str:
    """The variable that maps each instance to a record of its live locals."""
    return _free("locals", model)


def _free(name: str, model: Model) -> str:
    taken = {variable.name for variable in model.variables}
    while name in taken:
        name += "_"
    return name
