"""A model's formulas with one number for each instance: at which of its places it stands.

Where it stands and what its locals hold are cells of their own elsewhere. Spacer generalises bit by
bit, and takes far longer where the bits that say one thing lie in several numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.symbolic.relation import Action, Place, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Kind, Term
from modelcheck.errors import ModelCheckBug
from modelcheck.semantics import initial


@dataclass(frozen=True, slots=True)
class Move:
    """An action, where it violates nothing."""

    taken: Term
    changes: Mapping[Term, Term]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A model, as far as it is asked whether something is ever violated."""

    cells: tuple[Term, ...]
    beginning: Term
    """Where runs begin."""

    moves: tuple[Move, ...]
    violations: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An instance whose places are known, and the cell that says at which of them it is."""

    here: Term
    own: tuple[Term, ...]
    """The cells that said it before."""

    places: tuple[tuple[int, ...], ...]
    """The values that these have."""


def gathered(relation: Relation) -> Gathered:
    """The same model; instances that have too many places are left as they are."""
    terms = relation.terms
    standings = {
        at: _standing(relation, at, places)
        for at, places in enumerate(relation.places)
        if len(places) > 1
    }
    told = {cell: _told(relation, one, cell) for one in standings.values() for cell in one.own}
    left = tuple(cell for cell in relation.layout.cells if cell not in told)
    starts = (relation.numbers(state) for state in initial(relation.prepared))
    return Gathered(
        (*(one.here for one in standings.values()), *left),
        terms.some(_start(relation, tuple(standings.values()), left, one) for one in starts),
        tuple(_move(relation, one, standings.get(one.at), told) for one in relation.actions),
        tuple(
            substituted(terms, goal.condition, told)
            for goal in relation.goals
            if not goal.is_hopeless
        ),
    )


def _standing(relation: Relation, at: int, places: tuple[Place, ...]) -> Standing:
    own = relation.layout.own(at)
    kept = [number for number, cell in enumerate(own) if not cell.is_known]
    name = f"place of {relation.prepared.instances[at]}"
    return Standing(
        relation.terms.cell(name, is_truth=False, low=0, high=len(places) - 1),
        tuple(own[number] for number in kept),
        tuple(tuple(place[number] for number in kept) for place in places),
    )


def _told(relation: Relation, standing: Standing, cell: Term) -> Term:
    """What a cell was, by the place."""
    terms, at = relation.terms, standing.own.index(cell)
    *others, last = (relation.constant(cell, place[at]) for place in standing.places)
    found = last
    for number, value in reversed(list(enumerate(others))):
        found = terms.choice(terms.equal(standing.here, terms.known(number)), value, found)
    return found


def _start(
    relation: Relation,
    standings: tuple[Standing, ...],
    left: tuple[Term, ...],
    numbers: Mapping[Term, int],
) -> Term:
    """One initial state."""
    terms = relation.terms
    stands = (
        (one.here, terms.known(one.places.index(tuple(numbers[cell] for cell in one.own))))
        for one in standings
    )
    others = ((cell, relation.constant(cell, numbers[cell])) for cell in left)
    return terms.every(terms.equal(cell, value) for cell, value in (*stands, *others))


def _move(
    relation: Relation, action: Action, standing: Standing | None, told: Mapping[Term, Term]
) -> Move:
    terms = relation.terms
    taken = terms.both(action.enabled, terms.negation(action.violates))
    changes = dict(action.changes)
    if standing is None:
        others = {cell: substituted(terms, new, told) for cell, new in changes.items()}
        return Move(substituted(terms, taken, told), others)
    place = _place_of(action, standing)
    stands = {
        cell: relation.constant(cell, value)
        for cell, value in zip(standing.own, standing.places[place], strict=True)
    }
    known = {**told, **stands}
    here = terms.equal(standing.here, terms.known(place))
    after = {cell: substituted(terms, new, known) for cell, new in changes.items()}
    target = _target(relation, standing, {**stands, **after})
    others = {cell: new for cell, new in after.items() if cell not in stands}
    return Move(
        terms.both(here, substituted(terms, taken, known)), {**others, standing.here: target}
    )


def _place_of(action: Action, standing: Standing) -> int:
    """Where the action is taken, which its condition begins with."""
    every = action.enabled.parts if action.enabled.kind is Kind.AND else (action.enabled,)
    values = dict(filter(None, map(_stated, every)))
    found = tuple(values.get(cell) for cell in standing.own)
    if found not in standing.places:
        raise ModelCheckBug(f"an action of {action.label} is taken at no place")
    return standing.places.index(found)


def _stated(condition: Term) -> tuple[Term, int] | None:
    """The value of a cell, if a condition says just that."""
    match condition.kind, condition.parts:
        case Kind.CELL, ():
            return condition, 1
        case Kind.NOT, (cell,) if cell.kind is Kind.CELL:
            return cell, 0
        case Kind.EQUAL, (cell, value) if cell.kind is Kind.CELL and value.is_known:
            return cell, value.low
        case _:
            return None


def _target(relation: Relation, standing: Standing, after: Mapping[Term, Term]) -> Term:
    """The place that an instance comes to, by what its cells become."""
    terms = relation.terms
    ways = [
        (number, is_there)
        for number, place in enumerate(standing.places)
        if not _is_false(
            is_there := terms.every(
                terms.equal(after[cell], relation.constant(cell, value))
                for cell, value in zip(standing.own, place, strict=True)
            )
        )
    ]
    if not ways:
        raise ModelCheckBug("a step leads to no place")
    *others, (last, _) = ways
    found = terms.known(last)
    for number, is_there in reversed(others):
        found = terms.choice(is_there, terms.known(number), found)
    return found


def _is_false(condition: Term) -> bool:
    return condition.is_known and not condition.low
