"""Whether a search can leave out symmetric states, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from modelcheck.engines.contract import Reduced, Reduction
from modelcheck.engines.selection import Claim
from modelcheck.engines.survey import presupposed
from modelcheck.engines.symmetry.detection import Symmetry, detect
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.proofs import detected
from modelcheck.ir.expressions import Binary, Expr, Operator
from modelcheck.semantics import LIVENESS, Prepared

MOST_TRIALS = 720
"""Of permutations, to find a representative."""

MOST_PLACES = 3
"""So many places of a domain are named; the others are counted."""


def quotient(
    prepared: Prepared, selected: Sequence[Claim], cache: Path | None = None
) -> tuple[Orbits | None, Reduced]:
    """The orbits of the model's states, if it has any that are of use for what is to be decided.

    What is proved for that is kept in `cache`.
    """
    if all(kind in LIVENESS for _, kind in selected):
        return None, _unused("it does not preserve liveness")
    model, conditions = prepared.model, _conditions(prepared, selected)
    symmetry = detect(model, conditions) if cache is None else detected(model, conditions, cache)
    orbits = Orbits(prepared, symmetry)
    while orbits.trials > MOST_TRIALS:
        symmetry = _without_largest(symmetry)
        orbits = Orbits(prepared, symmetry)
    if not symmetry.domains:
        return None, _unused(_why_not(symmetry))
    return orbits, Reduced(Reduction.SYMMETRY, is_used=True, effect=_effect(orbits))


def _without_largest(symmetry: Symmetry) -> Symmetry:
    largest = max(symmetry.domains, key=lambda one: one.domain.size)
    kept = tuple(one for one in symmetry.domains if one != largest)
    why = largest.domain, "there are too many orders of its values to try them"
    return replace(symmetry, domains=kept, refused=(*symmetry.refused, why))


def _conditions(prepared: Prepared, selected: Sequence[Claim]) -> dict[str, Expr]:
    """What must be symmetric for the verdicts, and for saying what was never exercised."""
    found: dict[str, Expr] = {}
    for prop in prepared.model.properties:
        if (prop.name, prop.kind) not in selected or prop.kind in LIVENESS:
            continue
        found[prop.name] = prop.condition
        parts = presupposed(prepared, prop)
        if parts:
            found[f"what {prop.name} presupposes"] = reduce(
                lambda one, other: Binary(Operator.OR, one, other, prop.span), parts
            )
    return found


def _unused(effect: str) -> Reduced:
    return Reduced(Reduction.SYMMETRY, is_used=False, effect=effect)


def _effect(orbits: Orbits) -> str:
    told = [_domain(one.domain.size, one.domain.places) for one in orbits.domains]
    return f"one state for all that differ by a permutation of {', and of '.join(told)}"


def _why_not(symmetry: Symmetry) -> str:
    if not symmetry.refused:
        return "no process array and no array has an index whose values could be interchangeable"
    told = [f"of {_places(domain.places)}: {why}" for domain, why in symmetry.refused]
    return f"no index is interchangeable; {'; '.join(told)}"


def _domain(size: int, places: tuple[str, ...]) -> str:
    return f"the {size} values that index {_places(places)}"


def _places(places: tuple[str, ...]) -> str:
    shown = list(places[:MOST_PLACES])
    if len(places) > MOST_PLACES:
        shown.append(f"{len(places) - MOST_PLACES} more")
    *others, last = shown
    return f"{', '.join(others)} and {last}" if others else last
