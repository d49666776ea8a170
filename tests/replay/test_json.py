"""What `replay --json` and `observe --json` tell of real servers is what the schema says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelcheck.cli.main import main

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "json.schema.json").read_text())
TRACE = "parallel/reinitialize_before_detach/wait_for_exit_false/worker.detach.itf.json"


def test_what_was_observed_is_as_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(ROOT / "specs" / "parallel" / "reinitialize_before_detach.py")
    assert main(["observe", spec, "--runs", "3", "--seed", "1", "--on", "18", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["runs"] for one in told["systems"]] == [3]
    schema = {**SCHEMA, "$ref": "#/$defs/observe"}
    assert list(Draft202012Validator(schema).iter_errors(told)) == []


def test_the_answer_is_as_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(ROOT / "counterexamples" / TRACE), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    outcomes = [one["outcome"] for one in told["replays"]]
    assert outcomes
    assert outcomes == ["reproduced", "prevented"] * (len(outcomes) // 2)
    schema = {**SCHEMA, "$ref": "#/$defs/replay"}
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
