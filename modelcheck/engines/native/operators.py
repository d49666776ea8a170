"""Arithmetic as C: exact, since every intermediate number is known to fit in 64 bits."""

from __future__ import annotations

from modelcheck.engines.native.codes import require_number
from modelcheck.engines.native.text import Function, bare
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Binary, Operator, type_of
from modelcheck.ir.types import IntType


def arithmetic(function: Function, expr: Binary, left: str, right: str) -> str:
    """The number that an operator makes of two; a division by zero is a violation."""
    held = type_of(expr)
    require_number(held)
    match expr.operator:
        case Operator.ADD | Operator.SUBTRACT | Operator.MULTIPLY:
            return f"({left} {expr.operator.value} {right})"
        case Operator.MINIMUM | Operator.MAXIMUM:
            one, other = function.temporary(left, held), function.temporary(right, held)
            sign = "<" if expr.operator is Operator.MINIMUM else ">"
            return f"({other} {sign} {one} ? {other} : {one})"
        case Operator.DIVIDE | Operator.MODULO:
            return _divided(function, expr, left, right)
        case _:
            raise ModelCheckBug(f"{expr.operator.value} is not arithmetic")


def _divided(function: Function, expr: Binary, left: str, right: str) -> str:
    one, other = type_of(expr.left), type_of(expr.right)
    if not (isinstance(one, IntType) and isinstance(other, IntType)):
        raise ModelCheckBug("a division of what is no number")
    divides = expr.operator is Operator.DIVIDE
    divisor = function.temporary(right, other)
    if other.low <= 0 <= other.high:
        function.check(f"{divisor} != 0")
    if one.low >= 0 and other.low >= 0:
        return f"({left} {'/' if divides else '%'} {divisor})"
    return f"{'floor_divide' if divides else 'floor_modulo'}({bare(left)}, {divisor})"
