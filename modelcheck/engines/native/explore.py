"""The native engine: the model as C, searched level by level, traces found again on the semantics.

A search stops at the end of the level in which a violation was found, so that its counts and
verdicts are the same whatever the number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from modelcheck.engines.contract import Exploration, Progress, ProgressReport
from modelcheck.engines.native.build import NoCompiler, find_compiler
from modelcheck.engines.native.generator import Generated, generate
from modelcheck.engines.native.layout import TooWide
from modelcheck.engines.native.library import Core, Reached, Status, Words, load
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import Statistics
from modelcheck.engines.verdicts import Outcome, findings, stopped_at
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import (
    LIVENESS,
    Prepared,
    deadlock,
    initial,
    prepare,
    refute,
    refute_step,
    successors,
)
from modelcheck.trace import (
    Budget,
    Holds,
    State,
    Trace,
    TraceStep,
    Transition,
    Violated,
    Violation,
)

NAME = "native"
SLICE = 0.1
"""Seconds between two looks at the clock, the keyboard and the budget."""


class Unsupported(Exception):
    """The engine cannot search this model here; the message says why."""


def explore(
    model: Model,
    *,
    cache: Path,
    threads: int,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Exploration:
    """Search the reachable states; see `engines.contract.Engine`.

    Compiled code is kept in `cache`. Raises `Unsupported` where it cannot be done here.
    """
    began = clock()
    selected = select(model, properties)
    if any(kind in LIVENESS for _, kind in selected):
        raise Unsupported("it does not decide liveness")
    try:
        generated = generate(model)
        core = load(generated, find_compiler(), cache)
    except (TooWide, NoCompiler) as problem:
        raise Unsupported(str(problem)) from None
    search = _Search(generated, core, prepare(model), selected, budget, full=full)
    try:
        search.begin(threads)
        return search.explore(progress, clock, began)
    finally:
        core.close()


class _Search:
    """One search, while it lasts."""

    def __init__(
        self,
        generated: Generated,
        core: Core,
        prepared: Prepared,
        selected: tuple[Claim, ...],
        budget: Budget,
        *,
        full: bool,
    ) -> None:
        self.generated = generated
        self.core = core
        self.prepared = prepared
        self.selected = selected
        self.budget = budget
        self.full = full
        self.initial: tuple[Words, ...] = ()
        self.halted = False
        self.stopped = ""
        self.within: int | None = None
        self.found: tuple[int, ...] = ()

    def begin(self, threads: int) -> None:
        """Hand the initial states over."""
        layout = self.generated.layout
        self.initial = tuple(layout.pack(state) for state in initial(self.prepared))
        self.core.open(self.initial, threads=threads)

    def explore(
        self, progress: Progress | None, clock: Callable[[], float], began: float
    ) -> Exploration:
        """Search until there is nothing left, or something to stop for."""
        try:
            while not self._is_over(clock, began):
                if progress is not None:
                    progress(_report(self.core.reached(), clock() - began))
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        tallied, reached = self.core.tallied(), self.core.reached()
        self.found = self.found or tallied.found
        decided = self._decided()
        if self.halted:
            self.stopped = stopped_at(self.selected, decided)
        outcome = Outcome(decided, self.stopped, self.within)
        return Exploration(
            verdicts=findings(self.prepared.model, self.selected, outcome),
            states=reached.states,
            transitions=reached.transitions,
            depth=reached.depth,
            complete=not self.stopped,
            coverage=tuple(zip(self.generated.steps, tallied.taken, strict=True)),
            statistics=Statistics(None, (), ()),
            engine=NAME,
            stopped=self.stopped,
        )

    def _is_over(self, clock: Callable[[], float], began: float) -> bool:
        limit = self.budget.seconds
        left = SLICE if limit is None else min(SLICE, limit - (clock() - began))
        wanted = [not self.full and self._stops_at(claim) for claim in self.generated.claims]
        status = self.core.run(
            max(left, 0.0),
            states=self.budget.states,
            memory=None,
            depth=self.budget.depth,
            wanted=wanted,
        )
        match status:
            case Status.RUNNING:
                if limit is None or clock() - began < limit:
                    return False
                self.stopped = f"the budget of {limit:g} seconds is used up"
            case Status.LEVEL:
                self.halted = self.core.reached().frontier > 0
            case Status.DEPTH:
                self._look_ahead()
            case Status.FULL:
                self.stopped = f"the budget of {self.budget.states} states is used up"
            case Status.NO_MEMORY:
                self.stopped = "the memory is used up"
            case Status.COMPLETE:
                pass
        return True

    def _stops_at(self, claim: Claim) -> bool:
        return claim in self.selected and claim[1] is not PropertyKind.SOMETIMES

    def _look_ahead(self) -> None:
        ahead, seen = self.core.look_ahead()
        tallied = self.core.tallied().found
        self.found = tuple(one or other for one, other in zip(tallied, seen, strict=True))
        if ahead:
            self.within = self.budget.depth
            self.stopped = f"the budget of {self.budget.depth} steps is used up"

    def _decided(self) -> dict[str, Violated | Holds]:
        found: dict[str, Violated | Holds] = {}
        for number, (claim, level) in enumerate(
            zip(self.generated.claims, self.found, strict=True)
        ):
            if level and claim in self.selected:
                path = self.core.path(self.initial, number, length=level, memory=None)
                states = [self.generated.layout.unpack(words) for words in path]
                found[claim[0]] = self._told(claim, states)
        return found

    def _told(self, claim: Claim, states: list[State]) -> Violated | Holds:
        """The trace through some states, and what is violated at its end, on the semantics."""
        steps: list[TraceStep] = []
        for before, state in pairwise(states):
            transition = next(t for t, to in successors(self.prepared, before) if to == state)
            steps.append(self._step(transition, state))
        trace = Trace(states[0], tuple(steps))
        name, kind = claim
        last = states[-1]
        if kind is PropertyKind.SOMETIMES:
            return Holds(trace)
        if kind is PropertyKind.DEADLOCK:
            stuck = deadlock(self.prepared, last)
            if stuck is not None:
                return Violated(stuck, trace)
        if kind is PropertyKind.ALWAYS:
            prop = next(one for one in self.prepared.model.properties if one.name == name)
            violation = refute(self.prepared, last, prop)
            if violation is not None:
                return Violated(violation, trace)
        for transition, after in successors(self.prepared, last):
            violation = self._violated_by(claim, last, after)
            if violation is not None:
                end = None if isinstance(after, Violation) else after
                taken = (*trace.steps, self._step(transition, end))
                return Violated(violation, Trace(trace.initial, taken))
        raise ModelCheckBug(f"{NAME} found a violation of {name} that the semantics does not know")

    def _violated_by(
        self, claim: Claim, before: State, after: State | Violation
    ) -> Violation | None:
        name, kind = claim
        if isinstance(after, Violation):
            return after if after.property == name else None
        if kind is not PropertyKind.EVERY_STEP:
            return None
        prop = next(one for one in self.prepared.model.properties if one.name == name)
        return refute_step(self.prepared, before, after, prop)

    def _step(self, transition: Transition, after: State | None) -> TraceStep:
        step = self.prepared.steps[transition.instance.process][transition.label]
        return TraceStep(transition, after, step.span)


def _report(reached: Reached, seconds: float) -> ProgressReport:
    return ProgressReport(
        reached.states, reached.transitions, reached.level, reached.frontier, seconds
    )
