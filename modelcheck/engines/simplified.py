"""A search of a simpler model in place of the model: any engine, given it, searches less."""

from __future__ import annotations

from dataclasses import dataclass, replace

from modelcheck.engines.contract import (
    Engine,
    Exploration,
    Progress,
    PropertyVerdict,
    Reduced,
    Reduction,
)
from modelcheck.engines.dependence import allows_stutter
from modelcheck.engines.lifting import lifted
from modelcheck.engines.selection import checked_steps, select
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.passes.slicing import Sliced, sliced
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Violated


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
        """Search `model`; see `Engine`."""
        slim, reduced = model, None
        if Reduction.SLICING in reductions:
            select(model, properties)  # a name that there is not is refused here
            slim, reduced = _slim(model, properties)
        found = self.engine(
            slim,
            budget=budget,
            properties=properties,
            full=full,
            progress=progress,
            reductions=reductions - {Reduction.SLICING},
        )
        if reduced is None:
            return found
        told, prepared, known = (*found.reductions, reduced), prepare(model), prepare(slim)
        checked = checked_steps(model)
        verdicts = (
            lifted(prepared, known, one)
            for one in found.verdicts
            if properties is not None or _is_listed(one, checked)
        )
        return replace(
            found,
            verdicts=tuple(verdicts),
            reductions=tuple(sorted(told, key=lambda one: list(Reduction).index(one.reduction))),
        )


def _is_listed(found: PropertyVerdict, checked: frozenset[str]) -> bool:
    """Whether a verdict is told: in the simpler model more steps have an assertion."""
    is_check = found.kind is PropertyKind.CHECK
    return not is_check or found.property in checked or isinstance(found.verdict, Violated)


def _slim(model: Model, properties: frozenset[str] | None) -> tuple[Model, Reduced]:
    for prop in model.properties:
        if prop.kind is not PropertyKind.EVERY_STEP or allows_stutter(prop.condition):
            continue
        if properties is None or prop.name in properties:
            why = f"{prop.name} speaks of every step, whatever it changes"
            return model, Reduced(Reduction.SLICING, is_used=False, effect=why)
    found: Sliced = sliced(model, properties)
    if not found.left_out:
        return model, Reduced(Reduction.SLICING, is_used=False, effect="everything is read")
    effect = f"nothing depends on {', '.join(found.left_out)}"
    return found.model, Reduced(Reduction.SLICING, is_used=True, effect=effect)
