"""What an expression means: its value in a frame, or a `Refuted` implicit check."""

from __future__ import annotations

import operator as python
from collections.abc import Callable, Mapping
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
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
    SetOperator,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.render import render_expr, render_path, render_type, render_value
from modelcheck.ir.types import (
    ArrayType,
    OptionType,
    RecordType,
    SetType,
    Type,
    Value,
    canonical,
    contains,
    position,
)
from modelcheck.semantics.frame import Frame, Path, Refuted
from modelcheck.trace import Instance

ARITHMETIC: Mapping[Operator, Callable[[int, int], int]] = {
    Operator.ADD: python.add,
    Operator.SUBTRACT: python.sub,
    Operator.MULTIPLY: python.mul,
    Operator.DIVIDE: python.floordiv,
    Operator.MODULO: python.mod,
    Operator.MINIMUM: min,
    Operator.MAXIMUM: max,
}
ORDERINGS: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.LESS: python.lt,
    Operator.LESS_EQUAL: python.le,
    Operator.GREATER: python.gt,
    Operator.GREATER_EQUAL: python.ge,
}
DIVISIONS = frozenset({Operator.DIVIDE, Operator.MODULO})

Located: TypeAlias = tuple[Value, Type, Path | None]
"""A value, its type, and which part of the shared state it is, if it is one."""


def evaluate(expr: Expr, frame: Frame) -> Value:
    """The value of `expr`; the parts of the shared state it depends on are noted as read."""
    match expr:
        case Literal():
            return expr.value
        case Variable() | Field() | Index() | Unwrap():
            value, _, path = locate(expr, frame)
            if path is not None:
                frame.reads.append(path)
            return value
        case Binary():
            return _binary(expr, frame)
        case Unary(UnaryOperator.NOT, operand):
            return not holds(operand, frame)
        case Unary(UnaryOperator.NEGATE, operand):
            return -integer(evaluate(operand, frame))
        case Some(item):
            return evaluate(item, frame)
        case IsNone(base):
            return evaluate(base, frame) is None
        case Conditional(condition, then, otherwise):
            return evaluate(then if holds(condition, frame) else otherwise, frame)
        case Length(container):
            return len(items(evaluate(container, frame)))
        case First(queue, span):
            held = items(evaluate(queue, frame))
            if not held:
                raise Refuted("peek of an empty queue", f"{spoken(queue, frame)} is empty", span)
            return held[0]
        case Item(container, at):
            return items(evaluate(container, frame))[at]
        case Contains(container, item):
            held = items(evaluate(container, frame))
            return evaluate(item, frame) in held
        case SetOf():
            return _set_of(expr, frame)
        case SetOperation():
            return _set_operation(expr, frame)
        case Make(_, values):
            return tuple([evaluate(value, frame) for value in values])
        case At():
            return _at(expr, frame)
        case Unary():
            raise ModelCheckBug(f"an operator without a meaning: {expr.operator}")
        case _:
            assert_never(expr)


def closed_value(expr: Expr) -> tuple[Value] | None:
    """The value of an expression that speaks of no state, alone in a tuple; None if it violates."""
    try:
        return (evaluate(expr, Frame({}, {})),)
    except Refuted:
        return None


def holds(condition: Expr, frame: Frame) -> bool:
    """Whether a condition is true."""
    value = evaluate(condition, frame)
    if not isinstance(value, bool):
        raise ModelCheckBug(f"a condition had the value {value!r}: {render_expr(condition)}")
    return value


def locate(expr: Expr, frame: Frame) -> Located:
    """The value of `expr` and where it stands; only the indices on the way count as read."""
    match expr:
        case Variable():
            name, scope = expr.name, expr.scope
            if scope is Scope.SHARED:
                return frame.shared[name], expr.type, (name,)
            if scope is Scope.BEFORE:
                return frame.before[name], expr.type, None
            return frame.local(name), expr.type, None
        case Field():
            value, t, path = locate(expr.base, frame)
            if isinstance(t, RecordType):
                at = t.position(expr.name)
                return items(value)[at], t.fields[at].type, _longer(path, expr.name)
        case Index():
            value, t, path = locate(expr.base, frame)
            if isinstance(t, ArrayType):
                index, at = subscript(expr, t.index, frame)
                return items(value)[at], t.item, _longer(path, index)
        case Unwrap(base, span):
            value, t, path = locate(base, frame)
            if isinstance(t, OptionType):
                if path is not None:
                    frame.reads.append(path)
                if value is None:
                    raise Refuted(
                        "None where a value is needed", f"{spoken(base, frame)} is None", span
                    )
                return value, t.item, path
        case _:
            return evaluate(expr, frame), type_of(expr), None
    raise ModelCheckBug(f"an ill-typed expression was evaluated: {render_expr(expr)}")


def subscript(expr: Index, domain: Type, frame: Frame) -> tuple[Value, int]:
    """The value of an index and where it stands in its domain."""
    index = evaluate(expr.index, frame)
    at = position(domain, index)
    if at is None:
        text = f"{render_value(type_of(expr.index), index)} outside {render_type(domain)}"
        raise Refuted("index outside its domain", text, expr.span)
    return index, at


def spoken(expr: Expr, frame: Frame) -> str:
    """A part of the shared state with its indices known, `mq[0].ring`; else `expr` as written."""
    match expr:
        case Variable() | Field() | Index() | Unwrap():
            _, _, path = locate(expr, frame)
            return render_expr(expr) if path is None else render_path(root(expr), path)
        case _:
            return render_expr(expr)


def integer(value: Value) -> int:
    """The value of an integer expression."""
    if not isinstance(value, int):
        raise ModelCheckBug(f"arithmetic on {value!r}")
    return value


def items(value: Value) -> tuple[Value, ...]:
    """The parts of a record, an array or a queue."""
    if not isinstance(value, tuple):
        raise ModelCheckBug(f"{value!r} has no parts")
    return value


def _longer(path: Path | None, part: Value) -> Path | None:
    return None if path is None else (*path, part)


def _binary(expr: Binary, frame: Frame) -> Value:
    operator = expr.operator
    if operator is Operator.AND:
        return holds(expr.left, frame) and holds(expr.right, frame)
    if operator is Operator.OR:
        return holds(expr.left, frame) or holds(expr.right, frame)
    return combine(expr, evaluate(expr.left, frame), evaluate(expr.right, frame))


def combine(expr: Binary, left: Value, right: Value) -> Value:
    """What an operator other than `and` and `or` makes of the values of its operands."""
    operator = expr.operator
    if operator is Operator.EQUAL:
        return left == right
    if operator is Operator.UNEQUAL:
        return left != right
    ordering = ORDERINGS.get(operator)
    if ordering is not None:
        return ordering(integer(left), integer(right))
    if right == 0 and operator in DIVISIONS:
        raise Refuted("division by zero", f"{left} {operator.value} {right}", expr.span)
    return ARITHMETIC[operator](integer(left), integer(right))


def _set_of(expr: SetOf, frame: Frame) -> Value:
    found: list[Value] = []
    for item in expr.items:
        value = evaluate(item, frame)
        if not contains(expr.type.item, value):
            text = f"{render_value(type_of(item), value)} outside {render_type(expr.type.item)}"
            raise Refuted("value outside its domain", text, expr.span)
        if value not in found:
            found.append(value)
    return canonical(expr.type.item, found)


def _set_operation(expr: SetOperation, frame: Frame) -> Value:
    left, right = items(evaluate(expr.left, frame)), items(evaluate(expr.right, frame))
    t = type_of(expr.left)
    if not isinstance(t, SetType):
        raise ModelCheckBug(f"no set: {render_expr(expr.left)}")
    match expr.operator:
        case SetOperator.UNION:
            return canonical(t.item, dict.fromkeys([*left, *right]))
        case SetOperator.INTERSECTION:
            return tuple([value for value in left if value in right])
        case SetOperator.DIFFERENCE:
            return tuple([value for value in left if value not in right])
        case SetOperator.SUBSET:
            return all(value in right for value in left)
        case _:
            assert_never(expr.operator)


def _at(expr: At, frame: Frame) -> bool:
    index = None if expr.index is None else evaluate(expr.index, frame)
    instance = Instance(expr.process, index)
    if instance not in frame.labels:
        raise Refuted("index outside its domain", f"there is no {instance}", expr.span)
    return frame.labels[instance] == expr.label
