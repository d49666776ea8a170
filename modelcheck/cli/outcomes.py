"""Replays in one line, and as JSON."""

from __future__ import annotations

from modelcheck.concrete.controller import Replay
from modelcheck.report.outcomes import outcome_words, role_of


def line(replay: Replay) -> str:
    """A replay in one line."""
    said = outcome_words(replay.outcome)
    taken = f"{replay.milliseconds:.0f} ms"
    return f"{replay.system}, {role_of(replay)}: {said.word.lower()}, {said.sentence} ({taken})"


def document(replay: Replay) -> dict[str, object]:
    """A replay as JSON."""
    said = outcome_words(replay.outcome)
    return {
        "system": replay.system,
        "defect": replay.defect,
        "reintroduced": replay.reintroduced,
        "outcome": said.word.lower(),
        "says": said.sentence,
        "milliseconds": round(replay.milliseconds, 3),
        "steps": [
            {
                "step": seen.step,
                "transition": str(seen.transition),
                "pid": seen.pid,
                "point": seen.point,
                "milliseconds": round(seen.milliseconds, 3),
                "notes": list(seen.notes),
                "failed_assertions": list(seen.failed_assertions),
            }
            for seen in replay.observations
        ],
        "aftermath": list(replay.aftermath),
        "log": replay.log,
    }
