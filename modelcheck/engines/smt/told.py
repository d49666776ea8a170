"""What a search by a solver found, as every engine tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from modelcheck.engines.contract import INTERRUPTED, Exploration, Reduced, Reduction
from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.solver import UsedUp
from modelcheck.engines.smt.symbolic.relation import Goal
from modelcheck.engines.statistics import Statistics
from modelcheck.engines.verdicts import Outcome, findings, stopped_at, why_stopped
from modelcheck.ir.model import Model
from modelcheck.trace import Holds, Violated


class Searching(Protocol):
    """A search for runs, when it is over."""

    selected: tuple[Claim, ...]
    open: tuple[Goal, ...]
    decided: dict[str, Violated | Holds]
    refuted: int
    complete: bool

    @property
    def is_stopped(self) -> bool:
        """Whether the first violation has ended it."""


def outcome(search: Searching, run: Callable[[], None], undecided: str) -> Outcome:
    """Run a search, and say how that ended; `undecided` is why nothing is said of liveness."""
    stopped = ""
    try:
        run()
    except UsedUp as over:
        stopped = over.reason
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    if search.is_stopped:
        stopped = stopped_at(search.selected, search.decided)
    elif not stopped and not search.open:
        stopped = "longer runs were not looked at, as nothing is open"
    elif not stopped and not search.complete:
        stopped = f"runs of more than {search.refuted} steps were not looked at"
    within = search.refuted if stopped and search.refuted >= 0 else None
    return Outcome(search.decided, stopped, within, undecided=undecided)


def explored(
    model: Model,
    selected: tuple[Claim, ...],
    outcome: Outcome,
    *,
    engine: str,
    depth: int,
    queries: int,
    reductions: frozenset[Reduction] = frozenset(),
    unreduced: str = "",
) -> Exploration:
    """No states were stored; `unreduced` says why no reduction has a hold on it."""
    return Exploration(
        verdicts=findings(model, selected, outcome),
        states=0,
        transitions=0,
        depth=depth,
        complete=not outcome.stopped,
        coverage=(),
        statistics=Statistics(None, (), ()),
        engine=engine,
        stopped=why_stopped(outcome),
        reductions=tuple(
            Reduced(one, is_used=False, effect=unreduced)
            for one in sorted(reductions, key=lambda one: one.value)
        ),
        queries=queries,
    )
