"""SARIF 2.1.0, held to the rules of the published schema for the objects that are written."""

import json
from dataclasses import replace
from typing import Any

from modelcheck.report import sarif
from modelcheck.trace import Trace
from tests.unit.report import lassos
from tests.unit.report.founding import finding

# For each object of the schema: what it must have, and what else is written of it. No object but
# a property bag may have anything else (`additionalProperties` is false).
RULES: dict[str, tuple[set[str], set[str]]] = {
    "sarifLog": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"results"}),
    "tool": ({"driver"}, set()),
    "toolComponent": ({"name"}, {"version", "rules"}),
    "reportingDescriptor": ({"id"}, {"shortDescription"}),
    "result": (
        {"message"},
        {"ruleId", "ruleIndex", "level", "locations", "codeFlows", "properties"},
    ),
    "message": (set(), {"text"}),
    "location": (set(), {"physicalLocation", "logicalLocations", "message"}),
    "physicalLocation": (set(), {"artifactLocation", "region"}),
    "artifactLocation": (set(), {"uri"}),
    "region": (set(), {"startLine", "endLine"}),
    "logicalLocation": (set(), {"fullyQualifiedName", "kind"}),
    "codeFlow": ({"threadFlows"}, set()),
    "threadFlow": ({"locations"}, {"id"}),
    "threadFlowLocation": (set(), {"location", "executionOrder", "importance", "state"}),
}
CHILDREN = {
    ("sarifLog", "runs"): "run",
    ("run", "tool"): "tool",
    ("run", "results"): "result",
    ("tool", "driver"): "toolComponent",
    ("toolComponent", "rules"): "reportingDescriptor",
    ("reportingDescriptor", "shortDescription"): "message",
    ("result", "message"): "message",
    ("result", "locations"): "location",
    ("result", "codeFlows"): "codeFlow",
    ("location", "physicalLocation"): "physicalLocation",
    ("location", "logicalLocations"): "logicalLocation",
    ("location", "message"): "message",
    ("physicalLocation", "artifactLocation"): "artifactLocation",
    ("physicalLocation", "region"): "region",
    ("codeFlow", "threadFlows"): "threadFlow",
    ("threadFlow", "locations"): "threadFlowLocation",
    ("threadFlowLocation", "location"): "location",
}


def held_to_the_rules(kind: str, value: dict[str, Any]) -> None:
    required, others = RULES[kind]
    assert required <= set(value) <= required | others, (kind, value)
    for name, part in value.items():
        child = CHILDREN.get((kind, name))
        for one in part if isinstance(part, list) else [part] if child else []:
            if child is not None:
                held_to_the_rules(child, one)
    if kind == "message":
        assert value["text"]
    if kind == "region":
        assert 1 <= value["startLine"] <= value["endLine"]
    if kind == "codeFlow":
        assert value["threadFlows"]
    if kind == "threadFlow":
        assert value["locations"]
    if kind == "threadFlowLocation":
        assert value["executionOrder"] >= 0
        assert value["importance"] in {"important", "essential", "unimportant"}
        assert all(set(state) == {"text"} for state in value.get("state", {}).values())
    if kind == "result":
        assert value["level"] in {"none", "note", "warning", "error"}


def document(*findings: Any) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif.render(findings))
    assert log["version"] == "2.1.0"
    held_to_the_rules("sarifLog", log)
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
    still = replace(finding(), trace=Trace(finding().trace.initial, ()))
    results = document(finding(), lassos.starvation(), lassos.nothing_moves(), still)
    assert len(results["runs"][0]["results"]) == 4


def test_nothing_found_is_a_log_too() -> None:
    assert document()["runs"][0]["results"] == []


def test_a_path_with_a_space_is_a_reference() -> None:
    found = finding()
    moved = replace(found, model=replace(found.model, path="my specs/é.py"))
    moved = replace(moved, violation=replace(moved.violation, span=None))
    (result,) = document(moved)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "my%20specs/%C3%A9.py"
