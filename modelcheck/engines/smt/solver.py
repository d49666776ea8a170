"""A solver that keeps to a budget: every query has a limit of time, of memory or of effort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import z3

from modelcheck.sizes import show_size
from modelcheck.trace import Budget

LONGEST = 3600.0
"""Seconds that a query may take where no time was given."""

MEGABYTE = 1 << 20
NO_LIMIT = (1 << 32) - 1
"""Of conflicts, as the solver writes it."""


class Answer(Enum):
    """What a query gives."""

    YES = "yes"
    NO = "no"
    TOO_HARD = "too hard"
    """Within the conflicts that were allowed."""


class UsedUp(Exception):
    """The budget is: the search ends here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Limits:
    """What is left of a budget."""

    budget: Budget
    clock: Callable[[], float]
    began: float

    @property
    def left(self) -> float:
        """Seconds for the next query; raises `UsedUp`."""
        if self.budget.seconds is None:
            return LONGEST
        left = self.budget.seconds - (self.clock() - self.began)
        if left <= 0:
            raise UsedUp(self.out_of_time)
        return left

    def go_on(self) -> None:
        """Between queries: raises `UsedUp` where no time is left."""
        _ = self.left

    @property
    def out_of_time(self) -> str:
        """Why a search ended whose time is over."""
        if self.budget.seconds is None:
            return f"a query took more than {LONGEST:g} seconds"
        return f"the budget of {self.budget.seconds:g} seconds is used up"


@dataclass(slots=True)
class Oracle:
    """A solver and the limits that it keeps to."""

    solver: z3.Solver
    limits: Limits
    queries: int = 0

    def ask(self, *assumptions: z3.BoolRef, conflicts: int = NO_LIMIT) -> Answer:
        """Whether the constraints can hold under assumptions.

        Raises `UsedUp`, and `KeyboardInterrupt` where the solver was interrupted.
        """
        self.solver.set("timeout", max(1, int(1000 * self.limits.left)))
        self.solver.set("max_conflicts", conflicts)
        if self.limits.budget.memory is not None:
            most = max(1, self.limits.budget.memory // MEGABYTE)
            self.solver.set("max_memory", most)
        self.queries += 1
        found = self.solver.check(*assumptions)
        if found == z3.sat:
            return Answer.YES
        if found == z3.unsat:
            return Answer.NO
        return self._unanswered(self.solver.reason_unknown())

    def _unanswered(self, reason: str) -> Answer:
        if "conflicts" in reason:
            return Answer.TOO_HARD
        if "interrupted" in reason:
            raise KeyboardInterrupt
        if "memory" in reason:
            memory = show_size(self.limits.budget.memory or 0)
            raise UsedUp(f"the budget of {memory} of memory is used up")
        raise UsedUp(self.limits.out_of_time if "timeout" in reason else f"the solver: {reason}")


def oracle(limits: Limits) -> Oracle:
    """A new solver for constraints over truths and bit-vectors."""
    return Oracle(z3.SolverFor("QF_FD"), limits)
