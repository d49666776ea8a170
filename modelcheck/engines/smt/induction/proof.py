"""What those say who prove that nothing is violated, however long a run is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from modelcheck.engines.contract import Exploration, PropertyVerdict
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.smt.induction.words import Ruled
from modelcheck.engines.smt.told import explored
from modelcheck.engines.verdicts import Outcome
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Unknown

UNCLAIMED = "a proof that nothing goes wrong says nothing of it; `modelcheck check` decides it"


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of an invariant."""

    ruled: Ruled
    told: str
    """The same in the words of the spec."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one of them found; no more than numbers and texts, so that it can be sent."""

    exploration: Exploration
    how: str = ""
    """By what it is proved, in a phrase; empty where it is not."""

    invariant: tuple[Clause, ...] | None = None
    """Where there is one in the words of the spec: all of its clauses."""


def is_provable(claim: Claim) -> bool:
    """Whether it is claimed that something never happens."""
    return claim[1] is not PropertyKind.SOMETIMES and claim[1] not in LIVENESS


def provable(model: Model, properties: frozenset[str] | None) -> tuple[Claim, ...]:
    """The claims that can be proved; raises `UserError` for a name that there is not."""
    return tuple(one for one in select(model, properties) if is_provable(one))


def exploration(
    model: Model,
    properties: frozenset[str] | None,
    outcome: Outcome,
    *,
    engine: str,
    depth: int,
    queries: int,
) -> Exploration:
    """What is said of each property where no states were counted."""
    selected = select(model, properties)
    told = explored(model, selected, outcome, engine=engine, depth=depth, queries=queries)
    verdicts = (
        one
        if is_provable((one.property, one.kind))
        else PropertyVerdict(one.property, one.kind, Unknown(UNCLAIMED))
        for one in told.verdicts
    )
    return replace(told, verdicts=tuple(verdicts))
