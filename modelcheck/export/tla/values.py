"""Values and expressions as TLA+.

Integers, booleans, sets and records are TLA+'s own; an enum is a set of strings, an array a
function, a queue a sequence, an option the value itself or `None`, a bag a sequence in order.
Everything here speaks of total expressions (`passes.explicit_checks`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug, UserError
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
    Value,
    values,
)

NONE, UNSET = "None", "Unset"
DONE = "(done)"
"""Where an instance stands that is done: no label can be called so."""

SIGNS: Mapping[Operator, str] = {
    Operator.AND: "/\\",
    Operator.OR: "\\/",
    Operator.EQUAL: "=",
    Operator.UNEQUAL: "#",
    Operator.LESS: "<",
    Operator.LESS_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_EQUAL: ">=",
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.MULTIPLY: "*",
    Operator.DIVIDE: "\\div",
    Operator.MODULO: "%",
}
CALLED: Mapping[Operator, str] = {
    Operator.MINIMUM: "Min",
    Operator.MAXIMUM: "Max",
    Operator.DIVIDE: "Divide",
    Operator.MODULO: "Modulo",
}
SET_SIGNS: Mapping[SetOperator, str] = {
    SetOperator.UNION: "\\cup",
    SetOperator.INTERSECTION: "\\cap",
    SetOperator.DIFFERENCE: "\\",
    SetOperator.SUBSET: "\\subseteq",
}

Known: TypeAlias = Mapping[Variable, str]
"""What each variable is called where an expression stands."""


@dataclass(frozen=True, slots=True)
class Words:
    """Names that expressions speak."""

    fields: Mapping[str, str]
    locations: Mapping[str, str]
    """By process: the variable that holds its instances' locations."""

    bound: tuple[str, ...]
    """Names for what a quantifier or function ranges over; nothing else is called so."""


def expression(expr: Expr, known: Known, words: Words) -> str:
    """An expression, as it may stand alone."""

    def plain(part: Expr) -> str:
        return expression(part, known, words)

    def tight(part: Expr) -> str:
        return closed(plain(part))

    match expr:
        case Literal(t, value):
            return literal(t, value, words)
        case Variable():
            if expr not in known:
                raise ModelCheckBug(f"{expr.name} was read before it had a value")
            return known[expr]
        case Field(base, name):
            return f"{tight(base)}.{words.fields[name]}"
        case Index(base, index):
            return f"{tight(base)}[{plain(index)}]"
        case Unwrap(base) | Some(base):
            return plain(base)
        case First() | Item() | Length() | Contains() | SetOf() | SetOperation():
            return _asked(expr, known, words)
        case Make(t, parts):
            names = (words.fields[field.name] for field in t.fields)
            pairs = zip(names, parts, strict=True)
            return f"[{', '.join(f'{name} |-> {plain(part)}' for name, part in pairs)}]"
        case Conditional(condition, then, otherwise):
            return f"IF {plain(condition)} THEN {plain(then)} ELSE {plain(otherwise)}"
        case IsNone(base):
            return f"{tight(base)} = {NONE}"
        case Unary(UnaryOperator.NOT, IsNone(base)):
            return f"{tight(base)} # {NONE}"
        case Unary(operator, operand):
            return f"{'~' if operator is UnaryOperator.NOT else '-'}{tight(operand)}"
        case Binary():
            return _binary(expr, known, words)
        case At(process, index, label):
            name = words.locations[process]
            where = name if index is None else f"{name}[{plain(index)}]"
            return f"{where} = {string(DONE if label is None else label)}"
        case _:
            assert_never(expr)


def _asked(
    expr: First | Item | Length | Contains | SetOf | SetOperation, known: Known, words: Words
) -> str:
    """Something asked of a queue, a bag or a set."""

    def plain(part: Expr) -> str:
        return expression(part, known, words)

    def tight(part: Expr) -> str:
        return closed(plain(part))

    match expr:
        case First(queue):
            return f"Head({plain(queue)})"
        case Item(container, position):
            return f"{tight(container)}[{position + 1}]"
        case Length(container):
            is_set = isinstance(type_of(container), SetType)
            return f"{'Cardinality' if is_set else 'Len'}({plain(container)})"
        case Contains(container, item):
            return _contains(expr, plain(container), tight(item), words)
        case SetOf(_, items):
            return f"{{{', '.join(plain(item) for item in items)}}}"
        case SetOperation(sign, left, right):
            return f"{tight(left)} {SET_SIGNS[sign]} {tight(right)}"
        case _:
            assert_never(expr)


def _binary(expr: Binary, known: Known, words: Words) -> str:
    operator = expr.operator
    left = expression(expr.left, known, words)
    right = expression(expr.right, known, words)
    divisor = type_of(expr.right)
    # TLA+ divides by positive numbers only, and rounds down as Python does.
    is_plain = isinstance(divisor, IntType) and divisor.low >= 0
    is_division = operator in (Operator.DIVIDE, Operator.MODULO)
    if operator in CALLED and not (is_division and is_plain):
        return f"{CALLED[operator]}({left}, {right})"
    if operator in (Operator.AND, Operator.OR):
        return f"{_chained(expr.left, operator, left)} {SIGNS[operator]} {closed(right)}"
    return f"{closed(left)} {SIGNS[operator]} {closed(right)}"


def _chained(expr: Expr, operator: Operator, text: str) -> str:
    is_same = isinstance(expr, Binary) and expr.operator is operator
    return text if is_same else closed(text)


def _contains(expr: Contains, container: str, item: str, words: Words) -> str:
    if isinstance(type_of(expr.container), SetType):
        return f"{item} \\in {closed(container)}"
    at, held = _free(words, container + item), closed(container)
    return f"\\E {at} \\in 1..Len({container}) : {held}[{at}] = {item}"


def literal(t: Type, value: Value, words: Words) -> str:
    """A known value."""
    match t, value:
        case BoolType(), bool():
            return "TRUE" if value else "FALSE"
        case IntType(), int():
            return str(value)
        case EnumType(), str():
            return string(value)
        case OptionType(item), _:
            return NONE if value is None else literal(item, value, words)
        case RecordType(fields=fields), tuple():
            pairs = zip(fields, value, strict=True)
            inside = (f"{words.fields[f.name]} |-> {literal(f.type, v, words)}" for f, v in pairs)
            return f"[{', '.join(inside)}]"
        case ArrayType(index, item), tuple():
            return function(index, [literal(item, v, words) for v in value], words)
        case ((QueueType(item=item) | BagType(item=item)), tuple()):
            return f"<<{', '.join(literal(item, v, words) for v in value)}>>"
        case SetType(item), tuple():
            return f"{{{', '.join(literal(item, v, words) for v in value)}}}"
        case _:
            raise ModelCheckBug(f"{value!r} is no value of {t}")


def function(index: Type, items: list[str], words: Words) -> str:
    """A function from an index domain to these texts."""
    if len(set(items)) == 1:
        return f"[{_free(words, items[0])} \\in {domain(index)} |-> {items[0]}]"
    pairs = zip(values(index), items, strict=True)
    parts = (f"{closed(literal(index, at, words))} :> {closed(item)}" for at, item in pairs)
    return f"({' @@ '.join(parts)})"


def _free(words: Words, text: str) -> str:
    """A name to bind around a text: TLA+ lets no inner name hide an outer one."""
    for name in words.bound:
        if not re.search(rf"\b{name}\b", text):
            return name
    raise UserError(
        f"arrays nested more than {len(words.bound)} deep are not exported to TLA+",
        way_out="fewer dimensions, or records between them",
    )


def domain(t: Type) -> str:
    """The values of an index domain, or of a choice."""
    match t:
        case BoolType():
            return "BOOLEAN"
        case IntType(low, high):
            return f"{low}..{high}" if low >= 0 else f"({low})..{high}"
        case EnumType(members=members):
            return f"{{{', '.join(string(member) for member in members)}}}"
        case _:
            raise ModelCheckBug(f"{t} is no index domain")


def string(text: str) -> str:
    """A TLA+ string."""
    return f'"{text}"'


def closed(text: str) -> str:
    """A text that may stand beside an operator: itself, or in parentheses."""
    return text if _is_closed(text) else f"({text})"


def assigned(t: Type, text: str) -> str:
    """A text that may stand behind `name' =`, which binds tighter than what gives a truth value."""
    is_whole = text.startswith(("IF ", "LET ", "\\A ", "\\E "))
    return closed(text) if isinstance(t, BoolType) and not is_whole else text


def _is_closed(text: str) -> bool:
    if re.fullmatch(r"\w+'?", text):
        return True
    depth, quoted = 0, False
    for at, letter in enumerate(text):
        quoted ^= letter == '"'
        if quoted:
            continue
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and not re.match(r"[\w.\"')\]}]", letter) and not _is_tuple(text, at):
            return False
    return True


def _is_tuple(text: str, at: int) -> bool:
    return text.startswith("<<") and text.find(">>") == len(text) - 2 and at < len(text)


def before(variable: Variable) -> Variable:
    """The variable as an `every_step` property calls its value before the step."""
    return Variable(variable.name, variable.type, Scope.BEFORE)
