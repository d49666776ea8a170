"""From what a search decided, and where it stopped, to a verdict on each property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.engines.contract import INTERRUPTED, PropertyVerdict
from modelcheck.engines.selection import Claim, checked_steps, claims
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import LIVENESS
from modelcheck.trace import (
    Holds,
    HoldsWithin,
    Sampled,
    Skimmed,
    Unknown,
    Verdict,
    Violated,
    Violation,
)

UNENDED = "{}; liveness is decided on all reachable states only"
VIOLATING = "of the behaviours that end in no violation"
NEVER = "no reachable state satisfies it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a search of the reachable states ended."""

    decided: Mapping[str, Violated | Holds]
    """Violations, and witnesses of `sometimes`, by the property's name."""

    stopped: str
    """Why the search is not complete; empty if it is."""

    within: int | None = None
    """Set where only the limit of depth cut the search: everything up to there was judged."""

    sampled: int | None = None
    """Set where random runs were made in place of a search: how many."""

    skimmed: Skimmed | None = None
    """Set where bits of hashes stood for the states, and nothing was left to expand."""

    caveat: str = ""
    """Which behaviours a liveness property that holds says nothing of."""

    undecided: str = ""
    """Why nothing is said of liveness; empty where it was decided."""


def stopped_at(selected: tuple[Claim, ...], decided: Mapping[str, Violated | Holds]) -> str:
    """Why a search that does not go on after a violation is not complete."""
    name = next(name for name, _ in selected if isinstance(decided.get(name), Violated))
    return f"the search stopped at the violation of {name}; --full goes on"


def why_stopped(outcome: Outcome) -> str:
    """Why an exploration ended early; one that is interrupted after its search still is."""
    if not outcome.stopped and outcome.undecided == INTERRUPTED:
        return INTERRUPTED
    return outcome.stopped


def findings(
    model: Model, selected: tuple[Claim, ...], outcome: Outcome
) -> tuple[PropertyVerdict, ...]:
    """A verdict for each selected claim, in their order.

    A step without an assertion is left out unless it was violated or asked for by name.
    """
    checked = checked_steps(model)
    everything = selected == claims(model)
    return tuple(
        PropertyVerdict(name, kind, _verdict(model, name, kind, outcome))
        for name, kind in selected
        if kind is not PropertyKind.CHECK
        or not everything
        or name in checked
        or name in outcome.decided
    )


def _verdict(model: Model, name: str, kind: PropertyKind, outcome: Outcome) -> Verdict:
    if name in outcome.decided:
        return outcome.decided[name]
    if outcome.sampled is not None:
        return _after_runs(kind, outcome.sampled)
    if outcome.skimmed is not None and kind not in {*LIVENESS, PropertyKind.SOMETIMES}:
        return outcome.skimmed
    if kind in LIVENESS:
        return _without_lasso(outcome)
    if kind is PropertyKind.SOMETIMES:
        return _unwitnessed(model, name, outcome)
    if not outcome.stopped:
        return Holds()
    if outcome.within is not None:
        return HoldsWithin(outcome.within)
    return Unknown(outcome.stopped)


def _after_runs(kind: PropertyKind, runs: int) -> Verdict:
    if kind in LIVENESS:
        return Unknown("random runs do not decide liveness")
    if kind is PropertyKind.SOMETIMES:
        return Unknown(f"none of {runs:,} random runs came to a state that satisfies it")
    return Sampled(runs)


def _without_lasso(outcome: Outcome) -> Verdict:
    """No lasso was found, which says something only where everything was seen."""
    if outcome.stopped:
        return Unknown(UNENDED.format(outcome.stopped))
    if outcome.undecided:
        return Unknown(outcome.undecided)
    return Holds(caveat=outcome.caveat)


def _unwitnessed(model: Model, name: str, outcome: Outcome) -> Verdict:
    if outcome.within is not None:
        return Unknown(f"no state within {outcome.within} steps satisfies it")
    if outcome.stopped:
        return Unknown(outcome.stopped)
    span = next(prop.span for prop in model.properties if prop.name == name)
    return Violated(Violation(name, PropertyKind.SOMETIMES, NEVER, "", span), None)
