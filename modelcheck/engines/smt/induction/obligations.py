"""What has to be shown of an invariant, as formulas that must not be satisfiable.

It holds where runs begin; each action that is taken from where it holds leads to where it holds;
and where it holds nothing is violated. What an action does is put in place of the cells, so there
is one state in each formula, and no step besides those of the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from modelcheck.engines.smt.induction.cubes import Cube
from modelcheck.engines.smt.induction.legal import legal
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of


class Claimed(Enum):
    """What is to be shown of an invariant."""

    INITIATION = "initiation"
    CONSECUTION = "consecution"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Obligation:
    """A formula over one state that holds in no state."""

    part: Claimed
    about: str
    """Which action, or which property; empty for initiation."""

    refuted_by: Term


def clause(relation: Relation, cube: Cube) -> Term:
    """That a state is none of a cube's."""
    terms = relation.terms
    inside = (
        terms.some(part.is_value(relation, value, {}) for value in sorted(values))
        for part, values in cube
    )
    return terms.negation(terms.every(inside))


def obligations(relation: Relation, cubes: tuple[Cube, ...]) -> Iterator[Obligation]:
    """All that makes the states outside the cubes an invariant that nothing violates."""
    terms = relation.terms
    parts = (*legal(relation), *(clause(relation, cube) for cube in cubes))
    invariant = terms.every(parts)
    begins = terms.both(relation.initial, terms.negation(invariant))
    yield Obligation(Claimed.INITIATION, "", begins)
    speaks_of = [(one, cells_of((one,))) for one in parts]
    for action in relation.actions:
        changes = dict(action.changes)
        touched = [one for one, cells in speaks_of if not cells.isdisjoint(action.writes)]
        after = terms.every(substituted(terms, one, changes) for one in touched)
        moves = (invariant, action.enabled, terms.negation(action.violates))
        about = f"{relation.prepared.instances[action.at]}.{action.label}"
        leaves = terms.every((*moves, terms.negation(after)))
        yield Obligation(Claimed.CONSECUTION, about, leaves)
    for goal in relation.goals:
        violates = terms.both(invariant, goal.condition)
        yield Obligation(Claimed.SAFETY, goal.claim[0], violates)
