"""What a finding says in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.explain.beginning import beginning
from modelcheck.explain.lasso import Lasso
from modelcheck.explain.moments import last_state
from modelcheck.explain.race import RacingPair
from modelcheck.ir.model import ProcessKind, PropertyKind
from modelcheck.report.finding import Finding
from modelcheck.report.loops import fairness_words, steps_words, verdict_words
from modelcheck.report.reasons import race_words
from modelcheck.semantics import instances
from modelcheck.trace import TraceStep


@dataclass(frozen=True, slots=True)
class Sentences:
    """The prose of a report, without markup."""

    headline: str
    """What is violated."""

    subject: str
    """The step whose check fails, or the property that does not hold."""

    where: str
    """`path:line` of the claim in the spec; the path alone where it has none."""

    verdict: str
    race: str
    """Empty where no two steps race."""

    fairness: str
    """Why a lasso is fair although somebody could move who does not; empty if nobody could."""

    effort: str
    """How long the trace is, and how much was searched for it."""

    beginning: str
    """What the prologues chose, such as `worker[0].slot = 1`; empty where they choose nothing."""

    constants: str
    """Such as `NWORKERS=2, WAIT_FOR_EXIT=False`; empty where the spec has none."""


def sentences(
    finding: Finding, race: RacingPair | None, *, lasso: Lasso | None = None
) -> Sentences:
    """The prose of `finding`."""
    span = finding.violation.span
    named = ", ".join(f"{constant.name}={constant.text}" for constant in finding.model.constants)
    return Sentences(
        headline=finding.violation.message,
        subject=_subject(finding),
        where=finding.model.path if span is None else f"{span.path}:{span.line}",
        verdict=_verdict(finding) if lasso is None else verdict_words(lasso, finding.violation),
        race="" if race is None else race_words(finding, race),
        fairness="" if lasso is None else fairness_words(lasso),
        effort=_effort(finding),
        beginning=", ".join(beginning(finding.model, finding.trace.initial)),
        constants=named,
    )


def _subject(finding: Finding) -> str:
    steps = finding.trace.steps
    if finding.violation.kind is PropertyKind.CHECK and steps:
        last = steps[-1].transition
        return f"{last.instance}.{last.label}"
    return finding.violation.property


def _verdict(finding: Finding) -> str:
    violation, steps = finding.violation, finding.trace.steps
    refuted = f" ({violation.values})" if violation.values else ""
    after = f"After {steps_words(len(steps))}" if steps else "In the initial state"
    match violation.kind:
        case PropertyKind.CHECK if steps:
            return _check(finding, steps[-1], refuted)
        case PropertyKind.DEADLOCK:
            waiting = ", ".join(_unfinished(finding))
            return f"{after} nothing can move any more, and not all is done: {waiting}."
        case PropertyKind.ALWAYS | PropertyKind.CHECK:
            return f"{after} {violation.property} does not hold{refuted}."
        case PropertyKind.SOMETIMES:
            return f"A run of {steps_words(len(steps))}, taken by hand."
        case PropertyKind.EVERY_STEP:
            last = finding.trace.steps[-1].transition
            return f"{after} {violation.property} does not hold over the last, {last}{refuted}."
        case PropertyKind.LEADS_TO:
            return f"There is a behaviour in which {violation.property} is never kept."
        case PropertyKind.EVENTUALLY:
            return f"There is a behaviour in which {violation.property} never comes to hold."
        case _:
            assert_never(violation.kind)


def _check(finding: Finding, last: TraceStep, refuted: str) -> str:
    before = len(finding.trace.steps) - 1
    after = f"After {steps_words(before)}" if before else "At once"
    instance, label = last.transition.instance, last.transition.label
    claimed = finding.violation.message
    return f"{after} {instance} takes its step {label}, and its check fails: {claimed}{refuted}."


def _unfinished(finding: Finding) -> list[str]:
    located = zip(instances(finding.model), last_state(finding.trace).locations, strict=True)
    return [
        f"{instance} stands at {location.label}"
        for instance, location in located
        if location.label is not None
        and finding.model.process(instance.process).kind is ProcessKind.PROCESS
    ]


def _effort(finding: Finding) -> str:
    exploration = finding.exploration
    trace = finding.trace
    length = steps_words(len(trace.steps))
    shortest = ", shortest possible" if finding.shortest else ""
    if trace.loop is not None and trace.loop < len(trace.steps):
        rounds = steps_words(len(trace.steps) - trace.loop)
        length = f"{steps_words(trace.loop)} into a loop of {rounds}"
        shortest = ", the shortest way into one" if finding.shortest else ""
    if finding.is_walk or not exploration.states:
        return f"{length}{shortest}"
    seen = f"{_states(exploration.states)} {'in all' if exploration.complete else 'seen'}"
    return f"{length}{shortest}; {seen}"


def _states(number: int) -> str:
    return f"{number:,} state" if number == 1 else f"{number:,} states"
