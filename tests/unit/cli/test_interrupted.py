"""What is told where Ctrl-C ends a command: what was found, and the command that goes on."""

import json
from pathlib import Path

import pytest

from modelcheck.check import Checked
from modelcheck.cli import further
from modelcheck.cli.console import Console
from modelcheck.cli.main import main
from modelcheck.engines.contract import ProgressReport

ROOT = Path(__file__).parents[3]
PETERSON = str(ROOT / "specs/classic/peterson.py")
DEKKER = str(ROOT / "specs/classic/dekker.py")


@pytest.fixture
def interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search is interrupted as soon as it tells how far it has come."""

    def interrupt(_console: Console, _report: ProgressReport) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "exploring", interrupt)


@pytest.mark.usefixtures("interrupts")
def test_a_check_tells_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", PETERSON, "--set", "FLAG_FIRST=True"]) == 130
    out, err = capsys.readouterr()
    again = f"modelcheck check {PETERSON} --set FLAG_FIRST=True"
    assert "not all of them: interrupted" in out
    assert err.splitlines() == [
        "interrupted: this is what was found so far",
        f"   random runs in its stead:  modelcheck simulate {PETERSON} --set FLAG_FIRST=True",
        f"   to be able to go on:  {again} --checkpoint DIR",
    ]


@pytest.mark.usefixtures("interrupts")
def test_random_runs_name_their_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", PETERSON, "--seed", "7", "--strategy", "pct", "--runs", "9"]) == 130
    again = "--strategy pct --runs 9 --steps 200 --changes 2 --seed 7"
    assert f"modelcheck simulate {PETERSON} {again}\n" in capsys.readouterr().err


@pytest.mark.usefixtures("interrupts")
def test_only_an_engine_that_can_go_on_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", PETERSON, "--engine", "bmc"]) == 130
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"   random runs in its stead:  modelcheck simulate {PETERSON}"
    ]


@pytest.mark.usefixtures("interrupts")
def test_a_hunt_names_the_specs_that_are_left(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--no-replay", "--times", "3", "--output", "build/hunt"]
    assert main(["hunt", PETERSON, DEKKER, *asked, "--jobs", "1"]) == 130
    out, err = capsys.readouterr()
    again = f"modelcheck hunt {PETERSON} {DEKKER} {' '.join(asked)}"
    assert err.splitlines()[-1] == f"   the rest:  {again}"
    assert "  undecided    unknown\n" in out


def test_what_is_asked_for_beside_a_violation_is_cut_and_the_violation_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: Checked) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(further, "further", interrupt)
    violated = ["check", PETERSON, "--set", "FLAG_FIRST=False", "--output", str(tmp_path)]
    assert main([*violated, "--fixes", "--json"]) == 130
    out, err = capsys.readouterr()
    (place,) = tmp_path.rglob("*.itf.json")
    statuses = {one["property"]: one["status"] for one in json.loads(out)["verdicts"]}
    assert statuses["mutual_exclusion"] == "violated"
    assert f"   what was found:  modelcheck report {place}" in err.splitlines()
