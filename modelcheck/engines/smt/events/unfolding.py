"""What each instance may come to do, unfolded: an event for each step that it may take.

A point is a place where an instance can stand, as its own code decides: what is read from the
shared state may be anything of its type. From point to point there is no way back, so that no run
comes to a point twice, and the step that is taken there is one event. Where the code can go round,
its points are told apart by how many steps were taken before them, up to a bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from modelcheck.engines.smt.symbolic.places import possible_values
from modelcheck.engines.smt.symbolic.relation import Action, Place, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.semantics import initial

MOST_POINTS = 400
"""Of all instances together."""

MOST_WAYS = 64
"""From one point: of values that its locals may have next."""


class Unfoldable(Exception):
    """An instance can go round, or its points are too many."""

    def __init__(self, reason: str, at: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        """The position of an instance that can go round; None if they are too many."""


@dataclass(frozen=True, slots=True)
class Way:
    """From one point to another."""

    source: int
    target: int
    condition: Term
    """Over what the step sees: whether it leads there."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where an instance can stand, by number, and the step that it may take there."""

    number: int
    at: int
    """The position of the instance."""

    place: Place
    """The values of what is followed of the instance's own cells."""

    level: int
    """How many steps its instance has taken; 0 where points are not told apart by that."""

    known: Mapping[Term, Term]
    """What is followed, and its values."""

    action: Action | None
    """None where the instance is done, or never goes on."""

    enabled: Term
    fails: Term
    changes: Mapping[Term, Term]
    """As those of the action, with what is known put in."""

    is_cut: bool
    """Whether a step may follow that is beyond the bound."""

    @property
    def is_event(self) -> bool:
        """Whether a step may be taken here."""
        return self.action is not None and not self.is_cut

    @property
    def reads(self) -> frozenset[Term]:
        """The cells that decide whether the step is enabled and what it does."""
        if self.action is None:
            return frozenset()
        needed = cells_of((self.enabled, self.fails, *self.changes.values()))
        return needed.difference(self.action.choices)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A point where an instance may begin, with its own cells."""

    point: int
    values: Mapping[Term, int]


@dataclass(frozen=True)
class Unfolding:
    """The points of all instances, and the ways between them."""

    points: tuple[Point, ...]
    ways: tuple[Way, ...]
    begins: tuple[tuple[Beginning, ...], ...]
    """For each instance, the ways to begin."""

    initial: Mapping[Term, int]
    """The shared cells in the beginning."""

    bound: int | None
    """The steps that each instance that can go round may take; None where none can."""

    @cached_property
    def levels(self) -> tuple[frozenset[int], ...]:
        """For each point, how many steps its instance may have taken when it comes there."""
        found: list[set[int]] = [set() for _ in self.points]
        for begins in self.begins:
            for beginning in begins:
                found[beginning.point].add(0)
        into: dict[int, list[int]] = {}
        for way in self.ways:
            into.setdefault(way.source, []).append(way.target)
        for number in self._sorted():
            for target in into.get(number, ()):
                found[target] |= {level + 1 for level in found[number]}
        return tuple(frozenset(one) for one in found)

    @cached_property
    def later(self) -> tuple[frozenset[int], ...]:
        """For each point, those that may come after it."""
        found: dict[int, frozenset[int]] = {}
        onward = self._onward
        for point in reversed(self._sorted()):
            beyond = (found[to] | {to} for to in onward[point])
            found[point] = frozenset[int]().union(*beyond)
        return tuple(found[number] for number in range(len(self.points)))

    @cached_property
    def _onward(self) -> list[set[int]]:
        onward: list[set[int]] = [set() for _ in self.points]
        for way in self.ways:
            onward[way.source].add(way.target)
        return onward

    def _sorted(self) -> list[int]:
        """All points, each before those it leads to."""
        onward = self._onward
        waiting = [0] * len(self.points)
        for targets in onward:
            for to in targets:
                waiting[to] += 1
        order = [number for number, count in enumerate(waiting) if not count]
        for number in order:
            for to in sorted(onward[number]):
                waiting[to] -= 1
                if not waiting[to]:
                    order.append(to)
        return order


def unfolded(relation: Relation, bound: int | None) -> Unfolding:
    """The points of a model; an instance that can go round takes at most `bound` steps.

    Raises `Unfoldable` where one can and there is no bound, or where there are too many points.
    """
    states = [relation.numbers(state) for state in initial(relation.prepared)]
    points: list[Point] = []
    ways: list[Way] = []
    begins: list[tuple[Beginning, ...]] = []
    is_bounded = False
    for at in range(len(relation.prepared.instances)):
        unfolder = _Unfolder(relation, at, len(points))
        starts = [unfolder.place(numbers) for numbers in states]
        is_round = unfolder.can_go_round(starts)
        is_bounded |= is_round
        if is_round and bound is None:
            who = relation.prepared.instances[at]
            raise Unfoldable(f"{who} may go round without a bound", at)
        unfolder.unfold(starts, bound if is_round else None)
        points += unfolder.points
        ways += unfolder.ways
        if len(points) > MOST_POINTS:
            raise Unfoldable(f"there are more than {MOST_POINTS} steps to put in order")
        begins.append(unfolder.beginnings(states))
    return Unfolding(
        tuple(points),
        tuple(ways),
        tuple(begins),
        _shared(relation, states[0]),
        bound if is_bounded else None,
    )


def _shared(relation: Relation, numbers: Mapping[Term, int]) -> dict[Term, int]:
    held = (leaf for _, symbolic in relation.layout.shared for leaf in leaves(symbolic))
    return {cell: numbers[cell] for cell in held if not cell.is_known}


@dataclass(frozen=True, slots=True)
class _Step:
    """What is known of the step at a place."""

    known: Mapping[Term, Term]
    action: Action | None
    enabled: Term
    fails: Term
    changes: Mapping[Term, Term]
    targets: tuple[tuple[Place, Term], ...]


class _Unfolder:
    """Goes through the places of one instance."""

    def __init__(self, relation: Relation, at: int, first: int) -> None:
        self.relation, self.at, self.first = relation, at, first
        own = [action for action in relation.actions if action.at == at]
        location = relation.layout.locations[at]
        self.is_placed = any(action.place is not None for action in own)
        self.followed = relation.layout.own(at) if self.is_placed else (location,)
        self.actions = {self._standing(action): action for action in own}
        self.steps: dict[Place, _Step] = {}
        self.numbers: dict[tuple[Place, int], int] = {}
        self.points: list[Point] = []
        self.ways: list[Way] = []

    def place(self, numbers: Mapping[Term, int]) -> Place:
        """Where the instance stands in a state."""
        return tuple(one.low if one.is_known else numbers[one] for one in self.followed)

    def beginnings(self, states: list[dict[Term, int]]) -> tuple[Beginning, ...]:
        """The distinct ways to begin."""
        own = [one for one in self.relation.layout.own(self.at) if not one.is_known]
        found: dict[tuple[int, ...], Beginning] = {}
        for numbers in states:
            values = {cell: numbers[cell] for cell in own}
            start = Beginning(self.numbers[self.place(numbers), 0], values)
            found.setdefault(tuple(values.values()), start)
        return tuple(found.values())

    def can_go_round(self, starts: list[Place]) -> bool:
        """Whether a place may be come to again."""
        onward: dict[Place, set[Place]] = {}
        pending = list(starts)
        while pending:
            place = pending.pop()
            if place not in onward:
                onward[place] = {to for to, _ in self._step(place).targets}
                pending += sorted(onward[place])
                if len(onward) > MOST_POINTS:
                    raise Unfoldable(f"there are more than {MOST_POINTS} steps to put in order")
        left = set(onward)
        while leaves := [one for one in left if not onward[one] & left]:
            left.difference_update(leaves)
        return bool(left)

    def unfold(self, starts: list[Place], bound: int | None) -> None:
        """Make the points and ways."""
        pending = [self._number(place, 0, bound) for place in dict.fromkeys(starts)]
        for number in pending:
            point = self.points[number - self.first]
            if not point.is_event:
                continue
            level = point.level + (bound is not None)
            for target, condition in self._step(point.place).targets:
                known = len(self.points)
                to = self._number(target, level, bound)
                self.ways.append(Way(number, to, condition))
                pending += range(known + self.first, len(self.points) + self.first)

    def _number(self, place: Place, level: int, bound: int | None) -> int:
        """The number of a point, which is made where there is none yet."""
        if (place, level) not in self.numbers:
            number = self.numbers[place, level] = self.first + len(self.points)
            if number > MOST_POINTS:
                raise Unfoldable(f"there are more than {MOST_POINTS} steps to put in order")
            step = self._step(place)
            self.points.append(
                Point(
                    number,
                    self.at,
                    place,
                    level,
                    step.known,
                    step.action,
                    step.enabled,
                    step.fails,
                    step.changes,
                    is_cut=level == bound and step.action is not None,
                )
            )
        return self.numbers[place, level]

    def _standing(self, action: Action) -> Place:
        """The values of what is followed where an action is taken."""
        if action.place is not None:
            return action.place
        labels = [step.label for step in self.relation.prepared.processes[self.at].steps]
        return (labels.index(action.label),)

    def _step(self, place: Place) -> _Step:
        if place not in self.steps:
            self.steps[place] = self._made(place)
        return self.steps[place]

    def _made(self, place: Place) -> _Step:
        relation, terms = self.relation, self.relation.terms
        pairs = zip(self.followed, place, strict=True)
        known = {cell: relation.constant(cell, value) for cell, value in pairs}
        action, false = self.actions.get(place), terms.truth(value=False)
        if action is None:
            return _Step(known, None, false, false, {}, ())
        enabled = substituted(terms, action.enabled, known)
        fails = substituted(terms, action.violates, known)
        changes = {cell: substituted(terms, new, known) for cell, new in action.changes}
        if enabled.is_known and not enabled.low:
            return _Step(known, None, false, false, {}, ())
        targets = tuple(self._targets(place, changes))
        return _Step(known, action, enabled, fails, changes, targets)

    def _targets(
        self, place: Place, changes: Mapping[Term, Term]
    ) -> Iterator[tuple[Place, Term]]:
        """The places that a step may lead to, each with the condition under which it does."""
        terms, constant = self.relation.terms, self.relation.constant
        ways = [
            possible_values(changes[cell], cell) if cell in changes else (value,)
            for cell, value in zip(self.followed, place, strict=True)
        ]
        if prod(map(len, ways)) > MOST_WAYS:
            raise Unfoldable(f"there are more than {MOST_POINTS} steps to put in order")
        for target in product(*ways):
            condition = terms.every(
                terms.equal(changes[cell], constant(cell, value))
                for cell, value in zip(self.followed, target, strict=True)
                if cell in changes
            )
            if not condition.is_known or condition.low:
                yield target, condition

