"""What a replay shows, once every process was let go and the query has ended or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Reproduced,
    Unavailable,
)
from modelcheck.concrete.postgres.client import Fault, Row
from modelcheck.concrete.postgres.defects import AsReleased
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.postgres.stage import Waited
from modelcheck.concrete.postgres.symptoms import (
    Crash,
    ErrorText,
    Hang,
    Outlived,
    WrongRows,
    symptom_words,
)
from modelcheck.trace import Transition

RIGHT = "the query gives the right rows"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the query ended."""

    waited: Waited
    rows: tuple[Row, ...]
    fault: Fault | None
    lost: bool
    """The server has closed the session."""

    wait_event: str
    """Where the client's process sleeps, if the query does not end."""

    crashes: tuple[tuple[str, int], ...] = ()
    """Of each process that crashed what it plays, and the signal."""

    outlived: tuple[str, ...] = ()
    """What those play who were there when the query was answered."""

    asserted: str = ""
    """Who has failed which assertion of the source, in a build that has them."""


def judge(
    scenario: Scenario,
    schedule: tuple[Transition, ...],
    ending: Ending,
    *,
    violating: bool,
    defect: bool = True,
) -> Outcome:
    """The outcome of a schedule that was forced to its end.

    A violating schedule must show the scenario's symptom, unless the scenario predicts that it
    does no harm, in general or without the defect; one that violates nothing must give the right
    rows. In a build with assertions one that fails is a symptom, too, whatever was predicted for
    the others: it stands where the source says that things are wrong.
    """
    number = len(schedule)
    seen = _symptom(scenario, ending) or _assertion(ending)
    right = right_rows(scenario, ending) and not seen
    if not defect and (rightly := _fault_without_defect(scenario)):
        fault = ending.fault
        right = not ending.lost and fault is not None and rightly in fault.message
    predictions = [
        one.why for one in scenario.benign if one.holds(schedule) and not ending.asserted
    ]
    if not defect and scenario.harmless:
        predictions.append(scenario.harmless)
    if seen and violating and not predictions:
        return Reproduced(seen)
    if right and not violating:
        return Benign(f"the schedule violates nothing, and {RIGHT}")
    if right and predictions:
        end = RIGHT if ending.fault is None else _words(ending)
        return Benign(f"{end}, as predicted: {predictions[0]}")
    if right:
        return Diverged(number, f"the schedule was forced, yet {RIGHT}")
    if predictions or not violating:
        return Diverged(number, f"no harm was predicted, yet {_words(ending)}")
    return Diverged(number, f"the schedule was forced, but not with the symptom: {_words(ending)}")


def right_rows(scenario: Scenario, ending: Ending) -> bool:
    """Whether the query has given the right answer."""
    is_over = ending.waited is Waited.REACHED and not ending.lost and ending.fault is None
    return is_over and ending.rows == scenario.rows


def judge_control(
    scenario: Scenario,
    schedule: tuple[Transition, ...],
    hitch: Prevented | Diverged,
    ending: Ending,
) -> Prevented | Diverged:
    """What a control comes to in which a step could not be taken, once every process was let go.

    It is prevented by the error that refuses the step, too; but it must not show the symptom.
    """
    fault, seen = ending.fault, _symptom(scenario, ending) or _assertion(ending)
    if scenario.refusal and fault is not None and scenario.refusal in fault.message:
        refused = schedule[hitch.step - 1] if hitch.step else "it"
        return Prevented(hitch.step, f"the server refuses {refused}: ERROR: {fault}")
    if seen:
        return Diverged(hitch.step, f"without the defect too, {seen}; {hitch.why}")
    return hitch


def judge_stopped(hitch: Prevented | Diverged, asserted: str) -> Outcome:
    """What a replay with the defect comes to in which a step could not be taken.

    Where a process has failed an assertion by then it says nothing of the schedule, which is one of
    a build without them.
    """
    if not asserted:
        return hitch
    return Unavailable(
        f"this build has assertions: at step {hitch.step} {asserted}; "
        "the schedule goes on where a build has none"
    )


def _fault_without_defect(scenario: Scenario) -> str:
    """Contained in the error in which the control rightly ends; empty if it ends in none."""
    if isinstance(scenario.defect, AsReleased):
        return scenario.defect.fault
    return scenario.refusal


def _assertion(ending: Ending) -> str:
    return f"{ending.asserted}, and the server closes all sessions" if ending.asserted else ""


def _symptom(scenario: Scenario, ending: Ending) -> str:
    match scenario.symptom:
        case ErrorText(text, others):
            fault = ending.fault
            told = fault is not None and any(one in fault.message for one in (text, *others))
            return f"ERROR: {fault}" if told else ""
        case Hang(wait_events):
            hangs = ending.waited is Waited.BLOCKED
            named = ending.wait_event.rpartition(" / ")[2] in wait_events
            return f"the query hangs in {ending.wait_event}" if hangs and named else ""
        case WrongRows(rows):
            gives = ending.waited is Waited.REACHED and ending.fault is None and not ending.lost
            return symptom_words(scenario.symptom) if gives and ending.rows == rows else ""
        case Crash(process, number):
            crashes = ending.lost and (process, number) in ending.crashes
            return symptom_words(scenario.symptom) if crashes else ""
        case Outlived(process):
            answered = right_rows(scenario, ending) and process in ending.outlived
            return symptom_words(scenario.symptom) if answered else ""
        case _:
            assert_never(scenario.symptom)


def _words(ending: Ending) -> str:
    match ending.waited:
        case Waited.BLOCKED:
            return f"the query hangs in {ending.wait_event or 'a wait of no name'}"
        case Waited.LATE:
            return "the query does not end in time"
        case Waited.REACHED:
            if ending.fault is not None:
                return f"the query fails: ERROR: {ending.fault}"
            if ending.asserted:
                return _assertion(ending)
            if ending.lost:
                return "the server has closed the session"
            return f"the query gives the rows {ending.rows}"
        case _:
            assert_never(ending.waited)
