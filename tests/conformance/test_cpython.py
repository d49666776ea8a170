"""Every spec, without and with what it declares violated: model, CPython and engines agree."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import Variant, variants
from modelcheck.passes.leftovers import SUFFIX as CALLER
from tests.conformance.agreement import Compared, Comparison
from tests.conformance.patience import PATIENCE
from tests.conformance.reference import TooLargeError, compare_engines, reference
from tests.conformance.variants import ROOT, TELLING, model_of, name_of

HERE = Path(__file__).parent
FOUNDING = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
OWN = [str(HERE / "neighbours.py"), str(HERE / "procedures.py")]
SMALL = 560
"""Up to so many states everything that can and cannot happen is compared, in every one."""

LARGEST = 3_000 * PATIENCE
"""Up to so many states the engines are compared; above, CPython alone, on random walks."""

WALKS = 12 * PATIENCE
"""How many random walks there are through a larger spec."""

VARIANTS = [
    pytest.param(variant, id=name_of(variant))
    for variant in (*TELLING, *(one for path in OWN for one in variants(path)))
]


def compared(variant: Variant) -> Compared:
    comparison = Comparison(load(variant.path, variant.settings))
    if (variant.expectation.states or 0) > SMALL:
        return comparison.on_walks(WALKS, 30)
    return comparison.everywhere(SMALL)


@pytest.mark.parametrize("variant", VARIANTS)
def test_cpython_does_what_the_model_does(variant: Variant) -> None:
    found = compared(variant)
    assert found.transitions > 0
    assert all(name.endswith(f".{CALLER}") for name in found.skipped)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_engine_finds_what_the_reference_finds(variant: Variant) -> None:
    model = model_of(variant, most=LARGEST)
    try:
        found = compare_engines(model, LARGEST)
    except TooLargeError:
        pytest.skip(f"more than {LARGEST:,} states")
    assert found.transitions > 0


def test_more_launches_than_the_spec_declares() -> None:
    instance = load(FOUNDING, {"NWORKERS": "1", "NLAUNCHES": "3"})
    found = Comparison(instance).everywhere(SMALL)
    assert found.states == len(reference(instance.model, SMALL).distances)
    assert found.violations > 0


def test_the_comparison_is_of_everything() -> None:
    """The numbers are those of the founding spec's whole graph."""
    found = Comparison(load(FOUNDING, {})).everywhere(SMALL)
    assert (found.states, found.transitions) == (559, 1437)
    assert found.violations == 333
    assert found.disabled == 358


@pytest.mark.parametrize("path", OWN)
def test_every_step_is_taken(path: str) -> None:
    """Else the agreement above says nothing about them."""
    instance = load(path, {})
    steps = {name for name, _ in instance.model.steps()}
    assert Comparison(instance).on_walks(60, 120).taken == steps
