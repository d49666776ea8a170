"""Happens-before: whether there is an order of the steps in which something is violated.

Any run that decides something is asked for, then ever shorter ones, until there is none: so the
last is a shortest one. Where there is none at all, all that is asked about holds, of runs of any
length: every step that may be taken is one of the events.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from modelcheck.engines.contract import (
    Exploration,
    Progress,
    ProgressReport,
    Reduction,
)
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.smt.events.flow import Flow
from modelcheck.engines.smt.events.kept import Precedence, is_kept, precedences
from modelcheck.engines.smt.events.rounds import bounded_flow
from modelcheck.engines.smt.events.telling import Telling
from modelcheck.engines.smt.solver import Answer, Limits
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Goal
from modelcheck.engines.smt.told import explored, outcome
from modelcheck.engines.tracing import through, violations_after
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import Prepared, prepare, satisfied
from modelcheck.trace import Budget, Holds, HoldsWithin, Trace, Unknown, Verdict, Violated

NAME = "order"
UNDECIDED = "an order of finitely many steps does not decide liveness"


@dataclass(frozen=True, slots=True)
class Found:
    """Where a run decides a claim."""

    claim: Claim
    verdict: Violated | Holds
    steps: int


@dataclass(slots=True)
class Search:
    """The mutable middle of one search."""

    prepared: Prepared
    selected: tuple[Claim, ...]
    limits: Limits
    kept: tuple[Precedence, ...]
    full: bool
    progress: Progress | None
    flow: Flow | None = None
    open: tuple[Goal, ...] = ()
    """What is not decided yet."""

    decided: dict[str, Violated | Holds] = field(default_factory=dict)
    refuted: int = -1
    """So many steps decide none of the open goals."""

    complete: bool = False

    def run(self) -> None:
        """Look for runs until nothing is open, or there are none; raises `UsedUp`."""
        formulas = relation(self.prepared, self.selected)
        self.flow = flow = bounded_flow(formulas, self.limits, self.kept)
        self.open = formulas.goals
        while self.open and not self.is_stopped:
            best = self.shortest(flow)
            if best is None:
                return
            for one in best:
                self.decided[one.claim[0]] = one.verdict
            self.open = tuple(one for one in self.open if one.claim[0] not in self.decided)

    @property
    def is_stopped(self) -> bool:
        """Whether the first violation ends the search."""
        return not self.full and any(isinstance(one, Violated) for one in self.decided.values())

    def shortest(self, flow: Flow) -> tuple[Found, ...] | None:
        """What is decided with the fewest steps that decide anything; None if nothing is."""
        best: tuple[Found, ...] = ()
        most = self.most(flow)
        while most > self.refuted:
            self.report(most)
            question = flow.question(self.open, most)
            if flow.oracle.ask(question) is not Answer.YES:
                self.refuted = most
                break
            found = self.seen(flow)
            steps = min(one.steps for one in found)
            best, most = tuple(one for one in found if one.steps == steps), steps - 1
        self.complete = not best and self.refuted >= flow.longest
        return best or None

    def most(self, flow: Flow) -> int:
        """The greatest number of steps that is asked about."""
        depth = self.limits.budget.depth
        return flow.longest if depth is None else min(depth, flow.longest)

    def seen(self, flow: Flow) -> tuple[Found, ...]:
        """What the run that was just found decides, each claim as early as it does."""
        states = Telling(flow, flow.oracle.solver.model()).states()
        trace = through(self.prepared, states)
        if not is_kept(self.kept, trace.schedule):
            raise ModelCheckBug("the solver gave a run that does not keep to what it has to")
        found = [
            one for goal in self.open if (one := next(self.ends(goal, trace), None)) is not None
        ]
        if not found:
            raise ModelCheckBug("the solver gave a run that decides nothing")
        return tuple(found)

    def ends(self, goal: Goal, trace: Trace) -> Iterator[Found]:
        """Where along a run a goal is decided."""
        for length in range(len(trace.steps) + 1):
            part = replace(trace, steps=trace.steps[:length])
            if goal.claim[1] is PropertyKind.SOMETIMES:
                if self.is_witness(goal.claim[0], part):
                    yield Found(goal.claim, Holds(part), length)
                continue
            for verdict in violations_after(self.prepared, goal.claim, part):
                if verdict.trace and is_kept(self.kept, verdict.trace.schedule):
                    yield Found(goal.claim, verdict, len(verdict.trace.steps))

    def is_witness(self, name: str, trace: Trace) -> bool:
        """Whether the last state of a run satisfies a `sometimes` property."""
        last = trace.steps[-1].after if trace.steps else trace.initial
        prop = next(one for one in self.prepared.model.properties if one.name == name)
        return last is not None and satisfied(self.prepared, last, prop)

    def report(self, steps: int) -> None:
        """Say how far it has come."""
        if self.progress is not None:
            seconds = self.limits.clock() - self.limits.began
            self.progress(ProgressReport(0, 0, depth=steps, frontier=0, seconds=seconds))


def explore(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    reductions: frozenset[Reduction] = frozenset(),
    clock: Callable[[], float] = time.monotonic,
    before: tuple[str, ...] = (),
) -> Exploration:
    """Check `model` for orders of its steps; see `Engine`. `clock` counts the budget's seconds.

    Only runs count that keep to the precedences in `before`. Raises `Refused` for a model whose
    steps are not finitely many, or too many.
    """
    limits = Limits(budget, clock, clock())
    prepared = prepare(model)
    kept = precedences(before, prepared)
    search = Search(prepared, select(model, properties), limits, kept, full, progress)
    told = explored(
        model,
        search.selected,
        outcome(search, search.run, UNDECIDED),
        engine=NAME,
        depth=max(0, search.refuted),
        queries=search.flow.oracle.queries if search.flow else 0,
        reductions=reductions,
        unreduced="an order of steps is looked for, not states",
    )
    return told if not kept else _qualified(told, kept)


def _qualified(told: Exploration, kept: tuple[Precedence, ...]) -> Exploration:
    """What is said of runs that keep to something is said of no others."""
    names = tuple(map(str, kept))
    verdicts = tuple(
        replace(one, verdict=_of(one.verdict, " and ".join(names)), shortest=False)
        for one in told.verdicts
    )
    return replace(told, verdicts=verdicts, before=names)


def _of(verdict: Verdict, kept: str) -> Verdict:
    match verdict:
        case Holds(None):
            return Holds(caveat=f"in every run that keeps to {kept}")
        case HoldsWithin(depth):
            return Unknown(f"not violated within {depth} steps of a run that keeps to {kept}")
        case Violated(_, None):
            return Unknown(f"no run that keeps to {kept} comes to a state that satisfies it")
        case _:
            return verdict
