"""Runs as constraints on events: which happen, where each instance comes, how a run ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from z3 import BoolRef, ModelRef, is_true

from modelcheck.engines.smt.events.clauses import FALSE, TRUE, Clauses
from modelcheck.engines.smt.events.counting import Unary, summed
from modelcheck.engines.smt.events.kept import Demand, Precedence, demanded
from modelcheck.engines.smt.events.ordering import Ordering
from modelcheck.engines.smt.events.sight import Sight
from modelcheck.engines.smt.events.unfolding import Point, Unfolding
from modelcheck.engines.smt.solver import Oracle
from modelcheck.engines.smt.symbolic.relation import Goal, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of


@dataclass(slots=True)
class Flow:
    """The constraints of one model, in one solver."""

    relation: Relation
    unfolding: Unfolding
    oracle: Oracle
    clauses: Clauses
    ordering: Ordering
    sight: Sight
    precedences: tuple[Demand, ...]
    """What runs keep to."""

    comes: list[int] = field(default_factory=list)
    """For each point whether its instance comes there."""

    starts: list[tuple[int, ...]] = field(default_factory=list)
    """For each instance, which of its beginnings it is."""

    count: Unary = ()
    """How many events happen."""

    goals: dict[Goal, int] = field(default_factory=dict)
    ended: dict[Term, Term] = field(default_factory=dict)
    """The instances' own cells where the run ends."""

    @property
    def points(self) -> tuple[Point, ...]:
        """Of all instances."""
        return self.unfolding.points

    @property
    def longest(self) -> int:
        """No run has more steps, one that violates something beyond all bounds included."""
        return len(self.count) + any(point.is_cut for point in self.points)

    def write(self) -> None:
        """Write everything down; raises `UsedUp`."""
        self.comes = [self.clauses.new() for _ in self.points]
        into = self._beginnings()
        for way in self.unfolding.ways:
            source = self.points[way.source]
            taken = self.sight.happens[way.source]
            if not way.condition.is_known:
                taken = self.clauses.both(taken, self._named(self.sight.at(source, way.condition)))
            into[way.target].append(taken)
            self._carry(taken, source, self.points[way.target])
        for number, literals in enumerate(into):
            is_there = self.clauses.some(literals)
            self.clauses.add(-self.comes[number], is_there)
            self.clauses.add(self.comes[number], -is_there)
        for point in self.points:
            if point.is_event:
                self._event(point)
                reader = self.unfolding.turn[point.number]
                self.clauses.add(-self.sight.happens[point.number], self._may_come(point, reader))
        self.count = summed(self._counts(), self.clauses)
        for goal in self.relation.goals:
            self.goals[goal] = self._goal(goal)
        self.ordering.close()

    def _named(self, term: Term) -> int:
        """A literal for a truth."""
        if term.is_known:
            return TRUE if term.low else FALSE
        return self.clauses.named(self.sight.encoder.truth(term))

    def _beginnings(self) -> list[list[int]]:
        """Each instance begins in one way; for each point those in which it begins there."""
        into: list[list[int]] = [[] for _ in self.points]
        for begins in self.unfolding.begins:
            chosen = tuple(self.clauses.new() for _ in begins)
            self.starts.append(chosen)
            self.clauses.add(*chosen)
            for number, (is_it, beginning) in enumerate(zip(chosen, begins, strict=True)):
                for other in chosen[:number]:
                    self.clauses.add(-is_it, -other)
                into[beginning.point].append(is_it)
                point = self.points[beginning.point]
                for cell in self._own(point):
                    value = self.relation.constant(cell, beginning.values[cell])
                    self.sight.same(is_it, self.sight.held(point, cell), value)
        return into

    def _own(self, point: Point) -> Iterator[Term]:
        """The cells of an instance that are not known at a point."""
        for cell in self.relation.layout.own(point.at):
            if not cell.is_known and cell not in point.step.known:
                yield cell

    def _carry(self, taken: int, source: Point, target: Point) -> None:
        """What an instance has of its own at the end of a way."""
        for cell in self._own(target):
            value = self.sight.at(source, source.step.changes.get(cell, cell))
            self.sight.same(taken, self.sight.held(target, cell), value)

    def _event(self, point: Point) -> None:
        happens, terms = self.sight.happens[point.number], self.relation.terms
        can = terms.both(point.step.enabled, terms.negation(point.step.fails))
        self.clauses.add(-happens, self.comes[point.number])
        self.clauses.add(-happens, self._named(self.sight.at(point, can)))

    def _counts(self) -> Iterator[Unary]:
        """How many turns each instance takes within its bound, in unary."""
        for at in range(len(self.relation.prepared.instances)):
            turns = [one for one in self.unfolding.turns if one.at == at and not one.is_cut]
            yield tuple(self.sight.moves[one.number] for one in turns)

    def _goal(self, goal: Goal) -> int:
        """Whether a goal is reached where the run ends."""
        if not goal.by_step:
            return self._named(self._at_end(goal.condition))
        actions = zip(self.relation.actions, goal.steps, strict=True)
        conditions = {(one.at, one.place, one.label): condition for one, condition in actions}
        found = []
        for point in self.points:
            action = point.step.action
            if action is not None:
                found.append(self._step(point, conditions[action.at, action.place, action.label]))
        return self.clauses.some(found)

    def _step(self, point: Point, condition: Term) -> int:
        """Whether the step at a point decides a goal, after all that happens."""
        here = substituted(self.relation.terms, condition, point.step.known)
        if here.is_known and not here.low:
            return FALSE
        may = self._may_come(point, self.sight.end)
        is_so = self.clauses.both(self._named(self._at_end(here)), may)
        return self.clauses.both(self.stays(point), is_so)

    def _may_come(self, point: Point, reader: int) -> int:
        """Whether what has to precede a step comes before a reader, that step or the end."""
        allowed = TRUE
        for one in self.precedences:
            if point.number in one.late:
                early = (
                    self.sight.comes_before(
                        self.sight.happens[source], self.unfolding.turn[source], reader
                    )
                    for source in one.early
                    if self.unfolding.turn[source] != reader
                )
                allowed = self.clauses.both(allowed, self.clauses.some(early))
        return allowed

    def _at_end(self, term: Term) -> Term:
        """A term over the state in which the run ends."""
        named = cells_of((term,))
        for at in range(len(self.relation.prepared.instances)):
            for cell in self.relation.layout.own(at):
                if cell in named and cell not in self.ended:
                    self._end(cell, at)
        return substituted(self.relation.terms, self.sight.at_end(term), self.ended)

    def _end(self, cell: Term, at: int) -> None:
        """An instance's own cell where the run ends."""
        self.ended[cell] = self.sight.alike(cell, " at the end")
        for point in self.points:
            if point.at == at:
                self.sight.same(self.stays(point), self.ended[cell], self.sight.held(point, cell))

    def stays(self, point: Point) -> int:
        """Whether an instance stands at a point where the run ends."""
        return self.clauses.both(self.comes[point.number], -self.sight.happens[point.number])

    def at_most(self, steps: int) -> int:
        """That no more events happen."""
        if steps < 0:
            return FALSE
        return -self.count[steps] if steps < len(self.count) else TRUE

    def question(self, goals: tuple[Goal, ...], most: int) -> BoolRef:
        """To be assumed: a run of at most so many steps decides one of the goals."""
        both = self.clauses.both
        decided = (both(self.goals[g], self.at_most(most - g.by_step)) for g in goals)
        return self.asked(both(-self._cut(), self.clauses.some(decided)))

    def beyond(self) -> BoolRef:
        """To be assumed: an instance takes a step beyond its bound."""
        return self.asked(self._cut())

    def _cut(self) -> int:
        cut = (self.sight.happens[one.number] for one in self.points if one.is_cut)
        return self.clauses.some(cut)

    def asked(self, literal: int) -> BoolRef:
        """To be assumed: the literal holds, under all that was written."""
        self.clauses.flush()
        return self.clauses.flag(literal)

    def taken(self, model: ModelRef) -> list[Point]:
        """The events of the run that was found."""
        return [one for one in self.points if self.holds(self.sight.happens[one.number], model)]

    def holds(self, literal: int, model: ModelRef) -> bool:
        """Whether a literal does, in what the solver found."""
        return is_true(model.eval(self.clauses.flag(literal), model_completion=True))


def new_flow(
    relation: Relation,
    unfolding: Unfolding,
    oracle: Oracle,
    precedences: tuple[Precedence, ...] = (),
) -> Flow:
    """The constraints of a model, of which nothing is written yet."""
    clauses = Clauses(oracle.solver, oracle.limits.go_on)
    ordering = Ordering(unfolding, clauses)
    sight = Sight(relation, unfolding, clauses, ordering)
    demands = tuple(demanded(one, relation, unfolding) for one in precedences)
    return Flow(relation, unfolding, oracle, clauses, ordering, sight, demands)
