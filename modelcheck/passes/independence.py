"""Whether two steps commute, and what a step may do to a condition.

Both answers err on the safe side: `may` is true wherever the texts do not rule it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from modelcheck.ir.connectives import operands
from modelcheck.ir.expressions import (
    At,
    Binary,
    Conditional,
    Expr,
    Index,
    IsNone,
    Literal,
    Operator,
    Unary,
    UnaryOperator,
    type_of,
)
from modelcheck.ir.types import ArrayType, BoolType, contains
from modelcheck.ir.walk import mapped, may_violate, subexpressions
from modelcheck.passes.footprint import Footprint, Path, Write, is_overlapping, path_of, reads


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step may do to a condition."""

    makes_true: bool
    makes_false: bool

    def __or__(self, other: Effect) -> Effect:
        """One effect or the other."""
        return Effect(self.makes_true or other.makes_true, self.makes_false or other.makes_false)

    def reversed(self) -> Effect:
        """The effect on the opposite condition."""
        return Effect(self.makes_false, self.makes_true)


NONE = Effect(makes_true=False, makes_false=False)
ANY = Effect(makes_true=True, makes_false=True)

Moves = Callable[[At], Effect]
"""What a step may do to a question where an instance stands."""


def is_independent(one: Footprint, other: Footprint) -> bool:
    """Whether two steps never disturb each other: in either order they do the same.

    Neither writes what the other reads, and what both write they give the same value.
    """
    return not (
        _disturbs(one.writes, other.reads)
        or _disturbs(other.writes, one.reads)
        or any(is_clashing(a, b) for a in one.writes for b in other.writes)
    )


def is_clashing(one: Write, other: Write) -> bool:
    """Whether it may matter which of two writes comes last."""
    if not is_overlapping(one.path, other.path):
        return False
    is_same = one.constant is not None and one.constant == other.constant
    return not (is_same and len(one.path) == len(other.path))


def _disturbs(writes: frozenset[Write], read: frozenset[Path]) -> bool:
    return any(is_overlapping(write.path, path) for write in writes for path in read)


def effect(condition: Expr, writes: frozenset[Write], moves: Moves) -> Effect:
    """What a step with these writes may do to a condition; one without a value counts as false."""
    if _is_partial(condition):
        return _blunt(condition, writes, moves)
    return _effect(condition, writes, moves)


def _is_partial(condition: Expr) -> bool:
    """Whether some state may leave the condition without a value."""
    return may_violate(_without_items(condition))


def _without_items(expr: Expr) -> Expr:
    """The same with each item that is there in every state replaced by its array."""
    return _without_items(expr.base) if _is_item(expr) else mapped(expr, _without_items)


def _is_item(expr: Expr) -> TypeGuard[Index]:
    """Whether an expression is an item of an array that is there in every state."""
    if not (isinstance(expr, Index) and isinstance(expr.index, Literal)):
        return False
    array = type_of(expr.base)
    return isinstance(array, ArrayType) and contains(array.index, expr.index.value)


def _effect(condition: Expr, writes: frozenset[Write], moves: Moves) -> Effect:
    match condition:
        case Literal():
            return NONE
        case Unary(UnaryOperator.NOT, operand):
            return _effect(operand, writes, moves).reversed()
        case Binary(Operator.AND | Operator.OR as connective):
            found = NONE
            for one in operands(connective, condition):
                found |= _effect(one, writes, moves)
            return found
        case At(index=None) | At(index=Literal()):
            return moves(condition)
        case Binary(Operator.EQUAL, place, Literal(value=value)):
            return _equality(condition, place, (value,), writes, moves)
        case Binary(Operator.UNEQUAL, place, Literal(value=value)):
            return _equality(condition, place, (value,), writes, moves).reversed()
        case IsNone(place):
            return _equality(condition, place, (None,), writes, moves)
        case Conditional():
            return _blunt(condition, writes, moves)
        case _ if isinstance(type_of(condition), BoolType):
            return _equality(condition, condition, (True,), writes, moves)
        case _:
            return _blunt(condition, writes, moves)


def _equality(
    condition: Expr, place: Expr, value: tuple[object], writes: frozenset[Write], moves: Moves
) -> Effect:
    """The effect on a part of the shared state having a value."""
    path = path_of(place)
    if path is None:
        return _blunt(condition, writes, moves)
    found = NONE
    for write in writes:
        if not is_overlapping(write.path, path):
            continue
        if write.constant is None or len(write.path) != len(path):
            return ANY
        is_given = write.constant == value
        found |= Effect(makes_true=is_given, makes_false=not is_given)
    return found


def _blunt(condition: Expr, writes: frozenset[Write], moves: Moves) -> Effect:
    """Any effect if the step touches what the condition speaks of, else none."""
    asked = (part for part in subexpressions(condition) if isinstance(part, At))
    if _disturbs(writes, frozenset(reads(condition))) or any(moves(one) != NONE for one in asked):
        return ANY
    return NONE
