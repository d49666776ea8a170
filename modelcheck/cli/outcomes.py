"""Replays in one line, and as JSON."""

from __future__ import annotations

from modelcheck.concrete.controller import Replay
from modelcheck.report.outcomes import outcome_words


def line(replay: Replay) -> str:
    """A replay in one line."""
    role = "with the defect" if replay.defect else "control"
    said = outcome_words(replay.outcome)
    taken = f"{replay.milliseconds:.0f} ms"
    return f"{replay.system}, {role}: {said.word.lower()}, {said.sentence} ({taken})"


def document(replay: Replay) -> dict[str, object]:
    """A replay as JSON."""
    said = outcome_words(replay.outcome)
    return {
        "system": replay.system,
        "defect": replay.defect,
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
            }
            for seen in replay.observations
        ],
        "aftermath": list(replay.aftermath),
        "log": replay.log,
    }
