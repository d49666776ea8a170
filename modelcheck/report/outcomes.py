"""The outcome of a replay in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from modelcheck.concrete.controller import (
    AS_RELEASED,
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)


def role_of(replay: Replay) -> str:
    """What a replay is for: the defect re-introduced, and how, or left alone; and how often."""
    often = f", {replay.times} times" if replay.times > 1 else ""
    return f"{_role_of(replay)}{often}"


def _role_of(replay: Replay) -> str:
    if not replay.defect:
        return "control, the server left as it is"
    if replay.reintroduced == AS_RELEASED:
        return "as released, which has the defect"
    how = f" ({replay.reintroduced})" if replay.reintroduced else ""
    return f"with the defect re-introduced{how}"


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """What happened, in one word and in a sentence."""

    word: str
    sentence: str
    is_as_hoped: bool
    """Whether model and real system agree; a replay that could not be tried says nothing."""

    stopped: int = 0
    """The number of the step that could not be taken; 0 if there is none."""


def replay_words(replay: Replay) -> OutcomeWords:
    """The words of a replay's outcome, and what a build with assertions would have done."""
    words = _outcome_words(replay.outcome, is_as_hoped=replay.is_as_predicted)
    failed = [
        f"step {seen.step}, in {claim}"
        for seen in replay.observations
        for claim in seen.failed_assertions
    ]
    if not failed:
        return words
    added = f"; a build with assertions would abort at {', and at '.join(failed)}"
    return replace(words, sentence=words.sentence + added)


def _outcome_words(outcome: Outcome, *, is_as_hoped: bool) -> OutcomeWords:
    """Every outcome has its words."""
    match outcome:
        case Reproduced(symptom):
            return OutcomeWords("Reproduced", symptom, is_as_hoped)
        case Benign(why):
            return OutcomeWords("Benign", why, is_as_hoped)
        case Prevented(step, why):
            return OutcomeWords("Prevented", f"at step {step}: {why}", is_as_hoped, stopped=step)
        case Diverged(step, why):
            where = f"at step {step}" if step else "before the first step"
            return OutcomeWords("Diverged", f"{where}: {why}", is_as_hoped, stopped=step)
        case Unavailable(why):
            return OutcomeWords("Unavailable", why, is_as_hoped)
        case _:
            assert_never(outcome)
