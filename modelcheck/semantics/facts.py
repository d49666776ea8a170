"""What is the case, and makes a condition true or false, as text: `done is True, owner is None`."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.ir.expressions import (
    COMPARISONS,
    At,
    Binary,
    Conditional,
    Contains,
    Expr,
    Field,
    Index,
    IsNone,
    Length,
    Literal,
    Operator,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.render import render_value
from modelcheck.semantics.evaluate import evaluate, holds, spoken
from modelcheck.semantics.frame import Frame

OPPOSITE = {
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
}
"""Of each comparison the one that holds where it does not."""


def facts_text(condition: Expr, frame: Frame) -> str:
    """The facts that decide the value of `condition`, each once, in the order of its parts.

    Of `and` and `or` only the operands that decide have a say. A comparison of what has no name
    is shown as its values compare. Only for a condition that was evaluated in `frame` and refuted
    no implicit check.
    """
    return ", ".join(dict.fromkeys(_facts(condition, frame)))


def _facts(condition: Expr, frame: Frame) -> Iterator[str]:
    match condition:
        case Literal():
            return
        case Binary(Operator.AND | Operator.OR as operator, left, right):
            yield from _connected(operator, left, right, frame)
        case Binary(operator, left, right) if operator in COMPARISONS:
            yield from _compared(condition, left, right, frame)
        case IsNone(base):
            yield f"{spoken(base, frame)} is {_value(base, frame)}"
        case Unary(UnaryOperator.NOT, operand):
            yield from _facts(operand, frame)
        case Conditional(test, then, otherwise):
            yield from _facts(then if holds(test, frame) else otherwise, frame)
        case Contains(container, item):
            word = "in" if holds(condition, frame) else "not in"
            yield f"{_value(item, frame)} {word} {spoken(container, frame)}"
        case At():
            yield _standing(condition, frame)
        case _:
            yield f"{spoken(condition, frame)} is {holds(condition, frame)}"


def _connected(operator: Operator, left: Expr, right: Expr, frame: Frame) -> Iterator[str]:
    decisive = operator is Operator.OR
    for operand in (left, right):
        if holds(operand, frame) is decisive:
            yield from _facts(operand, frame)
            return
    yield from _facts(left, frame)
    yield from _facts(right, frame)


def _compared(condition: Binary, left: Expr, right: Expr, frame: Frame) -> Iterator[str]:
    bare = [side.item if isinstance(side, Some) else side for side in (left, right)]
    sides = [side for side in bare if not isinstance(side, Literal)]
    if sides and all(map(_has_name, sides)):
        yield from (f"{spoken(side, frame)} is {_value(side, frame)}" for side in sides)
        return
    operator = condition.operator if holds(condition, frame) else OPPOSITE[condition.operator]
    yield f"{_value(left, frame)} {operator.value} {_value(right, frame)}"


def _standing(where: At, frame: Frame) -> str:
    who = where.process if where.index is None else f"{where.process}[{_value(where.index, frame)}]"
    word = "is" if holds(where, frame) else "is not"
    return f"{who} {word} {'done' if where.label is None else f'at {where.label}'}"


def _has_name(side: Expr) -> bool:
    match side:
        case Variable() | Field() | Index() | Unwrap():
            return True
        case Length(container):
            return _has_name(container)
        case _:
            return False


def _value(expr: Expr, frame: Frame) -> str:
    return render_value(type_of(expr), evaluate(expr, frame))
