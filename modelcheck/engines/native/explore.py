"""The native engine: the model as C, searched level by level, traces found again on the semantics.

A search stops at the end of the level in which a violation was found, so that its counts and
verdicts are the same whatever the number of threads. Only where a budget, the memory or the
keyboard cuts a level in two does what was seen of it depend on the threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from modelcheck.engines.contract import (
    INTERRUPTED,
    UNREDUCED,
    Checkpoints,
    Exploration,
    Progress,
    Reduction,
    Storage,
)
from modelcheck.engines.memory import memory_used_up
from modelcheck.engines.native.build import REMEDY, NoCompiler, find_compiler
from modelcheck.engines.native.core import Reached, Tallied
from modelcheck.engines.native.graph import Extent
from modelcheck.engines.native.idle import why_idle
from modelcheck.engines.native.layout import TooWide
from modelcheck.engines.native.library import NotCompact, load
from modelcheck.engines.native.liveness import OutOfTime, Subject, with_liveness
from modelcheck.engines.native.planned import planned
from modelcheck.engines.native.recording import Recording
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.native.running import NO_MEMORY, SLICE, Running, time_used_up, told_of
from modelcheck.engines.native.seen import out_degree, silent
from modelcheck.engines.native.spilling import NoDisk
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import IdleStep, Statistics, Widening
from modelcheck.engines.stubborn import found_longer
from modelcheck.engines.tracing import told
from modelcheck.engines.verdicts import Outcome, findings, stopped_at, why_stopped
from modelcheck.engines.widening import part_names, ranked
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Holds, State, Violated

if TYPE_CHECKING:  # slow, and most searches do not go by symmetry
    from modelcheck.engines.symmetry.orbits import Orbits

NAME = "native"
SURVEYED = 200_000
"""Of so many states it is told what kept a step from being taken; with more it would take long."""

TRIES = 5
"""Slices in which a trace is looked for after an interruption."""


class Unsupported(Exception):
    """The engine cannot search this model here; the message says why, and `way_out` what can."""

    def __init__(self, message: str, *, way_out: str = "--engine packed can, more slowly") -> None:
        super().__init__(message)
        self.way_out = way_out


class NotCompiled(Unsupported):
    """Nothing can be compiled here."""

    def __init__(self, message: str) -> None:
        super().__init__(message, way_out=REMEDY)


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
    checkpoints: Checkpoints | None = None,
    storage: Storage = Storage.PLAIN,
    reductions: frozenset[Reduction] = frozenset(),
    spill: Path | None = None,
) -> Exploration:
    """Search the reachable states; see `engines.contract.Engine`.

    Compiled code is kept in `cache`. A search that is taken up from a checkpoint says what it would
    have said without a break; one that ends by itself removes it. Given a folder to `spill` to, the
    search goes on there where the budget's memory is used up, and says what it would have said.
    Raises `Unsupported` where the model cannot be searched here.
    """
    began = clock()
    selected = select(model, properties)
    prepared = prepare(model)
    try:
        plan = planned(prepared, selected, reductions, cache)
        beyond = None if budget.memory is None else spill
        core = load(plan.generated, find_compiler(), cache, storage, beyond)
    except TooWide as problem:
        raise Unsupported(str(problem)) from None
    except NoCompiler as problem:
        raise NotCompiled(str(problem)) from None
    except NotCompact as problem:
        raise Unsupported(str(problem), way_out="--storage plain can") from None
    search = _Search(plan, core, prepared, selected, budget, cache, full=full)
    try:
        if checkpoints is not None:
            search.recording = Recording(checkpoints, search.identity(), clock)
        search.run(threads, progress, lambda: clock() - began)
        found = search.exploration(lambda: clock() - began, progress)
        if search.recording is not None and search.ended:
            search.recording.remove()
        return replace(found, reductions=plan.reduced)
    finally:
        core.close()
        if search.recording is not None:
            search.recording.close()


class _Search(Running):
    """A search, and what is told of it when it is over."""

    orbits: Orbits | None = None
    """Made where a trace is to be told that leads through representatives."""

    def exploration(self, elapsed: Callable[[], float], progress: Progress | None) -> Exploration:
        """What was found, liveness included; the core is closed."""
        tallied, reached = self.core.tallied(), self.core.reached()
        statistics = self._statistics(tallied, reached)
        cut = self.stopped or self.halted
        stands_for = None if cut or not self.is_symmetric else self.core.stood_for()
        self.core.forget()
        decided = self._decided(tallied)
        self.ended = not self.stopped
        if self.halted:
            self.stopped = self.stopped or stopped_at(self.selected, decided)
        self.core.close()
        outcome = Outcome(decided, self.stopped, self.within)
        if not self.is_symmetric and not self.is_stubborn:
            outcome = self._with_liveness(outcome, reached, elapsed, progress)
            self.ended = self.ended and not outcome.undecided
        else:
            outcome = replace(outcome, undecided=UNREDUCED)
        verdicts = tuple(
            replace(
                one, reach=self.reach.get(one.property), followed=self.followed.get(one.property)
            )
            for one in findings(self.prepared.model, self.selected, outcome)
        )
        return Exploration(
            verdicts=found_longer(verdicts) if self.is_stubborn else verdicts,
            states=reached.states,
            transitions=reached.transitions,
            depth=reached.depth,
            complete=not self.stopped,
            coverage=tuple(zip(self.generated.steps, tallied.taken, strict=True)),
            statistics=statistics,
            engine=NAME,
            stopped=why_stopped(outcome),
            stands_for=None if self.stopped else stands_for,
        )

    def _with_liveness(
        self,
        outcome: Outcome,
        reached: Reached,
        elapsed: Callable[[], float],
        progress: Progress | None,
    ) -> Outcome:
        subject = Subject(self.generated, self.prepared, self.initial, self.selected)
        if not subject.properties or not self.is_judged:
            return outcome
        is_depth = self.within is not None
        levels = reached.level if is_depth or self.halted else None
        extent = Extent(self.budget.states, levels, is_depth, self.budget.memory)

        def watch(graph: int) -> None:
            limit = self.budget.seconds
            if limit is not None and elapsed() >= limit:
                raise OutOfTime(time_used_up(limit))
            if progress is not None:
                progress(told_of(reached, elapsed(), graph))

        return with_liveness(subject, outcome, extent, self.cache, watch)

    def _decided(self, tallied: Tallied) -> dict[str, Violated | Holds]:
        found = tallied.found
        if self.ahead:
            found = tuple(one or other for one, other in zip(found, self.ahead, strict=True))
        decided: dict[str, Violated | Holds] = {}
        for number, claim in enumerate(self.generated.claims):
            if found[number] and claim in self.selected:
                try:
                    decided[claim[0]] = self._told(number, found[number] - 1)
                except KeyboardInterrupt:
                    self.cut(INTERRUPTED)
                    break
                except MemoryError:
                    budget = self.budget
                    reason = NO_MEMORY if budget.memory is None else memory_used_up(budget)
                    self.cut(f"{reason} on the way to what was found of {claim[0]}")
                    break
                except NoDisk as problem:
                    self.cut(f"{problem.message}, on the way to what was found of {claim[0]}")
                    break
        return decided

    def _told(self, number: int, level: int) -> Violated | Holds:
        for tries in count():
            if self.core.seek(self.initial, number, level, seconds=SLICE):
                break
            if self.stopped == INTERRUPTED and tries == TRIES:
                raise KeyboardInterrupt
        reach = self.core.reach(number, is_symmetric=self.is_symmetric)
        if reach is not None and not self.is_stubborn:
            self.reach[self.generated.claims[number][0]] = reach
        way = self.core.path(number)
        states = self.generated.layout.unpack_all(way)
        if self.is_symmetric:
            return self._lifted(self.generated.claims[number], way, states)
        return told(self.prepared, self.generated.claims[number], states)

    def _lifted(self, claim: Claim, way: list[Words], states: list[State]) -> Violated | Holds:
        from modelcheck.engines.native.movers import Movers  # noqa: PLC0415  # slow
        from modelcheck.engines.symmetry.lifting import lifted  # noqa: PLC0415  # slow
        from modelcheck.engines.symmetry.orbits import Orbits  # noqa: PLC0415  # slow
        from modelcheck.engines.symmetry.proofs import heard  # noqa: PLC0415  # slow

        if self.orbits is None:
            self.orbits = Orbits(self.prepared, heard(self.prepared.model, self.alike))
        representatives, layout = self.core.representatives, self.generated.layout
        lead = Movers(representatives, layout, self.orbits, way, states)
        decided, self.followed[claim[0]] = lifted(self.orbits, claim, states, lead)
        return decided

    def _statistics(self, tallied: Tallied, reached: Reached) -> Statistics:
        degree = out_degree(tallied, reached.transitions)
        if self.stopped or self.halted:
            return Statistics(degree, (), (), self._widening())
        unexercised = silent(self.generated, self.prepared, self.selected, tallied)
        return Statistics(degree, self._idle(tallied, reached), unexercised)

    def _widening(self) -> tuple[Widening, ...]:
        """What makes the states many, where a limit ended the search and nobody waits."""
        if self.halted or self.stopped == INTERRUPTED:
            return ()
        layout = self.generated.layout
        try:
            counts = self.core.spread(layout.masks())
        except (MemoryError, NoDisk, KeyboardInterrupt):
            return ()
        names = part_names(layout.model)
        return ranked(Widening(name, *one) for name, one in zip(names, counts, strict=True))

    def _idle(self, tallied: Tallied, reached: Reached) -> tuple[IdleStep, ...]:
        steps = zip(self.generated.steps, tallied.taken, strict=True)
        idle = [name for name, taken in steps if not taken]
        if reached.states > SURVEYED:
            return tuple(IdleStep(name, None, 0, ()) for name in idle)
        states = self.core.states() if idle else ()
        return why_idle(self.generated.layout, self.prepared, idle, states)
