from dataclasses import replace

from modelcheck.ir.model import PropertyKind
from modelcheck.report.finding import Effort, Finding
from modelcheck.report.sentences import sentences
from modelcheck.trace import Trace, Violation
from tests.unit.report.founding import finding


def with_violation(kind: PropertyKind, name: str, *, steps: int) -> Finding:
    found = finding()
    trace = Trace(found.trace.initial, found.trace.steps[:steps])
    violation = Violation(name, kind, "why", "1 == 2")
    return replace(found, trace=trace, violation=violation)


def test_a_check_names_the_step_that_fails() -> None:
    assert sentences(finding(), None).verdict == (
        "After 9 steps worker[0] takes its step detach, and its check fails: "
        "detaching a queue of somebody else (None == 0)."
    )


def test_a_property_names_the_number_of_steps() -> None:
    found = with_violation(PropertyKind.ALWAYS, "at_most_one", steps=1)
    assert sentences(found, None).verdict == "After 1 step at_most_one does not hold (1 == 2)."
    found = with_violation(PropertyKind.ALWAYS, "at_most_one", steps=0)
    shown = sentences(found, None)
    assert shown.verdict == "In the initial state at_most_one does not hold (1 == 2)."
    assert shown.where == "specs/parallel/reinitialize_before_detach.py"


def test_a_deadlock_names_who_is_not_done() -> None:
    found = with_violation(PropertyKind.DEADLOCK, "deadlock", steps=2)
    assert sentences(found, None).verdict == (
        "After 2 steps nothing can move any more, and not all is done: leader stands at receive, "
        "worker[0] stands at attach, worker[1] stands at attach, worker[2] stands at attach, "
        "worker[3] stands at attach."
    )


def test_a_search_that_stopped_early_says_so() -> None:
    found = replace(finding(), exploration=Effort(12345, 1, 1, complete=False), shortest=False)
    assert sentences(found, None).effort == "10 steps; 12,345 states seen"
