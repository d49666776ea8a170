"""Every classic pins its numbers and is not vacuous; the plugin checks that it keeps its word."""

from pathlib import Path

import pytest

from modelcheck.frontend import read_spec
from modelcheck.hunt import find_specs

ROOT = Path(__file__).parents[2]
CLASSICS = find_specs((ROOT / "specs/classic",))


@pytest.mark.parametrize("path", CLASSICS, ids=lambda path: Path(path).stem)
def test_a_classic_pins_its_numbers_and_is_not_vacuous(path: str) -> None:
    spec = read_spec(path, {}).spec
    assert any(claim.kind == "sometimes" for claim in spec.claims)
    lengthless = {c.name for c in spec.claims if c.kind in ("sometimes", "eventually", "leads_to")}
    for expectation in spec.expectations:
        assert expectation.states is not None
        assert expectation.steps is not None or set(expectation.violated) <= lengthless
