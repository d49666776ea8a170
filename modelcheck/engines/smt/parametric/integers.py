"""Terms over integers, as the solver's.

A part of which there is one for each index is an uninterpreted function.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import z3

from modelcheck.engines.smt.symbolic.terms import Kind, Term, every_part
from modelcheck.errors import ModelCheckBug


@dataclass(slots=True)
class Integers:
    """Translates terms, each once."""

    made: dict[Term, z3.ExprRef] = field(default_factory=dict)

    def truth(self, term: Term) -> z3.BoolRef:
        """A truth as the solver's."""
        found = self._encoded(term)
        if not isinstance(found, z3.BoolRef):
            raise ModelCheckBug("a number was taken for a truth")
        return found

    def number(self, term: Term) -> z3.ArithRef:
        """A number as the solver's."""
        found = self._encoded(term)
        if not isinstance(found, z3.ArithRef):
            raise ModelCheckBug("a truth was taken for a number")
        return found

    def _encoded(self, whole: Term) -> z3.ExprRef:
        if whole not in self.made:
            for term in every_part((whole,)):
                if term not in self.made:
                    self.made[term] = self._made(term)
        return self.made[whole]

    def _made(self, term: Term) -> z3.ExprRef:
        match term.kind:
            case Kind.KNOWN:
                return z3.BoolVal(bool(term.low)) if term.is_truth else z3.IntVal(term.low)
            case Kind.CELL:
                return self._cell(term)
            case Kind.NOT:
                return z3.Not(self.truth(term.parts[0]))
            case Kind.AND:
                return z3.And(*map(self.truth, term.parts))
            case Kind.EQUAL:
                one, other = map(self._encoded, term.parts)
                return one == other
            case Kind.LESS:
                return self.number(term.parts[0]) < self.number(term.parts[1])
            case Kind.IF:
                condition, then, otherwise = term.parts
                return z3.If(self.truth(condition), self._encoded(then), self._encoded(otherwise))
            case Kind.CLIP:
                return self._encoded(term.parts[0])
            case _:
                return self._computed(term)

    def _cell(self, term: Term) -> z3.ExprRef:
        if not term.parts:
            return z3.Bool(term.name) if term.is_truth else z3.Int(term.name)
        sorts = [z3.IntSort() if not one.is_truth else z3.BoolSort() for one in term.parts]
        result = z3.BoolSort() if term.is_truth else z3.IntSort()
        keys = [self._encoded(one) for one in term.parts]
        return z3.Function(term.name, *sorts, result)(*keys)

    def _computed(self, term: Term) -> z3.ExprRef:
        one, other = map(self.number, term.parts)
        match term.kind:
            case Kind.ADD:
                return one + other
            case Kind.SUBTRACT:
                return one - other
            case Kind.MULTIPLY:
                return one * other
            case Kind.DIVIDE if term.parts[1].low > 0:
                return one / other
            case Kind.MODULO if term.parts[1].low > 0:
                return one % other
            case _:
                raise ModelCheckBug(f"{term.kind.value} by something that is not positive")
