"""The happens-before engine says what the interpreter says, and refuses what has no bound."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.smt.events.rounds import Refused
from modelcheck.engines.smt.events.search import explore
from modelcheck.errors import SpecError
from modelcheck.hunt import Variant
from modelcheck.ir.model import PropertyKind
from modelcheck.trace import Budget
from tests.conformance.alike import agree, length
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.variants import EVERY, TELLING, model_of

SPECS = 30 * PATIENCE
SMALL = 400
LARGEST = 130
"""Variants with more states are compared by `tests/benchmarks/order.py`, as are all others."""

SLOW = ("14_procedures", "bakery")

ENDLESS = "a run can go round for ever: "


def room(variant: Variant) -> str:
    return Path(variant.path).parent.name


def compared() -> list[Variant]:
    """All small ones of two rooms, and of a parallel spec one that holds and one that does not."""
    found = [one for one in EVERY if room(one) in ("language", "classic")]
    found += [one for one in TELLING if room(one) in ("parallel", "benchmark")]
    return [
        one
        for one in found
        if (one.expectation.states or 0) <= LARGEST and Path(one.path).stem not in SLOW
    ]


def outcome(variant: Variant) -> str:
    model = model_of(variant)
    try:
        found = agree(explore, model, Budget())
    except Refused as refused:
        return refused.reason[: len(ENDLESS)]
    return "agrees" if found.complete else found.stopped


def test_it_agrees_on_the_specs_and_refuses_what_goes_round() -> None:
    became = Counter((room(one), outcome(one)) for one in compared())
    assert became == {
        ("language", "agrees"): 32,
        ("language", ENDLESS): 4,
        ("classic", "agrees"): 4,
        ("classic", ENDLESS): 27,
        ("parallel", "agrees"): 25,
        ("parallel", ENDLESS): 1,
    }


@pytest.mark.parametrize("path", ["peterson"])
def test_it_agrees_on_short_runs_of_what_goes_round(path: str) -> None:
    (variant, *_) = (one for one in EVERY if Path(one.path).stem == path)
    agree(explore, model_of(variant), Budget(depth=6))


def test_it_agrees_on_random_specs(tmp_path: Path) -> None:
    """Hypothesis writes the specs; those that are refused or have many states are left out."""
    path, kinds, agreed = tmp_path / "spec.py", set[PropertyKind](), list[str]()
    refusals: list[str] = []

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
            few = interpreter.explore(model, budget=Budget(states=SMALL), full=True)
        except SpecError:
            return
        if few.states < SMALL:
            try:
                found = agree(explore, model, Budget())
            except Refused as refused:
                refusals.append(refused.reason)
                return
            agreed.append(text)
            kinds.update(one.kind for one in found.verdicts if length(one.verdict) is not None)

    compare()
    assert kinds >= {PropertyKind.CHECK, PropertyKind.ALWAYS, PropertyKind.DEADLOCK}
    assert len(agreed) >= SPECS / 3
    assert all(reason.startswith(ENDLESS) for reason in refusals)
