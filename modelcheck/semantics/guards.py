"""Which parts of a step's guard keep it from being enabled."""

from __future__ import annotations

from modelcheck.ir.connectives import operands
from modelcheck.ir.expressions import Expr, Operator
from modelcheck.semantics.evaluate import holds
from modelcheck.semantics.execute import Blocked
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.semantics.prepared import Prepared
from modelcheck.semantics.step import Shared, endings
from modelcheck.trace import Location


def obstacles(
    prepared: Prepared, at: int, location: Location, shared: Shared
) -> tuple[tuple[Expr, ...], ...]:
    """For each way to choose, the parts of the `wait_until` reached that are false.

    Parts are what `and` connects. There is no obstacle on a way on which the step is enabled,
    and no way where there is nothing to choose from.
    """
    return tuple(
        _false_parts(ending.wait.condition, frame) if isinstance(ending, Blocked) else ()
        for _, ending, frame in endings(prepared, at, location, shared)
    )


def _false_parts(condition: Expr, frame: Frame) -> tuple[Expr, ...]:
    return tuple(part for part in operands(Operator.AND, condition) if _is_false(part, frame))


def _is_false(part: Expr, frame: Frame) -> bool:
    """A part that an earlier one guards may have no value here: then the earlier one is false."""
    try:
        return not holds(part, frame)
    except (Refuted, IndexError):  # the latter for an item of a queue that holds fewer
        return False
