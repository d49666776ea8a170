"""Where an instance can stand, one place after the other, from the symbolic steps of its code.

Where the code can go round, up to a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from modelcheck.engines.smt.events.unfolding import Beginning, Point, Step, Unfolding, Way
from modelcheck.engines.smt.symbolic.places import possible_values
from modelcheck.engines.smt.symbolic.relation import Action, Place, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.semantics import initial

MOST_POINTS = 1000
"""Of all instances together."""

MOST_WAYS = 64
"""From one point: of values that its locals may have next."""


class TooMany(Exception):
    """There are more points than can be put in order."""


def going_round(relation: Relation) -> tuple[int, ...]:
    """The positions of the instances whose code can go round, as far as it alone tells.

    Raises `TooMany`.
    """
    instances = range(len(relation.prepared.instances))
    return tuple(at for at in instances if _Unfolder(relation, at, 0).can_go_round())


def unfolded(relation: Relation, bounds: Mapping[int, int]) -> Unfolding:
    """The points of a model; instances that can go round take at most so many steps.

    `bounds` has those that can, by position. Raises `TooMany`.
    """
    points: list[Point] = []
    ways: list[Way] = []
    begins: list[tuple[Beginning, ...]] = []
    for at in range(len(relation.prepared.instances)):
        unfolder = _Unfolder(relation, at, len(points))
        begins.append(unfolder.unfold(bounds.get(at)))
        points += unfolder.points
        ways += unfolder.ways
    shared = (leaf for _, symbolic in relation.layout.shared for leaf in leaves(symbolic))
    numbers = relation.numbers(initial(relation.prepared)[0])
    begun = {cell: numbers[cell] for cell in shared if not cell.is_known}
    return Unfolding(tuple(points), tuple(ways), tuple(begins), begun)


class _Unfolder:
    """Goes through the places of one instance."""

    def __init__(self, relation: Relation, at: int, first: int) -> None:
        self.relation, self.at, self.first = relation, at, first
        own = [action for action in relation.actions if action.at == at]
        location = relation.layout.locations[at]
        self.is_placed = any(action.place is not None for action in own)
        self.followed = relation.layout.own(at) if self.is_placed else (location,)
        self.actions = {self._standing(action): action for action in own}
        self.steps: dict[Place, Step] = {}
        self.numbers: dict[tuple[Place, int], int] = {}
        self.points: list[Point] = []
        self.ways: list[Way] = []
        self.starts = [relation.numbers(state) for state in initial(relation.prepared)]

    def can_go_round(self) -> bool:
        """Whether a place may be come to again."""
        onward: dict[Place, set[Place]] = {}
        pending = [self._place(numbers) for numbers in self.starts]
        while pending:
            place = pending.pop()
            if place not in onward:
                onward[place] = {to for to, _ in self._step(place).targets}
                pending += sorted(onward[place])
        left = set(onward)
        while leaves := [one for one in left if not onward[one] & left]:
            left.difference_update(leaves)
        return bool(left)

    def unfold(self, bound: int | None) -> tuple[Beginning, ...]:
        """Make the points and ways; where the instance may begin."""
        begins = tuple(self._beginnings(bound))
        for point in self.points:  # grows meanwhile
            for target, condition in () if point.is_cut else point.step.targets:
                to = self._number(target, point.level + 1, bound)
                self.ways.append(Way(point.number, to, condition))
        return begins

    def _beginnings(self, bound: int | None) -> Iterator[Beginning]:
        own = [one for one in self.relation.layout.own(self.at) if not one.is_known]
        found = {tuple(numbers[cell] for cell in own): numbers for numbers in self.starts}
        for values, numbers in found.items():
            number = self._number(self._place(numbers), 0, bound)
            yield Beginning(number, dict(zip(own, values, strict=True)))

    def _place(self, numbers: Mapping[Term, int]) -> Place:
        """Where the instance stands in a state."""
        return tuple(one.low if one.is_known else numbers[one] for one in self.followed)

    def _number(self, place: Place, level: int, bound: int | None) -> int:
        """The number of a point, which is made where there is none yet."""
        if (place, level) not in self.numbers:
            number = self.numbers[place, level] = self.first + len(self.points)
            if number > MOST_POINTS:
                raise TooMany
            step = self._step(place)
            is_cut = level == bound and step.action is not None
            self.points.append(Point(number, self.at, place, level, step, is_cut))
        return self.numbers[place, level]

    def _standing(self, action: Action) -> Place:
        """The values of what is followed where an action is taken."""
        if action.place is not None:
            return action.place
        labels = [step.label for step in self.relation.prepared.processes[self.at].steps]
        return (labels.index(action.label),)

    def _step(self, place: Place) -> Step:
        if place not in self.steps:
            if len(self.steps) == MOST_POINTS:
                raise TooMany
            self.steps[place] = self._made(place)
        return self.steps[place]

    def _made(self, place: Place) -> Step:
        relation, terms = self.relation, self.relation.terms
        pairs = zip(self.followed, place, strict=True)
        known = {cell: relation.constant(cell, value) for cell, value in pairs}
        action, false = self.actions.get(place), terms.truth(value=False)
        if action is None:
            return Step(known, None, false, false, {}, ())
        enabled = substituted(terms, action.enabled, known)
        fails = substituted(terms, action.violates, known)
        changes = {cell: substituted(terms, new, known) for cell, new in action.changes}
        if enabled.is_known and not enabled.low:
            return Step(known, None, false, false, {}, ())
        targets = tuple(self._targets(place, changes))
        return Step(known, action, enabled, fails, changes, targets)

    def _targets(self, place: Place, changes: Mapping[Term, Term]) -> Iterator[tuple[Place, Term]]:
        """The places that a step may lead to, each with the condition under which it does."""
        terms, constant = self.relation.terms, self.relation.constant
        ways = [
            possible_values(changes[cell], cell) if cell in changes else (value,)
            for cell, value in zip(self.followed, place, strict=True)
        ]
        if prod(map(len, ways)) > MOST_WAYS:
            raise TooMany
        for target in product(*ways):
            condition = terms.every(
                terms.equal(changes[cell], constant(cell, value))
                for cell, value in zip(self.followed, target, strict=True)
                if cell in changes
            )
            if not condition.is_known or condition.low:
                yield target, condition
