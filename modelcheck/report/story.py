"""A finding told step by step: the same for every format, and nothing but text and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.concrete.controller import Observation, Replay
from modelcheck.explain.arrows import Message, WakeUp, messages, wake_ups
from modelcheck.explain.difference import Difference, differences
from modelcheck.explain.lasso import Lasso, lasso
from modelcheck.explain.locals import LocalChange, local_changes
from modelcheck.explain.moments import Moment, last_state, moments
from modelcheck.explain.order import Before, happens_before
from modelcheck.explain.places import Holding, holdings
from modelcheck.explain.race import RacingPair
from modelcheck.ir.model import Model
from modelcheck.report.finding import Finding, explained
from modelcheck.report.loops import begins_words, closes_words
from modelcheck.report.outcomes import OutcomeWords, replay_words, role_of
from modelcheck.report.reasons import reasons
from modelcheck.report.sentences import Sentences, sentences
from modelcheck.report.spec_notes import SpecNotes, claim, spec_notes
from modelcheck.report.standings import Standing, standings
from modelcheck.semantics import enabled, instances, why_disabled
from modelcheck.trace import State


@dataclass(frozen=True, slots=True)
class Waiting:
    """An instance that could not move, where it stood, and why."""

    instance: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step of the counterexample."""

    number: int
    instance: str
    label: str
    choices: str
    """Such as `(SHARED)`; empty where the step makes none."""

    stands_for: str
    """The code of the real system, as the spec's comment names it; may be empty."""

    source: str
    """`path:line` of the spec."""

    changes: tuple[Difference, ...]
    locals: tuple[LocalChange, ...]
    """Of its own instance, as far as they are news."""

    failure: str
    """The claim that the step finds false, with its values; empty but for a violating step."""

    is_racing: bool
    alternatives: tuple[str, ...]
    """What could have been taken in its stead."""

    waiting: tuple[Waiting, ...]
    """Who could not move, without those that were done."""

    standings: tuple[Standing, ...]
    """Where everyone stands after it; of a violating step, before it."""


@dataclass(frozen=True, slots=True)
class StoryReplay:
    """What one version of the real system did."""

    system: str
    role: str
    """Whether it is the defect or the control."""

    outcome: OutcomeWords
    seen: tuple[Observation | None, ...]
    """One per step of the counterexample; None where the step was not taken."""

    aftermath: tuple[str, ...]
    log: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class StoryLoop:
    """How a lasso goes on for ever."""

    first: int
    """The number of the loop's first step; one more than there are steps for staying for ever."""

    begins: str
    """Stands before that step; empty for staying for ever."""

    closes: str
    """Stands after the last step."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that a report says."""

    finding: Finding
    sentences: Sentences
    why: tuple[str, ...]
    """What was found out about the failure beyond the race, a paragraph each."""

    docstring: str
    steps: tuple[StoryStep, ...]
    lanes: tuple[str, ...]
    """The instances that take a step, in the model's order."""

    idle: tuple[str, ...]
    """The others."""

    loop: StoryLoop | None
    """None for a trace that ends."""

    race: RacingPair | None
    order: tuple[Before, ...]
    """What had to come before what, without what is told as a race, a message or a wake-up."""

    messages: tuple[Message, ...]
    wake_ups: tuple[WakeUp, ...]
    """Without those whose message is told already."""

    began: tuple[Holding, ...]
    """The shared state in which the trace begins."""

    stood: tuple[Standing, ...]
    """Where everyone stands there."""

    holdings: tuple[Holding, ...]
    """The shared state in which the trace ends, or to which its loop returns."""

    final: str
    """What that state is."""

    standings: tuple[Standing, ...]
    replays: tuple[StoryReplay, ...]


def tell(finding: Finding) -> Story:
    """Explain a finding."""
    model, trace = finding.model, finding.trace
    explanation = explained(finding)
    race = explanation.race
    found = lasso(model, trace, finding.violation.property)
    notes = spec_notes(tuple(finding.spec_texts.values()))
    taking = {str(step.transition.instance) for step in trace.steps}
    everyone = tuple(str(instance) for instance in instances(model))
    passed = messages(model, trace)
    told = {(message.sent, message.received) for message in passed}
    woken = tuple(wake for wake in wake_ups(model, trace) if (wake.waking, wake.woken) not in told)
    told |= {(wake.waking, wake.woken) for wake in woken}
    told |= set() if race is None else {(race.earlier, race.later)}
    final = last_state(trace)
    return Story(
        finding=finding,
        sentences=sentences(finding, race, lasso=found),
        why=reasons(finding, explanation, notes),
        docstring=notes.docstring,
        steps=tuple(_step(finding, moment, notes, race) for moment in moments(trace)),
        lanes=tuple(name for name in everyone if name in taking),
        idle=tuple(name for name in everyone if name not in taking),
        loop=None if found is None else _loop(found),
        race=race,
        order=tuple(
            one for one in happens_before(model, trace) if (one.earlier, one.later) not in told
        ),
        messages=passed,
        wake_ups=woken,
        began=holdings(model, trace.initial),
        stood=standings(model, trace.initial),
        holdings=holdings(model, final),
        final=_final(found),
        standings=standings(model, final),
        replays=tuple(_replay(replay, len(trace.steps)) for replay in finding.replays),
    )


def _loop(found: Lasso) -> StoryLoop:
    return StoryLoop(found.loop + 1, begins_words(found), closes_words(found))


def _final(found: Lasso | None) -> str:
    if found is None:
        return "the state in which it ends"
    returns = found.loop < found.last
    return "the state to which it returns" if returns else "the state in which it stays"


def _step(finding: Finding, moment: Moment, notes: SpecNotes, race: RacingPair | None) -> StoryStep:
    transition = moment.transition
    process = transition.instance.process
    racing = () if race is None else (race.earlier, race.later)
    after = moment.after
    changes = () if after is None else differences(finding.model, moment.before, after)
    return StoryStep(
        number=moment.number,
        instance=str(transition.instance),
        label=transition.label,
        choices=f"({', '.join(map(str, transition.choices))})" if transition.choices else "",
        stands_for=notes.of(process, transition.label),
        source=f"{moment.span.path}:{moment.span.line}",
        changes=changes,
        locals=local_changes(finding.model, moment, alone=not changes),
        failure=failure_text(finding) if after is None else "",
        is_racing=moment.number in racing,
        alternatives=tuple(
            str(other) for other in enabled(finding.model, moment.before) if other != transition
        ),
        waiting=_waiting(finding.model, moment.before),
        standings=standings(finding.model, after or moment.before),
    )


def _waiting(model: Model, state: State) -> tuple[Waiting, ...]:
    found: list[Waiting] = []
    for instance, location in zip(instances(model), state.locations, strict=True):
        disabled = why_disabled(model, state, instance)
        if disabled is not None and location.label is not None:
            found.append(Waiting(str(instance), location.label, disabled.reason))
    return tuple(found)


def failure_text(finding: Finding) -> str:
    """The claim that is false, as the spec writes it, and the values that refute it."""
    violation = finding.violation
    code = claim(violation.span, finding.spec_texts) or violation.message
    return f"{code}    ({violation.values})" if violation.values else code


def _replay(replay: Replay, length: int) -> StoryReplay:
    by_step = {observation.step: observation for observation in replay.observations}
    return StoryReplay(
        system=replay.system,
        role=role_of(replay),
        outcome=replay_words(replay),
        seen=tuple(by_step.get(number) for number in range(1, length + 1)),
        aftermath=replay.aftermath,
        log=replay.log,
        milliseconds=replay.milliseconds,
    )
