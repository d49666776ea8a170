"""Whole numbers as `times * N + rest`, where N is not known.

As long as the rest is an index, from 0 to N - 1, or not far from one, N need not be multiplied: two
such numbers are compared, divided by N, and taken for the index of an array by their two parts.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.engines.smt.parametric.coding import NotParametric, decoded
from modelcheck.engines.smt.symbolic.terms import Kind, Term, Terms

MANY = 1 << 40
"""Nothing is derived from it, but that N is some number."""


@dataclass(frozen=True, slots=True)
class Number:
    """`times * N + rest`."""

    times: Term
    rest: Term
    slack: int | None = None
    """How far the rest may lie below 0 or above N - 1; None: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Arithmetic of such numbers; raises `NotParametric` for what is not among it."""

    terms: Terms
    count: Term
    """N."""

    least: int
    """N is not less."""

    def finite(self, rest: Term) -> Number:
        """A number that has nothing to do with N."""
        is_index = rest.low >= 0 and rest.high < self.least
        return Number(self.terms.known(0), rest, 0 if is_index else None)

    def literal(self, number: int) -> Number:
        """A number that is known but for N."""
        times, rest = decoded(number)
        if rest >= 0 or not times:
            return Number(self.terms.known(times), self.terms.known(rest), self._slack(rest))
        last = self._sum(self.count, self.terms.known(rest))
        return Number(self.terms.known(times - 1), last, 0 if -rest <= self.least else None)

    def _slack(self, rest: int) -> int | None:
        return 0 if 0 <= rest < self.least else None

    def choice(self, condition: Term, then: Number, otherwise: Number) -> Number:
        """`then` where the condition holds, else `otherwise`."""
        times = self.terms.choice(condition, then.times, otherwise.times)
        rest = self.terms.choice(condition, then.rest, otherwise.rest)
        return Number(times, rest, _wider(then.slack, otherwise.slack))

    def equal(self, one: Number, other: Number) -> Term:
        """Whether two numbers are the same."""
        if self._is_comparable(one, other):
            same = self.terms.equal(one.rest, other.rest)
            return self.terms.both(self.terms.equal(one.times, other.times), same)
        return self.terms.equal(self.flat(one), self.flat(other))

    def less(self, one: Number, other: Number) -> Term:
        """Whether one number is less than another."""
        terms = self.terms
        if self._is_comparable(one, other):
            same = terms.both(terms.equal(one.times, other.times), terms.less(one.rest, other.rest))
            return terms.either(terms.less(one.times, other.times), same)
        return terms.less(self.flat(one), self.flat(other))

    def _is_comparable(self, one: Number, other: Number) -> bool:
        return one.times is other.times or one.slack == 0 == other.slack

    def flat(self, one: Number) -> Term:
        """A number as one term: N is added as often as it is in it."""
        found, terms = one.rest, self.terms
        multiples = {
            at: self._product(terms.known(at), self.count)
            for at in range(one.times.low, one.times.high + 1)
        }
        if multiples.keys() == {0}:
            return found
        chosen = multiples[one.times.high]
        for at in range(one.times.high - 1, one.times.low - 1, -1):
            is_it = terms.equal(one.times, terms.known(at))
            chosen = terms.choice(is_it, multiples[at], chosen)
        return self._sum(chosen, found)

    def add(self, one: Number, other: Number) -> Number:
        """The sum."""
        times = self._sum(one.times, other.times)
        return Number(times, self._sum(one.rest, other.rest), self._grown(one, other))

    def subtract(self, one: Number, other: Number) -> Number:
        """The difference."""
        times = self._difference(one.times, other.times)
        return Number(times, self._difference(one.rest, other.rest), self._grown(one, other))

    def _grown(self, one: Number, other: Number) -> int | None:
        """The slack of an index to which, or from which, a few are added or taken."""
        for index, few in ((one, other), (other, one)):
            much = max(abs(few.rest.low), abs(few.rest.high))
            if index.slack is not None and much <= self.least:
                return index.slack + much
        return None

    def multiply(self, one: Number, other: Number) -> Number:
        """The product of a number that is known but for N, and one without N."""
        for known, few in ((one, other), (other, one)):
            if known.times.is_known and known.rest.is_known and _is_zero(few.times):
                times = self._product(few.rest, known.times)
                rest = self._product(few.rest, known.rest)
                return Number(times, rest, 0 if _is_zero(rest) else None)
        raise NotParametric("a product of two numbers of which both depend on N, or the state")

    def divide(self, one: Number, other: Number) -> tuple[Number, Number]:
        """The quotient and the remainder: by N, or of numbers without N by one that is known."""
        if _is_zero(one.times) and _is_zero(other.times) and other.rest.is_known and other.rest.low:
            return self._divided(one.rest, other.rest)
        if not (other.times.is_known and other.times.low == 1 and _is_zero(other.rest)):
            raise NotParametric("a division by something that is neither known nor N")
        found = self.normal(one)
        return self.finite(found.times), Number(self.terms.known(0), found.rest, 0)

    def _divided(self, one: Term, other: Term) -> tuple[Number, Number]:
        by, ends = other.low, (one.low // other.low, one.high // other.low)
        if one.high >= MANY:
            raise NotParametric("an index is divided by a number")
        quotient = self.terms.arithmetic(Kind.DIVIDE, one, other, min(ends), max(ends))
        bounds = (0, by - 1) if by > 0 else (by + 1, 0)
        return self.finite(quotient), self.finite(
            self.terms.arithmetic(Kind.MODULO, one, other, *bounds)
        )

    def normal(self, one: Number) -> Number:
        """The same number with an index for its rest."""
        terms = self.terms
        if one.slack == 0:
            return one
        if one.slack is None or one.slack > self.least:
            raise NotParametric("a number that is not near to an index")
        below = terms.less(one.rest, terms.known(0))
        above = terms.negation(terms.less(one.rest, self.count))
        lower = Number(
            self._difference(one.times, terms.known(1)), self._sum(one.rest, self.count), 0
        )
        higher = Number(
            self._sum(one.times, terms.known(1)), self._difference(one.rest, self.count), 0
        )
        inside = Number(one.times, one.rest, 0)
        return self.choice(below, lower, self.choice(above, higher, inside))

    def _sum(self, one: Term, other: Term) -> Term:
        if _is_zero(one) or _is_zero(other):
            return other if _is_zero(one) else one
        low, high = one.low + other.low, one.high + other.high
        return self.terms.arithmetic(Kind.ADD, one, other, low, high)

    def _difference(self, one: Term, other: Term) -> Term:
        if _is_zero(other):
            return one
        low, high = one.low - other.high, one.high - other.low
        return self.terms.arithmetic(Kind.SUBTRACT, one, other, low, high)

    def _product(self, one: Term, other: Term) -> Term:
        corners = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
        return self.terms.arithmetic(Kind.MULTIPLY, one, other, min(corners), max(corners))


def _is_zero(term: Term) -> bool:
    return term.is_known and term.low == 0


def _wider(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
