"""Runs as constraints on events: which of them happen, in which order, and who reads what of whom.

An event sees of each cell what the last event before it has written that writes the cell at all, or
what it was in the beginning. No state is copied: what is said of the state in which a run ends is
said of what somebody sees who comes after all events (J. Alglave, D. Kroening and M. Tautschnig,
"Partial orders for efficient bounded model checking of concurrent software", 2013).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import z3

from modelcheck.engines.smt.encode import Encoder, value_of
from modelcheck.engines.smt.events.counting import Counter
from modelcheck.engines.smt.events.ordering import FALSE, TRUE, Ordering
from modelcheck.engines.smt.events.unfolding import Point, Unfolding
from modelcheck.engines.smt.symbolic.relation import Goal, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of
from modelcheck.engines.smt.solver import Oracle

Sources = tuple[int, ...]
"""The events of which one may be the last to have written something."""


@dataclass(slots=True)
class Flow:
    """The constraints of one model in one solver."""

    relation: Relation
    unfolding: Unfolding
    oracle: Oracle
    ordering: Ordering
    encoder: Encoder = field(default_factory=Encoder)
    writers: dict[Term, list[int]] = field(default_factory=dict)
    initial: dict[Term, Term] = field(default_factory=dict)
    seen: dict[tuple[int, Term], Term] = field(default_factory=dict)
    """What an event sees of a cell, or a point has of an instance's own."""

    latest: dict[tuple[int, Sources], dict[int | None, z3.BoolRef]] = field(default_factory=dict)
    happens: list[z3.BoolRef] = field(default_factory=list)
    comes: list[z3.BoolRef] = field(default_factory=list)
    """Whether an instance comes to a point."""

    sighted: dict[tuple[int, int], z3.BoolRef] = field(default_factory=dict)
    more: list[z3.BoolRef] = field(default_factory=list)
    asked: int = 0

    @property
    def end(self) -> int:
        """Who comes after all events, and sees the state in which the run ends."""
        return len(self.unfolding.points)

    def add(self, *constraints: z3.BoolRef) -> None:
        self.oracle.solver.add(*constraints)

    def begin(self) -> None:
        """Write everything down."""
        points = self.unfolding.points
        for point in points:
            for cell in point.changes if point.is_event else ():
                self.writers.setdefault(cell, []).append(point.number)
        self._note_initial()
        self.happens = [
            z3.Bool(f"happens {one.number}") if one.is_event else FALSE for one in points
        ]
        self.comes = [z3.Bool(f"comes {one.number}") for one in points]
        self._connect()
        for point in points:
            if point.is_event:
                self._event(point)
        self.more = Counter(self.oracle.solver).sum(self._counts())

    def _note_initial(self) -> None:
        relation = self.relation
        state = self.unfolding.initial
        self.initial = {cell: relation.constant(cell, value) for cell, value in state.items()}

    def _connect(self) -> None:
        """An instance comes to a point where it begins there, or takes a way there."""
        into: dict[int, list[z3.BoolRef]] = {one.number: [] for one in self.unfolding.points}
        for begins in self.unfolding.begins:
            chosen = self._one_of(len(begins), f"begins {begins[0].point}")
            for is_it, beginning in zip(chosen, begins, strict=True):
                into[beginning.point].append(is_it)
                self._begin(is_it, beginning.point, beginning.values)
        for way in self.unfolding.ways:
            source = self.unfolding.points[way.source]
            condition = self.at(source, way.condition)
            taken = z3.Bool(f"{way.source}>{way.target}")
            self.add(taken == z3.And(self.happens[way.source], condition))
            into[way.target].append(taken)
            self._carry(taken, source, self.unfolding.points[way.target])
        for number, those in into.items():
            self.add(self.comes[number] == z3.Or(*those))

    def _one_of(self, count: int, name: str) -> list[z3.BoolRef]:
        if count == 1:
            return [TRUE]
        found = [z3.Bool(f"{name} {number}") for number in range(count)]
        self.add(z3.Or(*found), z3.AtMost(*found, 1))
        return found

    def _own(self, point: Point) -> Iterator[Term]:
        """The cells of the instance that are not known at a point."""
        for cell in self.relation.layout.own(point.at):
            if not cell.is_known and cell not in point.known:
                yield cell

    def _begin(self, is_it: z3.BoolRef, number: int, values: Mapping[Term, int]) -> None:
        point = self.unfolding.points[number]
        for cell in self._own(point):
            value = self.relation.constant(cell, values[cell])
            self._same(is_it, self.sees(point.number, cell), value)

    def _carry(self, taken: z3.BoolRef, source: Point, target: Point) -> None:
        """What an instance has of its own at the end of a way."""
        for cell in self._own(target):
            if cell in source.changes:
                value = self._term_at(source, source.changes[cell])
            else:
                value = source.known.get(cell) or self.sees(source.number, cell)
            self._same(taken, self.sees(target.number, cell), value)

    def _same(self, where: z3.BoolRef, cell: Term, value: Term) -> None:
        if cell is value:
            return
        if cell.is_known:
            self.add(z3.Implies(where, self.encoder.truth(self.relation.terms.equal(cell, value))))
            return
        variable = self.encoder.truth(cell) if cell.is_truth else self.encoder.number(cell)
        self.add(z3.Implies(where, self.encoder.same(cell, variable, value)))

    def _event(self, point: Point) -> None:
        happens = self.happens[point.number]
        terms = self.relation.terms
        can = terms.both(point.enabled, terms.negation(point.fails))
        self.add(z3.Implies(happens, self.comes[point.number]))
        self.add(z3.Implies(happens, self.at(point, can)))

    def at(self, point: Point, term: Term) -> z3.BoolRef:
        """A condition on what a step sees."""
        return self.encoder.truth(self._term_at(point, term))

    def _term_at(self, point: Point, term: Term) -> Term:
        choices = set(point.action.choices if point.action else ())
        given = {
            cell: self._chosen(point, cell) if cell in choices else self.sees(point.number, cell)
            for cell in sorted(cells_of((term,)), key=lambda one: one.number)
        }
        return substituted(self.relation.terms, term, given)

    def _chosen(self, point: Point, cell: Term) -> Term:
        return self._renamed(cell, point.number)

    def _renamed(self, cell: Term, number: int) -> Term:
        return self.relation.terms.cell(
            f"{cell.name}@{number}", is_truth=cell.is_truth, low=cell.low, high=cell.high
        )

    def sees(self, number: int, cell: Term) -> Term:
        """What is seen of a cell at an event, or at the end."""
        if (number, cell) not in self.seen:
            if cell not in self.initial:  # of an instance's own
                self.seen[number, cell] = self._renamed(cell, number)
            else:
                sources = self._sources(number, cell)
                if not sources:
                    self.seen[number, cell] = self.initial[cell]
                else:
                    found = self.seen[number, cell] = self._renamed(cell, number)
                    self._read(number, cell, sources, found)
        return self.seen[number, cell]

    def _sources(self, reader: int, cell: Term) -> Sources:
        points, later = self.unfolding.points, self.unfolding.later
        writers = self.writers.get(cell, ())
        if reader == self.end:
            return tuple(writers)
        at = points[reader].at
        return tuple(
            one
            for one in writers
            if (points[one].at != at or reader in later[one])
        )

    def _read(self, reader: int, cell: Term, sources: Sources, found: Term) -> None:
        latest = self._latest(reader, sources)
        self._same(latest[None], found, self.initial[cell])
        for source in sources:
            point = self.unfolding.points[source]
            self._same(latest[source], found, self._term_at(point, point.changes[cell]))

    def _latest(self, reader: int, sources: Sources) -> dict[int | None, z3.BoolRef]:
        """For each source whether it is the last before the reader; for None that there is none."""
        key = (reader, sources)
        if key in self.latest:
            return self.latest[key]
        number = len(self.latest)
        found: dict[int | None, z3.BoolRef] = {
            one: z3.Bool(f"last {number} {one}") for one in (None, *sources)
        }
        self.latest[key] = found
        active = TRUE if reader == self.end else self.happens[reader]
        sight = {one: self._sighted(one, reader) for one in sources}
        # What does not happen may see anything.
        self.add(z3.Or(z3.Not(active), *found.values()))
        for one in sources:
            self.add(z3.Or(z3.Not(found[one]), sight[one]))
            self.add(z3.Or(z3.Not(found[None]), z3.Not(sight[one])))
            for other in sources:
                if other != one and not self._excludes(one, other):
                    first = self.ordering.before(other, one)
                    if first is not TRUE:
                        rest = () if first is FALSE else (first,)
                        self.add(z3.Or(z3.Not(found[one]), z3.Not(sight[other]), *rest))
        return found

    def _excludes(self, one: int, other: int) -> bool:
        """Whether two events never happen both."""
        points, later = self.unfolding.points, self.unfolding.later
        is_related = other in later[one] or one in later[other]
        return points[one].at == points[other].at and not is_related

    def _sighted(self, source: int, reader: int) -> z3.BoolRef:
        """Whether an event happens before a reader."""
        if reader == self.end or reader in self.unfolding.later[source]:
            return self.happens[source]
        if (source, reader) not in self.sighted:
            found = self.sighted[source, reader] = z3.Bool(f"{source} seen by {reader}")
            before = self.ordering.before(source, reader)
            self.add(found == z3.And(self.happens[source], before))
        return self.sighted[source, reader]

    def _counts(self) -> list[list[z3.BoolRef]]:
        """How many events of each instance happen, in unary."""
        found: list[list[z3.BoolRef]] = []
        for at in range(len(self.relation.prepared.instances)):
            found += self._count(at)
        return found

    def _count(self, at: int) -> list[list[z3.BoolRef]]:
        own = [one for one in self.unfolding.points if one.at == at and one.is_event]
        levels = self.unfolding.levels
        if any(len(levels[one.number]) > 1 for one in own):
            return [[self.happens[one.number]] for one in own]
        deepest = max((min(levels[one.number]) for one in own), default=-1)
        found = []
        for level in range(deepest + 1):
            here = [self.happens[one.number] for one in own if level in levels[one.number]]
            found.append(z3.Or(*here))
        return [found]

    def goal(self, goal: Goal) -> z3.BoolRef:
        """Whether a goal is reached where the run ends."""
        cells = sorted(cells_of((goal.condition,)), key=lambda one: one.number)
        own = {
            one: at
            for at in range(len(self.relation.prepared.instances))
            for one in self.relation.layout.own(at)
        }
        given: dict[Term, Term] = {}
        for cell in cells:
            if cell in own:
                given[cell] = self._ended(cell, own[cell])
            elif cell in self.initial:
                given[cell] = self.sees(self.end, cell)
        return self.encoder.truth(substituted(self.relation.terms, goal.condition, given))

    def _ended(self, cell: Term, at: int) -> Term:
        """An instance's own cell where the run ends."""
        if (self.end, cell) in self.seen:
            return self.seen[self.end, cell]
        found = self.seen[self.end, cell] = self._renamed(cell, self.end)
        for point in self.unfolding.points:
            if point.at == at:
                value = point.known.get(cell) or self.sees(point.number, cell)
                self._same(self.stays(point), found, value)
        return found

    def stays(self, point: Point) -> z3.BoolRef:
        """Whether an instance stands at a point where the run ends."""
        return z3.And(self.comes[point.number], z3.Not(self.happens[point.number]))

    def finish(self) -> None:
        """That the order of all pairs that were spoken of is one."""
        for constraint in self.ordering.constraints():
            self.add(constraint)

    def at_most(self, steps: int) -> z3.BoolRef:
        """That no more events happen."""
        if steps < 0:
            return FALSE
        return z3.Not(self.more[steps]) if steps < len(self.more) else TRUE

    def question(self, goals: dict[Goal, z3.BoolRef], most: int) -> z3.BoolRef:
        """To be assumed: a run of at most so many steps decides one of the goals."""
        self.asked += 1
        asked = z3.Bool(f"asked {self.asked}")
        reached = [z3.And(g, self.at_most(most - one.by_step)) for one, g in goals.items()]
        self.add(z3.Implies(asked, z3.Or(*reached)))
        return asked

    def run(self, model: z3.ModelRef) -> tuple[list[int], dict[Term, int]]:
        """The events of the run that was found, in order, and where it begins."""

        def holds(condition: z3.BoolRef) -> bool:
            return z3.is_true(model.eval(condition, model_completion=True))

        taken = [n for n, happens in enumerate(self.happens) if holds(happens)]
        behind: dict[int, set[int]] = {one: set() for one in taken}
        for (one, other), first in self.ordering.pairs.items():
            if one in behind and other in behind:
                if holds(first):
                    behind[other].add(one)
                else:
                    behind[one].add(other)
        order: list[int] = []
        while behind:
            free = [one for one, waits in behind.items() if not waits]
            points = self.unfolding.points
            last = points[order[-1]].at if order else -1
            chosen = min(free, key=lambda one: (points[one].at != last, one))
            del behind[chosen]
            for waits in behind.values():
                waits.discard(chosen)
            order.append(chosen)
        start = dict(self.unfolding.initial)
        for at, begins in enumerate(self.unfolding.begins):
            for number, beginning in enumerate(begins):
                name = f"begins {begins[0].point} {number}"
                if len(begins) == 1 or holds(z3.Bool(name)):
                    start.update(beginning.values)
        return order, start

    def chosen(self, model: z3.ModelRef, number: int) -> dict[Term, int]:
        """The choices that an event makes."""
        action = self.unfolding.points[number].action
        found = {}
        for cell in action.choices if action else ():
            own = self._renamed(cell, number)
            if own in self.encoder.made:
                found[cell] = value_of(own, model.eval(self.encoder.made[own], model_completion=True))
            else:
                found[cell] = cell.low
        return found

    def states(self, model: z3.ModelRef) -> list[dict[Term, int]]:
        order, numbers = self.run(model)
        found = [numbers]
        terms = self.relation.terms
        for number in order:
            point = self.unfolding.points[number]
            values = {**numbers, **self.chosen(model, number)}
            known = {cell: self.relation.constant(cell, value) for cell, value in values.items()}
            changed = {
                cell: substituted(terms, new, known).low for cell, new in point.changes.items()
            }
            numbers = {**numbers, **changed}
            found.append(numbers)
        return found
