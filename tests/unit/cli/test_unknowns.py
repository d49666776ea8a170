import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelcheck.cli.main import main

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "json.schema.json").read_text())
FOUNDING = "specs/parallel/reinitialize_before_detach.py"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").symlink_to(ROOT / "specs")


def test_the_values_with_a_race_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", FOUNDING, "--symbolic", "WAIT_FOR_EXIT", "--output", "found"]) == 1
    *_, violated, fixed, unasked, effort = capsys.readouterr().out.splitlines()
    assert violated == "WAIT_FOR_EXIT=False: worker.detach violated after 10 steps"
    assert fixed == "WAIT_FOR_EXIT=True: nothing is violated"
    assert unasked == "not asked with constants left open: every_worker_stops"
    assert effort.endswith("questions about runs of all variants together, bmc")
    place = "found/parallel/reinitialize_before_detach/wait_for_exit_false/worker.detach.itf.json"
    assert Path(place).is_file()
    assert main(["replay", place, "--on", "model"]) == 0


def test_json_is_as_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    schema = {**SCHEMA, "$ref": "#/$defs/symbolic"}
    command = ["check", FOUNDING, "--symbolic", "WAIT_FOR_EXIT", "--output", "found", "--json"]
    for more, status in ((["--max-depth", "9"], 3), ([], 1)):
        assert main([*command, *more]) == status
        document = json.loads(capsys.readouterr().out)
        assert list(Draft202012Validator(schema).iter_errors(document)) == []
    assert [one["status"] for one in document["variants"]] == ["violated", "holds"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engine", "native"], "--engine native leaves no constant open"),
        (["--full"], "--full means nothing with --symbolic"),
        (["--all-races"], "--all-races means nothing with --symbolic"),
        (["--max-states", "9"], "--symbolic stores no states"),
        (["--set", "WAIT_FOR_EXIT=True"], "WAIT_FOR_EXIT is given a value and left open"),
    ],
)
def test_what_does_not_go_with_it_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", FOUNDING, "--symbolic", "WAIT_FOR_EXIT", *options]) == 2
    assert message in capsys.readouterr().err


def test_bounded_checking_tells_its_effort(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", FOUNDING, "--engine", "bmc", "--output", "found", "-v"]) == 1
    out = capsys.readouterr().out
    assert "10 steps, shortest possible\n" in out
    assert "questions about runs, bmc; the search stopped at the violation" in out
    assert "share" not in out


def test_bounded_checking_is_never_strict(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", "specs/language/18_waiting.py", "--engine", "bmc", "--strict"]
    assert main(command) == 3
    assert "undecided under --strict" in capsys.readouterr().out
