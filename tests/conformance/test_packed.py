"""The packed engine says what the interpreter says, wherever a budget cuts it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.contract import Exploration
from modelcheck.engines.packed import codec, search, steps, watches
from modelcheck.engines.packed.explore import explore
from modelcheck.errors import SpecError
from modelcheck.ir.model import Model
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Holds, Violated
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.variants import ROOT, TELLING, model_of, name_of
from tests.unit.engines import fairness_examples

NEIGHBOURS = ("neighbours.py", "procedures.py")
LARGEST = 500
SMALL = 400
SPECS = 40 * PATIENCE
COMPARED = 0.5


def demand_the_same(model: Model, budget: Budget, *, full: bool) -> Exploration:
    known = interpreter.explore(model, budget=budget, full=full)
    found = explore(model, budget=budget, full=full)
    assert replace(found, engine="") == replace(known, engine="")
    return found


@pytest.mark.parametrize("variant", TELLING, ids=name_of)
def test_it_agrees(variant) -> None:
    """Also where the states are cut off, within a level and within the ways of one state."""
    model = model_of(variant)
    found = demand_the_same(model, Budget(states=LARGEST), full=True)
    if any(isinstance(one.verdict, Violated) for one in found.verdicts):
        demand_the_same(model, Budget(states=LARGEST), full=False)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_it_agrees_where_neighbours_and_procedures_meet(name: str) -> None:
    model = load(str(Path(__file__).parent / name), {}).model
    demand_the_same(model, Budget(states=LARGEST), full=True)


@pytest.mark.parametrize(
    "budget", [*(Budget(depth=depth) for depth in (0, 1, 9, 10, 40)), Budget(seconds=0.0)], ids=str
)
def test_it_agrees_within_a_budget(budget: Budget) -> None:
    model = load(str(ROOT / "specs/parallel/reinitialize_before_detach.py"), {}).model
    for full in (True, False):
        demand_the_same(model, budget, full=full)


@pytest.mark.parametrize("seed", range(25))
def test_it_agrees_on_random_models_of_any_fairness(seed: int) -> None:
    model = fairness_examples.random_model(seed)
    for budget in (Budget(), Budget(depth=2), *(Budget(states=most) for most in range(1, 9))):
        demand_the_same(model, budget, full=True)


def test_little_is_kept_and_little_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is forgotten is worked out again, and where states are divided makes no difference."""
    for module in (codec, steps, watches):
        monkeypatch.setattr(module, "LIMIT", 3)
    for module in (search, watches):
        monkeypatch.setattr(module, "TOGETHER", 3)
    for name in ("20_always_and_every_step", "21_sometimes", "23_leads_to"):
        model = load(str(ROOT / f"specs/language/{name}.py"), {}).model
        for budget in (Budget(), Budget(depth=3), *(Budget(states=most) for most in range(1, 9))):
            demand_the_same(model, budget, full=True)


def test_it_agrees_on_random_specs(tmp_path: Path) -> None:
    """Hypothesis writes the specs; those that are refused are left out."""
    path, compared, lassos, shown = tmp_path / "spec.py", [], [], []

    @settings(
        max_examples=SPECS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def agree(text: str) -> None:
        path.write_text(text)
        try:
            found = demand_the_same(load(str(path), {}).model, Budget(states=SMALL), full=True)
        except SpecError:
            compared.append(False)
            return
        compared.append(True)
        for one in found.verdicts:
            if isinstance(one.verdict, Violated):
                (lassos if one.kind in LIVENESS else shown).append(one)
            shown.extend([one] if isinstance(one.verdict, Holds) and one.verdict.witness else [])

    agree()
    assert sum(compared) / len(compared) >= COMPARED
    assert len(lassos) >= 2
    assert len(shown) >= 10
