"""The run that a solver has found, from events and their order to states."""

from __future__ import annotations

import z3

from modelcheck.engines.smt.encode import value_of
from modelcheck.engines.smt.events.flow import Flow
from modelcheck.engines.smt.events.unfolding import Point
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.trace import State

Numbers = dict[Term, int]
"""What cells are."""


class Telling:
    """Reads one run."""

    def __init__(self, flow: Flow, model: z3.ModelRef) -> None:
        self.flow, self.model = flow, model

    def states(self) -> list[State]:
        """The states that the run goes through."""
        numbers = self._beginning()
        found = [self.flow.relation.state(numbers)]
        for point in self.events():
            numbers = self._after(point, numbers)
            found.append(self.flow.relation.state(numbers))
        return found

    def events(self) -> list[Point]:
        """What happens, in an order in which it does: going on with one instance where it can."""
        taken = {self.flow.unfolding.turn[one.number]: one for one in self.flow.taken(self.model)}
        waits = self._waiting(frozenset(taken))
        order: list[Point] = []
        while waits:
            last = order[-1].at if order else None
            free = [number for number, before in waits.items() if not before]
            chosen = min(free, key=lambda number: (taken[number].at != last, number))
            order.append(taken[chosen])
            del waits[chosen]
            for before in waits.values():
                before.discard(chosen)
        return order

    def _waiting(self, turns: frozenset[int]) -> dict[int, set[int]]:
        """For each turn that is taken those that have to come before it."""
        waits = {number: set[int]() for number in sorted(turns)}
        for (one, other), first in self.flow.ordering.pairs.items():
            if one in turns and other in turns:
                early, late = (one, other) if self._holds(first) else (other, one)
                waits[late].add(early)
        return waits

    def _holds(self, literal: int) -> bool:
        return self.flow.holds(literal, self.model)

    def _beginning(self) -> Numbers:
        unfolding = self.flow.unfolding
        numbers = dict(unfolding.initial)
        for chosen, begins in zip(self.flow.starts, unfolding.begins, strict=True):
            for is_it, beginning in zip(chosen, begins, strict=True):
                if self._holds(is_it):
                    numbers.update(beginning.values)
        return numbers

    def _after(self, point: Point, numbers: Numbers) -> Numbers:
        relation, changes = self.flow.relation, point.step.changes
        values = {**numbers, **self._choices(point)}
        known = {cell: relation.constant(cell, value) for cell, value in values.items()}
        changed = {cell: substituted(relation.terms, new, known) for cell, new in changes.items()}
        return {**numbers, **{cell: value.low for cell, value in changed.items()}}

    def _choices(self, point: Point) -> Numbers:
        made = self.flow.sight.encoder.made
        found: Numbers = {}
        for cell in point.step.action.choices if point.step.action else ():
            own = self.flow.sight.chosen(point, cell)
            known = own in made
            value = self.model.eval(made[own], model_completion=True) if known else None
            found[cell] = cell.low if value is None else value_of(own, value)
        return found
