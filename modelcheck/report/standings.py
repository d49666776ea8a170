"""Where every instance stands in a state, and the locals it holds there, as text."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.locals import told_name
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_value
from modelcheck.semantics import instances
from modelcheck.trace import Instance, Location, State


@dataclass(frozen=True, slots=True)
class Standing:
    """One instance in one state."""

    instance: str
    label: str
    """The step it is about to take; `done` at its end."""

    locals: str
    """Such as `launch = 1, slot = 0`."""


def standings(model: Model, state: State) -> tuple[Standing, ...]:
    """Every instance, in the model's order."""
    return tuple(
        _standing(model, instance, location)
        for instance, location in zip(instances(model), state.locations, strict=True)
    )


def _standing(model: Model, instance: Instance, location: Location) -> Standing:
    if location.label is None:
        return Standing(str(instance), "done", "")
    process = model.process(instance.process)
    types = {variable.name: variable.type for variable in process.locals}
    live = next(step.live for step in process.steps if step.label == location.label)
    held = zip(live, location.locals, strict=True)
    shown = ", ".join(
        f"{told_name(name)} = {render_value(types[name], value)}" for name, value in held
    )
    return Standing(str(instance), location.label, shown)
