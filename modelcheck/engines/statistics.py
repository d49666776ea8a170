"""What a search saw beside its verdicts: how the states branch, and what never happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.ir.model import PropertyKind


@dataclass(frozen=True, slots=True)
class OutDegree:
    """From how many transitions lead out of a state, over the states that were expanded."""

    least: int
    mean: float
    most: int


@dataclass(frozen=True, slots=True)
class FalsePart:
    """A part of a guard, as text, and how often it was false."""

    condition: str
    times: int


@dataclass(frozen=True, slots=True)
class IdleStep:
    """A step that was never taken, and what kept it from being taken."""

    step: str
    """As `process.label`."""

    stood: int | None
    """How often an instance stood there: once for each state and each instance.

    None where there were too many states to go over them; then nothing below is known either.
    """

    tries: int
    """How often its guard was false: as `stood`, but once for each way to choose."""

    false: tuple[FalsePart, ...]
    """The parts of the guard that were false, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Unexercised:
    """A property about which no reachable state, or no step, had anything to say."""

    property: str
    kind: PropertyKind
    missing: tuple[str, ...]
    """The conditions that were never true; for `every_step` the variables that never changed."""


@dataclass(frozen=True, slots=True)
class Widening:
    """How much one part of the state adds to the number of states."""

    name: str
    """A shared variable; or a process: where its instances stand, with their locals."""

    values: int
    """How many values the part has, about."""

    states: int
    """How many states were looked at."""

    without: int
    """How many of these are told apart by everything but the part."""

    @property
    def factor(self) -> float:
        """How many times more states there are for it."""
        return self.states / self.without


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a search saw beside its verdicts; of what never happened, only if it is complete."""

    out_degree: OutDegree | None
    """None if no state was expanded."""

    idle: tuple[IdleStep, ...]
    unexercised: tuple[Unexercised, ...]
    widening: tuple[Widening, ...] = ()
    """What makes the states many, the strongest first; told where a limit ended the search."""


def out_degree(counted: Mapping[int, int]) -> OutDegree | None:
    """The summary of how many states have each out-degree."""
    if not counted:
        return None
    total = sum(degree * states for degree, states in counted.items())
    return OutDegree(min(counted), total / sum(counted.values()), max(counted))
