"""Why a run fails, in sentences for somebody who knows the code and not this tool."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import assert_never

from modelcheck.explain.explanation import Explanation
from modelcheck.explain.fates import LARGEST as MOST_STATES
from modelcheck.explain.fates import MOST_STEPS, Outlook
from modelcheck.explain.flow import Flow
from modelcheck.explain.hopes import Hopeless
from modelcheck.explain.nearest import LARGEST as MOST_ORDERS
from modelcheck.explain.nearest import Missing
from modelcheck.explain.race import Clash, RacingPair
from modelcheck.explain.reorderings import Reordering
from modelcheck.explain.turning import Turning
from modelcheck.report.commits import Named, named_commits
from modelcheck.report.finding import Finding
from modelcheck.report.joining import joined, shortened
from modelcheck.report.spec_notes import SpecNotes
from modelcheck.semantics import DEADLOCK
from modelcheck.trace import Transition

MOST = 3
"""So many places, or steps that could have been taken, are named; the others are counted."""

FUNCTION = re.compile(r"\b[A-Za-z_]\w*\([^()]*\)")
"""A call of C in a comment."""

CALLS = 2
LONGEST = 32
"""Of a label that has more parts than `CALLS`, and is longer than this, the last parts are told."""

SAVED = "nothing would have failed, and the run could have come to a good end"


def race_words(finding: Finding, race: RacingPair) -> str:
    """Which steps race, and how they meet."""
    earlier, later = _step(finding, race.earlier), _step(finding, race.later)
    return f"Step {earlier} races with step {later}: {_clash(race)}."


def reasons(finding: Finding, explanation: Explanation, notes: SpecNotes) -> tuple[str, ...]:
    """What was found out beyond the race, a paragraph each; the most important first."""
    said = [
        _reordered(finding, explanation),
        _turned(finding, explanation.turning),
        _lost(finding, explanation.hopeless),
        *(_flowed(finding, flow) for flow in explanation.flows[:MOST]),
        _code(finding, explanation, notes),
        *map(_commit, _commits(finding)),
    ]
    return tuple(one for one in said if one)


def _step(finding: Finding, number: int) -> str:
    return f"{number} ({_brief(finding.trace.schedule[number - 1])})"


def _brief(transition: Transition) -> str:
    """A step that its number names: of many calls around it, the innermost is enough."""
    calls = transition.label.split(".")
    if len(calls) <= CALLS or len(transition.label) <= LONGEST:
        return str(transition)
    return str(replace(transition, label=f"..{'.'.join(calls[-CALLS:])}"))


def _clash(race: RacingPair) -> str:
    places = shortened(race.places, MOST)
    match race.clash:
        case Clash.RELIED_ON:
            return f"the one writes {places}, the other relies on it"
        case Clash.OVERTAKEN:
            return f"the one reads {places}, and the other then changes what it has read"
        case Clash.OVERWRITTEN:
            return f"both write {places}"
        case Clash.SEEN:
            return "the property sees which of them comes first"
        case _:
            assert_never(race.clash)


def _reordered(finding: Finding, explanation: Explanation) -> str:
    """What would have had to come before what."""
    match explanation.nearest:
        case None:
            return ""
        case Missing.IMPOSSIBLE:
            return (
                "It is not a matter of order: in whatever order the steps of this run are taken, "
                "with the same choices, something fails."
            )
        case Missing.OPEN:
            return (
                f"Which order of steps would have gone well was not found out: {MOST_ORDERS:,} "
                f"beginnings of runs, {MOST_STATES:,} states, or {MOST_STEPS:,} steps, did not "
                "show one."
            )
        case _:
            return _separated(finding, explanation.reorderings)


def _separated(finding: Finding, found: tuple[Reordering, ...]) -> str:
    if len(found) > 1:
        wanted = joined([f"{_moved(one)} come before {_before(finding, one)}" for one in found])
        return f"Had {wanted}, {SAVED}."
    for one in found:
        if one.later is not None:
            after = f"Step {_step(finding, one.later)} came after {_before(finding, one)}"
            return f"{after}: had it come before, {SAVED}."
        return (
            f"Had {one.step}, which this run does not get to, come before "
            f"{_before(finding, one)}, {SAVED}."
        )
    return ""


def _moved(one: Reordering) -> str:
    return str(one.step) if one.later is None else f"step {one.later} ({_brief(one.step)})"


def _before(finding: Finding, one: Reordering) -> str:
    return f"step {_step(finding, one.earlier)}"


def _turned(finding: Finding, turning: Turning | None) -> str:
    if turning is None:
        return ""
    if turning.step == 0:
        claims = (
            "run violates there" if turning.outlook is None else _claims("run", turning.outlook)
        )
        return f"It is lost from the beginning: every {claims}."
    step = _step(finding, turning.step)
    if not turning.is_certain:
        return (
            f"At step {step} at the latest it is lost; whether it was before, {MOST_STATES:,} "
            f"states, or {MOST_STEPS:,} steps, did not show."
        )
    lost = f"Nothing is lost until step {step}, at which it fails."
    if turning.outlook is not None:
        claims = _claims("continuation of it", turning.outlook)
        lost = f"Step {step} is the point of no return: every {claims}."
    return f"{lost}{_ways_out(turning.ways_out)}"


def _lost(finding: Finding, hopeless: Hopeless | None) -> str:
    """Of a lasso: when its goal could not come any more."""
    if hopeless is None:
        return ""
    if hopeless.step == 0:
        return "In no state that can be reached does it come true."
    step = _step(finding, hopeless.step)
    lost = f"Step {step} is the point of no return: after it no continuation makes it come true."
    if not hopeless.ways_out:
        return lost
    others = shortened([str(one) for one in hopeless.ways_out], MOST, "or")
    return f"{lost} In its stead {others} could still have led there."


def _claims(runs: str, outlook: Outlook) -> str:
    """What every run comes to; only the fair ones, where others go round for ever."""
    names = [name for name in outlook.violated if name != DEADLOCK]
    said = [f"violates {joined(names, 'or')}"] if names else []
    if DEADLOCK in outlook.violated:
        said.append("ends in a deadlock")
    if outlook.waits:
        said.append("leaves a process waiting for ever")
    return f"{'fair ' if outlook.goes_round else ''}{runs} {joined(said, 'or')}"


def _ways_out(ways_out: tuple[Transition, ...]) -> str:
    if not ways_out:
        return " Nothing had to be taken in its stead: whoever has to come to an end had done so."
    others = shortened([str(one) for one in ways_out], MOST, "or")
    return f" In its stead {others} could still have led to a good end."


def _flowed(finding: Finding, flow: Flow) -> str:
    """The values of a place in turn."""
    values = [f"{flow.initial} at the beginning"]
    values += [f"{one.value} by step {_step(finding, one.step)}" for one in flow.written]
    if len(values) > MOST + 1:
        values = [values[0], "...", *values[-MOST:]]
    return f"{flow.place} is {', then '.join(values)}."


def _code(finding: Finding, explanation: Explanation, notes: SpecNotes) -> str:
    """The functions of the real system that the steps that decide stand for."""
    deciding: dict[Transition, None] = {}
    if explanation.race is not None:
        for number in (explanation.race.earlier, explanation.race.later):
            deciding[finding.trace.schedule[number - 1]] = None
    for one in explanation.reorderings:
        deciding[finding.trace.schedule[one.earlier - 1]] = None
        deciding[one.step] = None
    known = []
    for transition in deciding:
        functions = FUNCTION.findall(notes.of(transition.instance.process, transition.label))
        if functions:
            known.append(f"{transition} is {joined(functions)}")
    return f"In the real system, {'; '.join(known)}." if known else ""


def _commits(finding: Finding) -> tuple[Named, ...]:
    own = next(iter(finding.spec_texts.values()), "")
    return named_commits(own, finding.model, finding.violation.property)


def _commit(named: Named) -> str:
    commits = f"commit {joined(named.commits)}"
    if not named.settings:
        return f"The spec models the code before {commits}."
    symptom = f"; symptom: {named.symptom}" if named.symptom else ""
    return f"According to the spec it was fixed by {commits} ({named.settings}{symptom})."
