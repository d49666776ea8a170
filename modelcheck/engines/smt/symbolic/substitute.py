"""Terms with other terms in the place of cells."""

from __future__ import annotations

from collections.abc import Mapping

from modelcheck.engines.smt.symbolic.terms import Kind, Term, Terms, every_part


def substituted(terms: Terms, whole: Term, given: Mapping[Term, Term]) -> Term:
    """`whole` with each of the cells replaced, simplified."""
    made: dict[Term, Term] = {}
    for term in every_part((whole,)):
        parts = tuple([made[part] for part in term.parts])
        made[term] = _rebuilt(terms, term, parts, given)
    return made[whole]


def _rebuilt(terms: Terms, term: Term, parts: tuple[Term, ...], given: Mapping[Term, Term]) -> Term:
    match term.kind, parts:
        case Kind.CELL, ():
            return given.get(term, term)
        case _, _ if parts == term.parts:
            return term
        case Kind.NOT, (one,):
            return terms.negation(one)
        case Kind.AND, _:
            return terms.every(parts)
        case Kind.EQUAL, (one, other):
            return terms.equal(one, other)
        case Kind.LESS, (one, other):
            return terms.less(one, other)
        case Kind.IF, (condition, then, otherwise):
            return terms.choice(condition, then, otherwise)
        case Kind.CLIP, (one,):
            return terms.clipped(one, term.low, term.high)
        case kind, (one, other):
            return terms.arithmetic(kind, one, other, term.low, term.high)
        case _:
            return term
