"""Where an instance can stand with its own locals, and what its steps are there.

A step that is taken at one place speaks of known items of arrays, where the text speaks of an item
at the index that a local holds: so what it reads and writes is little, and much of it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from modelcheck.engines.smt.symbolic.relation import Action, Layout, Place
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Kind, Term, Terms, cells_of
from modelcheck.engines.smt.symbolic.values import Algebra, leaves
from modelcheck.semantics import Prepared
from modelcheck.trace import Location, State

MOST_PLACES = 64
"""The steps of an instance that can stand at more places are left as they are."""


def placed(
    starts: tuple[State, ...],
    prepared: Prepared,
    algebra: Algebra,
    layout: Layout,
    actions: tuple[Action, ...],
    whole: frozenset[int],
) -> tuple[tuple[Action, ...], tuple[tuple[Place, ...], ...]]:
    """The actions of all instances, one for each place where a step is taken; and these places.

    The places are those that can be reached from where an instance stands in one of the `starts`.
    The steps of the instances in `whole` are left as they are.
    """
    found: list[Action] = []
    places: list[tuple[Place, ...]] = []
    for at in range(len(prepared.instances)):
        own = tuple(one for one in actions if one.at == at)
        begins = {_place(prepared, algebra, layout, at, state.locations[at]) for state in starts}
        explorer = _Explorer(algebra.terms, layout.own(at), own)
        known = () if at in whole else explorer.explore(begins)
        found += explorer.actions if known else own
        places.append(known)
    return tuple(found), tuple(places)


def _place(
    prepared: Prepared, algebra: Algebra, layout: Layout, at: int, location: Location
) -> Place:
    """A location as numbers; locals that are dead there have the first value of their type."""
    process = prepared.processes[at]
    labels = [*(step.label for step in process.steps), None]
    held = dict(zip(process.live(location.label), location.locals, strict=True))
    values = (algebra.kept(v.type, v.name, held) for v, _ in layout.locals[at])
    return (labels.index(location.label), *(leaf.low for one in values for leaf in leaves(one)))


class _Explorer:
    """Goes through the places of one instance."""

    def __init__(self, terms: Terms, cells: tuple[Term, ...], actions: tuple[Action, ...]) -> None:
        self.terms = terms
        self.cells = cells
        self.own = actions
        self.actions: list[Action] = []
        """Those at the places that were explored."""

    def explore(self, begins: set[Place]) -> tuple[Place, ...]:
        """All places that can be reached, the nearest first; none if these are too many."""
        reached, level, known = begins, 0, dict[Place, None]()
        while reached:
            known |= dict.fromkeys(sorted(reached))
            if len(known) > MOST_PLACES:
                return ()
            new: set[Place] = set()
            for place in sorted(reached):
                here = list(self._at(place, level))
                self.actions += here
                for action in here:
                    after = self._after(place, action)
                    if after is None:
                        return ()
                    new |= after
            reached, level = new.difference(known), level + 1
        return tuple(known)

    def _at(self, place: Place, level: int) -> Iterator[Action]:
        """What can be done at one place, which is reached after so many steps at least."""
        given = {
            cell: self.terms.truth(value) if cell.is_truth else self.terms.known(value)
            for cell, value in zip(self.cells, place, strict=True)
        }
        here = self.terms.every(
            self.terms.equal(cell, value) for cell, value in given.items() if not cell.is_known
        )
        for action in self.own:
            can = substituted(self.terms, action.enabled, given)
            if can.is_known and not can.low:
                continue
            fails = substituted(self.terms, action.violates, given)
            changes = tuple(
                (cell, after)
                for cell, general in action.changes
                if (after := substituted(self.terms, general, given)) is not given.get(cell, cell)
            )
            enabled, violates = self.terms.both(here, can), self.terms.both(here, fails)
            needed = cells_of((enabled, violates, *(after for _, after in changes)))
            yield replace(
                action,
                enabled=enabled,
                violates=violates,
                changes=changes,
                reads=needed.difference(action.choices),
                earliest=level,
                place=place,
            )

    def _after(self, place: Place, action: Action) -> set[Place] | None:
        """Where it can lead; None if these are too many."""
        changes = dict(action.changes)
        ways = [
            possible_values(changes[cell], cell) if cell in changes else (value,)
            for cell, value in zip(self.cells, place, strict=True)
        ]
        return set(product(*ways)) if prod(map(len, ways)) <= MOST_PLACES else None


def possible_values(term: Term, cell: Term) -> tuple[int, ...]:
    """The values that a term may have, as far as its branches tell."""
    pending, found = [term], set[int]()
    while pending:
        one = pending.pop()
        if one.is_known:
            found.add(one.low)
        elif one.kind is Kind.IF and not one.is_truth:
            pending += one.parts[1:]
        else:
            return tuple(range(cell.low, cell.high + 1))
    return tuple(sorted(found))
