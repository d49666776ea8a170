"""What a run that a solver has found decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.symbolic.relation import Goal
from modelcheck.engines.tracing import is_decided
from modelcheck.errors import ModelCheckBug
from modelcheck.semantics import Prepared
from modelcheck.trace import State


@dataclass(frozen=True, slots=True)
class Found:
    """Where a claim is decided: the states of a run to there."""

    claim: Claim
    steps: int
    """Of the counterexample, or the witness."""

    states: list[State]


def found_in(prepared: Prepared, goals: Iterable[Goal], states: list[State]) -> tuple[Found, ...]:
    """What a run decides, each claim as early as it does; that must be one at least."""
    found = tuple(_decided(prepared, goals, states))
    if not found:
        raise ModelCheckBug("the solver gave a run that decides nothing")
    return found


def _decided(prepared: Prepared, goals: Iterable[Goal], states: list[State]) -> Iterator[Found]:
    for goal in goals:
        for number, state in enumerate(states):
            if is_decided(prepared, goal.claim, state):
                yield Found(goal.claim, number + goal.by_step, states[: number + 1])
                break
