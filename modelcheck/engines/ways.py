"""Shortest ways through a part of a graph that is kept in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelcheck.engines.components import Duties, Watch
from modelcheck.engines.graph import Graph
from modelcheck.engines.rounds import Round
from modelcheck.errors import ModelCheckBug


@dataclass(frozen=True, slots=True)
class Part:
    """Some states of a graph, a `rounds.Ground`."""

    graph: Graph
    states: frozenset[int]
    duties: Duties
    watch: Watch

    def enabled(self, state: int) -> frozenset[int]:
        """See `Ground`."""
        return self.graph.enabled(state)

    def mover(self, number: int) -> int:
        """See `Ground`."""
        return self.graph.movers[number]

    def target(self, number: int) -> int:
        """See `Ground`."""
        return self.graph.targets[number]

    def way_to_pay(self, start: int, due: frozenset[int]) -> Round:
        """See `Ground`."""
        weak = due & self.duties.weak

        def pays(number: int) -> bool:
            if self.graph.movers[number] in due:
                return True
            return bool(weak - self.graph.enabled(self.graph.targets[number]))

        return self._way(start, pays)

    def way_home(self, start: int, home: int) -> Round:
        """See `Ground`."""
        return self._way(start, lambda number: self.graph.targets[number] == home)

    def _way(self, start: int, is_wanted: Callable[[int], bool]) -> Round:
        """A shortest way from `start` that ends in a wanted transition."""
        arrivals: dict[int, tuple[int, int] | None] = {start: None}
        level = [start]
        while level:
            onward: list[int] = []
            for state, number in self._transitions(level):
                if is_wanted(number):
                    return [*_back(arrivals, state), (state, number)]
                target = self.graph.targets[number]
                if target not in arrivals:
                    arrivals[target] = (state, number)
                    onward.append(target)
                    self.watch()
            level = onward
        raise ModelCheckBug("a fair component has no way to what makes it fair")

    def _transitions(self, states: list[int]) -> Round:
        return [
            (state, number)
            for state in states
            for number in self.graph.transitions(state)
            if self.graph.targets[number] in self.states
        ]


def _back(arrivals: dict[int, tuple[int, int] | None], state: int) -> Round:
    """The way on which `state` was reached."""
    way: Round = []
    arrival = arrivals[state]
    while arrival is not None:
        way.append(arrival)
        arrival = arrivals[arrival[0]]
    return way[::-1]
