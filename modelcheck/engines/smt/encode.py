"""Terms as the solver's: truths as Booleans, numbers as bit-vectors of the least width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

import z3

from modelcheck.engines.smt.symbolic.terms import Kind, Term, every_part
from modelcheck.errors import ModelCheckBug


def bits(low: int, high: int) -> int:
    """The least width for numbers within bounds: unsigned, or signed if some are negative."""
    if low >= 0:
        return max(1, high.bit_length())
    return 1 + max((-low - 1).bit_length(), high.bit_length() if high > 0 else 0)


def variable(cell: Term, name: str) -> z3.ExprRef:
    """A fresh variable of the solver for a cell."""
    return z3.Bool(name) if cell.is_truth else z3.BitVec(name, bits(cell.low, cell.high))


def value_of(cell: Term, value: z3.ExprRef) -> int:
    """The number that a solver gave a cell."""
    if cell.is_truth:
        return int(z3.is_true(value))
    if not isinstance(value, z3.BitVecNumRef):
        raise ModelCheckBug(f"the solver gave no value for {cell.name}")
    number = value.as_long()
    # Of a signed number the highest bit counts as negative.
    return number if cell.low >= 0 or number <= cell.high else number - (1 << value.size())


def fitted(value: z3.BitVecRef, term: Term, width: int) -> z3.BitVecRef:
    """The number `term` in another width; what does not fit is cut off."""
    own = bits(term.low, term.high)
    if own == width:
        return value
    if own > width:
        return z3.Extract(width - 1, 0, value)
    extend = z3.SignExt if term.low < 0 else z3.ZeroExt
    return extend(width - own, value)


@dataclass(slots=True)
class Encoder:
    """Translates terms, each once."""

    made: dict[Term, z3.ExprRef] = field(default_factory=dict)

    def truth(self, term: Term) -> z3.BoolRef:
        """A truth as the solver's."""
        found = self._encoded(term)
        if not isinstance(found, z3.BoolRef):
            raise ModelCheckBug("a number was taken for a truth")
        return found

    def number(self, term: Term) -> z3.BitVecRef:
        """A number as the solver's, in its own width."""
        found = self._encoded(term)
        if not isinstance(found, z3.BitVecRef):
            raise ModelCheckBug("a truth was taken for a number")
        return found

    def same(self, cell: Term, variable: z3.ExprRef, value: Term) -> z3.BoolRef:
        """Whether a variable for the cell has the value."""
        return variable == self.stored(cell, value)

    def stored(self, cell: Term, value: Term) -> z3.ExprRef:
        """A value in the width of the cell that has it."""
        if cell.is_truth:
            return self.truth(value)
        return fitted(self.number(value), value, bits(cell.low, cell.high))

    def _encoded(self, whole: Term) -> z3.ExprRef:
        if whole not in self.made:
            for term in every_part((whole,)):
                if term not in self.made:
                    self.made[term] = self._made(term)
        return self.made[whole]

    def _made(self, term: Term) -> z3.ExprRef:
        match term.kind:
            case Kind.KNOWN if term.is_truth:
                return z3.BoolVal(bool(term.low))
            case Kind.KNOWN:
                return z3.BitVecVal(term.low, bits(term.low, term.high))
            case Kind.CELL:
                return variable(term, term.name)
            case Kind.NOT:
                return z3.Not(self.truth(term.parts[0]))
            case Kind.AND:
                return z3.And(*map(self.truth, term.parts))
            case Kind.EQUAL if term.parts[0].is_truth:
                return self.truth(term.parts[0]) == self.truth(term.parts[1])
            case Kind.EQUAL:
                one, other = self._widened(term.parts)
                return one == other
            case Kind.LESS:
                one, other = self._widened(term.parts)
                is_signed = any(part.low < 0 for part in term.parts)
                return one < other if is_signed else z3.ULT(one, other)
            case Kind.IF if term.is_truth:
                return z3.If(*map(self.truth, term.parts))
            case Kind.IF:
                width = bits(term.low, term.high)
                condition, *branches = term.parts
                then, otherwise = (fitted(self.number(one), one, width) for one in branches)
                return z3.If(self.truth(condition), then, otherwise)
            case Kind.CLIP:
                return fitted(self.number(term.parts[0]), term.parts[0], bits(term.low, term.high))
            case Kind.ADD | Kind.SUBTRACT | Kind.MULTIPLY | Kind.DIVIDE | Kind.MODULO:
                return self._computed(term)
            case _:
                assert_never(term.kind)

    def _widened(
        self, parts: Iterable[Term], *, room: int = 0
    ) -> tuple[z3.BitVecRef, z3.BitVecRef]:
        """Two numbers in one width that holds both of them."""
        one, other = parts
        width = room or bits(min(one.low, other.low), max(one.high, other.high))
        return fitted(self.number(one), one, width), fitted(self.number(other), other, width)

    def _computed(self, term: Term) -> z3.BitVecRef:
        """Arithmetic in a width in which nothing overflows."""
        every = (term, *term.parts)
        low, high = min(part.low for part in every), max(part.high for part in every)
        width = bits(low, high) + 1
        one, other = self._widened(term.parts, room=width)
        result = self._operated(term.kind, one, other, is_signed=low < 0)
        return z3.Extract(bits(term.low, term.high) - 1, 0, result)

    def _operated(
        self, kind: Kind, one: z3.BitVecRef, other: z3.BitVecRef, *, is_signed: bool
    ) -> z3.BitVecRef:
        """Python's operators: a quotient is rounded down, a remainder has the divisor's sign."""
        match kind:
            case Kind.ADD:
                return one + other
            case Kind.SUBTRACT:
                return one - other
            case Kind.MULTIPLY:
                return one * other
            case Kind.DIVIDE:
                return (one - one % other) / other if is_signed else z3.UDiv(one, other)
            case Kind.MODULO:
                return one % other if is_signed else z3.URem(one, other)
            case _:
                raise ModelCheckBug(f"{kind.value} is not arithmetic")
