"""What a native search has seen beside its verdicts."""

from __future__ import annotations

from modelcheck.engines.native.core import Tallied
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.selection import Claim
from modelcheck.engines.statistics import OutDegree, Unexercised
from modelcheck.engines.survey import without
from modelcheck.semantics import Prepared


def out_degree(tallied: Tallied, transitions: int) -> OutDegree | None:
    """How the states branch that were expanded; None if there are none."""
    if not tallied.expanded:
        return None
    return OutDegree(tallied.least, transitions / tallied.expanded, tallied.most)


def silent(
    generated: Generated, prepared: Prepared, selected: tuple[Claim, ...], tallied: Tallied
) -> tuple[Unexercised, ...]:
    """The properties that had nothing to say in a complete search."""
    first = len(generated.claims)
    seen = {
        name for name, found in zip(generated.signs, tallied.found[first:], strict=True) if found
    }
    return without(prepared, selected, lambda prop: prop.name in seen)
