from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)
from modelcheck.ir.expressions import Scope, Variable
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.render import spec_hash
from modelcheck.ir.types import BoolType
from modelcheck.report import itf
from modelcheck.report.files import write_text
from modelcheck.report.finding import Finding
from modelcheck.trace import State, Trace, TraceStep, Transition, Violation
from tests.unit.report.founding import finding, model

FIRST_STATES = """\
  "vars": ["mq", "status", "at", "locals"],
  "states": [
    {
      "#meta": {"index": 0},
      "mq": {"#map": [\
[{"#bigint": "0"}, {"sender": {"tag": "None", "value": {"#tup": []}}, "detached": false, \
"ring": []}], [{"#bigint": "1"}, {"sender": {"tag": "None", "value": {"#tup": []}}, \
"detached": false, "ring": []}]]},
      "status": {"#map": [[{"#bigint": "0"}, "NOT_STARTED"], [{"#bigint": "1"}, "NOT_STARTED"], \
[{"#bigint": "2"}, "NOT_STARTED"], [{"#bigint": "3"}, "NOT_STARTED"]]},
      "at": {"#map": [["leader", "launch"], ["worker[0]", "attach"], ["worker[1]", "attach"], \
["worker[2]", "attach"], ["worker[3]", "attach"]]},
      "locals": {"#map": [["leader", {"launch": {"#bigint": "0"}, "slot": {"#bigint": "0"}}], \
["worker[0]", {}], ["worker[1]", {}], ["worker[2]", {}], ["worker[3]", {}]]}
    },
    {
      "#meta": {"index": 1, "process": "leader", "instance": null, "label": "launch", \
"choices": [], "source": "specs/parallel/reinitialize_before_detach.py:10"},
"""

LAST_META = """\
      "#meta": {"index": 10, "process": "worker", "instance": 0, "label": "detach", \
"choices": [], "source": "specs/parallel/reinitialize_before_detach.py:17", "repeats": true, \
"violated": {"property": "worker.detach", "kind": "check", \
"message": "detaching a queue of somebody else", "values": "None == 0", \
"source": {"path": "specs/parallel/reinitialize_before_detach.py", "span": [18, 5, 18, 71]}}},
"""


def again(found: Finding) -> itf.Recorded:
    document = itf.document(found)
    text = itf.write(document)
    read = itf.read(text)
    assert read == document
    assert itf.write(read) == text
    return itf.decode(read, found.model)


def test_the_file_looks_as_the_format_says() -> None:
    text = itf.write(itf.document(finding(replayed=False)))
    assert FIRST_STATES in text
    assert LAST_META in text


def test_a_finding_comes_back() -> None:
    found = finding()
    recorded = again(found)
    assert recorded.trace == found.trace
    assert recorded.violation == found.violation
    assert recorded.violation.span == found.violation.span
    assert [step.span for step in recorded.trace.steps] == [s.span for s in found.trace.steps]
    assert recorded.replays == found.replays


def test_a_finding_is_recalled_whole() -> None:
    found = finding()
    document = itf.read(itf.write(itf.document(found)))
    assert itf.recall(document, found.model, spec_texts=found.spec_texts) == found


def test_the_header_is_read_without_the_model() -> None:
    found = finding()
    header = itf.read(itf.write(itf.document(found))).header
    assert header.source == "specs/parallel/reinitialize_before_detach.py"
    assert header.constants == found.model.constants
    assert header.property == "worker.detach"
    assert header.property_kind is PropertyKind.CHECK
    assert header.spec_hash == spec_hash(found.model)
    assert header.engine == "native"
    assert header.exploration == found.exploration
    assert header.shortest
    assert header.commands == found.commands
    assert header.tool_version == "0.1.0"


def test_a_file_comes_back(tmp_path: Path) -> None:
    document = itf.document(finding())
    path = tmp_path / "worker.detach.itf.json"
    write_text(path, itf.write(document))
    assert itf.decode(itf.load(path), model()).trace == finding().trace


@pytest.mark.parametrize(
    "outcome",
    [Reproduced("a"), Benign("b"), Prevented(9, "c"), Diverged(0, "d"), Unavailable("e")],
)
def test_every_outcome_comes_back(outcome: Outcome) -> None:
    found = replace(
        finding(),
        replays=(Replay("PostgreSQL 18.4", defect=False, outcome=outcome, observations=()),),
    )
    assert again(found).replays == found.replays


def test_a_violated_state_is_not_repeated() -> None:
    found = finding(replayed=False)
    trace = Trace(found.trace.initial, found.trace.steps[:2])
    violation = Violation("p", PropertyKind.ALWAYS, "two are one", "1 == 2")
    recorded = again(replace(found, trace=trace, violation=violation))
    assert recorded.trace == trace
    assert recorded.violation == violation


def test_a_trace_without_steps_comes_back() -> None:
    found = finding(replayed=False)
    found = replace(found, trace=Trace(found.trace.initial, ()))
    assert again(found).trace == found.trace


def test_choices_and_strange_texts_come_back() -> None:
    found = finding(replayed=False)
    first = found.trace.steps[0]
    chosen = replace(first.transition, choices=(True, 3, "RED", None, (1, 2)))
    step = TraceStep(chosen, first.after, first.span)
    message = 'a "quote", a \n line, an é, a \udc80 and </script>'
    found = replace(
        found,
        trace=Trace(found.trace.initial, (step,)),
        violation=replace(found.violation, message=message),
    )
    recorded = again(found)
    assert recorded.trace.steps[0].transition == Transition(
        first.transition.instance, "launch", chosen.choices
    )
    assert recorded.violation.message == message


def test_done_instances_and_their_locals_come_back() -> None:
    found = finding(replayed=False)
    first = found.trace.steps[0]
    assert first.after is not None
    done = first.after.locations[1]._replace(label=None)
    after = State(first.after.shared, (first.after.locations[0], done, *first.after.locations[2:]))
    trace = Trace(found.trace.initial, (replace(first, after=after),))
    assert again(replace(found, trace=trace)).trace == trace


def test_a_spec_may_have_variables_of_our_names() -> None:
    found = finding(replayed=False)
    taken = tuple(Variable(name, BoolType(), Scope.SHARED) for name in ("at", "at_", "locals"))
    m = replace(found.model, variables=taken, initial=(True, False, True))
    initial = State((True, False, True), found.trace.initial.locations)
    found = replace(found, model=m, trace=Trace(initial, ()))
    assert itf.document(found).variables == ("at", "at_", "locals", "at__", "locals_")
    assert again(found).trace == found.trace
