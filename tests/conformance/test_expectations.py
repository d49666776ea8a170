"""Every spec does what it declares: verdict, shortest counterexample and number of states.

Those that document the language have a test of their own.
"""

from itertools import islice
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.frontend import read_spec
from modelcheck.hunt import Variant, find_specs, hunt, variants
from modelcheck.semantics import initial
from modelcheck.trace import Budget, Violation
from tests.conformance.test_constructs import Choosing
from tests.conformance.test_cpython import walk

ROOT = Path(__file__).parents[2]
SPECS = [path for path in find_specs((ROOT / "specs",)) if "/language/" not in path]
CLASSICS = find_specs((ROOT / "specs/classic",))
STEPS = 60
"""How far CPython follows: most classics run for ever."""


def name_of(variant: Variant) -> str:
    constants = ",".join(f"{name}={text}" for name, text in variant.overridden)
    return f"{Path(variant.path).stem}[{constants}]"


@pytest.mark.parametrize("variant", [v for spec in SPECS for v in variants(spec)], ids=name_of)
def test_a_variant_is_as_declared(variant: Variant, tmp_path: Path) -> None:
    hunted = hunt(variant, budget=Budget(), output=tmp_path, installations=())
    assert hunted.deviations == ()


@pytest.mark.parametrize("variant", [v for spec in CLASSICS for v in variants(spec)], ids=name_of)
def test_cpython_agrees_on_a_classic(variant: Variant) -> None:
    instance = load(variant.path, dict(variant.overridden))
    if len(initial(instance.model)) > 1:
        pytest.skip("CPython cannot be told what the prologue chose")
    for seed in range(5):
        oracle = Choosing(instance)
        for transition, after in islice(walk(instance, seed), STEPS):
            if isinstance(after, Violation):
                with pytest.raises((AssertionError, IndexError)):
                    oracle.follow(transition)
                break
            oracle.follow(transition)
            assert oracle.value() == after.shared, f"seed {seed}, after {transition}"


@pytest.mark.parametrize("path", CLASSICS, ids=lambda path: Path(path).stem)
def test_a_classic_pins_its_numbers_and_is_not_vacuous(path: str) -> None:
    spec = read_spec(path, {}).spec
    assert any(claim.kind == "sometimes" for claim in spec.claims)
    lengthless = {c.name for c in spec.claims if c.kind in ("sometimes", "eventually", "leads_to")}
    for expectation in spec.expectations:
        assert expectation.states is not None
        assert expectation.steps is not None or set(expectation.violated) <= lengthless
