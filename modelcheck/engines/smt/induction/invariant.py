"""Safety by an invariant: looked for as `ic3` does, and accepted by a fresh solver."""

from __future__ import annotations

import time
from collections.abc import Callable

from modelcheck.engines.contract import INTERRUPTED, Progress, ProgressReport
from modelcheck.engines.smt.induction.accept import refused
from modelcheck.engines.smt.induction.cubes import Cube
from modelcheck.engines.smt.induction.frames import Frames, frames
from modelcheck.engines.smt.induction.ic3 import Refuted, Search
from modelcheck.engines.smt.induction.images import Images
from modelcheck.engines.smt.induction.proof import Clause, Proof, exploration, provable
from modelcheck.engines.smt.induction.witnesses import witnesses
from modelcheck.engines.smt.induction.words import Words
from modelcheck.engines.smt.solver import Limits, UsedUp
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.tracing import told
from modelcheck.engines.verdicts import Outcome, stopped_at
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget

NAME = "ic3"


def prove(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Proof:
    """Look for an invariant under which none of the properties is violated, or for a violation."""
    limits = Limits(budget, clock, clock())
    prepared, claims = prepare(model), provable(model, properties)
    known = frames(relation(prepared, claims), limits)
    goals = tuple(one for one in known.relation.goals if not one.is_hopeless)
    decided, stopped = {}, ""
    clauses: tuple[Clause, ...] | None = None

    def report(steps: int) -> None:
        if progress is not None:
            progress(ProgressReport(0, 0, steps, 0, clock() - limits.began))

    try:
        search = Search(
            known,
            witnesses(known.relation, known.parts),
            Images(known.relation, known.parts),
            report,
        )
        found = search.run(goals)
        if isinstance(found, Refuted):
            decided[found.goal.claim[0]] = told(prepared, found.goal.claim, found.states)
            stopped = stopped_at(claims, decided)
        else:
            clauses = _accepted(known, found, limits)
    except UsedUp as over:
        stopped = over.reason
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    within = known.top - 1 if stopped and known.top > 0 else None
    outcome = Outcome(decided, stopped, within)
    told_of = exploration(
        model, properties, outcome, engine=NAME, depth=within or 0, queries=known.oracle.queries
    )
    if clauses is None:
        return Proof(told_of)
    return Proof(told_of, f"an invariant of {len(clauses)} clauses", clauses)


def _accepted(known: Frames, cubes: tuple[Cube, ...], limits: Limits) -> tuple[Clause, ...]:
    failed = refused(known.relation, cubes, limits)
    if failed is not None:
        where = f"{failed.part.value} {failed.about}"
        raise ModelCheckBug(f"an invariant was found that a fresh solver refuses: {where}")
    words = Words(known.relation, known.parts)
    simplest = sorted(cubes, key=len)
    return tuple(Clause(words.ruled(cube), words.told(cube)) for cube in simplest)
