"""A program that was linked from two files behaves as the two modules that Python imports."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.check import Instance, load
from modelcheck.lang.spec import Spec
from modelcheck.semantics import initial, instances
from modelcheck.trace import Violation
from tests.conformance.test_cpython import Oracle, walk

ROOT = Path(__file__).parents[2]
NAME = "specs.language.26_imports"


def imported(instance: Instance, monkeypatch: pytest.MonkeyPatch, *, polite: bool) -> Instance:
    """The same instance; what it executes was imported by Python, not linked."""
    monkeypatch.syspath_prepend(str(ROOT))
    module = importlib.import_module(NAME)
    monkeypatch.setattr(module, "POLITE", polite)
    spec = vars(module)["spec"]
    assert isinstance(spec, Spec)
    assert spec is not instance.loaded.spec
    return replace(instance, loaded=replace(instance.loaded, spec=spec))


@pytest.mark.parametrize("polite", [True, False])
def test_cpython_reaches_the_same_states(polite: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT.joinpath(*NAME.split(".")).with_suffix(".py")
    linked = load(str(path), {"POLITE": str(polite)})
    instance = imported(linked, monkeypatch, polite=polite)
    names = [str(one) for one in instances(instance.model)]
    violations = 0
    for seed in range(50):
        oracle = Oracle(instance)
        assert oracle.value() == initial(instance.model)[0].shared
        for transition, after in walk(instance, seed):
            name = str(transition.instance)
            if isinstance(after, Violation):
                with pytest.raises(AssertionError, match="releasing a lock of somebody else"):
                    oracle.advance(name)
                violations += 1
                break
            oracle.advance(name)
            assert oracle.value() == after.shared, f"seed {seed}, after {transition}"
            where = {n: at.label for n, at in zip(names, after.locations, strict=True)}
            assert oracle.labels == where, f"seed {seed}, after {transition}"
    assert violations == (0 if polite else 50)
