"""The values that make a condition true or false, as text: `None == 0`."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    COMPARISONS,
    Binary,
    Conditional,
    Expr,
    IsNone,
    Literal,
    Operator,
    Unary,
    UnaryOperator,
    type_of,
)
from modelcheck.ir.render import render_type, render_value
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    contains,
)
from modelcheck.semantics.evaluate import evaluate, holds, spoken
from modelcheck.semantics.frame import Frame


def values_text(condition: Expr, frame: Frame) -> str:
    """The parts of `condition` that decide its value, with the values in them.

    A comparison shows both sides. Of `and` and `or` only the operands that decide are
    shown. Any other condition shows its text and its value. A literal says nothing.
    Only for a condition that was evaluated in `frame` and refuted no implicit check.
    """
    match condition:
        case Literal():
            return ""
        case Binary(operator, left, right) if operator in COMPARISONS:
            return f"{_value(left, frame)} {operator.value} {_value(right, frame)}"
        case Binary(Operator.AND | Operator.OR as operator, left, right):
            return _connected(operator, left, right, frame)
        case IsNone(base):
            return f"{_value(base, frame)} is None"
        case Unary(UnaryOperator.NOT, IsNone(base)):
            return f"{_value(base, frame)} is not None"
        case Unary(UnaryOperator.NOT, operand):
            text = values_text(operand, frame)
            return f"not ({text})" if isinstance(operand, Binary) else text
        case Conditional(test, then, otherwise):
            return values_text(then if holds(test, frame) else otherwise, frame)
        case _:
            return f"{spoken(condition, frame)} is {holds(condition, frame)}"


def outside_text(t: Type, value: Value) -> str:
    """Why `value` is none of `t`: its innermost part that lies outside, `4 outside 0..3`."""
    match t, value:
        case OptionType(item), _ if value is not None:
            return outside_text(item, value)
        case RecordType(fields=fields), tuple():
            pairs = tuple((field.type, v) for field, v in zip(fields, value, strict=True))
        case (
            (ArrayType(item=item) | QueueType(item=item) | BagType(item=item) | SetType(item=item)),
            tuple(),
        ):
            pairs = tuple((item, v) for v in value)
        case _:
            pairs = ()
    for part, v in pairs:
        if not contains(part, v):
            return outside_text(part, v)
    return f"{render_value(t, value)} outside {render_type(t)}"


def _value(expr: Expr, frame: Frame) -> str:
    return render_value(type_of(expr), evaluate(expr, frame))


def _connected(operator: Operator, left: Expr, right: Expr, frame: Frame) -> str:
    decisive = operator is Operator.OR
    if holds(left, frame) is decisive:
        return values_text(left, frame)
    if holds(right, frame) is decisive:
        return values_text(right, frame)
    parts = (values_text(left, frame), values_text(right, frame))
    return f" {operator.value} ".join(part for part in parts if part)
