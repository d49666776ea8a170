"""One native search in another order than breadth first, and what it says.

Depth first gives the verdicts and counts of a breadth-first search, unless a limit of depth cuts
it: a state may then have been reached too deep to be expanded. An iterative search completes the
iteration in which it finds a violation, so that it finds what a breadth-first search finds that
completes its level; when states no longer fit, it says no more than how deep it came. Bits of
hashes prove nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from modelcheck.engines.contract import (
    INTERRUPTED,
    Exploration,
    Progress,
    ProgressReport,
    PropertyVerdict,
)
from modelcheck.engines.memory import memory_used_up
from modelcheck.engines.native.build import NoCompiler, find_compiler
from modelcheck.engines.native.core import Tallied
from modelcheck.engines.native.depth import DepthSearch, Ended, Reach, Rooms, load
from modelcheck.engines.native.explore import NAME, Unsupported
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.graph import Extent
from modelcheck.engines.native.layout import TooWide
from modelcheck.engines.native.liveness import OutOfTime, Subject, with_liveness
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.native.running import NO_MEMORY, SLICE, time_used_up
from modelcheck.engines.native.seen import out_degree, silent
from modelcheck.engines.orders import Order
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import IdleStep, Statistics
from modelcheck.engines.tracing import told
from modelcheck.engines.verdicts import Outcome, findings, stopped_at, why_stopped
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import Prepared, initial, prepare
from modelcheck.trace import Budget, Holds, Skimmed, Violated

CACHE = 2**26
"""Bytes in which an iterative search stores states, unless it is given some."""

BITS = 2**27
"""Bytes of bits, unless it is given some."""

HASHED = "only bits of hashes stood for the states, so that some may have been missed"


def explore_in(
    order: Order,
    model: Model,
    *,
    cache: Path,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Exploration:
    """Search the reachable states in an order; see `engines.contract.Engine`.

    One thread does it. Raises `Unsupported` where the model cannot be searched here.
    """
    began = clock()
    selected = select(model, properties)
    try:
        generated = generate(model)
        core = load(generated, find_compiler(), cache, order)
    except (TooWide, NoCompiler) as problem:
        raise Unsupported(str(problem)) from None
    search = _Search(order, generated, core, prepare(model), selected, budget, full=full)
    try:
        search.run(progress, lambda: clock() - began)
        return search.exploration(cache, lambda: clock() - began, progress)
    finally:
        core.close()


class _Search:
    """One search, while it lasts."""

    def __init__(
        self,
        order: Order,
        generated: Generated,
        core: DepthSearch,
        prepared: Prepared,
        selected: tuple[Claim, ...],
        budget: Budget,
        *,
        full: bool,
    ) -> None:
        self.order, self.generated, self.core, self.prepared = order, generated, core, prepared
        self.selected, self.budget = selected, budget
        self.wanted = [
            not full and claim in selected and claim[1] is not PropertyKind.SOMETIMES
            for claim in generated.claims
        ] + [False] * len(generated.signs)
        self.initial: tuple[Words, ...] = ()
        self.ended = Ended.RUNNING
        self.stopped = ""

    def run(self, progress: Progress | None, elapsed: Callable[[], float]) -> None:
        """Search until there is nothing left, or something to stop for."""
        self.initial = tuple(map(self.generated.layout.pack, initial(self.prepared)))
        try:
            self.core.open(self.initial, self._rooms())
            while not self._is_over(elapsed):
                if progress is not None:
                    progress(_report(self.core.reached(), elapsed()))
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except MemoryError:
            self.stopped = self._no_memory()

    def _rooms(self) -> Rooms:
        """Of a budget, a quarter is left for the stack."""
        most = self.budget.memory
        if most is not None:
            return Rooms(most - most // 4, most)
        return Rooms(CACHE if self.order is Order.ITERATIVE else BITS, None)

    def _is_over(self, elapsed: Callable[[], float]) -> bool:
        budget = self.budget
        left = SLICE if budget.seconds is None else min(SLICE, budget.seconds - elapsed())
        self.ended = self.core.run(
            max(left, 0.0), states=budget.states, depth=budget.depth, wanted=self.wanted
        )
        match self.ended:
            case Ended.RUNNING:
                if budget.seconds is None or elapsed() < budget.seconds:
                    return False
                self.stopped = time_used_up(budget.seconds)
            case Ended.CUT:
                self.stopped = f"the budget of {budget.depth} steps is used up"
            case Ended.FULL:
                self.stopped = f"the budget of {budget.states} states is used up"
            case Ended.NO_MEMORY:
                self.stopped = self._no_memory()
            case Ended.COMPLETE if self.order is Order.BITSTATE:
                self.stopped = HASHED
            case Ended.COMPLETE | Ended.FOUND:
                pass
        return True

    def _no_memory(self) -> str:
        return NO_MEMORY if self.budget.memory is None else memory_used_up(self.budget)

    def exploration(
        self, cache: Path, elapsed: Callable[[], float], progress: Progress | None
    ) -> Exploration:
        """What was found; the core is closed."""
        tallied, reached = self.core.tallied(), self.core.reached()
        decided = self._decided(tallied)
        self.core.close()
        if self.ended is Ended.FOUND:
            self.stopped = stopped_at(self.selected, decided)
        outcome = self._outcome(decided, reached)
        outcome = self._with_liveness(outcome, reached, cache, elapsed, progress)
        verdicts = findings(self.prepared.model, self.selected, outcome)
        return Exploration(
            verdicts=tuple(map(self._as_short_as_it_is, verdicts)),
            states=reached.states,
            transitions=reached.transitions,
            depth=self._depth(tallied, reached),
            complete=not self.stopped,
            coverage=tuple(zip(self.generated.steps, tallied.taken, strict=True)),
            statistics=self._statistics(tallied, reached),
            engine=f"{NAME}, {self.order.value}",
            stopped=why_stopped(outcome),
        )

    def _decided(self, tallied: Tallied) -> dict[str, Violated | Holds]:
        decided: dict[str, Violated | Holds] = {}
        for number, claim in enumerate(self.generated.claims):
            if tallied.found[number] and claim in self.selected:
                states = self.generated.layout.unpack_all(self.core.path(number))
                decided[claim[0]] = told(self.prepared, claim, states)
        return decided

    def _outcome(self, decided: dict[str, Violated | Holds], reached: Reach) -> Outcome:
        outcome = Outcome(decided, self.stopped)
        if self.order is Order.ITERATIVE and self.ended is Ended.CUT:
            return replace(outcome, within=self.budget.depth)
        if self.order is Order.ITERATIVE and self.ended is Ended.RUNNING and reached.limit > 1:
            return replace(outcome, within=reached.limit - 2)
        if self.order is Order.BITSTATE and self.ended is Ended.COMPLETE:
            return replace(outcome, skimmed=Skimmed(reached.states, reached.missed))
        return outcome

    def _with_liveness(
        self,
        outcome: Outcome,
        reached: Reach,
        cache: Path,
        elapsed: Callable[[], float],
        progress: Progress | None,
    ) -> Outcome:
        subject = Subject(self.generated, self.prepared, self.initial, self.selected)
        if not subject.properties or self.stopped:
            return outcome

        def watch(graph: int) -> None:
            limit = self.budget.seconds
            if limit is not None and elapsed() >= limit:
                raise OutOfTime(time_used_up(limit))
            if progress is not None:
                progress(replace(_report(reached, elapsed()), graph=graph))

        return with_liveness(subject, outcome, Extent(memory=self.budget.memory), cache, watch)

    def _as_short_as_it_is(self, one: PropertyVerdict) -> PropertyVerdict:
        """Whether a counterexample is a shortest one; a lasso is found on the graph, and is."""
        match one.verdict:
            case Violated(_, trace) if trace is not None and trace.loop is None:
                return replace(one, shortest=self.order is Order.ITERATIVE)
            case _:
                return one

    def _depth(self, tallied: Tallied, reached: Reach) -> int:
        """Of an iterative search that has counted all, the distance of the farthest state."""
        if self.order is not Order.ITERATIVE or not reached.is_exact:
            return reached.deepest
        return max(0, reached.limit - (tallied.expanded == reached.states))

    def _statistics(self, tallied: Tallied, reached: Reach) -> Statistics:
        degree = out_degree(tallied, reached.transitions)
        if self.stopped:
            return Statistics(degree, (), ())
        coverage = zip(self.generated.steps, tallied.taken, strict=True)
        idle = tuple(IdleStep(name, None, 0, ()) for name, taken in coverage if not taken)
        return Statistics(
            degree, idle, silent(self.generated, self.prepared, self.selected, tallied)
        )


def _report(reached: Reach, seconds: float) -> ProgressReport:
    return ProgressReport(
        states=reached.states,
        transitions=reached.transitions,
        depth=reached.depth,
        frontier=reached.waiting,
        seconds=seconds,
        memory=reached.bytes,
    )
