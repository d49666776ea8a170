"""Replays in ITF: the outcome in the trace's `#meta`, each observation at its state."""

from __future__ import annotations

from typing import assert_never

from modelcheck.concrete.controller import (
    Benign,
    Diverged,
    Observation,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)
from modelcheck.report.itf.cursor import Cursor, Json
from modelcheck.trace import Transition


def encode_replay(replay: Replay) -> Json:
    """A replay without its observations."""
    return {
        "system": replay.system,
        "defect": replay.defect,
        "outcome": _encode_outcome(replay.outcome),
        "reintroduced": replay.reintroduced,
        "aftermath": [*replay.aftermath],
        "log": replay.log,
        "milliseconds": replay.milliseconds,
    }


def decode_replay(cursor: Cursor, observations: tuple[Observation, ...]) -> Replay:
    """A replay with the observations that stand at the states."""
    return Replay(
        system=cursor.at("system").text(),
        defect=cursor.at("defect").boolean(),
        outcome=_decode_outcome(cursor.at("outcome")),
        observations=observations,
        reintroduced=cursor.at("reintroduced").text(),
        aftermath=cursor.at("aftermath").texts(),
        log=cursor.at("log").text(),
        milliseconds=cursor.at("milliseconds").number(),
    )


def encode_observation(replay: int, observation: Observation) -> Json:
    """What the replay of that number, from 0, saw at a step."""
    return {
        "replay": replay,
        "pid": observation.pid,
        "point": observation.point,
        "milliseconds": observation.milliseconds,
        "notes": [*observation.notes],
        "failed-assertions": [*observation.failed_assertions],
    }


def decode_observation(cursor: Cursor, step: int, transition: Transition) -> Observation:
    """The reverse, for the step that leads to the state where `cursor` stands."""
    return Observation(
        step=step,
        transition=transition,
        pid=cursor.at("pid").integer(),
        point=cursor.at("point").text(),
        milliseconds=cursor.at("milliseconds").number(),
        notes=cursor.at("notes").texts(),
        failed_assertions=cursor.at("failed-assertions").texts(),
    )


def _encode_outcome(outcome: Outcome) -> Json:
    match outcome:
        case Reproduced(symptom):
            return {"tag": "Reproduced", "symptom": symptom}
        case Benign(why):
            return {"tag": "Benign", "why": why}
        case Prevented(step, why):
            return {"tag": "Prevented", "step": step, "why": why}
        case Diverged(step, why):
            return {"tag": "Diverged", "step": step, "why": why}
        case Unavailable(why):
            return {"tag": "Unavailable", "why": why}
        case _:
            assert_never(outcome)


def _decode_outcome(cursor: Cursor) -> Outcome:
    tag = cursor.at("tag")
    match tag.text():
        case "Reproduced":
            return Reproduced(cursor.at("symptom").text())
        case "Benign":
            return Benign(cursor.at("why").text())
        case "Prevented":
            return Prevented(cursor.at("step").integer(), cursor.at("why").text())
        case "Diverged":
            return Diverged(cursor.at("step").integer(), cursor.at("why").text())
        case "Unavailable":
            return Unavailable(cursor.at("why").text())
        case _:
            raise tag.unexpected("the outcome of a replay")
