"""The specs that document the language declare something, and can do something."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import find_specs

ROOT = Path(__file__).parents[2]
SPECS = find_specs((ROOT / "specs/language",))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: Path(path).stem)
def test_it_declares_numbers_and_a_witness(path: str) -> None:
    spec = load(path, {}).loaded.spec
    assert "sometimes" in {claim.kind for claim in spec.claims}
    assert spec.expectations
    for declared in spec.expectations:
        assert declared.violated or declared.states is not None
