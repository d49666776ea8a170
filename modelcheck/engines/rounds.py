"""A short round through a part of a graph that is fair to everybody.

Greedy: on to the nearest transition that pays somebody what is still due, until nothing is due, and
back; then every detour is left out that nobody needs. The round is short, and need not be the
shortest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeAlias

from modelcheck.engines.components import Duties

LARGEST = 100_000
"""About how many states may be looked at for a shorter round among those equally near."""

Round: TypeAlias = list[tuple[int, int]]
"""Transitions, each with the state that it leads from; empty for staying where one is."""


class Ground(Protocol):
    """Where a round may go: states between which every way leads on, fair if all are visited."""

    @property
    def duties(self) -> Duties:
        """Who is owed something."""

    def enabled(self, state: int) -> frozenset[int]:
        """The positions of the instances that are enabled in a state."""

    def mover(self, number: int) -> int:
        """The position of the instance that moves in a transition."""

    def target(self, number: int) -> int:
        """The state to which a transition leads."""

    def way_to_pay(self, start: int, due: frozenset[int]) -> Round:
        """A shortest way from `start` that ends in what one of `due` needs.

        That is a transition of its own or, if it is weakly fair, one into where it is disabled.
        """

    def way_home(self, start: int, home: int) -> Round:
        """A shortest way from `start` to another state, `home`."""


def tries(states: int) -> int:
    """In how many of the states that are equally near a round is tried, of so many fair ones."""
    return max(1, LARGEST // states)


def shortest_round(homes: Iterable[tuple[int, Ground]]) -> tuple[int, Round]:
    """The state from which a round is shortest, the first of several, and that round."""
    rounds = [(home, fair_round(ground, home)) for home, ground in homes]
    return min(rounds, key=lambda one: len(one[1]))


def fair_round(ground: Ground, home: int) -> Round:
    """A way from `home` to `home` that can be repeated for ever and neglects nobody."""
    found: Round = []
    here = home
    while True:
        due = _due(ground, home, found)
        if due:
            found += ground.way_to_pay(here, due)
        elif here != home:
            found += ground.way_home(here, home)
        else:
            return _without_detours(ground, home, found)
        here = ground.target(found[-1][1])


def _due(ground: Ground, home: int, taken: Round) -> frozenset[int]:
    """The instances that a run would neglect which repeats `taken`."""
    moving = {ground.mover(number) for _, number in taken}
    able = [ground.enabled(home), *(ground.enabled(ground.target(n)) for _, n in taken)]
    always, ever = able[0].intersection(*able[1:]), able[0].union(*able[1:])
    return ((always & ground.duties.weak) | (ever & ground.duties.strong)) - moving


def _without_detours(ground: Ground, home: int, taken: Round) -> Round:
    """The round without the parts that return to where they began and that nobody needs."""
    while True:
        shorter = (taken[:begin] + taken[end:] for begin, end in _detours(home, taken))
        found = next((one for one in shorter if not _due(ground, home, one)), None)
        if found is None:
            return taken
        taken = found


def _detours(home: int, taken: Round) -> Iterator[tuple[int, int]]:
    """Where each part of the round begins and ends that returns to where it began."""
    visits: dict[int, list[int]] = {}
    for at, (state, _) in enumerate(taken):
        visits.setdefault(state, []).append(at)
    visits.setdefault(home, []).append(len(taken))
    for begin, (state, _) in enumerate(taken):
        for end in reversed(visits[state]):
            if end > begin:
                yield begin, end
