"""Why a run fails, all together: the race, what would have saved it, and where it was lost."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.explain.conflicts import touched
from modelcheck.explain.fates import Fates
from modelcheck.explain.flow import Flow, flows
from modelcheck.explain.hopes import Hopeless, hopeless
from modelcheck.explain.moments import last_state, moments
from modelcheck.explain.nearest import Missing, Nearest, nearest_run
from modelcheck.explain.race import RacingPair, racing_pair, reordered_pair
from modelcheck.explain.reorderings import Reordering, reorderings
from modelcheck.explain.turning import Turning, turning
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import LIVENESS, Prepared, prepare
from modelcheck.trace import Trace, Violation


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found out about a failing run."""

    race: RacingPair | None
    flows: tuple[Flow, ...]
    """What happened to the places at which the two steps race."""

    nearest: Nearest | Missing | None
    """None for a run without steps, and for a lasso that ends in no deadlock."""

    reorderings: tuple[Reordering, ...]
    """What separates the run from the nearest one in which nothing fails."""

    turning: Turning | None
    """None where `nearest` is."""

    hopeless: Hopeless | None = None
    """Of a lasso: where its goal was lost; None if it could be reached all the time."""


def explain(model: Model, trace: Trace, violation: Violation) -> Explanation:
    """Explain a run that violates; of a lasso that goes round only where its goal was lost.

    A run that was made by hand, the witness of something that may come true, needs no explanation.
    """
    if violation.kind is PropertyKind.SOMETIMES:
        return Explanation(None, (), None, (), None)
    race = racing_pair(model, trace, violation)
    prepared = prepare(model)
    fates = Fates(prepared)
    goes_on = trace.loop is not None and fates.violated(last_state(trace)) is None
    if goes_on or not trace.steps:
        return Explanation(race, (), None, (), None, _hopeless(prepared, trace, violation))
    nearest = nearest_run(prepared, trace, fates)
    told = moments(trace)
    failing = tuple(
        (moment.transition.instance, touch)
        for moment, touch in zip(told, touched(prepared, told), strict=True)
    )
    found = () if isinstance(nearest, Missing) else reorderings(model, failing, nearest)
    race = race or reordered_pair(model, trace, found)
    return Explanation(
        race=race,
        flows=() if race is None else flows(model, trace, race),
        nearest=nearest,
        reorderings=found,
        turning=turning(trace, fates),
    )


def _hopeless(prepared: Prepared, trace: Trace, violation: Violation) -> Hopeless | None:
    promised = [one for one in prepared.model.properties if one.name == violation.property]
    found = (hopeless(prepared, trace, one) for one in promised if one.kind in LIVENESS)
    return next(found, None)
