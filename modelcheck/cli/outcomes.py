"""Replays in words, and as JSON."""

from __future__ import annotations

from typing import assert_never

from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)


def describe(outcome: Outcome) -> str:
    """An outcome in one sentence."""
    match outcome:
        case Reproduced(symptom):
            return f"reproduced: {symptom}"
        case Benign(why):
            return f"benign: {why}"
        case Prevented(step, why):
            return f"prevented at step {step}: {why}"
        case Diverged(step, why):
            return f"diverged at step {step}: {why}"
        case Unavailable(why):
            return f"unavailable: {why}"
        case _:
            assert_never(outcome)


def line(replay: Replay) -> str:
    """A replay in one line."""
    role = "with the defect" if replay.defect else "control"
    return f"{replay.system}, {role}: {describe(replay.outcome)} ({replay.milliseconds:.0f} ms)"


def document(replay: Replay) -> dict[str, object]:
    """A replay as JSON."""
    return {
        "system": replay.system,
        "defect": replay.defect,
        "outcome": type(replay.outcome).__name__.lower(),
        "says": describe(replay.outcome),
        "milliseconds": round(replay.milliseconds, 3),
        "steps": [
            {
                "step": seen.step,
                "transition": str(seen.transition),
                "pid": seen.pid,
                "point": seen.point,
                "milliseconds": round(seen.milliseconds, 3),
                "notes": list(seen.notes),
            }
            for seen in replay.observations
        ],
        "aftermath": list(replay.aftermath),
        "log": replay.log,
    }
