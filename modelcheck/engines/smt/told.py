"""What a search by a solver found, as every engine tells it."""

from __future__ import annotations

from modelcheck.engines.contract import Exploration, Reduced, Reduction
from modelcheck.engines.selection import Claim
from modelcheck.engines.statistics import Statistics
from modelcheck.engines.verdicts import Outcome, findings, why_stopped
from modelcheck.ir.model import Model


def exploration(
    model: Model,
    selected: tuple[Claim, ...],
    outcome: Outcome,
    *,
    engine: str,
    depth: int,
    queries: int,
    reductions: frozenset[Reduction],
    unreduced: str,
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
