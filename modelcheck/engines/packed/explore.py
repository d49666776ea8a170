"""The packed engine: the interpreter's search over integers, in place of compiled code.

It finds what the interpreter finds, in the same order: counts, verdicts, traces and statistics are
the same. What instances do and what properties say comes from the semantics, and is looked up by
the bits that decide it. Nothing is left out: a reduction that only the other engines have is told
not to be used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from modelcheck.engines.contract import (
    INTERRUPTED,
    Exploration,
    Progress,
    Reduced,
    Reduction,
)
from modelcheck.engines.graph import NOWHERE
from modelcheck.engines.liveness import refutation
from modelcheck.engines.memory import resident
from modelcheck.engines.native.idle import why_idle
from modelcheck.engines.packed.codec import Codec
from modelcheck.engines.packed.liveness import explored
from modelcheck.engines.packed.search import Limits, Search
from modelcheck.engines.packed.watches import Question
from modelcheck.engines.search import Stop
from modelcheck.engines.selection import select
from modelcheck.engines.statistics import IdleStep, Statistics, Unexercised, Widening, out_degree
from modelcheck.engines.survey import presupposed, without
from modelcheck.engines.verdicts import VIOLATING, Outcome, findings, why_stopped
from modelcheck.engines.widening import LOOKED, part_names, ranked
from modelcheck.ir.model import Model, Property
from modelcheck.semantics import LIVENESS, prepare
from modelcheck.trace import Budget

NAME = "packed"
UNUSED = "the packed engine leaves nothing out"


def explore(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    weigh: Callable[[], int] = resident,
    reductions: frozenset[Reduction] = frozenset(),
) -> Exploration:
    """Search the reachable states; see `engines.contract.Engine`, and `interpreter.explore`."""
    limits = Limits(budget, progress, clock, weigh)
    search = Search(Codec(prepare(model)), select(model, properties), limits, full=full)
    told = _Told(search)
    try:
        outcome = told.ended()
    except KeyboardInterrupt:
        outcome = Outcome(search.decided, INTERRUPTED)
    else:
        outcome = told.judged(outcome)
    return replace(told.exploration(outcome), reductions=_unused(reductions))


def _unused(reductions: frozenset[Reduction]) -> tuple[Reduced, ...]:
    asked = [one for one in Reduction if one in reductions]
    return tuple(Reduced(one, is_used=False, effect=UNUSED) for one in asked)


class _Told:
    """What is told of a search."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.codec = search.codec
        self.prepared = search.codec.prepared
        self.idle: tuple[IdleStep, ...] = ()
        self.unexercised: tuple[Unexercised, ...] = ()
        self.widening: tuple[Widening, ...] = ()

    def ended(self) -> Outcome:
        """How the search ended, and what never happened in it or made it large."""
        search = self.search
        try:
            search.run()
        except Stop as stop:
            if not search.halted:
                self.widening = self._widening()
            return Outcome(search.decided, stop.reason, stop.within)
        self.idle, self.unexercised = self._idle(), self._unexercised()
        return Outcome(search.decided, "")

    def judged(self, outcome: Outcome) -> Outcome:
        """Liveness as well; what cuts that short leaves the rest as it was found."""
        chosen = [
            prop
            for prop in self.prepared.model.properties
            if prop.kind in LIVENESS and (prop.name, prop.kind) in self.search.selected
        ]
        if not chosen:
            return outcome
        try:
            seen = explored(self.search)
            if not outcome.stopped and NOWHERE in seen.graph.targets:
                outcome = replace(outcome, caveat=VIOLATING)
            for prop in chosen:
                lasso = refutation(seen, prop)
                if lasso is not None:
                    self.search.decided[prop.name] = lasso
        except Stop as stop:
            return replace(outcome, undecided=stop.reason)
        except KeyboardInterrupt:
            return replace(outcome, undecided=INTERRUPTED)
        return outcome

    def exploration(self, outcome: Outcome) -> Exploration:
        """All that was found."""
        search, model = self.search, self.prepared.model
        taken = search.steps.taken()
        return Exploration(
            verdicts=findings(model, search.selected, outcome),
            states=len(search.states),
            transitions=search.transitions,
            depth=search.depth,
            complete=not outcome.stopped,
            coverage=tuple((name, taken.get(name, 0)) for name, _ in model.steps()),
            statistics=Statistics(
                out_degree(search.degrees), self.idle, self.unexercised, self.widening
            ),
            engine=NAME,
            stopped=why_stopped(outcome),
        )

    def _idle(self) -> tuple[IdleStep, ...]:
        taken = self.search.steps.taken()
        idle = [name for name, _ in self.prepared.model.steps() if not taken.get(name)]
        states = ((state,) for state in self.search.states) if idle else ()
        return why_idle(self.codec.layout, self.prepared, idle, states)

    def _unexercised(self) -> tuple[Unexercised, ...]:
        def is_seen(prop: Property) -> bool:
            questions = (
                Question(self.codec, one, wanted=True) for one in presupposed(self.prepared, prop)
            )
            return any(one.first(self.search.states) is not None for one in questions)

        return without(self.prepared, self.search.selected, is_seen)

    def _widening(self) -> tuple[Widening, ...]:
        """What makes the states many, as the first of them say."""
        shown = self.search.states[:LOOKED]
        layout = self.codec.layout
        every = (1 << layout.bits) - 1
        return ranked(
            Widening(
                name,
                values=len(set(map(mask.__and__, shown))),
                states=len(shown),
                without=len(set(map((every & ~mask).__and__, shown))),
            )
            for name, (mask,) in zip(part_names(layout.model), layout.masks(), strict=True)
        )
