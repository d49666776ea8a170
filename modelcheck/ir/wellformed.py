"""The law of types and expressions: what may stand where; broken, it is a bug of modelcheck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    BOOL,
    CONNECTIVES,
    At,
    Binary,
    Conditional,
    Contains,
    Expr,
    Field,
    First,
    Index,
    IsNone,
    Item,
    Length,
    Literal,
    Make,
    Operator,
    Scope,
    SetOf,
    SetOperation,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.model import Process
from modelcheck.ir.render import render_expr, render_type
from modelcheck.ir.types import (
    INDEX_TYPES,
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
    contains,
    is_alike,
)
from modelcheck.ir.walk import parts


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an expression stands, and what it may speak of."""

    where: str
    """For messages: `worker.detach`, or a property's name."""

    shared: Mapping[str, Variable]
    """The shared variables; empty where they cannot be seen."""

    locals: Mapping[str, Variable]
    instances: Mapping[str, Process] | None
    """The processes that `at` may ask about; None outside properties of one state."""

    before: bool = False
    """Whether the state before a step can be seen too."""


def require(lawful: bool, where: str, what: str) -> None:  # noqa: FBT001 - it is the claim itself
    """Raise `ModelCheckBug` unless the claim is true."""
    if not lawful:
        raise ModelCheckBug(f"an unlawful model was built: in {where}: {what}")


def verify_type(t: Type, where: str) -> None:
    """Every type is finite, has a value, and is built as `ir.types` says."""
    match t:
        case BoolType():
            pass
        case IntType(low, high):
            require(low <= high, where, f"the interval {low}..{high} is empty")
        case EnumType(name, members):
            unique = bool(members) and len(set(members)) == len(members)
            require(unique, where, f"the enum {name} has no members, or equal ones")
        case OptionType(item):
            require(not isinstance(item, OptionType), where, "an option of an option")
            verify_type(item, where)
        case RecordType(name, fields):
            names = {field.name for field in fields}
            require(len(names) == len(fields), where, f"the record {name} has equal fields")
            for field in fields:
                verify_type(field.type, where)
        case ArrayType(index, item):
            require(isinstance(index, INDEX_TYPES), where, f"an index of {render_type(index)}")
            verify_type(index, where)
            verify_type(item, where)
        case QueueType(item, capacity) | BagType(item, capacity):
            require(capacity >= 0, where, f"a capacity of {capacity}")
            verify_type(item, where)
        case SetType(item):
            verify_type(item, where)
        case _:
            assert_never(t)


def verify_condition(expr: Expr, around: Surroundings) -> None:
    """A lawful expression whose value is a bool."""
    _require_type(verify_expr(expr, around), BOOL, expr, around)


def verify_value(expr: Expr, wanted: Type, around: Surroundings) -> None:
    """A lawful expression whose value can be compared with, or stored as, `wanted`."""
    _require_type(verify_expr(expr, around), wanted, expr, around)


def verify_expr(expr: Expr, around: Surroundings) -> Type:
    """A lawful expression, and its type."""
    held = tuple(verify_expr(part, around) for part in parts(expr))
    match expr:
        case Literal(t, value):
            verify_type(t, around.where)
            text = f"{value!r} is no {render_type(t)}"
            require(contains(t, value), around.where, text)
        case Variable():
            _verify_variable(expr, around)
        case Field():
            _verify_field(expr, held[0], around)
        case Index():
            _verify_index(expr, held[0], held[1], around)
        case Unwrap(base) | IsNone(base):
            require(
                isinstance(held[0], OptionType), around.where, f"{render_expr(base)}: no option"
            )
        case Some(item):
            text = f"{render_expr(item)} is an option already"
            require(not isinstance(held[0], OptionType), around.where, text)
        case First(queue):
            require(isinstance(held[0], QueueType), around.where, f"{render_expr(queue)}: no queue")
        case Length() | Item() | Contains():
            _verify_container(expr, held, around)
        case SetOf(t, items):
            verify_type(t, around.where)
            for item, own in zip(items, held, strict=True):
                _require_type(own, t.item, item, around)
        case SetOperation(_, left, right):
            lawful = isinstance(held[0], SetType) and held[0] == held[1]
            text = f"{render_expr(left)} and {render_expr(right)} are no sets of one type"
            require(lawful, around.where, text)
        case Unary(operator, operand):
            wanted = BOOL if operator is UnaryOperator.NOT else IntType(0, 0)
            _require_type(held[0], wanted, operand, around)
        case Binary():
            _verify_binary(expr, held[0], held[1], around)
        case Conditional(condition, _, otherwise):
            _require_type(held[0], BOOL, condition, around)
            _require_type(held[2], held[1], otherwise, around)
        case Make(t, _):
            _verify_make(expr, t, held, around)
        case At():
            _verify_at(expr, held, around)
        case _:
            assert_never(expr)
    return type_of(expr)


def _require_type(held: Type, wanted: Type, expr: Expr, around: Surroundings) -> None:
    text = f"{render_expr(expr)} is {render_type(held)}, not {render_type(wanted)}"
    require(is_alike(held, wanted), around.where, text)


def _verify_variable(variable: Variable, around: Surroundings) -> None:
    text = f"no {variable.scope.value} variable {variable.name}: {render_type(variable.type)}"
    known = around.locals if variable.scope is Scope.LOCAL else around.shared
    declared = known.get(variable.name)
    if variable.scope is Scope.BEFORE:
        require(around.before, around.where, text)
        variable = Variable(variable.name, variable.type, Scope.SHARED)
    require(declared == variable, around.where, text)


def _verify_field(expr: Field, record: Type, around: Surroundings) -> None:
    known = isinstance(record, RecordType) and any(f.name == expr.name for f in record.fields)
    require(known, around.where, f"{render_expr(expr.base)} has no field {expr.name}")


def _verify_container(
    expr: Length | Item | Contains, held: tuple[Type, ...], around: Surroundings
) -> None:
    container = held[0]
    text = f"{render_expr(expr.container)} is {render_type(container)}"
    match expr, container:
        case Length(), QueueType() | BagType() | SetType():
            pass
        case Item(position=position), QueueType() | BagType():
            require(0 <= position < container.capacity, around.where, text)
        case Contains(_, item), QueueType() | BagType() | SetType():
            _require_type(held[1], container.item, item, around)
        case _:
            require(lawful=False, where=around.where, what=text)


def _verify_index(expr: Index, array: Type, index: Type, around: Surroundings) -> None:
    text = f"{render_expr(expr.base)} is no array"
    require(isinstance(array, ArrayType), around.where, text)
    if isinstance(array, ArrayType):
        _require_type(index, array.index, expr.index, around)


def _verify_binary(expr: Binary, left: Type, right: Type, around: Surroundings) -> None:
    if expr.operator in CONNECTIVES:
        wanted: Type = BOOL
    elif expr.operator in {Operator.EQUAL, Operator.UNEQUAL}:
        wanted = left
    else:
        wanted = IntType(0, 0)
    _require_type(left, wanted, expr.left, around)
    _require_type(right, wanted, expr.right, around)


def _verify_make(expr: Make, t: RecordType, held: tuple[Type, ...], around: Surroundings) -> None:
    verify_type(t, around.where)
    require(len(held) == len(t.fields), around.where, f"{t.name} has {len(t.fields)} fields")
    for field, value, own in zip(t.fields, expr.values, held, strict=True):
        _require_type(own, field.type, value, around)


def _verify_at(expr: At, held: tuple[Type, ...], around: Surroundings) -> None:
    text = render_expr(expr)
    if around.instances is None:
        require(lawful=False, where=around.where, what=f"{text} outside a property")
        return
    process = around.instances.get(expr.process)
    if process is None:
        require(lawful=False, where=around.where, what=f"{text}: no such process")
        return
    require((process.index is None) == (expr.index is None), around.where, f"{text}: which one?")
    if process.index is not None and expr.index is not None:
        _require_type(held[0], process.index.type, expr.index, around)
    labels = {None, *(step.label for step in process.steps)}
    require(expr.label in labels, around.where, f"{text}: no such label")
