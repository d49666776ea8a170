"""A search of a simpler model in place of the model: any engine, given it, searches less."""

from __future__ import annotations

from dataclasses import dataclass, replace

from modelcheck.engines.contract import (
    UNREDUCED,
    Engine,
    Exploration,
    Progress,
    PropertyVerdict,
    Reduced,
    Reduction,
)
from modelcheck.engines.selection import checked_steps, select
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.passes.merging import Label, merged
from modelcheck.semantics import LIVENESS, prepare
from modelcheck.trace import Budget, Unknown, Violated

PASSES = frozenset({Reduction.SLICING, Reduction.MERGING})


@dataclass(frozen=True, slots=True)
class Simplified:
    """An engine that is given a simpler model where that is asked for."""

    engine: Engine

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `UserError` for a property that there is not."""
        select(model, properties)
        slim, silent, reduced = _simpler(model, properties, reductions)
        found = self.engine(
            slim,
            budget=budget,
            properties=properties,
            full=full,
            progress=progress,
            reductions=reductions - PASSES,
        )
        if not reduced:
            return found
        told, checked = (*found.reductions, *reduced), checked_steps(model)
        from modelcheck.engines.lifting import Lifting  # noqa: PLC0415  # slow

        lifting = Lifting(prepare(model), prepare(slim), frozenset(silent))
        verdicts = (
            lifting.lifted(_undecided(one) if silent else one)
            for one in found.verdicts
            if properties is not None or _is_listed(one, checked)
        )
        told_of = replace(
            found,
            verdicts=tuple(verdicts),
            reductions=tuple(sorted(told, key=lambda one: list(Reduction).index(one.reduction))),
            stands_for=None,  # of the simpler model, it would say nothing of this one
        )
        return _without(told_of, frozenset(map(".".join, silent)))


def _simpler(
    model: Model, properties: frozenset[str] | None, reductions: frozenset[Reduction]
) -> tuple[Model, tuple[Label, ...], tuple[Reduced, ...]]:
    """A simpler model, where it never stands, and what became of the reductions asked for."""
    silent: tuple[Label, ...] = ()
    told: list[Reduced] = []
    if Reduction.SLICING in reductions:
        model, reduced = _sliced(model, properties)
        told.append(reduced)
    if Reduction.MERGING in reductions:
        found = merged(model, properties)
        model, silent = found.model, found.labels
        names = ", ".join(map(".".join, silent))
        none = "every step touches more than locals, or is seen by a property"
        effect = f"taken with the step before: {names}" if names else none
        told.append(Reduced(Reduction.MERGING, is_used=bool(silent), effect=effect))
    return model, silent, tuple(told)


def _sliced(model: Model, properties: frozenset[str] | None) -> tuple[Model, Reduced]:
    from modelcheck.engines.dependence import allows_stutter  # noqa: PLC0415  # slow
    from modelcheck.passes.slicing import sliced  # noqa: PLC0415  # slow

    for prop in model.properties:
        if prop.kind is not PropertyKind.EVERY_STEP or allows_stutter(prop.condition):
            continue
        if properties is None or prop.name in properties:
            why = f"{prop.name} speaks of every step, whatever it changes"
            return model, Reduced(Reduction.SLICING, is_used=False, effect=why)
    found = sliced(model, properties)
    if not found.left_out:
        return model, Reduced(Reduction.SLICING, is_used=False, effect="everything is read")
    effect = f"nothing depends on {', '.join(found.left_out)}"
    return found.model, Reduced(Reduction.SLICING, is_used=True, effect=effect)


def _is_listed(found: PropertyVerdict, checked: frozenset[str]) -> bool:
    """Whether a verdict is told: in the simpler model more steps have an assertion."""
    is_check = found.kind is PropertyKind.CHECK
    return not is_check or found.property in checked or isinstance(found.verdict, Violated)


def _undecided(found: PropertyVerdict) -> PropertyVerdict:
    """Liveness is not decided where steps were merged."""
    return replace(found, verdict=Unknown(UNREDUCED)) if found.kind in LIVENESS else found


def _without(found: Exploration, silent: frozenset[str]) -> Exploration:
    """Nothing is counted of steps that were merged."""
    idle = tuple(one for one in found.statistics.idle if one.step not in silent)
    return replace(
        found,
        coverage=tuple((name, count) for name, count in found.coverage if name not in silent),
        statistics=replace(found.statistics, idle=idle),
    )
