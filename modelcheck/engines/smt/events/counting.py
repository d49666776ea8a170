"""Sums of unary numbers, whose first bit says that they are at least one, and so on.

Only that the sum is as large as its parts is said, which is what a limit needs (O. Bailleux and
Y. Boufkhad, "Efficient CNF encoding of Boolean cardinality constraints", 2003).
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck.engines.smt.events.clauses import Clauses

Unary = tuple[int, ...]
"""Literals."""


def summed(numbers: Iterable[Unary], clauses: Clauses) -> Unary:
    """A number that is at least the sum."""
    pending = [one for one in numbers if one]
    while len(pending) > 1:
        one, other, *rest = sorted(pending, key=len)
        pending = [*rest, _added(one, other, clauses)]
    return pending[0] if pending else ()


def _added(one: Unary, other: Unary, clauses: Clauses) -> Unary:
    total = tuple(clauses.new() for _ in range(len(one) + len(other)))
    for at in range(len(one) + 1):
        for to in range(len(other) + 1):
            if at + to:
                # What a number is at least comes before what else it is.
                needed = (*one[:at][-1:], *other[:to][-1:])
                clauses.add(*(-bit for bit in needed), total[at + to - 1])
    return total
