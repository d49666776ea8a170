"""The initial states that a text in another language begins in, each written out."""

from __future__ import annotations

from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.semantics import initial
from modelcheck.trace import State

MOST = 10_000


def beginnings(model: Model, language: str) -> tuple[State, ...]:
    """The initial states, in order; raises `UserError` for more than are written out."""
    found = initial(model)
    if len(found) > MOST:
        raise UserError(
            f"{len(found):,} initial states are too many for {language}",
            way_out="choose in a first step instead of before the first yield",
        )
    return found
