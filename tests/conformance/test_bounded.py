"""Bounded checking says what the interpreter says: the same violations and witnesses, as short."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.smt.bounded import explore
from modelcheck.errors import SpecError
from modelcheck.hunt import Variant
from modelcheck.ir.model import PropertyKind
from modelcheck.trace import Budget
from tests.conformance.alike import agree, length
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.variants import ROOT, TELLING, model_of, name_of

DEPTHS = {"language": 8, "classic": 6, "benchmark": 6, "parallel": 5}
"""How far each room of specs is compared: so far most of them go within seconds."""

SPECS = 40 * PATIENCE
LARGEST = 20_000
"""Specs that declare more states than that take long to compare."""

SMALL = 1_000


def compared() -> list[Variant]:
    """Of each parallel spec one variant alone."""
    found: dict[str, Variant] = {}
    for one in TELLING:
        if (one.expectation.states or 0) > LARGEST:
            continue
        is_brief = Path(one.path).parent.name != "parallel"
        found.setdefault(f"{one.path} {one.overridden if is_brief else ''}", one)
    return list(found.values())


@pytest.mark.parametrize("variant", compared(), ids=name_of)
def test_it_agrees_on_the_specs(variant: Variant) -> None:
    model = model_of(variant)
    budget = Budget(depth=DEPTHS[Path(variant.path).parent.name])
    agree(explore, model, budget)


def test_it_agrees_on_random_specs(tmp_path: Path) -> None:
    """Hypothesis writes the specs; those that are refused or have many states are left out."""
    path, kinds, over = tmp_path / "spec.py", set[PropertyKind](), list[bool]()

    @settings(
        max_examples=SPECS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def compare(text: str) -> None:
        path.write_text(text)
        try:
            model = load(str(path), {}).model
            few = interpreter.explore(model, budget=Budget(states=SMALL, depth=6), full=True)
        except SpecError:
            return
        if few.states < SMALL:
            found = agree(explore, model, Budget(depth=6))
            kinds.update(one.kind for one in found.verdicts if length(one.verdict) is not None)
            over.append(found.complete)

    compare()
    assert kinds >= {PropertyKind.CHECK, PropertyKind.ALWAYS, PropertyKind.DEADLOCK}
    assert {True, False} == set(over)


@pytest.mark.parametrize("wait", ["True", "False"])
def test_the_order_constraint_changes_no_answer(wait: str) -> None:
    path = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
    model = load(path, {"WAIT_FOR_EXIT": wait}).model
    with_it, without = (
        explore(model, budget=Budget(depth=11), full=True, ordered=ordered)
        for ordered in (True, False)
    )
    assert [(one.property, length(one.verdict)) for one in with_it.verdicts] == [
        (one.property, length(one.verdict)) for one in without.verdicts
    ]
    assert [type(one.verdict) for one in with_it.verdicts] == [
        type(one.verdict) for one in without.verdicts
    ]
