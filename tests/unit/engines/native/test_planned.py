"""The C of models as it is kept: what is heard of it is what was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Reduction, reductions_named
from modelcheck.engines.native import making
from modelcheck.engines.native.planned import Plan, planned
from modelcheck.engines.selection import select
from modelcheck.semantics import prepare

SPECS = Path(__file__).parents[4] / "specs"
WALKED = "benchmark/lifecycle.py"
LIVE = "classic/dining_philosophers.py"
PRESUPPOSING = "parallel/message_queue.py"


def plan(spec: str, reductions: str, cache: Path, properties: frozenset[str] | None = None) -> Plan:
    model = load(str(SPECS / spec), {}).model
    prepared = prepare(model)
    return planned(prepared, select(model, properties), reductions_named(reductions), cache)


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("plan-*.txt"))


@pytest.mark.parametrize(
    ("spec", "reductions"),
    [(WALKED, "symmetry"), (LIVE, ""), (LIVE, "stubborn"), (PRESUPPOSING, "symmetry,stubborn")],
)
def test_what_is_kept_is_what_was_made(
    spec: str, reductions: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = plan(spec, reductions, tmp_path)

    def fail(*_: object) -> Plan:
        raise AssertionError("it was made before")

    monkeypatch.setattr(making, "made", fail)
    assert plan(spec, reductions, tmp_path) == first


def test_another_question_is_another_plan(tmp_path: Path) -> None:
    assert not plan(WALKED, "", tmp_path).uses(Reduction.SYMMETRY)
    symmetric = plan(WALKED, "symmetry", tmp_path)
    assert symmetric.uses(Reduction.SYMMETRY)
    assert symmetric.alike == ("alike 0", "picks 0 go_on", "picks 2 go_on")
    assert plan(WALKED, "", tmp_path, frozenset({"deadlock"})).reduced == ()
    assert len(kept(tmp_path)) == 3


@pytest.mark.parametrize("damage", ["", "entry expand\n", None])
def test_a_damaged_plan_is_made_again(damage: str | None, tmp_path: Path) -> None:
    known = plan(WALKED, "symmetry", tmp_path)
    (place,) = kept(tmp_path)
    whole = place.read_text()
    place.write_text(whole.replace("count", "coumt", 1) if damage is None else damage)
    assert plan(WALKED, "symmetry", tmp_path) == known
    assert place.read_text() == whole


def test_a_folder_that_cannot_be_written_to_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert plan(LIVE, "", tmp_path / "file" / "cache") == plan(LIVE, "", tmp_path)
