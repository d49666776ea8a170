"""The specs that document the language: what they declare is so."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import Variant, find_specs, hunt, variants
from modelcheck.trace import Budget

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT / "specs/language"
SPECS = find_specs((LANGUAGE,))
DECLARED = [variant for path in SPECS for variant in variants(path)]


def name_of(variant: Variant) -> str:
    constants = [f"{name}={value}" for name, value in variant.overridden]
    return "-".join([Path(variant.path).stem, *constants])


@pytest.mark.parametrize("variant", DECLARED, ids=name_of)
def test_it_gives_what_it_declares(tmp_path: Path, variant: Variant) -> None:
    declared = variant.expectation
    assert declared.violated or declared.states is not None
    found = hunt(variant, budget=Budget(), output=tmp_path, installations=())
    assert found.deviations == ()


@pytest.mark.parametrize("path", SPECS, ids=lambda path: Path(path).stem)
def test_it_can_do_something(path: str) -> None:
    kinds = {claim.kind for claim in load(path, {}).loaded.spec.claims}
    assert "sometimes" in kinds
