"""Clauses over many Booleans, handed to the solver as text: term by term it would take far longer.

A literal is a number: that of a Boolean, or its negative where it is negated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import z3

TRUE, FALSE = 1, -1

PORTION = 5000
"""Clauses that are handed over together: in between, an interruption is heeded."""


class Clauses:
    """Collects clauses for one solver; `go_on` is called all the while, and may raise."""

    def __init__(self, solver: z3.Solver, go_on: Callable[[], None]) -> None:
        self.solver, self.go_on = solver, go_on
        self.last = TRUE
        self.declared = 0
        self.text: list[str] = []
        solver.add(self.flag(TRUE))

    def new(self) -> int:
        """A Boolean of which nothing is known."""
        self.last += 1
        return self.last

    def flag(self, literal: int) -> z3.BoolRef:
        """A literal as the solver's."""
        found = z3.Bool(f"b{abs(literal)}")
        return found if literal > 0 else z3.Not(found)

    def add(self, *literals: int) -> None:
        """One of the literals holds."""
        if TRUE not in literals:
            texts = [_text(one) for one in literals if one != FALSE]
            self.text.append(f"(assert (or false {' '.join(texts)}))")
            if len(self.text) == PORTION:
                self.flush()

    def imply(self, literal: int, condition: z3.BoolRef) -> None:
        """Where the literal holds, the condition does."""
        self.go_on()
        self.solver.add(z3.Implies(self.flag(literal), condition))

    def named(self, condition: z3.BoolRef) -> int:
        """A literal for a condition."""
        self.go_on()
        found = self.new()
        self.solver.add(self.flag(found) == condition)
        return found

    def both(self, one: int, other: int) -> int:
        """A literal that holds where both do."""
        return -self.some((-one, -other))

    def some(self, literals: Iterable[int]) -> int:
        """A literal that holds where one of them does."""
        known = [one for one in literals if one != FALSE]
        if TRUE in known:
            return TRUE
        if len(known) <= 1:
            return known[0] if known else FALSE
        found = self.new()
        self.add(-found, *known)
        for one in known:
            self.add(found, -one)
        return found

    def flush(self) -> None:
        """Hand over what was collected since the last time."""
        self.go_on()
        fresh = range(self.declared + 1, self.last + 1)
        declared = [f"(declare-const b{number} Bool)" for number in fresh]
        self.solver.from_string("\n".join([*declared, *self.text]))
        self.text, self.declared = [], self.last


def _text(literal: int) -> str:
    return f"b{literal}" if literal > 0 else f"(not b{-literal})"
