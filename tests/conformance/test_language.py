"""The specs that document the language: what they declare is so, and CPython agrees."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import Variant, find_specs, hunt, variants
from modelcheck.semantics import initial
from modelcheck.trace import Budget, Violation
from tests.conformance.test_constructs import Choosing
from tests.conformance.test_cpython import walk

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "specs/language"
SPECS = find_specs((LANGUAGE,))
DECLARED = [variant for path in SPECS for variant in variants(path)]
CHOOSES_AT_FIRST = {"14_procedures", "17_choices_and_prologues"}


def name_of(variant: Variant) -> str:
    constants = [f"{name}={value}" for name, value in variant.overridden]
    return "-".join([Path(variant.path).stem, *constants])


@pytest.mark.parametrize("variant", DECLARED, ids=name_of)
def test_it_gives_what_it_declares(tmp_path: Path, variant: Variant) -> None:
    declared = variant.expectation
    assert declared.violated is not None or declared.states is not None
    found = hunt(variant, budget=Budget(), output=tmp_path, installations=())
    assert found.deviations == ()


@pytest.mark.parametrize("path", SPECS, ids=lambda path: Path(path).stem)
def test_it_can_do_something(path: str) -> None:
    kinds = {claim.kind for claim in load(path, {}).loaded.spec.claims}
    assert "sometimes" in kinds


@pytest.mark.parametrize("path", SPECS, ids=lambda path: Path(path).stem)
def test_cpython_agrees(path: str) -> None:
    instance = load(path, {})
    starts = initial(instance.model)
    assert (len(starts) > 1) == (Path(path).stem in CHOOSES_AT_FIRST)
    if len(starts) > 1:
        pytest.skip("CPython cannot be told what the prologue chose")
    for seed in range(20):
        oracle = Choosing(instance)
        for transition, after in walk(instance, seed):
            assert not isinstance(after, Violation)
            oracle.follow(transition)
            assert oracle.value() == after.shared, f"seed {seed}, after {transition}"
