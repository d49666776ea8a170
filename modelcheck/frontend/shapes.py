"""How types and places relate: what fits where, and what may be part of what."""

from __future__ import annotations

from typing import TypeGuard, assert_never

from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Expr,
    Field,
    Index,
    Literal,
    Place,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    join,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)


def negate(condition: Expr) -> Expr:
    """`not condition`, simplified where it is known or negated already."""
    match condition:
        case Literal(value=value):
            return FALSE if value else TRUE
        case Unary(UnaryOperator.NOT, operand):
            return operand
        case _:
            return Unary(UnaryOperator.NOT, condition)


def compatible(one: Type, other: Type) -> bool:
    """Whether values of the two types can be the same: equal types up to integer bounds."""
    match one, other:
        case IntType(), IntType():
            return True
        case OptionType(a), OptionType(b):
            return compatible(a, b)
        case _:
            return one == other


def describe(t: Type) -> str:
    """A type in the words of a spec."""
    match t:
        case BoolType():
            return "a bool"
        case IntType():
            return "an integer"
        case EnumType(name) | RecordType(name):
            return f"an {name}" if name[0] in "AEIOU" else f"a {name}"
        case OptionType(item):
            return f"{describe(item)} or None"
        case ArrayType():
            return "an array"
        case QueueType():
            return "a queue"
        case BagType():
            return "a bag"
        case SetType():
            return "a set"
        case _:
            assert_never(t)


def is_place(expr: Expr) -> TypeGuard[Place]:
    """Whether an expression is a chain of parts of a variable."""
    while isinstance(expr, Field | Index | Unwrap):
        expr = expr.base
    return isinstance(expr, Variable)


def is_aggregate(t: Type) -> bool:
    """Whether values of the type have parts, so that naming one makes an alias in Python."""
    return isinstance(bare(t), RecordType | ArrayType | QueueType | BagType | SetType)


def is_container(expr: Expr) -> bool:
    """Whether an expression is a place that holds parts: naming it makes an alias."""
    return is_place(expr) and is_aggregate(type_of(expr))


def nesting(expr: Expr) -> int:
    """How many array indices a place goes through."""
    found = 0
    while isinstance(expr, Field | Index | Unwrap):
        found += isinstance(expr, Index)
        expr = expr.base
    return found


def may_be_missing(place: Expr) -> bool:
    """Whether a place may not be there: an index outside its domain, or an empty option."""
    while isinstance(place, Field | Index | Unwrap):
        if isinstance(place, Unwrap):
            return True
        if isinstance(place, Index):
            array = type_of(place.base)
            if isinstance(array, ArrayType) and not holds(array.index, type_of(place.index)):
                return True
        place = place.base
    return False


def may_contain(place: Place, inside: Expr) -> bool:
    """Whether `inside` may be `place` or a part of it."""
    chain: list[Expr] = []
    part = inside
    while True:
        chain.append(part)
        if not isinstance(part, Field | Index | Unwrap):
            break
        part = part.base
    return any(_may_be(place, candidate) for candidate in chain)


def _may_be(one: Expr, other: Expr) -> bool:
    match one, other:
        case Index(a, i), Index(b, j):
            different = isinstance(i, Literal) and isinstance(j, Literal) and i.value != j.value
            return not different and _may_be(a, b)
        case Field(a, n), Field(b, m):
            return n == m and _may_be(a, b)
        case Unwrap(a), Unwrap(b):
            return _may_be(a, b)
        case _:
            return one == other


def bare(t: Type) -> Type:
    """The item of an option, or the type itself."""
    return t.item if isinstance(t, OptionType) else t


def holds(holder: Type, t: Type) -> bool:
    """Whether the values of `t` all lie in `holder`, as far as bounds and None go."""
    match holder, t:
        case IntType(least, greatest), IntType(low, high):
            return least <= low and high <= greatest
        case OptionType(item), OptionType(other):
            return holds(item, other)
        case OptionType(item), _:
            return holds(item, t)
        case _, OptionType():
            return False
        case _:
            return True


def widened(one: Type, other: Type) -> Type:
    """The smallest type that holds the values of both: see `compatible`."""
    if isinstance(one, OptionType) or isinstance(other, OptionType):
        return OptionType(join(bare(one), bare(other)))
    return join(one, other)
