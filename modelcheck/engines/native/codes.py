"""Values in C: numbers as in the spec for scalars, packed bits for the rest, and the ways between.

An enum member is computed with as its position. A text is one operand: a name, a number, a call, a
cast of one of these, or in parentheses.
"""

from __future__ import annotations

from modelcheck.engines.native.layout import TooWide, fits_word
from modelcheck.engines.native.packing import is_scalar, pack, width
from modelcheck.engines.native.text import TRUE, Function
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    RecordType,
    Type,
    Value,
    size,
)

LARGEST = 1 << 62
"""Numbers are smaller than this, so that no operation overflows 64 bits."""


def require_word(t: Type) -> None:
    """Raise `TooWide` for a type whose values fit in no word, or in no number."""
    if not fits_word(t):
        raise TooWide(f"a value of {width(t)} bits in one piece")
    require_number(t)


def require_number(t: Type) -> None:
    """Raise `TooWide` for integers that are not computed with in 64 bits."""
    if isinstance(t, IntType) and max(abs(t.low), abs(t.high)) >= LARGEST:
        raise TooWide(f"numbers from {t.low} to {t.high}")


def less(value: str, low: int) -> str:
    """A number less a constant."""
    if low == 0:
        return value
    if value.lstrip("-").isdigit():
        return str(int(value) - low)
    return f"({value} - {low})" if low > 0 else f"({value} + {-low})"


def literal(t: Type, value: Value) -> str:
    """A value that is known."""
    match t, value:
        case IntType(), int():
            require_number(IntType(value, value))
            return str(int(value))
        case ((BoolType() | EnumType()), _):
            return str(pack(t, value))
        case _:
            require_word(t)
            return f"UINT64_C({pack(t, value)})"


def natural(code: str, t: Type) -> str:
    """The value of some bits."""
    require_number(t)
    if not is_scalar(t):
        return code
    return less(f"(int64_t) {code}", -t.low if isinstance(t, IntType) else 0)


def code_of(value: str, t: Type) -> str:
    """The bits of a value."""
    require_number(t)
    if not is_scalar(t):
        return value
    bits = less(value, t.low if isinstance(t, IntType) else 0)
    return bits if bits.isdigit() else f"(word) {bits}"


def shifted(code: str, by: int) -> str:
    """Some bits, further up in a word."""
    if by == 0:
        return code
    return f"(word) {code} << {by}" if code.isdigit() else f"{code} << {by}"


def some(item: str, t: Type) -> str:
    """An option that holds a value."""
    require_word(OptionType(t))
    if is_scalar(t):
        return f"({code_of(item, t)} + 1)"
    return f"({item} | (word) 1 << {width(t)})"


def converted(function: Function, value: str, held: Type, wanted: Type) -> str:
    """A value of one type as another that differs in the intervals of integers at most.

    What lies outside is the caller's to check; see `fits`.
    """
    match held, wanted:
        case OptionType(IntType(low)), OptionType(IntType(other)) if low != other:
            once = function.temporary(value, held)
            moved = less(f"(word) {once}" if once.isdigit() else once, other - low)
            return f"({once} == 0 ? 0 : {moved})"
        case _:
            return value


def fits(once: str, held: Type, wanted: Type) -> str:
    """The C condition that a value of one type, which may be written twice, is one of another."""
    match held, wanted:
        case IntType(low, high), IntType(least, greatest):
            tests = [f"{once} >= {least}"] if low < least else []
            tests += [f"{once} <= {greatest}"] if high > greatest else []
            return f"({' && '.join(tests)})" if tests else TRUE
        case OptionType(IntType(low) as item), OptionType(IntType() as other):
            inner = fits(less(f"(int64_t) {once}", 1 - low), item, other)
            return inner if inner == TRUE else f"({once} == 0 || {inner})"
        case _:
            return TRUE


def member(value: str, t: Type) -> str:
    """The number of a value among all values of its type: its bit in a set; `value` is an atom."""
    return code_of(value, t) if is_scalar(t) else _rank(value, t)


def _rank(bits: str, t: Type) -> str:
    """The number of a value in the order of its type, from its bits."""
    match t:
        case BoolType() | IntType() | EnumType():
            return bits
        case OptionType(item) if is_scalar(item):
            return bits
        case OptionType(item):
            held = _rank(f"get_bits({bits}, 0, {width(item)})", item)
            return f"({bits} == 0 ? 0 : {held} + 1)"
        case RecordType(fields=fields):
            return _mixed(bits, [field.type for field in fields])
        case ArrayType(index, item):
            return _mixed(bits, [item] * size(index))
        case _:
            raise TooWide("a set of values that have no simple number")


def _mixed(bits: str, types: list[Type]) -> str:
    """The number of several values together, the last one counting fastest."""
    texts, after, weight = [], 0, 1
    for t in reversed(types):
        rank = _rank(f"get_bits({bits}, {after}, {width(t)})", t)
        texts.append(rank if weight == 1 else f"{rank} * {weight}")
        after, weight = after + width(t), weight * size(t)
    return f"({' + '.join(reversed(texts)) or '0'})"
