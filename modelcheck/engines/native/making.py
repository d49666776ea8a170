"""A model as C, with its reductions, written anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modelcheck.engines.contract import Reduction
from modelcheck.engines.native.cells import Unpermutable
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.planned import Plan
from modelcheck.engines.native.symmetric import with_orbits
from modelcheck.engines.selection import Claim
from modelcheck.engines.stubborn import stubborn
from modelcheck.engines.symmetry.proofs import told_alike
from modelcheck.engines.symmetry.quotient import quotient
from modelcheck.semantics import Prepared


def made(
    prepared: Prepared,
    selected: Sequence[Claim],
    reductions: frozenset[Reduction],
    cache: Path,
) -> Plan:
    """The C of a model for what is to be decided; raises `TooWide`."""
    relation, told = None, []
    if Reduction.STUBBORN in reductions:
        relation, of_sets = stubborn(prepared, selected, reductions)
        told.append(of_sets)
    plan = Plan(generate(prepared.model, relation), tuple(told))
    if Reduction.SYMMETRY in reductions:
        return _symmetric(plan, prepared, selected, cache)
    return plan


def _symmetric(plan: Plan, prepared: Prepared, selected: Sequence[Claim], cache: Path) -> Plan:
    """The model with representatives, if it has any."""
    orbits, reduced = quotient(prepared, selected, cache)
    generated = plan.generated
    alike: tuple[str, ...] = ()
    if orbits is not None:
        try:
            generated = with_orbits(generated, orbits)
            alike = tuple(told_alike(orbits.symmetry))
        except Unpermutable as problem:
            effect = f"the native engine cannot: {problem}"
            reduced = replace(reduced, is_used=False, effect=effect)
    return Plan(generated, (reduced, *plan.reduced), alike)
