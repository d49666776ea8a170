"""The transitions that a search has seen, kept in arrays of integers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

NOWHERE = -1
"""The target of a transition that leads to no state: it violates, or its state was not stored."""


@dataclass(slots=True)
class Graph:
    """Every transition out of every expanded state, in the order of `successors`.

    States are numbers from 0; those below `expanded` have all their transitions here, so that
    it is known which instances are enabled in them. A transition is known by its number, too.
    """

    targets: array[int] = field(default_factory=lambda: array("q"))
    movers: array[int] = field(default_factory=lambda: array("I"))
    """The position of the instance that moves, as in `Prepared.instances`."""

    begins: array[int] = field(default_factory=lambda: array("q", [0]))
    """Where the transitions of each expanded state begin, and where those of the last one end."""

    @property
    def expanded(self) -> int:
        """How many states have all their transitions here."""
        return len(self.begins) - 1

    def add(self, mover: int, target: int) -> None:
        """One more transition of the state that is being expanded."""
        self.movers.append(mover)
        self.targets.append(target)

    def close(self) -> None:
        """The state that was being expanded has no more transitions; the next one follows."""
        self.begins.append(len(self.targets))

    def transitions(self, state: int) -> range:
        """The numbers of the transitions of an expanded state."""
        return range(self.begins[state], self.begins[state + 1])

    def enabled(self, state: int) -> frozenset[int]:
        """The positions of the instances that are enabled in an expanded state."""
        return frozenset(self.movers[self.begins[state] : self.begins[state + 1]])
