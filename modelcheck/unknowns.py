"""Constants left open: for which of their values something is violated, asked in one search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelcheck.check import Checked, Instance, confirmed, load
from modelcheck.engines.contract import Exploration, Progress, PropertyVerdict
from modelcheck.engines.follow import check_counterexample, follow
from modelcheck.engines.statistics import Statistics
from modelcheck.errors import ModelCheckBug, SpecError
from modelcheck.frontend import LoadedSpec, lower, opened
from modelcheck.ir.model import Model
from modelcheck.ir.types import EnumType, Type, Value
from modelcheck.semantics import initial
from modelcheck.trace import Budget, Trace, Transition, Violated, Violation


@dataclass(frozen=True, slots=True)
class Variant:
    """Values of the constants left open, as Python text, with which something is violated."""

    constants: Mapping[str, str]
    checked: Checked
    """The variant by itself, with its one counterexample, confirmed on its own model."""


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What became of all valuations."""

    instance: Instance
    """The spec, with the constants as they are in it."""

    violated: tuple[Variant, ...]
    others: tuple[Mapping[str, str], ...]
    """In which nothing is violated within `depth` steps."""

    depth: int
    complete: bool
    """Whether nothing is violated in the others at all, liveness left aside."""

    stopped: str
    queries: int
    unasked: tuple[str, ...]
    """Properties that take more than a run of bounded length: witnesses and liveness."""


def ask(
    path: str,
    constants: Mapping[str, str],
    names: tuple[str, ...],
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
) -> Unknowns:
    """Search a spec with the constants of these `names` left open.

    Raises `UserError` where one of them cannot be, and as `load` does.
    """
    from modelcheck.engines.smt.valuations import survey  # noqa: PLC0415  # slow

    instance = load(path, constants)
    model = _lowered(opened(instance.loaded, names))
    found = survey(model, names, budget=budget, properties=properties, progress=progress)
    types = {variable.name: variable.type for variable in model.variables}

    def named(valuation: tuple[Value, ...]) -> dict[str, str]:
        return {n: _text(types[n], v) for n, v in zip(names, valuation, strict=True)}

    return Unknowns(
        instance,
        tuple(
            _variant(path, constants, named(one.valuation), one.verdict) for one in found.refuted
        ),
        tuple(named(one) for one in found.others),
        found.depth,
        found.complete,
        found.stopped,
        found.queries,
        found.unasked,
    )


def _lowered(loaded: LoadedSpec) -> Model:
    """The model with constants left open; its refusal is of that, as the spec itself is legal."""
    try:
        return lower(loaded)
    except SpecError as refusal:
        message = f"with {', '.join(loaded.unknowns)} left open: {refusal.message}"
        way_out = "give it values, one check each, with --set"
        raise SpecError(
            refusal.slug, message, refusal.span, way_out=way_out, text=refusal.text
        ) from None


def _text(t: Type, value: Value) -> str:
    """A value as `--set` takes it."""
    return f"{t.name}.{value}" if isinstance(t, EnumType) else repr(value)


def _variant(
    path: str, constants: Mapping[str, str], given: dict[str, str], found: PropertyVerdict
) -> Variant:
    """A variant with its counterexample, which is followed on the variant's own model."""
    instance = load(path, {**constants, **given})
    verdict = found.verdict
    if not isinstance(verdict, Violated) or verdict.trace is None:
        raise ModelCheckBug(f"{found.property} has no counterexample")
    own = _followed(instance.model, verdict.trace.schedule, verdict.violation)
    told = replace(found, verdict=Violated(verdict.violation, own))
    return Variant(given, confirmed(instance, _alone(told, len(own.steps))))


def _alone(told: PropertyVerdict, depth: int) -> Exploration:
    """What is known of a variant that was searched with all others."""
    return Exploration(
        verdicts=(told,),
        states=0,
        transitions=0,
        depth=depth,
        complete=False,
        coverage=(),
        statistics=Statistics(None, (), ()),
        engine="bmc",
        stopped=f"the search stopped at the violation of {told.property}; --full goes on",
        queries=0,
    )


def _followed(model: Model, schedule: tuple[Transition, ...], violation: Violation) -> Trace:
    """The schedule as a run of the model that ends in the violation."""
    for start in initial(model):
        trace = follow(model, start, schedule).trace
        if len(trace.steps) == len(schedule) and not check_counterexample(model, trace, violation):
            return trace
    raise ModelCheckBug(f"the variant does not confirm the violation of {violation.property}")
