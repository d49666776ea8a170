"""The model and CPython running the spec's generators agree, step by step, under one schedule."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from modelcheck.check import Instance, load
from modelcheck.frontend.annotations import encode, record_type
from modelcheck.ir.types import Value
from modelcheck.lang.domains import domain
from modelcheck.lang.steps import Steps
from modelcheck.semantics import enabled, initial, instances, successors
from modelcheck.trace import State, Transition, Violation

ROOT = Path(__file__).parents[2]
FOUNDING = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
NEIGHBOURS = str(Path(__file__).with_name("neighbours.py"))
PROCEDURES = str(Path(__file__).with_name("procedures.py"))
CASES = [
    pytest.param(FOUNDING, {}, id="founding"),
    pytest.param(FOUNDING, {"WAIT_FOR_EXIT": "True"}, id="founding-fixed"),
    pytest.param(FOUNDING, {"NWORKERS": "1", "NLAUNCHES": "3"}, id="founding-three-launches"),
    pytest.param(NEIGHBOURS, {}, id="neighbours"),
    pytest.param(PROCEDURES, {}, id="procedures"),
]


class Oracle:
    """CPython running the generators of a spec on one shared record."""

    def __init__(self, instance: Instance) -> None:
        spec = instance.loaded.spec
        self.type = record_type(spec.shared)
        self.shared = spec.shared()
        self.running: dict[str, Steps] = {}
        self.labels: dict[str, str | None] = {}
        index_types = {p.name: p for p in instance.model.processes}
        functions = {d.function.__name__: d.function for d in spec.processes}
        for one in instances(instance.model):
            index = index_types[one.process].index
            arguments = () if index is None else (python_index(functions[one.process], one.index),)
            self.running[str(one)] = functions[one.process](self.shared, *arguments)
            self.advance(str(one))

    def advance(self, name: str) -> None:
        self.labels[name] = next(self.running[name], None)

    def value(self) -> object:
        return encode(self.shared, self.type)


def python_index(function: Callable[..., Steps], index: Value) -> object:
    """The index of an instance as the spec's own functions see it."""
    hints = get_type_hints(function, include_extras=True)
    annotation = [hint for name, hint in hints.items() if name != "return"][-1]
    return next(i for i in domain(annotation) if getattr(i, "name", i) == index)


def walk(instance: Instance, seed: int) -> Iterator[tuple[Transition, State | Violation]]:
    chooser = random.Random(seed)
    state = initial(instance.model)[0]
    while moves := successors(instance.model, state):
        transition, after = chooser.choice(moves)
        yield transition, after
        if isinstance(after, Violation):
            return
        state = after


@pytest.mark.parametrize(("path", "constants"), CASES)
def test_cpython_reaches_the_same_states(path: str, constants: dict[str, str]) -> None:
    instance = load(path, constants)
    names = [str(one) for one in instances(instance.model)]
    violations = 0
    for seed in range(150):
        oracle = Oracle(instance)
        assert oracle.value() == initial(instance.model)[0].shared
        for transition, after in walk(instance, seed):
            name = str(transition.instance)
            if isinstance(after, Violation):
                with pytest.raises((AssertionError, IndexError)):
                    oracle.advance(name)
                violations += 1
                break
            oracle.advance(name)
            assert oracle.value() == after.shared, f"seed {seed}, after {transition}"
            where = {
                n: at.label and at.label.rpartition(".")[2]
                for n, at in zip(names, after.locations, strict=True)
            }
            assert oracle.labels == where, f"seed {seed}, after {transition}"
    assert (violations > 0) == (path == FOUNDING and "WAIT_FOR_EXIT" not in constants)


@pytest.mark.parametrize("path", [NEIGHBOURS, PROCEDURES])
def test_every_step_is_taken(path: str) -> None:
    """Else the agreement above says nothing about them."""
    instance = load(path, {})
    taken = {
        f"{transition.instance.process}.{transition.label}"
        for seed in range(150)
        for transition, _ in walk(instance, seed)
    }
    steps = {f"{p.name}.{step.label}" for p in instance.model.processes for step in p.steps}
    assert taken == steps
    assert enabled(instance.model, initial(instance.model)[0])
