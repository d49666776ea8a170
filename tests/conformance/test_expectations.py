"""Every spec does what it declares: verdict, shortest counterexample and number of states.

Those that document the language have a test of their own.
"""

from pathlib import Path

import pytest

from modelcheck.frontend import read_spec
from modelcheck.hunt import Variant, find_specs, hunt
from modelcheck.trace import Budget
from tests.conformance.variants import EVERY, ROOT, name_of

DECLARED = [variant for variant in EVERY if "/language/" not in variant.path]
CLASSICS = find_specs((ROOT / "specs/classic",))


@pytest.mark.parametrize("variant", DECLARED, ids=name_of)
def test_a_variant_is_as_declared(variant: Variant, tmp_path: Path) -> None:
    hunted = hunt(variant, budget=Budget(), output=tmp_path, installations=())
    assert hunted.deviations == ()


@pytest.mark.parametrize("path", CLASSICS, ids=lambda path: Path(path).stem)
def test_a_classic_pins_its_numbers_and_is_not_vacuous(path: str) -> None:
    spec = read_spec(path, {}).spec
    assert any(claim.kind == "sometimes" for claim in spec.claims)
    lengthless = {c.name for c in spec.claims if c.kind in ("sometimes", "eventually", "leads_to")}
    for expectation in spec.expectations:
        assert expectation.states is not None
        assert expectation.steps is not None or set(expectation.violated) <= lengthless
