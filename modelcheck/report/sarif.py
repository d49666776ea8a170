"""Findings as SARIF 2.1.0, for tools that show results beside the code.

Static Analysis Results Interchange Format, OASIS, 2020. A result stands at the claim that is false;
its code flow has a thread flow for each process instance, in which `executionOrder` is the number
of the step.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from modelcheck.report.finding import Finding
from modelcheck.report.story import Story, StoryStep, tell
from modelcheck.source import Span
from modelcheck.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

Json = dict[str, object]


def render(findings: Sequence[Finding]) -> str:
    """One log with a run of all findings, ending in a newline."""
    names = tuple(dict.fromkeys(finding.violation.property for finding in findings))
    driver: Json = {
        "name": "modelcheck",
        "version": VERSION,
        "rules": [_rule(name, findings) for name in names],
    }
    run: Json = {
        "tool": {"driver": driver},
        "results": [_result(tell(finding), names) for finding in findings],
    }
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str, findings: Sequence[Finding]) -> Json:
    kind = next(one.violation.kind for one in findings if one.violation.property == name)
    claim = name.replace("_", " ")
    return {"id": name, "shortDescription": {"text": f"{claim} ({kind.value})"}}


def _result(story: Story, names: Sequence[str]) -> Json:
    finding, said = story.finding, story.sentences
    span = finding.violation.span
    paragraphs = (said.verdict, said.race, said.fairness, *story.why)
    weight = {"kind": "informational", "level": "none"} if finding.is_walk else {"level": "error"}
    result: Json = {
        "ruleId": finding.violation.property,
        "ruleIndex": names.index(finding.violation.property),
        **weight,
        "message": {"text": " ".join(part for part in paragraphs if part)},
        "locations": [_location(finding.model.path, span, said.subject)],
        "properties": {"constants": said.constants, "check": finding.commands.check},
    }
    if story.steps:
        result["codeFlows"] = [{"threadFlows": [_thread(story, lane) for lane in story.lanes]}]
    return result


def _thread(story: Story, lane: str) -> Json:
    steps = zip(story.steps, story.finding.trace.steps, strict=True)
    return {
        "id": lane,
        "locations": [
            _taken(story.finding.model.path, step, told.span)
            for step, told in steps
            if step.instance == lane
        ],
    }


def _taken(path: str, step: StoryStep, span: Span) -> Json:
    name = f"{step.instance}.{step.label}"
    location = _location(path, span, name)
    location["message"] = {"text": step.failure or f"{name}{step.choices}"}
    taken: Json = {
        "location": location,
        "executionOrder": step.number,
        "importance": "essential" if step.is_racing or step.failure else "important",
    }
    if step.changes:
        taken["state"] = {change.place: {"text": change.after} for change in step.changes}
    return taken


def _location(path: str, span: Span | None, name: str) -> Json:
    file = path if span is None else span.path
    physical: Json = {"artifactLocation": {"uri": _uri(file)}}
    if span is not None:
        physical["region"] = {"startLine": span.line, "endLine": span.end_line}
    return {
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": name, "kind": "function"}],
    }


def _uri(path: str) -> str:
    """A path as a reference: from where the tool ran, if it is no whole path."""
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
