"""Proofs for every value of a constant that says how many there are.

The models for some values have to be instances of one, and the spec may use the constant in no way
that could make another value differ. For the smallest values, for which there may be no such
instance, each property is decided by a search of all states.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from modelcheck.check import Checked, Instance, check, load
from modelcheck.engines.contract import INTERRUPTED, Progress
from modelcheck.engines.selection import Claim, checked_steps
from modelcheck.engines.smt.induction.proof import provable
from modelcheck.engines.smt.parametric.coding import NotParametric
from modelcheck.engines.smt.parametric.proof import MOST_STATES, Doubt, prove_every
from modelcheck.engines.smt.parametric.template import Template, template
from modelcheck.engines.smt.parametric.words import Ruled
from modelcheck.engines.smt.solver import Limits, UsedUp
from modelcheck.errors import UserError
from modelcheck.frontend import check_uniform, largest_number, read_spec
from modelcheck.ir.model import PropertyKind
from modelcheck.passes.explicit_checks import with_explicit_checks
from modelcheck.trace import Budget, Violated

PROBES = 4
"""So many values one after the other are compared, from the first one on."""

FAR = 2
"""And so many beyond every number in the spec."""

LARGEST = 24
"""A spec with a larger number is not taken: its instances would be too large."""

LATEST = 3
"""From here on at the latest the models have to be instances of one."""

LEARNED_FROM = 2
"""So many of the first instances of the template are searched, and learned from."""

SEARCHED = 200_000
"""States of an instance that is none of the template's."""

WAY_OUT = "`modelcheck prove` without --for-every proves one instance"


@dataclass(frozen=True, slots=True)
class Family:
    """The models of a spec for all values of a constant."""

    name: str
    first: int
    """The smallest value that the spec can have."""

    least: int
    """From here on the models are instances of the template."""

    template: Template
    instances: Mapping[int, Instance]


@dataclass(frozen=True, slots=True)
class Every:
    """What was found out about all values."""

    family: Family
    claims: tuple[Claim, ...]
    searched: Mapping[int, int]
    """The values for which all states were searched, and how many these are."""

    proved: tuple[Claim, ...] = ()
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    invariant: tuple[Ruled, ...] = ()
    queries: int = 0
    violated: tuple[int, Checked] | None = None
    """A value for which there is a counterexample."""

    stopped: str = ""

    @property
    def is_proved(self) -> bool:
        """Whether nothing of what was asked is ever violated, for any value."""
        return not self.stopped and self.violated is None and self.proved == self.claims


def family(path: str, constants: Mapping[str, str], name: str) -> Family:
    """Find the one model of which those for all values are instances.

    Raises `UserError` where the constant may decide more than how many there are, or where the
    models are no instances of one.
    """
    if name in constants:
        message = f"{name} is set, and to be proved for every value"
        raise UserError(message, way_out=f"leave out --set {name} or --for-every {name}")
    loaded = read_spec(path, constants)
    check_uniform(loaded, name)
    largest = largest_number(loaded, name)
    if largest > LARGEST:
        message = f"the number {largest} stands in {path} or is one of its constants"
        raise UserError(f"{message}, and {LARGEST} is the most for --for-every", way_out=WAY_OUT)
    first, instances = _first(path, constants, name)
    why = ""
    for least in range(max(first, 2), LATEST + 1):
        far = (largest + least + PROBES + at for at in range(FAR))
        numbers = (*range(least, least + PROBES), *far)
        instances |= {n: _load(path, constants, name, n) for n in numbers if n not in instances}
        try:
            explicit = {n: with_explicit_checks(instances[n].model) for n in numbers}
            found = template(explicit)
        except NotParametric as problem:
            why = str(problem)
        else:
            return Family(name, first, least, found, instances)
    message = f"the models of {path} for several {name} are no instances of one: {why}"
    raise UserError(message, way_out=WAY_OUT)


def _first(path: str, constants: Mapping[str, str], name: str) -> tuple[int, dict[int, Instance]]:
    """The smallest value from 1 on that the spec can have."""
    for number in range(1, LATEST):
        try:
            return number, {number: _load(path, constants, name, number)}
        except UserError:
            continue
    return LATEST, {LATEST: _load(path, constants, name, LATEST)}


def _load(path: str, constants: Mapping[str, str], name: str, number: int) -> Instance:
    return load(path, {**constants, name: str(number)})


def prove_for_every(
    found: Family,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Every:
    """Prove for every value that nothing is violated; or find a value for which something is."""
    claims = _claims(found, properties)
    limits = Limits(budget, clock, clock())
    every = Every(found, claims, searched={})
    try:
        every = _searched(every, limits, progress)
        return _inductive(every, limits) if not (every.violated or every.stopped) else every
    except UsedUp as over:
        return replace(every, stopped=over.reason)
    except KeyboardInterrupt:
        return replace(every, stopped=INTERRUPTED)


def _claims(found: Family, properties: frozenset[str] | None) -> tuple[Claim, ...]:
    """What can be violated at all, of what was asked for."""
    checked = checked_steps(found.template.model)
    claims = tuple(
        one
        for one in provable(found.instances[found.least].model, properties)
        if one[1] is not PropertyKind.CHECK or one[0] in checked
    )
    if not claims:
        message = "no invariant proves what is to be reached, or to happen at last"
        raise UserError(message, way_out="`modelcheck check` decides it")
    return claims


def _searched(every: Every, limits: Limits, progress: Progress | None) -> Every:
    """Search the instances below the template, and the first ones of it."""
    found, names = every.family, frozenset(name for name, _ in every.claims)
    for number in range(found.first, found.least + LEARNED_FROM):
        states = SEARCHED if number < found.least else MOST_STATES
        seconds = None if limits.budget.seconds is None else limits.left
        budget = Budget(states=states, seconds=seconds, memory=limits.budget.memory)
        instance = found.instances[number]
        checked = check(instance, budget=budget, properties=names, progress=progress)
        exploration = checked.exploration
        if any(isinstance(one.verdict, Violated) for one in exploration.verdicts):
            return replace(every, violated=(number, checked))
        if exploration.stopped == INTERRUPTED:
            return replace(every, stopped=INTERRUPTED)
        if exploration.complete:
            every = replace(every, searched={**every.searched, number: exploration.states})
        elif number < found.least:
            reason = f"{found.name} == {number} is not decided: {exploration.stopped}"
            return replace(every, stopped=reason)
    return every


def _inductive(every: Every, limits: Limits) -> Every:
    found = every.family
    small = range(found.least, found.least + LEARNED_FROM)
    models = {number: found.instances[number].model for number in small}
    try:
        proof = prove_every(found.template, found.name, models, every.claims, found.least, limits)
    except NotParametric as problem:
        message = f"not for every {found.name}: {problem}"
        raise UserError(message, way_out=WAY_OUT) from None
    return replace(
        every,
        proved=proof.proved,
        doubts=proof.doubts,
        invariant=proof.invariant,
        queries=proof.queries,
    )
