"""Who goes next among the processes that are held: at random, by priorities, or by a plan.

Priorities are those of Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010): everybody has one, given at random when he
first comes; the highest goes, and at each of a few random steps who would go gets one that is lower
than all of those, and was set aside for that step beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from modelcheck.trace import Instance, Transition


class Strategy(Enum):
    """How the processes of a run are let go."""

    FREE = "free"
    """Nobody is held; their steps overlap."""

    RANDOM = "random"
    PCT = "pct"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Scheduling:
    """How to let the processes of one run go; equal ones make equal choices."""

    strategy: Strategy
    seed: int = 0
    changes: int = 0
    """Of priorities, for `PCT`."""

    length: int = 0
    """Within so many steps the priorities change, for `PCT`."""

    plan: tuple[Transition, ...] = ()
    """The steps in their order, for `PLAN`; once it cannot be followed, chance decides."""


Picker = Callable[[tuple[Instance, ...]], Instance]
"""Chooses one of those that can go, who are given in a fixed order."""


def picker(scheduling: Scheduling) -> Picker:
    """How one run chooses, where there is no plan."""
    chance = Random(scheduling.seed)  # noqa: S311  # no secret depends on it
    if scheduling.strategy is not Strategy.PCT:
        return chance.choice
    moments = [chance.randrange(max(1, scheduling.length)) for _ in range(scheduling.changes)]
    return Priorities(chance, moments).pick


class Priorities:
    """The priorities of one run; made for it and thrown away."""

    def __init__(self, chance: Random, moments: list[int]) -> None:
        self._chance = chance
        self._moments = moments
        self._given: dict[Instance, float] = {}
        self._number = 0

    def pick(self, held: tuple[Instance, ...]) -> Instance:
        """Who has the highest priority, once that of who would go is lowered if it is time."""
        for instance in held:
            if instance not in self._given:
                self._given[instance] = 1.0 + self._chance.random()
        for rank, moment in enumerate(self._moments):
            if moment == self._number:
                self._given[self._first(held)] = float(rank - len(self._moments))
        self._number += 1
        return self._first(held)

    def _first(self, held: tuple[Instance, ...]) -> Instance:
        return max(held, key=lambda instance: self._given[instance])
