"""Expressions: pure, typed, and closed; evaluated left to right like Python's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    size,
)
from modelcheck.source import Span


class Scope(Enum):
    """Who can see a variable."""

    SHARED = "shared"
    LOCAL = "local"  # of one process instance; the process index `me` is one, never assigned
    BEFORE = "before"  # a shared variable as it was before the step; in `every_step` only


class UnaryOperator(Enum):
    """Operators of one operand, by their sign."""

    NOT = "not"
    NEGATE = "-"


class Operator(Enum):
    """Operators of two operands, by their sign; AND and OR stop early as in Python."""

    AND = "and"
    OR = "or"
    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "//"
    MODULO = "%"
    MINIMUM = "min"
    MAXIMUM = "max"


class SetOperator(Enum):
    """Operators of two sets of one type, by their sign; SUBSET gives a bool, the others a set."""

    UNION = "|"
    INTERSECTION = "&"
    DIFFERENCE = "-"
    SUBSET = "<="


COMPARISONS = frozenset(
    {
        Operator.EQUAL,
        Operator.UNEQUAL,
        Operator.LESS,
        Operator.LESS_EQUAL,
        Operator.GREATER,
        Operator.GREATER_EQUAL,
    }
)
CONNECTIVES = frozenset({Operator.AND, Operator.OR})


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is known."""

    type: Type
    value: Value


@dataclass(frozen=True, slots=True)
class Variable:
    """A named part of the state: one field of the shared record, or a local."""

    name: str
    type: Type
    scope: Scope


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record."""

    base: Expr
    name: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """An item of an array; an index outside the array's domain is a violation."""

    base: Expr
    index: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unwrap:
    """The item of an option; unwrapping None is a violation."""

    base: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Some:
    """An option that holds `item`."""

    item: Expr


@dataclass(frozen=True, slots=True)
class IsNone:
    """Whether an option is empty."""

    base: Expr


@dataclass(frozen=True, slots=True)
class Unary:
    """An operator applied to one operand."""

    operator: UnaryOperator
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator applied to two operands of one type; dividing by zero is a violation."""

    operator: Operator
    left: Expr
    right: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then` where `condition` holds, else `otherwise`; the other one is not evaluated."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Length:
    """The number of items in a queue, a bag or a set."""

    container: Expr


@dataclass(frozen=True, slots=True)
class First:
    """The oldest item of a queue; of an empty one it is a violation."""

    queue: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """The item at a position of a queue or a bag; only where it is known to hold that many."""

    container: Expr
    position: int


@dataclass(frozen=True, slots=True)
class Contains:
    """Whether a queue, a bag or a set holds a value; false of one outside its item type."""

    container: Expr
    item: Expr


@dataclass(frozen=True, slots=True)
class SetOf:
    """The set of some values; one outside the set's domain is a violation."""

    type: SetType
    items: tuple[Expr, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class SetOperation:
    """An operator applied to two sets of one type."""

    operator: SetOperator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Make:
    """A record built from one value per field, in declared order."""

    type: RecordType
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class At:
    """Whether an instance stands at a label, or is done (`label` None). Properties only."""

    process: str
    index: Expr | None
    label: str | None
    span: Span = field(compare=False)


Place = Variable | Field | Index | Unwrap
"""What can be assigned: a chain of these that ends in a `Variable` (see `root`)."""

Expr = (
    Literal
    | Variable
    | Field
    | Index
    | Unwrap
    | Some
    | IsNone
    | Unary
    | Binary
    | Conditional
    | Length
    | First
    | Item
    | Contains
    | SetOf
    | SetOperation
    | Make
    | At
)

BOOL = BoolType()
TRUE = Literal(BOOL, value=True)
FALSE = Literal(BOOL, value=False)


def type_of(expr: Expr) -> Type:
    """The type of a well-formed expression; integer results get their exact interval.

    Raises `ModelCheckBug` where `verify` would refuse the expression.
    """
    match expr:
        case Literal(type=t) | Variable(type=t):
            return t
        case Field(base, name):
            record = type_of(base)
            if isinstance(record, RecordType):
                return record.fields[record.position(name)].type
        case Index(base, _):
            array = type_of(base)
            if isinstance(array, ArrayType):
                return array.item
        case Unwrap(base):
            option = type_of(base)
            if isinstance(option, OptionType):
                return option.item
        case Some(item):
            return OptionType(type_of(item))
        case IsNone() | At() | Contains() | Unary(UnaryOperator.NOT):
            return BOOL
        case Unary(UnaryOperator.NEGATE, operand):
            low, high = _interval(operand)
            return IntType(-high, -low)
        case Binary(operator, left, right):
            if operator in COMPARISONS or operator in CONNECTIVES:
                return BOOL
            return _arithmetic(operator, _interval(left), _interval(right))
        case Conditional(_, then, otherwise):
            return join(type_of(then), type_of(otherwise))
        case Length(container):
            return _length(type_of(container))
        case Item(container):
            pool = type_of(container)
            if isinstance(pool, QueueType | BagType):
                return pool.item
        case SetOperation(SetOperator.SUBSET):
            return BOOL
        case SetOperation(_, left):
            return type_of(left)
        case First(queue):
            held = type_of(queue)
            if isinstance(held, QueueType):
                return held.item
        case Make(t, _) | SetOf(t, _):
            return t
        case Unary():
            pass
        case _:
            assert_never(expr)
    raise ModelCheckBug(f"an ill-typed expression was built: {expr}")


def join(one: Type, other: Type) -> Type:
    """The smallest type that holds the values of both; only integers may differ."""
    match one, other:
        case IntType(), IntType():
            return IntType(min(one.low, other.low), max(one.high, other.high))
        case OptionType(), OptionType():
            return OptionType(join(one.item, other.item))
        case _ if one == other:
            return one
        case _:
            raise ModelCheckBug(f"types {one} and {other} have no join")


def as_place(expr: Expr) -> Place:
    """An expression of which only a place can have come here."""
    if not isinstance(expr, Variable | Field | Index | Unwrap):
        raise ModelCheckBug(f"not a place: {expr}")
    return expr


def root(place: Place) -> Variable:
    """The variable that a place is part of."""
    while not isinstance(place, Variable):
        place = as_place(place.base)
    return place


def _length(container: Type) -> IntType:
    match container:
        case QueueType(capacity=capacity) | BagType(capacity=capacity):
            return IntType(0, capacity)
        case SetType(item):
            return IntType(0, size(item))
        case _:
            raise ModelCheckBug(f"the length of {container}")


def _interval(expr: Expr) -> tuple[int, int]:
    t = type_of(expr)
    if not isinstance(t, IntType):
        raise ModelCheckBug(f"arithmetic on {t}")
    return t.low, t.high


def _arithmetic(operator: Operator, a: tuple[int, int], b: tuple[int, int]) -> IntType:
    match operator:
        case Operator.ADD:
            return IntType(a[0] + b[0], a[1] + b[1])
        case Operator.SUBTRACT:
            return IntType(a[0] - b[1], a[1] - b[0])
        case Operator.MULTIPLY:
            corners = [x * y for x in a for y in b]
        case Operator.DIVIDE:
            divisors = [y for y in (*b, -1, 1) if y != 0 and b[0] <= y <= b[1]] or [1]
            corners = [x // y for x in a for y in divisors]
        case Operator.MODULO:
            corners = [min(0, b[0] + 1), max(0, b[1] - 1)]
        case Operator.MINIMUM:
            corners = [min(a[0], b[0]), min(a[1], b[1])]
        case Operator.MAXIMUM:
            corners = [max(a[0], b[0]), max(a[1], b[1])]
        case _:
            raise ModelCheckBug(f"{operator.value} is not arithmetic")
    return IntType(min(corners), max(corners))
