"""A program that was linked from two files behaves as the two modules that Python imports."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.check import Instance, load
from modelcheck.lang.spec import Spec
from tests.conformance.agreement import Comparison
from tests.conformance.reference import reference

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
    found = Comparison(instance).everywhere(1_000)
    assert found.states == len(reference(linked.model, 1_000).distances)
    assert (found.violations == 0) == polite
