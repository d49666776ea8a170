"""Cubes: the states in which some parts of the state have one of some values each.

A part is a cell, or all that is an instance's own: its place, which it can only be at so many of.
A clause is the negation of a cube.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.terms import Term

Assignment = Mapping[Term, int]
"""A value for each cell: a state."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of the state, and the values that it can have."""

    number: int
    cells: tuple[Term, ...]
    values: tuple[tuple[int, ...], ...]
    """Each as the values of the cells."""

    instance: int | None = None
    """The position of the instance whose place it is."""

    def position(self, state: Assignment) -> int:
        """Which of the values it has in a state."""
        return self.values.index(tuple(state[cell] for cell in self.cells))

    def is_value(self, relation: Relation, position: int, after: Mapping[Term, Term]) -> Term:
        """Whether it has a value, where cells have become other terms."""
        terms = relation.terms
        return terms.every(
            terms.equal(after.get(cell, cell), relation.constant(cell, value))
            for cell, value in zip(self.cells, self.values[position], strict=True)
        )


Literal = tuple[Part, frozenset[int]]
"""A part, and the positions of the values that it may have: some, not all."""

Cube = tuple[Literal, ...]
"""All of them hold; one for a part at most, in the order of the parts."""


def parts_of(relation: Relation) -> tuple[Part, ...]:
    """The parts of a model's states."""
    found: list[Part] = []
    own: set[Term] = set()
    for at, places in enumerate(relation.places):
        if places:
            cells = relation.layout.own(at)
            own.update(cells)
            kept = [number for number, cell in enumerate(cells) if not cell.is_known]
            values = tuple(tuple(place[number] for number in kept) for place in places)
            found.append(Part(len(found), tuple(cells[number] for number in kept), values, at))
    for cell in relation.layout.cells:
        if cell not in own:
            values = tuple((value,) for value in range(cell.low, cell.high + 1))
            found.append(Part(len(found), (cell,), values))
    return tuple(found)


def cube_of(literals: Mapping[Part, frozenset[int]]) -> Cube:
    """A cube in its normal form; what says nothing of a part is left out."""
    order = sorted(literals, key=lambda part: part.number)
    return tuple((part, literals[part]) for part in order if len(literals[part]) < len(part.values))


def is_in(state: Assignment, cube: Cube) -> bool:
    """Whether a state is one of a cube's."""
    return all(part.position(state) in values for part, values in cube)


def covers(wide: Cube, narrow: Cube) -> bool:
    """Whether every state of `narrow` is one of `wide`."""
    known = dict(narrow)
    return all(part in known and known[part] <= values for part, values in wide)


def around(parts: Iterable[Part], state: Assignment) -> Cube:
    """The states that are like a given one as far as these parts go."""
    return cube_of({part: frozenset((part.position(state),)) for part in parts})
