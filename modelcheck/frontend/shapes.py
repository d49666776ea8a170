"""How types and places relate: what fits where, and what may be part of what."""

from __future__ import annotations

from typing import TypeGuard, assert_never

from modelcheck.ir.expressions import (
    Binary,
    Conditional,
    Expr,
    Field,
    First,
    Index,
    Item,
    Literal,
    Operator,
    Place,
    SetOf,
    Some,
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
from modelcheck.ir.walk import parts, subexpressions


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


def conversion(wanted: Type, given: Type) -> str:
    """How to write a value of another type where one is wanted."""
    match wanted, given:
        case BoolType(), IntType():
            return "compare it: `x != 0`"
        case IntType(), BoolType():
            return "write `1 if x else 0`"
        case IntType(), QueueType() | BagType() | SetType():
            return "write `len(x)`"
        case _:
            return f"give it {describe(wanted)}"


def extent(t: Type) -> str:
    """The values of an integer type, of an option of one too, in words."""
    domain = bare(t)
    return f"{domain.low}..{domain.high}" if isinstance(domain, IntType) else describe(t)


def lies_outside(expr: Expr, t: Type) -> bool:
    """Whether an expression is an integer that is known not to be of the type."""
    domain = bare(t)
    value = expr.item if isinstance(expr, Some) else expr
    if not isinstance(value, Literal) or not isinstance(domain, IntType):
        return False
    return isinstance(value.value, int) and not domain.low <= value.value <= domain.high


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


def is_item(expr: Expr) -> bool:
    """Whether an expression is an item of a queue or a bag, or a part of one."""
    while isinstance(expr, Field | Index | Unwrap):
        expr = expr.base
    return isinstance(expr, First | Item)


def nesting(expr: Expr) -> int:
    """How many array indices a place goes through."""
    found = 0
    while isinstance(expr, Field | Index | Unwrap):
        found += isinstance(expr, Index)
        expr = expr.base
    return found


def may_be_missing(place: Expr) -> bool:
    """Whether a place may not be there: an index outside its domain, or an empty option."""
    return is_place(place) and any(_may_fail(part) for part in _chain(place))


def may_fail(expr: Expr) -> bool:
    """Whether evaluating `expr` may be a violation, as far as the types tell."""
    return any(_may_fail(part) for part in subexpressions(expr))


def _may_fail(part: Expr) -> bool:
    match part:
        case Unwrap() | First():
            return True
        case Index(base, index):
            array = type_of(base)
            return not isinstance(array, ArrayType) or not holds(array.index, type_of(index))
        case Binary(Operator.DIVIDE | Operator.MODULO, _, right):
            divisor = type_of(right)
            return not isinstance(divisor, IntType) or divisor.low <= 0 <= divisor.high
        case SetOf(t, items):
            return not all(holds(t.item, type_of(item)) for item in items)
        case _:
            return False


def is_computed(part: Expr, whole: Expr) -> bool:
    """Whether evaluating `whole` evaluates `part` on every way."""
    match whole:
        case _ if whole == part:
            return True
        case Conditional(condition, then, otherwise):
            both = is_computed(part, then) and is_computed(part, otherwise)
            return both or is_computed(part, condition)
        case Binary(Operator.AND | Operator.OR, left, _):
            return is_computed(part, left)
        case _:
            return any(is_computed(part, inner) for inner in parts(whole))


def may_contain(place: Place, inside: Expr) -> bool:
    """Whether `inside` may be `place` or a part of it."""
    return any(_may_be(place, candidate) for candidate in _chain(inside))


def _chain(place: Expr) -> list[Expr]:
    """A place and everything that it is part of."""
    chain = [place]
    while isinstance(place, Field | Index | Unwrap):
        place = place.base
        chain.append(place)
    return chain


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
    """The smallest type that holds the values of both: see `is_alike`."""
    if isinstance(one, OptionType) or isinstance(other, OptionType):
        return OptionType(join(bare(one), bare(other)))
    return join(one, other)


def chooses(value: Expr) -> bool:
    """Whether a value is one of several, some of which have a name of their own."""
    match value:
        case Some(item):
            return chooses(item)
        case Conditional(_, then, otherwise):
            return any(is_place(e) or is_item(e) or chooses(e) for e in (then, otherwise))
        case _:
            return False
