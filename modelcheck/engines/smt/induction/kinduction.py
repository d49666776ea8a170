"""Safety by induction over runs: so many steps violate nothing, so the next one does not either.

A run whose states are all different and of which all steps but the last violate nothing may begin
anywhere. If it cannot end in a violation, and no run from an initial state has one within as many
steps, there is none at all (M. Sheeran and others, "Checking safety properties using induction and
a SAT-solver", 2000).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from modelcheck.engines.contract import INTERRUPTED, Progress
from modelcheck.engines.smt.bounded import DEEPEST, Bounded, new_search
from modelcheck.engines.smt.induction.legal import legal
from modelcheck.engines.smt.induction.proof import Proof, exploration, provable
from modelcheck.engines.smt.solver import Answer, Limits, Oracle, UsedUp, oracle
from modelcheck.engines.smt.symbolic.relation import Goal, Relation
from modelcheck.engines.smt.unroll import Unrolling
from modelcheck.engines.verdicts import Outcome, stopped_at
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model
from modelcheck.trace import Budget

NAME = "k-induction"


@dataclass(slots=True)
class Induction:
    """Runs that begin anywhere."""

    oracle: Oracle
    unrolling: Unrolling
    goals: tuple[Goal, ...]

    def begin(self) -> None:
        """Runs of no step."""
        self.unrolling.begin()
        terms = self.unrolling.relation.terms
        self.unrolling.demand(terms.every(legal(self.unrolling.relation)))

    def is_step(self, steps: int) -> bool:
        """Whether none has its first violation at just so many steps; asked for 0, 1, 2, ..."""
        if steps > 0:
            self.unrolling.avoid(self.goals, steps - 1)
            self.unrolling.differ(steps - 1)
        asked = self.unrolling.question(self.goals, range(steps, steps + 1))
        return self.oracle.ask(asked) is Answer.NO


def prove(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Proof:
    """Prove that none of the properties is violated, or find a violation."""
    claims = provable(model, properties)
    search = new_search(model, claims, budget, progress=progress, clock=clock)
    stopped, proved = "", None
    try:
        search.unrolling.begin()
        proved = _proved(search)
    except UsedUp as over:
        stopped = over.reason
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    if search.is_stopped:
        stopped = stopped_at(claims, search.decided)
    elif not stopped and proved is None:
        stopped = f"induction over {search.refuted} steps proves nothing yet"
    return _told(model, properties, search, stopped, proved)


def _proved(search: Bounded) -> int | None:
    """The number of steps over which the induction goes; None: there is a violation, or no end."""
    relation = search.unrolling.relation
    goals = tuple(one for one in relation.goals if not one.is_hopeless)
    steps = _anywhere(relation, goals, search.limits)
    for number in range(min(search.deepest, DEEPEST) + 1):
        search.report(number)
        if search.decide(number):
            return None
        if steps.is_step(number):
            _ask_again(relation, goals, search.limits, number)
            return number
    return None


def _anywhere(relation: Relation, goals: tuple[Goal, ...], limits: Limits) -> Induction:
    asked = oracle(limits)
    found = Induction(asked, Unrolling(relation, asked.solver, anywhere=True), goals)
    found.begin()
    return found


def _ask_again(relation: Relation, goals: tuple[Goal, ...], limits: Limits, steps: int) -> None:
    """Ask fresh solvers for what has been proved; raises `ModelCheckBug` if one says otherwise."""
    asked = oracle(limits)
    runs = Unrolling(relation, asked.solver)
    runs.begin()
    question = runs.question(goals, range(steps + 1))
    again = _anywhere(relation, goals, limits)
    for number in range(1, steps):
        again.unrolling.avoid(goals, number - 1)
        again.unrolling.differ(number - 1)
    if asked.ask(question) is not Answer.NO or not again.is_step(steps):
        raise ModelCheckBug("fresh solvers do not confirm an induction")


def _told(
    model: Model,
    properties: frozenset[str] | None,
    search: Bounded,
    stopped: str,
    proved: int | None,
) -> Proof:
    within = search.refuted if stopped and search.refuted >= 0 else None
    found = exploration(
        model,
        properties,
        Outcome(search.decided, stopped, within),
        engine=NAME,
        depth=max(0, search.refuted),
        queries=search.oracle.queries,
    )
    how = "" if proved is None else f"induction over {proved} steps through different states"
    return Proof(found, how)
