"""What `replay --json` tells of real servers is what the schema says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelcheck.cli.main import main

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
TRACE = "parallel/reinitialize_before_detach/wait_for_exit_false/worker.detach.itf.json"


def test_the_answer_is_as_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((ROOT / "docs" / "json.schema.json").read_text())
    assert main(["replay", str(ROOT / "counterexamples" / TRACE), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    outcomes = [one["outcome"] for one in told["replays"]]
    assert outcomes
    assert outcomes == ["reproduced", "prevented"] * (len(outcomes) // 2)
    schema["$ref"] = "#/$defs/replay"
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
