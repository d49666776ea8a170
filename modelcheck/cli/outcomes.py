"""Replays in one line, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.concrete.controller import Replay, Unavailable
from modelcheck.report.outcomes import replay_words, role_of


def counted(replays: Sequence[Replay]) -> str:
    """What replays came to, each outcome once, and how long they took; empty if there are none.

    One at odds with the model is told in capitals. Of repeated ones it is told how many ended so.
    """
    tried = [one for one in replays if not isinstance(one.outcome, Unavailable)]
    total = sum(replay.times for replay in tried)
    by_word: dict[str, list[Replay]] = {}
    for replay in tried:
        said = replay_words(replay)
        word = said.word.lower() if said.is_as_hoped else said.word.upper()
        by_word.setdefault(word, []).append(replay)
    told = [f"{word}{_share(same, total)} ({_taken(same)})" for word, same in by_word.items()]
    return ", ".join([*told, *(["unavailable"] if len(tried) < len(replays) else [])])


def _share(same: Sequence[Replay], total: int) -> str:
    is_repeated = any(replay.times > 1 for replay in same) or total > len(same)
    return f" {sum(replay.times for replay in same)}/{total}" if is_repeated else ""


def _taken(same: Sequence[Replay]) -> str:
    """In the median of those that ended alike."""
    shortest, longest = (f(round(one.milliseconds) for one in same) for f in (min, max))
    return f"{shortest} ms" if shortest == longest else f"{shortest} to {longest} ms"


def line(replay: Replay) -> str:
    """A replay in one line."""
    said = replay_words(replay)
    taken = f"{replay.milliseconds:.0f} ms"
    return f"{replay.system}, {role_of(replay)}: {said.word.lower()}, {said.sentence} ({taken})"


def document(replay: Replay) -> dict[str, object]:
    """A replay as JSON."""
    said = replay_words(replay)
    return {
        "system": replay.system,
        "defect": replay.defect,
        "reintroduced": replay.reintroduced,
        "outcome": said.word.lower(),
        "says": said.sentence,
        "milliseconds": round(replay.milliseconds, 3),
        "times": replay.times,
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
