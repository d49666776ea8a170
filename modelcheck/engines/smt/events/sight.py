"""What events see: of each cell what the last event before them has written that writes it.

No state is copied. What is said of the state in which a run ends is said of what somebody sees who
comes after all events (J. Alglave, D. Kroening and M. Tautschnig, "Partial orders for efficient
bounded model checking of concurrent software", 2013; there events are single reads and writes, here
they are whole steps, so that one place in the order is enough for all that a step does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelcheck.engines.smt.encode import Encoder
from modelcheck.engines.smt.events.clauses import FALSE, TRUE, Clauses
from modelcheck.engines.smt.events.ordering import Ordering
from modelcheck.engines.smt.events.unfolding import Point, Unfolding
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of

Sources = tuple[int, ...]
"""The events of which one may be the last to have written something."""


@dataclass(frozen=True, slots=True)
class Last:
    """Which of some events comes last before a reader."""

    none: int
    """None of them comes before it."""

    each: Mapping[int, int]


@dataclass(slots=True)
class Sight:
    """The value flow of one model."""

    relation: Relation
    unfolding: Unfolding
    clauses: Clauses
    ordering: Ordering
    encoder: Encoder = field(default_factory=Encoder)
    happens: list[int] = field(default_factory=list)
    """For each point whether its step is taken."""

    begun: dict[Term, Term] = field(default_factory=dict)
    """The shared cells in the beginning."""

    writers: dict[Term, list[int]] = field(default_factory=dict)
    seen: dict[tuple[int, Term], Term] = field(default_factory=dict)
    lasts: dict[tuple[int, Sources], Last] = field(default_factory=dict)
    earlier: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        constant = self.relation.constant
        self.begun = {cell: constant(cell, v) for cell, v in self.unfolding.initial.items()}
        for point in self.unfolding.points:
            self.happens.append(self.clauses.new() if point.is_event else FALSE)
            for cell in point.step.changes if not point.is_cut else ():
                self.writers.setdefault(cell, []).append(point.number)

    @property
    def end(self) -> int:
        """Who comes after all events, and sees the state in which the run ends."""
        return len(self.unfolding.points)

    def at(self, point: Point, term: Term) -> Term:
        """A term over what a step sees, and chooses."""
        choices = point.step.action.choices if point.step.action else ()
        given = {
            cell: self.own(point.number, cell) if cell in choices else self.sees(point.number, cell)
            for cell in _cells(term)
        }
        return substituted(self.relation.terms, term, given)

    def at_end(self, term: Term) -> Term:
        """A term over the shared part of the state in which the run ends."""
        given = {cell: self.sees(self.end, cell) for cell in _cells(term) if cell in self.begun}
        return substituted(self.relation.terms, term, given)

    def own(self, number: int, cell: Term) -> Term:
        """A cell as it is for one event alone."""
        name = f"{cell.name}@{number}"
        return self.relation.terms.cell(name, is_truth=cell.is_truth, low=cell.low, high=cell.high)

    def sees(self, number: int, cell: Term) -> Term:
        """What is seen of a cell at an event, or at the end."""
        if (number, cell) not in self.seen:
            sources = self._sources(number, cell) if cell in self.begun else ()
            is_begun = cell in self.begun and not sources
            found = self.begun[cell] if is_begun else self.own(number, cell)
            self.seen[number, cell] = found
            if sources:
                self._read(number, cell, sources)
        return self.seen[number, cell]

    def same(self, where: int, cell: Term, value: Term) -> None:
        """Where the literal holds, a cell as it is for an event has a value."""
        if cell.is_known:
            same = self.relation.terms.equal(cell, value)
            self.clauses.imply(where, self.encoder.truth(same))
        elif cell is not value:
            mine = self.encoder.truth(cell) if cell.is_truth else self.encoder.number(cell)
            self.clauses.imply(where, self.encoder.same(cell, mine, value))

    def _sources(self, reader: int, cell: Term) -> Sources:
        writers = self.writers.get(cell, ())
        return tuple(one for one in writers if reader == self.end or self.may_see(reader, one))

    def may_see(self, reader: int, source: int) -> bool:
        """Whether an event may come before a reader: of its own instance those alone that do."""
        points, later = self.unfolding.points, self.unfolding.later
        return points[source].at != points[reader].at or reader in later[source]

    def _read(self, reader: int, cell: Term, sources: Sources) -> None:
        found, last = self.seen[reader, cell], self._last(reader, sources)
        self.same(last.none, found, self.begun[cell])
        for source, is_it in last.each.items():
            point = self.unfolding.points[source]
            self.same(is_it, found, self.at(point, point.step.changes[cell]))

    def _last(self, reader: int, sources: Sources) -> Last:
        if (reader, sources) not in self.lasts:
            self.lasts[reader, sources] = self._made(reader, sources)
        return self.lasts[reader, sources]

    def _made(self, reader: int, sources: Sources) -> Last:
        add, new = self.clauses.add, self.clauses.new
        found = Last(new(), {one: new() for one in sources})
        # What does not happen may see anything.
        happens = TRUE if reader == self.end else self.happens[reader]
        add(-happens, found.none, *found.each.values())
        for one, is_it in found.each.items():
            add(-is_it, self.comes_before(one, reader))
            add(-found.none, -self.comes_before(one, reader))
            for other in sources:
                if other != one and not self._excludes(one, other):
                    first = self.ordering.before(other, one)
                    add(-is_it, -self.comes_before(other, reader), first)
        return found

    def _excludes(self, one: int, other: int) -> bool:
        """Whether two events never happen both: of one instance, and neither after the other."""
        points, later = self.unfolding.points, self.unfolding.later
        is_related = other in later[one] or one in later[other]
        return points[one].at == points[other].at and not is_related

    def comes_before(self, source: int, reader: int) -> int:
        """Whether an event happens, and before a reader."""
        if reader == self.end or reader in self.unfolding.later[source]:
            return self.happens[source]
        if (source, reader) not in self.earlier:
            before = self.ordering.before(source, reader)
            self.earlier[source, reader] = self.clauses.both(self.happens[source], before)
        return self.earlier[source, reader]


def _cells(term: Term) -> list[Term]:
    return sorted(cells_of((term,)), key=lambda one: one.number)
