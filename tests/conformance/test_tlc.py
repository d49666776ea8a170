"""TLC explores what is exported to TLA+: the same states and shortest traces."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.export.tla import tla
from modelcheck.ir.model import Model, PropertyKind
from tests.conformance.spin import expected
from tests.conformance.tlc import counting, need_tlc, run_tlc, without_liveness
from tests.unit.export.constructs import MAKERS

SOMETIMES, LIVENESS = PropertyKind.SOMETIMES, (PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO)


def check_states(model: Model, folder: Path) -> None:
    said = run_tlc(counting(tla(model, "Model")), "Model", folder, "-deadlock")
    assert said.states == expected(model).states


def check_verdict(model: Model, folder: Path) -> None:
    """The first violation that TLC meets, level by level, is a shortest one of all."""
    witnesses = {prop.name for prop in model.properties if prop.kind is SOMETIMES}
    live = tuple(prop.name for prop in model.properties if prop.kind in LIVENESS)
    steps = [length for name, length in expected(model).violated if name not in witnesses]
    said = run_tlc(without_liveness(tla(model, "Model"), live), "Model", folder)
    assert said.steps == min(steps, default=None), said.text


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_tlc_finds_the_states_of_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_tlc()
    check_states(make(), tmp_path)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_tlc_finds_the_violation_of_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_tlc()
    check_verdict(make(), tmp_path)
