"""A model with its look-up tables made, so that a search makes them once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.ir.model import Model, Process, Step
from modelcheck.trace import Instance


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model, its instances in the order of `State.locations`, and its steps by name."""

    model: Model
    names: tuple[str, ...]
    """The shared variables' names, in the model's order."""

    instances: tuple[Instance, ...]
    processes: tuple[Process, ...]
    """The process of each instance."""

    positions: Mapping[Instance, int]
    steps: Mapping[str, Mapping[str, Step]]
    """By process and label."""


System = Model | Prepared
"""What the functions of the semantics take: a model, or one prepared once for many calls."""


def prepare(system: System) -> Prepared:
    """The tables of a model; a prepared one is returned as it is."""
    if isinstance(system, Prepared):
        return system
    pairs = [
        (Instance(process.name, index), process)
        for process in system.processes
        for index in process.indices()
    ]
    return Prepared(
        model=system,
        names=tuple(variable.name for variable in system.variables),
        instances=tuple(instance for instance, _ in pairs),
        processes=tuple(process for _, process in pairs),
        positions={instance: at for at, (instance, _) in enumerate(pairs)},
        steps={p.name: {step.label: step for step in p.steps} for p in system.processes},
    )


def instances(system: System) -> tuple[Instance, ...]:
    """Every process instance, in the order of `State.locations`."""
    return prepare(system).instances
