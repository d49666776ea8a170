"""The façade: load a spec, explore its model, confirm what was found on the semantics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from modelcheck.engines.contract import (
    Engine,
    Exploration,
    Progress,
    PropertyVerdict,
    Reduction,
)
from modelcheck.engines.follow import check_counterexample, check_followed
from modelcheck.engines.interpreter import explore
from modelcheck.engines.sampling import Sampling, sample
from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.explain.minimise import LARGEST, fewest_switches
from modelcheck.frontend import LoadedSpec, lower, read_spec
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Violated

SHORTENING = 50_000
"""States that are searched for a shorter counterexample than a search or a run has found."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A spec with its constants, loaded and lowered."""

    loaded: LoadedSpec
    model: Model


@dataclass(frozen=True, slots=True)
class Checked:
    """An instance and what its exploration found; every counterexample is confirmed."""

    instance: Instance
    exploration: Exploration


def load(path: str, constants: Mapping[str, str], text: str | None = None) -> Instance:
    """Load and lower the spec at `path`; `constants` maps names to Python text.

    `text` is read in place of what the file holds.

    Raises `UserError`, or `SpecError` where the spec is outside the language.
    """
    loaded = read_spec(path, constants, text)
    try:
        return Instance(loaded, lower(loaded))
    except RecursionError:
        raise UserError(
            f"{path} nests too deeply to be compiled",
            way_out="split long expressions and chains of elif; a record cannot hold itself",
        ) from None


def check(
    instance: Instance,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    engine: Engine = explore,
    reductions: frozenset[Reduction] = frozenset(),
) -> Checked:
    """Explore an instance; see `engines.contract.Engine` for the arguments.

    A counterexample is a shortest one, and among those one with the fewest context switches; a
    lasso has a shortest way into its loop, and is left as the engine found it. Where the engine, or
    a reduction, does not look for shortest ones, one is looked for in at most `SHORTENING` states,
    and a verdict says where none was found.

    Raises `UserError` for an unknown property, and `ModelCheckBug` if the semantics does not
    confirm a counterexample that the engine gave.
    """
    exploration = engine(
        instance.model,
        budget=budget,
        properties=properties,
        full=full,
        progress=progress,
        reductions=reductions,
    )
    return confirmed(instance, exploration)


def confirmed(instance: Instance, exploration: Exploration) -> Checked:
    """What an engine has found, each counterexample shrunk and followed on the semantics.

    Raises `ModelCheckBug` if the semantics does not confirm one.
    """
    verdicts = exploration.verdicts
    if not exploration.before:  # another run might not keep to that
        verdicts = tuple(
            (_shrunk if one.shortest else _shortened)(instance.model, one) for one in verdicts
        )
    for one in verdicts:
        _confirm(instance.model, one, exploration.engine)
    return Checked(instance, replace(exploration, verdicts=verdicts))


def simulate(
    instance: Instance,
    sampling: Sampling,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Make random runs of an instance; see `engines.sampling.sample` for the arguments.

    A counterexample is made a shortest one, as `check` gives it, where a search of at most
    `SHORTENING` states finds one; else it is the run that found it, and its verdict says so.
    """
    exploration = sample(
        instance.model,
        sampling,
        budget=budget,
        properties=properties,
        full=full,
        progress=progress,
    )
    verdicts = tuple(_shortened(instance.model, one) for one in exploration.verdicts)
    for one in verdicts:
        _confirm(instance.model, one, exploration.engine)
    return Checked(instance, replace(exploration, verdicts=verdicts))


def _shortened(model: Model, found: PropertyVerdict) -> PropertyVerdict:
    match found.verdict:
        case Violated(_, trace) if trace is not None:
            within = Budget(states=SHORTENING, depth=len(trace.steps))
            searched = explore(model, budget=within, properties=frozenset({found.property}))
            for one in searched.verdicts:
                if isinstance(one.verdict, Violated):
                    return _shrunk(model, one)
            return replace(found, shortest=False)
        case _:
            return found


def _shrunk(model: Model, found: PropertyVerdict) -> PropertyVerdict:
    match found.verdict:
        case Violated(violation, trace) if trace is not None and trace.loop is None:
            if found.reach is not None and found.reach > LARGEST:
                return found  # it would be left as it is, after a long while
            best, told = fewest_switches(model, trace, violation)
            return replace(found, verdict=Violated(told, best))
        case _:
            return found


def _confirm(model: Model, found: PropertyVerdict, engine: str) -> None:
    match found.verdict:
        case Violated(violation, trace) if trace is not None:
            followed = found.followed
            if followed is not None and followed.trace is trace:
                doubt = check_followed(prepare(model), followed, trace, violation)
            else:
                doubt = check_counterexample(model, trace, violation)
            if doubt is not None:
                raise ModelCheckBug(f"{engine} gave a false trace: {doubt}")
        case _:
            pass
