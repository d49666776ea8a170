"""Bounded checking: runs of more and more steps as constraints, until one violates something.

Bounds are doubled until a run is found, or refuting them takes some effort. Then one length after
the other is refuted, from what was refuted before to what was found, under the order constraint,
which makes that quick: so what is found is a shortest one. A claim of which nothing was found up to
a bound holds within it, and holds altogether where no run has as many steps as that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from z3 import BoolRef

from modelcheck.engines.contract import (
    Exploration,
    Progress,
    ProgressReport,
    Reduction,
)
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.smt.found import Found, found_in
from modelcheck.engines.smt.solver import Answer, Limits, Oracle, oracle
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Goal
from modelcheck.engines.smt.told import explored, outcome
from modelcheck.engines.smt.unroll import Unrolling
from modelcheck.engines.tracing import told
from modelcheck.engines.verdicts import Outcome
from modelcheck.ir.model import Model
from modelcheck.semantics import Prepared, prepare
from modelcheck.trace import Budget, Holds, Violated

NAME = "bmc"
FIRST_BOUND = 8
DEEPEST = 128
"""Steps, where no depth was given."""

QUICK = 1000
"""Conflicts within which a run is found that is easy to find, or all runs are refuted that are."""

UNDECIDED = "bounded checking does not decide liveness"


@dataclass(slots=True)
class Bounded:
    """The mutable middle of one bounded check."""

    prepared: Prepared
    selected: tuple[Claim, ...]
    oracle: Oracle
    unrolling: Unrolling
    deepest: int
    full: bool
    progress: Progress | None
    limits: Limits
    ordered: bool
    open: tuple[Goal, ...]
    """What is not decided yet."""

    decided: dict[str, Violated | Holds] = field(default_factory=dict)
    refuted: int = -1
    """So many steps decide none of the open goals."""

    complete: bool = False

    def run(self) -> None:
        """Write down where runs begin, and look for them; raises `UsedUp`."""
        if not self.unrolling.states:
            self.unrolling.begin()
        self.search()

    def search(self) -> None:
        """Look for runs until nothing is open, or the depth is reached; raises `UsedUp`."""
        bound = FIRST_BOUND
        while bound <= self.refuted:
            bound *= 2
        bound = min(bound, self.deepest)
        while self.open and not self.complete:
            self.settle(self.glimpse(bound))
            if self.is_stopped:
                return
            if self.refuted < bound:
                continue
            self.complete = self.is_over(bound)
            if bound == self.deepest:
                return
            bound = min(2 * bound, self.deepest)

    def start_again(self) -> None:
        """Nothing is decided; what was refuted stays so, for runs that are fewer than before."""
        self.decided.clear()
        self.open = self.unrolling.relation.goals

    @property
    def is_stopped(self) -> bool:
        """Whether the first violation ends the search."""
        return not self.full and any(isinstance(one, Violated) for one in self.decided.values())

    def glimpse(self, steps: int) -> int:
        """How far there is something to find or to refute, of at most so many steps.

        With little effort, and without the order constraint, which only helps to refute.
        """
        self.report(steps)
        asked = self.unrolling.question(self.open, range(self.refuted + 1, steps + 1))
        answer = self.oracle.ask(asked, conflicts=QUICK)
        if answer is Answer.NO:
            self.refuted = steps
        return min(one.steps for one in self.seen()) if answer is Answer.YES else steps

    def settle(self, steps: int) -> None:
        """Go through the lengths that are not refuted until one decides something."""
        while self.open and self.refuted < steps:
            length = self.refuted + 1
            self.report(length)
            if self.decide(length):
                return

    def decide(self, length: int) -> bool:
        """Decide the goals that runs of exactly this length decide; whether there are any."""
        before = len(self.decided)
        while self.open:
            asked = self.unrolling.question(self.open, range(length, length + 1))
            if self.oracle.ask(asked, *self.keeping_order) is not Answer.YES:
                self.refuted = length
                break
            for one in self.seen():
                if one.steps == length:
                    self.decided[one.claim[0]] = told(self.prepared, one.claim, one.states)
            self.open = tuple(one for one in self.open if one.claim[0] not in self.decided)
            if self.is_stopped:
                break
        return len(self.decided) > before

    @property
    def keeping_order(self) -> tuple[BoolRef, ...]:
        """What is assumed so that refuting is quick."""
        return (self.unrolling.ordered,) if self.ordered else ()

    def seen(self) -> tuple[Found, ...]:
        """What the run that was just found decides, each as early as it does."""
        states = self.unrolling.decoded(self.oracle.solver.model())
        return found_in(self.prepared, self.open, states)

    def is_over(self, steps: int) -> bool:
        """Whether it is certain that no run has so many steps."""
        assumed = (*self.unrolling.lasting(steps), *self.keeping_order)
        return self.oracle.ask(*assumed, conflicts=QUICK) is Answer.NO

    def report(self, steps: int) -> None:
        """Say how far it has come."""
        if self.progress is not None:
            self.progress(
                ProgressReport(
                    states=0,
                    transitions=0,
                    depth=steps,
                    frontier=0,
                    seconds=self.limits.clock() - self.limits.began,
                )
            )


def explore(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    reductions: frozenset[Reduction] = frozenset(),
    clock: Callable[[], float] = time.monotonic,
    ordered: bool = True,
) -> Exploration:
    """Check `model` for runs of bounded length; see `Engine`. `clock` counts the budget's seconds.

    Without a depth in the budget it ends at `DEEPEST`. The budget's memory is the solver's.
    `ordered` is whether runs that differ in the order of independent steps are looked at once.
    """
    search = new_search(
        model,
        select(model, properties),
        budget,
        full=full,
        progress=progress,
        clock=clock,
        ordered=ordered,
    )
    return explored(
        model,
        search.selected,
        ended(search),
        engine=NAME,
        depth=max(0, search.refuted),
        queries=search.oracle.queries,
        reductions=reductions,
        unreduced="bounded checking looks at runs, not at states",
    )


def new_search(
    model: Model,
    selected: tuple[Claim, ...],
    budget: Budget,
    *,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float],
    ordered: bool = True,
    unknowns: tuple[str, ...] = (),
) -> Bounded:
    """A search that has not begun; see `explore`, and `relation` for the `unknowns`."""
    prepared = prepare(model)
    limits = Limits(budget, clock, clock())
    formulas = relation(prepared, selected, unknowns)
    asked = oracle(limits)
    return Bounded(
        prepared,
        selected,
        asked,
        Unrolling(formulas, asked.solver),
        DEEPEST if budget.depth is None else budget.depth,
        full,
        progress,
        limits,
        ordered,
        formulas.goals,
    )


def ended(search: Bounded) -> Outcome:
    """Search, and say how that ended."""
    return outcome(search, search.run, UNDECIDED)
