import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelcheck.cli.main import main

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "json.schema.json").read_text())
FOUNDING = "specs/parallel/reinitialize_before_detach.py"
FIRST = "worker[0].detach < leader.reinitialize#1"
SECOND = "worker[1].detach < leader.reinitialize#2"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").symlink_to(ROOT / "specs")


def test_a_run_that_keeps_to_a_precedence_is_told_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", FOUNDING, "--before", FIRST, "--output", "found"]) == 1
    out = capsys.readouterr().out
    assert "worker.detach: violated after 12 steps" in out
    assert "12 steps\n" in out
    assert "shortest possible" not in out
    assert f"deadlock: unknown: not violated within 11 steps of a run that keeps to {FIRST}" in out
    place = "found/parallel/reinitialize_before_detach/wait_for_exit_false/worker.detach.itf.json"
    assert main(["replay", place, "--on", "model"]) == 0


def test_what_holds_in_some_runs_is_not_said_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", FOUNDING, "--before", FIRST, "--before", SECOND, "--json"]
    assert main([*command, "--property", "worker.detach"]) == 0
    document = json.loads(capsys.readouterr().out)
    schema = Draft202012Validator({**SCHEMA, "$ref": "#/$defs/check"})
    assert list(schema.iter_errors(document)) == []
    (verdict,) = document["verdicts"]
    assert verdict["reason"] == f"in every run that keeps to {FIRST} and {SECOND}"
    assert (document["before"], document["engine"]) == ([FIRST, SECOND], "order")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engine", "native"], "--engine native keeps to no precedences"),
        (["--fixes"], "--fixes asks about all runs, --before about some"),
        (["--all-races"], "--all-races asks about all runs, --before about some"),
        (["--reduce", "slicing"], "--reduce asks about all runs, --before about some"),
        (["--symbolic", "WAIT_FOR_EXIT"], "--before means nothing with --symbolic"),
        (["--max-states", "9"], "--engine order stores no states"),
        (["--order", "depth-first"], "--engine order does not search depth-first"),
    ],
)
def test_what_does_not_go_with_it_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", FOUNDING, "--before", FIRST, *options]) == 2
    assert message in capsys.readouterr().err


def test_a_hunt_tells_which_engine_refuses_a_variant(capsys: pytest.CaptureFixture[str]) -> None:
    hunt = ["hunt", "--no-replay", "--output", "found", "--cross-check", "order"]
    assert main([*hunt, "specs/classic/peterson.py", "specs/language/18_waiting.py"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "--engine order does not take this model: a run can go round for ever" in told
    assert "interpreter, order refuses" in told
    assert "interpreter, order no" in told
