"""Why a term has its value in a state: cells that are enough for it. No solver is asked.

So a state that a solver found becomes a cube of states that all do the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from modelcheck.engines.smt.induction.cubes import Assignment
from modelcheck.engines.smt.symbolic.terms import DIVISIONS, PYTHON, Kind, Term


@dataclass(slots=True)
class Reasons:
    """What terms are in one state, each found out once."""

    state: Assignment
    known: dict[Term, int] = field(default_factory=dict)

    def value(self, term: Term) -> int:
        """The value of a term; a truth is 0 or 1."""
        found = self.known.get(term)
        if found is None:
            found = self.known[term] = self._value(term)
        return found

    def cells(self, terms: Iterable[Term]) -> set[Term]:
        """Cells such that the terms have their values wherever these cells have theirs."""
        found: set[Term] = set()
        pending, seen = list(terms), set[Term]()
        while pending:
            term = pending.pop()
            if term in seen:
                continue
            seen.add(term)
            if term.kind is Kind.CELL:
                found.add(term)
            else:
                pending += self._deciding(term, found)
        return found

    def _value(self, term: Term) -> int:
        value, parts = self.value, term.parts
        match term.kind:
            case Kind.KNOWN:
                return term.low
            case Kind.CELL:
                return self.state[term]
            case Kind.NOT:
                return 1 - value(parts[0])
            case Kind.AND:
                return int(all(value(part) for part in parts))
            case Kind.EQUAL:
                return int(value(parts[0]) == value(parts[1]))
            case Kind.LESS:
                return int(value(parts[0]) < value(parts[1]))
            case Kind.IF:
                return value(parts[1] if value(parts[0]) else parts[2])
            case Kind.CLIP:
                return value(parts[0])
            case kind:
                one, other = map(value, parts)
                undefined = kind in DIVISIONS and other == 0
                return term.low if undefined else PYTHON[kind](one, other)

    def _deciding(self, term: Term, found: set[Term]) -> tuple[Term, ...]:
        """Parts that decide the term; a part that is a cell already `found` is preferred."""
        match term.kind:
            case Kind.AND if not self.value(term):
                false = [part for part in term.parts if not self.value(part)]
                return (min(false, key=lambda part: (_cell(part) not in found, part.number)),)
            case Kind.IF:
                condition, then, otherwise = term.parts
                return (condition, then if self.value(condition) else otherwise)
            case _:
                return term.parts


def _cell(term: Term) -> Term:
    """The cell of a term that is one, negated or compared with a number; else the term."""
    while term.kind in {Kind.NOT, Kind.EQUAL}:
        term = term.parts[-1] if term.parts[0].is_known else term.parts[0]
    return term
