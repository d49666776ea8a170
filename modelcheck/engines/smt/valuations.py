"""For which values of what is left open there is a violation: one query asks about all of them.

Each valuation that violates something is noted and ruled out, and the search goes on with the
others: what was refuted of all is not asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from modelcheck.engines.contract import Progress, PropertyVerdict
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.smt.bounded import Bounded, ended, new_search
from modelcheck.engines.smt.symbolic.beginnings import Valuation, valuations
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Violated


@dataclass(frozen=True, slots=True)
class Refuted:
    """A valuation, and a shortest counterexample that it has."""

    valuation: Valuation
    verdict: PropertyVerdict


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What became of all valuations."""

    refuted: tuple[Refuted, ...]
    """The shortest counterexamples first."""

    others: tuple[Valuation, ...]
    """In which nothing is violated as far as was looked."""

    depth: int
    """So many steps violate nothing in the others."""

    complete: bool
    """Whether the others violate nothing at all, liveness left aside."""

    stopped: str
    queries: int
    unasked: tuple[str, ...]
    """Witnesses and liveness properties."""


def survey(
    model: Model,
    unknowns: tuple[str, ...],
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Surveyed:
    """Look for a violation under each valuation of the `unknowns`, variables that nothing writes.

    Witnesses and liveness are not asked about. Raises `UserError` for an unknown property, or too
    many valuations.
    """
    every = valuations(model, unknowns)
    selected = select(model, properties)
    claims = tuple(one for one in selected if _is_asked(one))
    search = new_search(model, claims, budget, progress=progress, clock=clock, unknowns=unknowns)
    found: list[Refuted] = []
    while True:
        outcome = ended(search)
        if not search.is_stopped:
            break
        new = _refuted(model, unknowns, search)
        found.append(new)
        search.start_again()
        _rule_out(search, unknowns, new.valuation)
    gone = {one.valuation for one in found}
    return Surveyed(
        tuple(found),
        tuple(one for one in every if one not in gone),
        max(0, search.refuted),
        search.complete,
        outcome.stopped,
        search.oracle.queries,
        tuple(name for name, _ in selected if name not in dict(claims)),
    )


def _is_asked(claim: Claim) -> bool:
    return claim[1] is not PropertyKind.SOMETIMES and claim[1] not in LIVENESS


def _refuted(model: Model, unknowns: tuple[str, ...], search: Bounded) -> Refuted:
    """The first violation that was decided, and under which valuation."""
    kinds = dict(search.selected)
    name, verdict = next(
        (name, one) for name, one in search.decided.items() if isinstance(one, Violated)
    )
    if verdict.trace is None:
        raise ModelCheckBug(f"a violation of {name} without a trace")
    shared = verdict.trace.initial.shared
    values = dict(zip((v.name for v in model.variables), shared, strict=True))
    valuation = tuple(values[name] for name in unknowns)
    return Refuted(valuation, PropertyVerdict(name, kinds[name], verdict))


def _rule_out(search: Bounded, unknowns: tuple[str, ...], valuation: Valuation) -> None:
    """From here on the valuation is no more looked at."""
    relation, terms = search.unrolling.relation, search.unrolling.relation.terms
    held = {v.name: (v.type, symbolic) for v, symbolic in relation.layout.shared}
    same = [
        relation.algebra.equal(t, symbolic, relation.algebra.literal(t, value))
        for (t, symbolic), value in zip((held[n] for n in unknowns), valuation, strict=True)
    ]
    search.unrolling.demand(terms.negation(terms.every(same)))
