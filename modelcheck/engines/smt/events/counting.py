"""How many events happen, in unary: the first bit says that one does, the second that two do."""

from __future__ import annotations

from collections.abc import Iterator

import z3


class Counter:
    """Adds unary numbers up; only that a sum is at least as large is said."""

    def __init__(self, solver: z3.Solver) -> None:
        self.solver = solver
        self.made = 0

    def sum(self, numbers: list[list[z3.BoolRef]]) -> list[z3.BoolRef]:
        """A unary number that is at least the sum (O. Bailleux and Y. Boufkhad, 2003)."""
        pending = [one for one in numbers if one]
        while len(pending) > 1:
            pending.sort(key=len)
            one, other, *rest = pending
            pending = [*rest, self._added(one, other)]
        return pending[0] if pending else []

    def _added(self, one: list[z3.BoolRef], other: list[z3.BoolRef]) -> list[z3.BoolRef]:
        self.made += 1
        total = [z3.Bool(f"sum {self.made}>{n}") for n in range(len(one) + len(other))]
        for clause in _clauses(one, other, total):
            self.solver.add(clause)
        return total


def _clauses(
    one: list[z3.BoolRef], other: list[z3.BoolRef], total: list[z3.BoolRef]
) -> Iterator[z3.BoolRef]:
    for at in range(len(one) + 1):
        for to in range(len(other) + 1):
            if at + to:
                needed = [*one[at - 1 : at], *other[to - 1 : to]] if at and to else (
                    [one[at - 1]] if at else [other[to - 1]]
                )
                yield z3.Or(*(z3.Not(bit) for bit in needed), total[at + to - 1])
