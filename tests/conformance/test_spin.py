"""SPIN explores what is exported to Promela: the same states, transitions and shortest traces."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import Variant
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.verify import verify
from tests.conformance.spin import MOST_STATES, Found, expected, need_spin, spin_finds
from tests.conformance.variants import ROOT, TELLING, model_of, name_of
from tests.unit.export.constructs import MAKERS

MOST_FOR_SPIN = 200_000
FOUNDING = str(ROOT / "specs/parallel/reinitialize_before_detach.py")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_spin_finds_the_same_in_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_spin()
    made = make()
    verify(made)
    assert spin_finds(made, tmp_path) == expected(made)


@pytest.mark.parametrize("variant", TELLING, ids=name_of)
def test_spin_finds_the_same_in_a_spec(variant: Variant, tmp_path: Path) -> None:
    need_spin()
    declared = variant.expectation
    model = model_of(variant, most=MOST_FOR_SPIN)
    found = spin_finds(model, tmp_path)
    if declared.states is None or declared.states <= MOST_STATES:
        assert found == expected(model_of(variant, most=MOST_STATES))
        return
    # Too many for our own search to be quick; what is declared is held to it by others.
    assert found.states == declared.states
    if declared.violated and declared.steps is not None:
        assert (declared.violated[0], declared.steps) in found.violated
    else:
        witnesses = {p.name for p in model.properties if p.kind is PropertyKind.SOMETIMES}
        assert {name for name, _ in found.violated} <= witnesses


def test_spin_finds_the_founding_race(tmp_path: Path) -> None:
    need_spin()
    found = spin_finds(load(FOUNDING, {}).model, tmp_path)
    # Three of SPIN's own: to its first state, from there to ours, and where everything is done.
    assert found == Found(559, 1437 + 3, (("worker.detach", 10),))


def test_spin_finds_nothing_wrong_with_the_fix(tmp_path: Path) -> None:
    need_spin()
    found = spin_finds(load(FOUNDING, {"WAIT_FOR_EXIT": "True"}).model, tmp_path)
    assert found == Found(115, 224 + 3, ())
