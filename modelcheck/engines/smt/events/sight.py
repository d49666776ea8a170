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

Sources = tuple[tuple[int, int], ...]
"""The turns of which one may be the last to have written something: each with whether it does."""


@dataclass(frozen=True, slots=True)
class Last:
    """Which of some turns comes last before a reader."""

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

    moves: list[int] = field(default_factory=list)
    """For each turn whether it is."""

    begun: dict[Term, Term] = field(default_factory=dict)
    """The shared cells in the beginning."""

    writers: dict[Term, dict[int, list[Point]]] = field(default_factory=dict)
    """For each cell the turns that may write it, and the points at which they do."""

    seen: dict[tuple[int, Term], Term] = field(default_factory=dict)
    lasts: dict[tuple[int, Sources], Last] = field(default_factory=dict)
    sometime: dict[tuple[int, ...], int] = field(default_factory=dict)
    earlier: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        constant = self.relation.constant
        self.begun = {cell: constant(cell, v) for cell, v in self.unfolding.initial.items()}
        points = self.unfolding.points
        self.happens = [self.clauses.new() if one.is_event else FALSE for one in points]
        for turn in self.unfolding.turns:
            self.moves.append(self._some(turn.points))
            for point in turn.points:
                for cell in point.step.changes if not point.is_cut else ():
                    self.writers.setdefault(cell, {}).setdefault(turn.number, []).append(point)

    @property
    def end(self) -> int:
        """Who comes after all turns, and sees the state in which the run ends."""
        return len(self.unfolding.turns)

    def at(self, point: Point, term: Term) -> Term:
        """A term over what a step sees, and chooses, and what is its instance's own."""
        choices = point.step.action.choices if point.step.action else ()
        given: dict[Term, Term] = {}
        for cell in _cells(term):
            if cell in choices:
                given[cell] = self.chosen(point, cell)
            elif cell in self.begun:
                given[cell] = self.sees(self.unfolding.turn[point.number], cell)
            else:
                given[cell] = self.held(point, cell)
        return substituted(self.relation.terms, term, given)

    def at_end(self, term: Term) -> Term:
        """A term over the shared part of the state in which the run ends."""
        given = {cell: self.sees(self.end, cell) for cell in _cells(term) if cell in self.begun}
        return substituted(self.relation.terms, term, given)

    def chosen(self, point: Point, cell: Term) -> Term:
        """What a step chooses."""
        return self.alike(cell, f"@{self.unfolding.turn[point.number]}")

    def held(self, point: Point, cell: Term) -> Term:
        """What an instance has of its own at a point."""
        return point.step.known.get(cell) or self.alike(cell, f" at {point.number}")

    def alike(self, cell: Term, suffix: str) -> Term:
        """Another cell with the values of a cell."""
        return self.relation.terms.cell(
            f"{cell.name}{suffix}", is_truth=cell.is_truth, low=cell.low, high=cell.high
        )

    def sees(self, reader: int, cell: Term) -> Term:
        """What is seen of a shared cell in a turn, or at the end."""
        if (reader, cell) not in self.seen:
            sources = self._sources(reader, cell)
            found = self.alike(cell, f"@{reader}") if sources else self.begun[cell]
            self.seen[reader, cell] = found
            if sources:
                self._read(reader, cell, sources)
        return self.seen[reader, cell]

    def same(self, where: int, cell: Term, value: Term) -> None:
        """Where the literal holds, a cell that was made here has a value."""
        if cell.is_known:
            same = self.relation.terms.equal(cell, value)
            self.clauses.imply(where, self.encoder.truth(same))
        elif cell is not value:
            mine = self.encoder.truth(cell) if cell.is_truth else self.encoder.number(cell)
            self.clauses.imply(where, self.encoder.same(cell, mine, value))

    def comes_before(self, is_so: int, source: int, reader: int) -> int:
        """Whether something is so of a turn, and that comes before a reader."""
        if reader == self.end:
            return is_so
        if (is_so, source, reader) not in self.earlier:
            first = self.ordering.before(source, reader)
            self.earlier[is_so, source, reader] = self.clauses.both(is_so, first)
        return self.earlier[is_so, source, reader]

    def _sources(self, reader: int, cell: Term) -> Sources:
        return tuple(
            (one, self._some(tuple(points)))
            for one, points in self.writers.get(cell, {}).items()
            if self._may_see(reader, one)
        )

    def _may_see(self, reader: int, source: int) -> bool:
        """Whether a turn may come before a reader."""
        if reader == self.end:
            return True
        return source != reader and self.unfolding.follows(source, reader) is not True

    def _some(self, points: tuple[Point, ...]) -> int:
        """Whether a step is taken at one of some points."""
        key = tuple(point.number for point in points)
        if key not in self.sometime:
            self.sometime[key] = self.clauses.some(self.happens[number] for number in key)
        return self.sometime[key]

    def _read(self, reader: int, cell: Term, sources: Sources) -> None:
        found, last = self.seen[reader, cell], self._last(reader, sources)
        self.same(last.none, found, self.begun[cell])
        for source, is_it in last.each.items():
            points = self.writers[cell][source]
            for point in points:
                here = is_it
                if len(points) > 1:
                    here = self.clauses.both(is_it, self.happens[point.number])
                self.same(here, found, self.at(point, point.step.changes[cell]))

    def _last(self, reader: int, sources: Sources) -> Last:
        if (reader, sources) not in self.lasts:
            self.lasts[reader, sources] = self._made(reader, sources)
        return self.lasts[reader, sources]

    def _made(self, reader: int, sources: Sources) -> Last:
        add, new = self.clauses.add, self.clauses.new
        found = Last(new(), {one: new() for one, _ in sources})
        # What does not happen may see anything.
        moves = TRUE if reader == self.end else self.moves[reader]
        add(-moves, found.none, *found.each.values())
        for one, writes in sources:
            is_it, earlier = found.each[one], self.comes_before(writes, one, reader)
            add(-is_it, earlier)
            add(-found.none, -earlier)
            for other, is_it in found.each.items():
                if other != one:
                    add(-is_it, -earlier, self.ordering.before(one, other))
        return found


def _cells(term: Term) -> list[Term]:
    return sorted(cells_of((term,)), key=lambda one: one.number)
