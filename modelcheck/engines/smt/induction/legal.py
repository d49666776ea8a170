"""Which values of cells can be those of a state: in bounds, and nothing kept of what is not there.

What is not there, an item of a container, what an option does not hold, a local that is dead, has
the first value of its type; and an instance is where its own steps can lead. All steps keep to
that, so it may be taken for granted where it is proved along with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import leaves


def legal(relation: Relation) -> tuple[Term, ...]:
    """What holds of the cells of every state; all of it together is inductive."""
    found = (*_bounds(relation), *_normal(relation), *_placed(relation))
    return tuple(dict.fromkeys(one for one in found if not one.is_known))


def _bounds(relation: Relation) -> Iterator[Term]:
    """Bits may say more numbers than there are."""
    terms = relation.terms
    for cell in relation.layout.cells:
        if not cell.is_truth and (cell.low < 0 or (cell.high + 1) & cell.high):
            values = range(cell.low, cell.high + 1)
            yield terms.some(terms.equal(cell, terms.known(value)) for value in values)


def _normal(relation: Relation) -> Iterator[Term]:
    terms, algebra = relation.terms, relation.algebra
    own = [pair for held in relation.layout.locals for pair in held]
    for variable, symbolic in (*relation.layout.shared, *own):
        kept = algebra.stored(variable.type, symbolic)
        for cell, normal in zip(leaves(symbolic), leaves(kept), strict=True):
            yield terms.equal(cell, normal)


def _placed(relation: Relation) -> Iterator[Term]:
    """An instance is at one of its places; if these are too many, its dead locals are reset."""
    for at, places in enumerate(relation.places):
        if places:
            terms, cells = relation.terms, relation.layout.own(at)
            yield terms.some(
                terms.every(
                    terms.equal(cell, relation.constant(cell, value))
                    for cell, value in zip(cells, place, strict=True)
                    if not cell.is_known
                )
                for place in places
            )
        else:
            yield from _reset(relation, at)


def _reset(relation: Relation, at: int) -> Iterator[Term]:
    terms, algebra, process = relation.terms, relation.algebra, relation.prepared.processes[at]
    here = relation.layout.locations[at]
    for variable, symbolic in relation.layout.locals[at]:
        labels = [n for n, step in enumerate(process.steps) if variable.name in step.live]
        is_live = terms.some(terms.equal(here, terms.known(number)) for number in labels)
        first = algebra.first(variable.type)
        for cell, value in zip(leaves(symbolic), leaves(first), strict=True):
            yield terms.either(is_live, terms.equal(cell, value))
