"""The stable text of a model, in words close to the spec's; it knows no positions in files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.contents import named_types
from modelcheck.ir.expressions import (
    COMPARISONS,
    CONNECTIVES,
    TRUE,
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
    Place,
    Scope,
    SetOf,
    SetOperation,
    SetOperator,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
)
from modelcheck.ir.model import Model, Process, Property, Step
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Offer,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
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
)

INDENT = "  "

# How tightly a text binds; an operand that binds looser than its surroundings gets parentheses.
CONDITIONAL = 0
NOT = 3
COMPARISON = 4
UNION = 5
SUM = 7
NEGATION = 9
ATOM = 10

PRECEDENCE = {
    Operator.OR: 1,
    Operator.AND: 2,
    Operator.EQUAL: COMPARISON,
    Operator.UNEQUAL: COMPARISON,
    Operator.LESS: COMPARISON,
    Operator.LESS_EQUAL: COMPARISON,
    Operator.GREATER: COMPARISON,
    Operator.GREATER_EQUAL: COMPARISON,
    Operator.ADD: SUM,
    Operator.SUBTRACT: SUM,
    Operator.MULTIPLY: 8,
    Operator.DIVIDE: 8,
    Operator.MODULO: 8,
    Operator.MINIMUM: ATOM,
    Operator.MAXIMUM: ATOM,
}
SET_PRECEDENCE = {
    SetOperator.UNION: UNION,
    SetOperator.INTERSECTION: 6,
    SetOperator.DIFFERENCE: SUM,
    SetOperator.SUBSET: COMPARISON,
}


def render_type(t: Type) -> str:
    """A type in the spec's words; enums and records by name."""
    match t:
        case BoolType():
            return "bool"
        case IntType(low, high):
            return f"{low}..{high}"
        case EnumType(name=name) | RecordType(name=name):
            return name
        case OptionType(item):
            return f"{render_type(item)} | None"
        case ArrayType(index, item):
            return f"Array[{render_type(index)}, {render_type(item)}]"
        case QueueType(item, capacity):
            return f"Queue[{render_type(item)}, {capacity}]"
        case BagType(item, capacity):
            return f"Bag[{render_type(item)}, {capacity}]"
        case SetType(item):
            return f"FiniteSet[{render_type(item)}]"
        case _:
            assert_never(t)


def render_value(t: Type, value: Value) -> str:
    """A value of the type `t`; integers may lie outside their interval."""
    match t, value:
        case BoolType(), bool():
            return str(value)
        case IntType(), int():
            return str(value)
        case EnumType(), str():
            return value
        case OptionType(item), _:
            return "None" if value is None else render_value(item, value)
        case RecordType(name, fields), tuple():
            pairs = zip(fields, value, strict=True)
            inside = ", ".join(f"{f.name}={render_value(f.type, v)}" for f, v in pairs)
            return f"{name}({inside})"
        case SetType(item), tuple():
            return f"{{{', '.join(render_value(item, v) for v in value)}}}"
        case ((ArrayType(item=item) | QueueType(item=item) | BagType(item=item)), tuple()):
            return f"[{', '.join(render_value(item, v) for v in value)}]"
        case _:
            raise ModelCheckBug(f"{value!r} was rendered as {render_type(t)}")


def render_place(place: Place) -> str:
    """A place as it is written in an expression, such as `mq[me % 2].sender`."""
    return render_expr(place)


def render_path(variable: Variable, path: tuple[Value, ...]) -> str:
    """A concrete part of `variable`: `("mq", 0, "sender")` as `mq[0].sender`."""
    text, t = variable.name, variable.type
    for part in path[1:]:
        if isinstance(t, OptionType):
            t = t.item
        match t:
            case RecordType(fields=fields):
                text, t = f"{text}.{part}", fields[t.position(str(part))].type
            case ArrayType(index, item):
                text, t = f"{text}[{render_value(index, part)}]", item
            case _:
                raise ModelCheckBug(f"{path} is no part of {variable.name}")
    return text


def render_expr(expr: Expr) -> str:
    """An expression with no more parentheses than Python needs; `x!` is the item of an option."""
    return _expr(expr)[0]


def render_statement(statement: Statement) -> str:
    """A statement, one line each and branches indented; without a final newline."""
    return "\n".join(_statement(statement))


def render(model: Model) -> str:
    """The whole model as text: equal for models that differ only in positions in files."""
    return "\n".join(_model(model)) + "\n"


def spec_hash(model: Model) -> str:
    """The SHA-256 of the model's text, in hexadecimal; moving code does not change it."""
    return hashlib.sha256(render(model).encode()).hexdigest()


def _inside(expr: Expr, needed: int) -> str:
    text, precedence = _expr(expr)
    return text if precedence >= needed else f"({text})"


def _expr(expr: Expr) -> tuple[str, int]:
    match expr:
        case Literal(t, value):
            text = render_value(t, value)
            return text, NEGATION if text.startswith("-") else ATOM
        case Variable(name=name, scope=scope):
            return (f"before.{name}" if scope is Scope.BEFORE else name), ATOM
        case Field(base, name):
            return f"{_inside(base, ATOM)}.{name}", ATOM
        case Index(base, index):
            return f"{_inside(base, ATOM)}[{render_expr(index)}]", ATOM
        case Unwrap(base):
            return f"{_inside(base, ATOM)}!", ATOM
        case Some(item):
            return _expr(item)
        case IsNone(base):
            return f"{_inside(base, UNION)} is None", COMPARISON
        case Unary():
            return _unary(expr)
        case Binary():
            return _binary(expr)
        case Conditional(condition, then, otherwise):
            tests = _inside(then, CONDITIONAL + 1), _inside(condition, CONDITIONAL + 1)
            return f"{tests[0]} if {tests[1]} else {render_expr(otherwise)}", CONDITIONAL
        case Length(container):
            return f"len({render_expr(container)})", ATOM
        case First(queue):
            return f"{_inside(queue, ATOM)}.peek()", ATOM
        case Item(container, position):
            return f"{_inside(container, ATOM)}.item({position})", ATOM
        case Contains(container, item):
            return f"{_inside(item, UNION)} in {_inside(container, UNION)}", COMPARISON
        case SetOf(_, items):
            return f"{{{', '.join(map(render_expr, items))}}}", ATOM
        case SetOperation(operator, left, right):
            precedence = SET_PRECEDENCE[operator]
            sides = _inside(left, precedence), _inside(right, precedence + 1)
            return f"{sides[0]} {operator.value} {sides[1]}", precedence
        case Make(t, values):
            pairs = zip(t.fields, values, strict=True)
            fields = ", ".join(f"{f.name}={render_expr(v)}" for f, v in pairs)
            return f"{t.name}({fields})", ATOM
        case At():
            return _at(expr), ATOM
        case _:
            assert_never(expr)


def _unary(expr: Unary) -> tuple[str, int]:
    match expr.operator, expr.operand:
        case UnaryOperator.NOT, IsNone(base):
            return f"{_inside(base, UNION)} is not None", COMPARISON
        case UnaryOperator.NOT, operand:
            return f"not {_inside(operand, NOT)}", NOT
        case UnaryOperator.NEGATE, operand:
            return f"-{_inside(operand, NEGATION)}", NEGATION
        case _:
            raise ModelCheckBug(f"an operator without text: {expr.operator}")


def _binary(expr: Binary) -> tuple[str, int]:
    operator, precedence = expr.operator, PRECEDENCE[expr.operator]
    if operator in {Operator.MINIMUM, Operator.MAXIMUM}:
        return f"{operator.value}({render_expr(expr.left)}, {render_expr(expr.right)})", precedence
    # Comparisons would chain; connectives mean the same however they are grouped.
    left = precedence + 1 if operator in COMPARISONS else precedence
    right = precedence if operator in CONNECTIVES else precedence + 1
    text = f"{_inside(expr.left, left)} {operator.value} {_inside(expr.right, right)}"
    return text, precedence


def _at(expr: At) -> str:
    who = expr.process if expr.index is None else f"{expr.process}, {render_expr(expr.index)}"
    return f"done({who})" if expr.label is None else f'at({who}, "{expr.label}")'


def _statement(statement: Statement) -> Iterator[str]:
    match statement:
        case Assign(place, value):
            yield f"{render_place(place)} := {render_expr(value)}"
        case Push(queue, value):
            yield f"{render_place(queue)}.push({render_expr(value)})"
        case Pop(queue, None):
            yield f"{render_place(queue)}.pop()"
        case Pop(queue, target) if target is not None:
            yield f"{render_place(target)} := {render_place(queue)}.pop()"
        case Insert(container, value):
            yield f"{render_place(container)}.insert({render_expr(value)})"
        case Remove(container, value):
            yield f"{render_place(container)}.remove({render_expr(value)})"
        case Check(condition, message):
            yield f"check {render_expr(condition)}   {json.dumps(message, ensure_ascii=False)}"
        case Wait(condition):
            yield f"wait_until {render_expr(condition)}"
        case Choose(target, offers):
            yield f"{target.name} := one_of({', '.join(map(_offer, offers))})"
        case If(condition, then, otherwise):
            yield f"if {render_expr(condition)}"
            yield from _indented(then)
            if otherwise:
                yield "else"
                yield from _indented(otherwise)
        case Goto(label):
            yield "done" if label is None else f"goto {label}"
        case Pop():
            raise ModelCheckBug("a pop has one target or none")
        case _:
            assert_never(statement)


def _offer(offer: Offer) -> str:
    text = render_expr(offer.value)
    return text if offer.condition == TRUE else f"{text} if {render_expr(offer.condition)}"


def _indented(body: tuple[Statement, ...]) -> Iterator[str]:
    for statement in body:
        for line in _statement(statement):
            yield INDENT + line


def _model(model: Model) -> Iterator[str]:
    yield f"model {json.dumps(model.title, ensure_ascii=False)}"
    yield from (f"constant {constant.name} = {constant.text}" for constant in model.constants)
    yield from _declarations(model)
    if model.variables:
        yield ""
    for variable, value in zip(model.variables, model.initial, strict=True):
        initial = render_value(variable.type, value)
        yield f"shared {variable.name}: {render_type(variable.type)} = {initial}"
    for process in model.processes:
        yield ""
        yield from _process(process)
    if model.properties:
        yield ""
    for prop in model.properties:
        yield from _property(prop)


def _property(prop: Property) -> Iterator[str]:
    yield f"{prop.kind.value} {prop.name}"
    yield f"{INDENT}{render_expr(prop.condition)}"
    if prop.target is not None:
        yield f"{INDENT}~> {render_expr(prop.target)}"


def _declarations(model: Model) -> Iterator[str]:
    for t in named_types(model):
        match t:
            case EnumType(name, members):
                yield f"enum {name}: {', '.join(members)}"
            case RecordType(name, fields):
                yield f"record {name}: " + ", ".join(
                    f"{f.name}: {render_type(f.type)}" for f in fields
                )
            case _:
                assert_never(t)


def _process(process: Process) -> Iterator[str]:
    index = process.index
    array = "" if index is None else f"[{index.name}: {render_type(index.type)}]"
    yield f"{process.kind.value} {process.name}{array}   fairness {process.fairness.value}"
    for local in process.locals:
        yield f"{INDENT}local {local.name}: {render_type(local.type)}"
    yield f"{INDENT}prologue"
    for line in _indented(process.prologue):
        yield INDENT + line
    for step in process.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[str]:
    live = f"   live {', '.join(step.live)}" if step.live else ""
    yield f"{INDENT}step {step.label}{live}"
    for line in _indented(step.body):
        yield INDENT + line
