"""Terms: truths and bounded numbers over the cells of a state, each built once and simplified.

Within one `Terms` equal terms are the same object, so that what is shared is translated once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What a term is made by."""

    KNOWN = "known"
    CELL = "cell"  # one part of the state, or a choice
    NOT = "not"
    AND = "and"
    EQUAL = "=="
    LESS = "<"
    IF = "if"  # the second part where the first holds, else the third
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "//"
    MODULO = "%"
    CLIP = "clip"  # a number that is known to lie within narrower bounds


PYTHON: Mapping[Kind, Callable[[int, int], int]] = {
    Kind.ADD: operator.add,
    Kind.SUBTRACT: operator.sub,
    Kind.MULTIPLY: operator.mul,
    Kind.DIVIDE: operator.floordiv,
    Kind.MODULO: operator.mod,
}
DIVISIONS = (Kind.DIVIDE, Kind.MODULO)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A truth, or a number from `low` to `high`; two of one `Terms` are equal if identical."""

    number: int
    """Greater than that of every part."""

    kind: Kind
    parts: tuple[Term, ...]
    is_truth: bool
    low: int
    high: int
    name: str = ""
    """Of a cell."""

    @property
    def is_known(self) -> bool:
        """Whether it is a constant: `low` is its value, 1 for true."""
        return self.kind is Kind.KNOWN


Key = tuple[Kind, tuple[int, ...], bool, int, int, str]


@dataclass(slots=True)
class Terms:
    """Builds the terms of one model."""

    table: dict[Key, Term] = field(default_factory=dict)
    compared: dict[tuple[Kind, int, int], Term] = field(default_factory=dict)

    def cell(self, name: str, *, is_truth: bool, low: int = 0, high: int = 1) -> Term:
        """A part of the state; a number's cell of one value is known."""
        if low == high and not is_truth:
            return self.known(low)
        return self._made(Kind.CELL, (), is_truth, low, high, name)

    def cell_of(
        self, name: str, indices: tuple[Term, ...], *, is_truth: bool, low: int = 0, high: int = 1
    ) -> Term:
        """A part of the state of which there is one for each value of the indices."""
        if low == high and not is_truth:
            return self.known(low)
        return self._made(Kind.CELL, indices, is_truth, low, high, name)

    def known(self, value: int) -> Term:
        """A number."""
        return self._made(Kind.KNOWN, (), is_truth=False, low=value, high=value)

    def truth(self, value: object) -> Term:
        """True or false, as Python takes the value."""
        bit = int(bool(value))
        return self._made(Kind.KNOWN, (), is_truth=True, low=bit, high=bit)

    def negation(self, one: Term) -> Term:
        """`not one`."""
        if one.is_known:
            return self.truth(not one.low)
        if one.kind is Kind.NOT:
            return one.parts[0]
        return self._made(Kind.NOT, (one,), is_truth=True)

    def every(self, terms: Iterable[Term]) -> Term:
        """Whether all hold."""
        found: dict[int, Term] = {}
        for term in _conjuncts(terms):
            if term.is_known:
                if not term.low:
                    return term
            else:
                found[term.number] = term
        if any(t.kind is Kind.NOT and t.parts[0].number in found for t in found.values()):
            return self.truth(value=False)
        parts = tuple(found[number] for number in sorted(found))
        if not parts:
            return self.truth(value=True)
        if len(parts) == 1:
            return parts[0]
        return self._made(Kind.AND, parts, is_truth=True)

    def both(self, one: Term, other: Term) -> Term:
        """Whether both hold."""
        return self.every((one, other))

    def some(self, terms: Iterable[Term]) -> Term:
        """Whether one of them holds."""
        return self.negation(self.every(self.negation(term) for term in terms))

    def either(self, one: Term, other: Term) -> Term:
        """Whether one of the two holds."""
        return self.some((one, other))

    def implies(self, one: Term, other: Term) -> Term:
        """Whether the other holds where the one does."""
        return self.either(self.negation(one), other)

    def choice(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """`then` where the condition holds, else `otherwise`."""
        if condition.is_known:
            return then if condition.low else otherwise
        if condition.kind is Kind.NOT:
            condition, then, otherwise = condition.parts[0], otherwise, then
        then = then.parts[1] if _asks(then, condition) else then
        otherwise = otherwise.parts[2] if _asks(otherwise, condition) else otherwise
        if then is otherwise:
            return then
        if then.is_truth:
            return self._chosen_truth(condition, then, otherwise)
        low, high = min(then.low, otherwise.low), max(then.high, otherwise.high)
        return self._made(Kind.IF, (condition, then, otherwise), False, low, high)  # noqa: FBT003

    def _chosen_truth(self, condition: Term, then: Term, otherwise: Term) -> Term:
        then = self.truth(value=True) if then is condition else then
        otherwise = self.truth(value=False) if otherwise is condition else otherwise
        if then.is_known:
            if then.low:
                return self.either(condition, otherwise)
            return self.both(self.negation(condition), otherwise)
        if otherwise.is_known:
            if otherwise.low:
                return self.implies(condition, then)
            return self.both(condition, then)
        return self._made(Kind.IF, (condition, then, otherwise), is_truth=True)

    def equal(self, one: Term, other: Term) -> Term:
        """Whether two truths, or two numbers, are the same."""
        if one is other:
            return self.truth(value=True)
        if one.is_truth:
            return self._same_truth(one, other)
        if one.high < other.low or other.high < one.low:
            return self.truth(value=False)
        if one.is_known or (not other.is_known and one.number > other.number):
            one, other = other, one
        if other.is_known and one.kind is Kind.IF:
            return self._asked_of_branches(Kind.EQUAL, one, other)
        return self._made(Kind.EQUAL, (one, other), is_truth=True)

    def _same_truth(self, one: Term, other: Term) -> Term:
        if one.is_known:
            return other if one.low else self.negation(other)
        if other.is_known:
            return one if other.low else self.negation(one)
        parts = (one, other) if one.number < other.number else (other, one)
        return self._made(Kind.EQUAL, parts, is_truth=True)

    def less(self, one: Term, other: Term) -> Term:
        """Whether one number is less than another."""
        if one.high < other.low:
            return self.truth(value=True)
        if one.low >= other.high:
            return self.truth(value=False)
        if (one.kind is Kind.IF and other.is_known) or (one.is_known and other.kind is Kind.IF):
            return self._asked_of_branches(Kind.LESS, one, other)
        return self._made(Kind.LESS, (one, other), is_truth=True)

    def _asked_of_branches(self, kind: Kind, one: Term, other: Term) -> Term:
        """A number compared with a known one, each branch of it alone: much becomes known so."""
        key = (kind, one.number, other.number)
        if key not in self.compared:
            ask = self.equal if kind is Kind.EQUAL else self.less
            condition, *branches = (one if other.is_known else other).parts
            pairs = [(b, other) if other.is_known else (one, b) for b in branches]
            self.compared[key] = self.choice(condition, ask(*pairs[0]), ask(*pairs[1]))
        return self.compared[key]

    def within(self, one: Term, low: int, high: int) -> Term:
        """Whether a number lies within bounds."""
        return self.every(
            (
                self.negation(self.less(one, self.known(low))),
                self.negation(self.less(self.known(high), one)),
            )
        )

    def clipped(self, one: Term, low: int, high: int) -> Term:
        """A number of which it is known that it lies within bounds."""
        low, high = max(low, one.low), min(high, one.high)
        if (low, high) == (one.low, one.high) or low > high:
            return one
        if low == high:
            return self.known(low)
        return self._made(Kind.CLIP, (one,), is_truth=False, low=low, high=high)

    def arithmetic(self, kind: Kind, one: Term, other: Term, low: int, high: int) -> Term:
        """A sum, difference, product, quotient or remainder, with the bounds that it has.

        As Python rounds; where the divisor is zero, any number within the bounds.
        """
        if low == high:
            return self.known(low)
        if one.is_known and other.is_known and not (kind in DIVISIONS and other.low == 0):
            return self.known(PYTHON[kind](one.low, other.low))
        return self._made(kind, (one, other), is_truth=False, low=low, high=high)

    def _made(
        self,
        kind: Kind,
        parts: tuple[Term, ...],
        is_truth: bool,  # noqa: FBT001  # of the sort, beside the bounds
        low: int = 0,
        high: int = 1,
        name: str = "",
    ) -> Term:
        key = (kind, tuple([part.number for part in parts]), is_truth, low, high, name)
        term = self.table.get(key)
        if term is None:
            term = Term(len(self.table), kind, parts, is_truth, low, high, name)
            self.table[key] = term
        return term


def _conjuncts(terms: Iterable[Term]) -> Iterator[Term]:
    for term in terms:
        if term.kind is Kind.AND:
            yield from term.parts
        else:
            yield term


def _asks(term: Term, condition: Term) -> bool:
    """Whether a term begins by asking the same condition again."""
    return term.kind is Kind.IF and term.parts[0] is condition


def every_part(terms: Iterable[Term]) -> list[Term]:
    """The terms and all that they are made of, each once, parts before what contains them."""
    found: dict[int, Term] = {}
    pending = list(terms)
    while pending:
        term = pending.pop()
        if term.number not in found:
            found[term.number] = term
            pending.extend(term.parts)
    return [found[number] for number in sorted(found)]


def cells_of(terms: Iterable[Term]) -> frozenset[Term]:
    """The cells that terms speak of."""
    return frozenset(term for term in every_part(terms) if term.kind is Kind.CELL)
