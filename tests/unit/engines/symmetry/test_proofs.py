from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.symmetry import proofs
from modelcheck.engines.symmetry.detection import Symmetry, detect
from modelcheck.engines.symmetry.proofs import detected
from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Model

SPECS = Path(__file__).parents[4] / "specs"
WALKED = ("benchmark/lifecycle.py", {"WORKERS": "3"})
REFUSED = ("classic/bakery.py", {})
PLAIN = ("benchmark/two_phase_commit.py", {"MANAGERS": "3"})


def prepared(spec: tuple[str, dict[str, str]]) -> tuple[Model, dict[str, Expr]]:
    model = load(str(SPECS / spec[0]), spec[1]).model
    return model, {prop.name: prop.condition for prop in model.properties}


def told(symmetry: Symmetry) -> object:
    return symmetry.domains, symmetry.refused, symmetry.roles.parents, symmetry.roles.types


@pytest.mark.parametrize("spec", [WALKED, REFUSED, PLAIN])
def test_what_is_kept_is_what_was_proved(
    spec: tuple[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, conditions = prepared(spec)
    first = detected(model, conditions, tmp_path)
    assert told(first) == told(detect(model, conditions))
    assert len(list(tmp_path.iterdir())) == 1

    def fail(*_: object) -> Symmetry:
        raise AssertionError("it was proved before")

    monkeypatch.setattr(proofs, "detect", fail)
    assert told(detected(model, conditions, tmp_path)) == told(first)


def test_another_question_is_another_proof(tmp_path: Path) -> None:
    model, conditions = prepared(PLAIN)
    detected(model, conditions, tmp_path)
    detected(model, {}, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "damage", ["", "alike 0\n", "alike 9\nend\n", "alike 0\npicks 7 x\nend\n", "?\nend\n"]
)
def test_a_damaged_proof_is_made_again(damage: str, tmp_path: Path) -> None:
    model, conditions = prepared(WALKED)
    known = told(detected(model, conditions, tmp_path))
    (place,) = tmp_path.iterdir()
    whole = place.read_text()
    assert whole == "alike 0\npicks 0 go_on\npicks 2 go_on\nend\n"
    place.write_text(damage)
    assert told(detected(model, conditions, tmp_path)) == known
    assert place.read_text() == whole


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_time(tmp_path: Path) -> None:
    model, conditions = prepared(PLAIN)
    (tmp_path / "file").write_text("")
    found = detected(model, conditions, tmp_path / "file" / "cache")
    assert told(found) == told(detect(model, conditions))
