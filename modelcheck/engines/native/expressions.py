"""Expressions as C: a text without side effects, and before it what it needs computed.

Scalars are numbers as in the spec, enum members their positions; everything else is packed. An
expression that can violate an implicit check emits the check before its text, in the order in which
the semantics would come to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import assert_never

from modelcheck.engines.native.layout import Bits, Layout, Parts, Placement, TooWide
from modelcheck.engines.native.packing import is_scalar, pack, width
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    COMPARISONS,
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
    Value,
    position,
    size,
)
from modelcheck.semantics import Prepared

LARGEST = 1 << 62
SIGNS = {
    Operator.EQUAL: "==",
    Operator.UNEQUAL: "!=",
    Operator.LESS: "<",
    Operator.LESS_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_EQUAL: ">=",
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.MULTIPLY: "*",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A packed value of a type within a C variable or word: `word >> shift`."""

    word: str
    shift: str
    type: Type
    inside_option: bool = False
    """The value is a scalar held by an option: its code is one more."""

    is_whole: bool = False
    """It is all of a C variable, which holds the value itself and no code."""


@dataclass(frozen=True, slots=True)
class Far:
    """One of several parts of the state, which the number `at` tells."""

    parts: tuple[Placement, ...]
    at: str


Place = Slot | Far


@dataclass(slots=True)
class Text:
    """C being written; one for each function, and a fresh one inside for each block."""

    lines: list[str]
    indent: int = 1

    def add(self, line: str) -> None:
        """One more line."""
        self.lines.append("\t" * self.indent + line)

    def open(self, line: str) -> None:
        """A line, and a block below it."""
        self.add(line)
        self.add("{")
        self.indent += 1

    def close(self) -> None:
        """The end of a block."""
        self.indent -= 1
        self.add("}")


class Tables:
    """The constant tables of one C file: where the parts of an array lie that fits in no word."""

    def __init__(self) -> None:
        self.names: dict[tuple[int, ...], str] = {}

    def name(self, numbers: tuple[int, ...]) -> str:
        """The table of these numbers."""
        return self.names.setdefault(numbers, f"table_{len(self.names)}")

    def text(self) -> str:
        """Their definitions."""
        return "".join(
            f"static const uint8_t {name}[] = {{{', '.join(map(str, numbers))}}};\n"
            for numbers, name in self.names.items()
        )


class Expressions:
    """Writes the expressions of one C function."""

    def __init__(self, layout: Layout, prepared: Prepared, tables: Tables, text: Text) -> None:
        self.layout = layout
        self.prepared = prepared
        self.tables = tables
        self.text = text
        self.state = "n"
        self.names: dict[str, str] = {}
        """The C variable of each local of the step's process."""

        self.violate: tuple[str, ...] = ("return 0;",)
        """What is done where a check is violated."""

        self.fresh = count(1)

    def temporary(self, value: str, t: Type) -> str:
        """A C variable that holds a value computed now."""
        if value.isidentifier() or value.lstrip("-").isdigit():
            return value
        name = f"t{next(self.fresh)}"
        self.text.add(f"const {_c_type(t)} {name} = {value};")
        return name

    def check(self, condition: str) -> None:
        """Emit an implicit check."""
        if condition == "1":
            return
        self.text.open(f"if (!({condition}))")
        for line in self.violate:
            self.text.add(line)
        self.text.close()

    def value(self, expr: Expr) -> str:
        """The value of an expression."""
        match expr:
            case Literal(t, value):
                return self.literal(t, value)
            case Variable() | Field() | Index() | Unwrap():
                return self.loaded(self.place(expr))
            case Binary():
                return self._binary(expr)
            case Unary(UnaryOperator.NOT, operand):
                return f"(!{self.value(operand)})"
            case Unary(_, operand):
                return f"(-{self.value(operand)})"
            case Some(item):
                return self.some(self.value(item), type_of(item))
            case IsNone(base):
                return self._is_none(base)
            case Conditional(condition, then, otherwise):
                t = type_of(expr)
                return self._either(condition, (then, t), (otherwise, t))
            case Length(container):
                return self._length(container)
            case First(queue):
                held = self.temporary(self.value(queue), type_of(queue))
                t, sizes = self._pool(queue)
                self.check(f"pool_length({held}, {sizes}) > 0")
                return self.natural(f"pool_item({held}, {sizes}, 0)", t.item)
            case Item(container, at):
                t, sizes = self._pool(container)
                return self.natural(f"pool_item({self.value(container)}, {sizes}, {at})", t.item)
            case Contains():
                return self._contains(expr)
            case SetOf():
                return self._set_of(expr)
            case SetOperation(operator, left, right):
                return self._set_operation(operator, self.value(left), self.value(right))
            case Make(t, values):
                fields = zip(t.fields, values, strict=True)
                return self._joined([(self.value(v), type_of(v), f.type) for f, v in fields])
            case At():
                return self._at(expr)
            case _:
                assert_never(expr)

    def condition(self, expr: Expr) -> str:
        """The value of a condition."""
        return self.value(expr)

    def literal(self, t: Type, value: Value) -> str:
        """A value that is known."""
        match t, value:
            case IntType(), int() if abs(value) < LARGEST:
                return str(int(value))
            case ((BoolType() | EnumType()), _):
                return str(pack(t, value))
            case IntType(), _:
                raise TooWide(f"the number {value}")
            case _:
                _check_width(t)
                return f"UINT64_C({pack(t, value)})"

    def code(self, value: str, t: Type) -> str:
        """The bits of a value."""
        match t:
            case IntType(low) if low:
                return f"(word) ({value} - ({low}))"
            case _:
                return f"(word) {value}" if is_scalar(t) else value

    def some(self, item: str, t: Type) -> str:
        """An option that holds a value."""
        _check_width(OptionType(t))
        if is_scalar(t):
            return f"(1 + {self.code(item, t)})"
        return f"({item} | (word) 1 << {width(t)})"

    def converted(self, value: str, held: Type, wanted: Type) -> str:
        """A value of one type as another that differs in the intervals of integers at most.

        What lies outside is the caller's to check; see `fits`.
        """
        match held, wanted:
            case OptionType(IntType(low)), OptionType(IntType(other)) if low != other:
                once = self.temporary(value, held)
                return f"({once} == 0 ? 0 : {once} + (word) ({low - other}))"
            case _:
                return value

    def fits(self, value: str, held: Type, wanted: Type) -> str:
        """The C condition that a value of one type is a value of another; `value` is used twice."""
        match held, wanted:
            case IntType(low, high), IntType(least, greatest):
                tests = [f"{value} >= {least}"] if low < least else []
                tests += [f"{value} <= {greatest}"] if high > greatest else []
                return " && ".join(tests) or "1"
            case OptionType(IntType(low) as item), OptionType(IntType() as other):
                inner = self.fits(f"(int64_t) ({value} - 1) + ({low})", item, other)
                return inner if inner == "1" else f"{value} == 0 || ({inner})"
            case _:
                return "1"

    def place(self, expr: Expr) -> Place:
        """Where the value of an expression is held; one that is no place gets a variable."""
        match expr:
            case Variable(name, t, scope):
                if scope is Scope.LOCAL:
                    return Slot(self.names[name], "0", t, is_whole=True)
                names = self.prepared.names
                at = self.layout.shared[names.index(name)]
                return _narrow(Far((at,), "0"), "s" if scope is Scope.BEFORE else self.state)
            case Field(base, name):
                return self._field(self.place(base), base, name)
            case Index(base):
                return self._index(expr, self.place(base))
            case Unwrap(base):
                return self._unwrap(self.place(base), type_of(base))
            case _:
                t = type_of(expr)
                held = self.temporary(self.value(expr), t)
                return Slot(held, "0", t, is_whole=True)

    def loaded(self, place: Place) -> str:
        """The value that a place holds."""
        match place:
            case Slot(word, shift, t):
                if place.is_whole:
                    return word
                bits = width(OptionType(t)) if place.inside_option else width(t)
                code = f"get_bits({word}, {shift}, {bits})"
                return self.natural(f"({code} - 1)" if place.inside_option else code, t)
            case Far(parts):
                t = _type_of(parts[0])
                _check_width(t)
                raise TooWide(f"a value of {width(t)} bits in one piece")

    def natural(self, code: str, t: Type) -> str:
        """The value of some bits."""
        match t:
            case IntType(low):
                return f"((int64_t) {code} + ({low}))" if low else f"(int64_t) {code}"
            case BoolType() | EnumType():
                return f"(int64_t) {code}"
            case _:
                return code

    def _field(self, base: Place, expr: Expr, name: str) -> Place:
        record = type_of(expr)
        if not isinstance(record, RecordType):
            raise ModelCheckBug(f"no record: {expr}")
        at = record.position(name)
        match base:
            case Slot(word, shift):
                after = sum(width(field.type) for field in record.fields[at + 1 :])
                return Slot(word, _plus(shift, str(after)), record.fields[at].type)
            case Far(parts):
                return _narrow(Far(tuple(_part(one, at) for one in parts), base.at), self.state)

    def _index(self, expr: Index, base: Place) -> Place:
        array = type_of(expr.base)
        if not isinstance(array, ArrayType):
            raise ModelCheckBug(f"no array: {expr.base}")
        count_, step = size(array.index), width(array.item)
        known = expr.index.value if isinstance(expr.index, Literal) else None
        at = None if known is None else position(array.index, known)
        if at is None:
            index = self.temporary(self.value(expr.index), type_of(expr.index))
            self.check(self.fits(index, type_of(expr.index), array.index))
            low = array.index.low if isinstance(array.index, IntType) else 0
            dynamic = f"({index} - ({low}))" if low else index
        match base:
            case Slot(word, shift):
                if at is not None:
                    return Slot(word, _plus(shift, str((count_ - 1 - at) * step)), array.item)
                away = f"(int) ({count_ - 1} - {dynamic}) * {step}"
                return Slot(word, _plus(shift, away), array.item)
            case Far(parts):
                if at is not None:
                    chosen = tuple(_part(one, at) for one in parts)
                    return _narrow(Far(chosen, base.at), self.state)
                every = tuple(_part(one, i) for one in parts for i in range(count_))
                number = dynamic if len(parts) == 1 else f"{base.at} * {count_} + {dynamic}"
                return self._tabled(Far(every, number))

    def _tabled(self, far: Far) -> Place:
        """A place that is looked up in tables, where its candidates fit in words."""
        bits = [part for part in far.parts if isinstance(part, Bits)]
        if len(bits) < len(far.parts):
            return far
        at = self.temporary(f"(int) ({far.at})", IntType(0, len(bits)))
        words = {one.word for one in bits}
        name = self.tables.name(tuple(one.word for one in bits))
        word = str(bits[0].word) if len(words) == 1 else f"{name}[{at}]"
        shift = f"{self.tables.name(tuple(one.shift for one in bits))}[{at}]"
        return Slot(f"{self.state}[{word}]", shift, bits[0].type)

    def _unwrap(self, base: Place, option: Type) -> Place:
        if not isinstance(option, OptionType) or not isinstance(base, Slot):
            raise TooWide("an option that fits in no word")
        self.check(f"{self.loaded(base)} != 0")
        inside = is_scalar(option.item)
        return replace(base, type=option.item, inside_option=inside, is_whole=False)

    def _is_none(self, base: Expr) -> str:
        return f"({self.value(base)} == 0)"

    def _either(self, condition: Expr, then: tuple[Expr, Type], other: tuple[Expr, Type]) -> str:
        """One of two values; what the other one would need is not computed."""
        test = self.value(condition)
        wanted = then[1]
        texts, emitted = [], []
        for expr, _ in (then, other):
            inner, self.text = self.text, Text([], self.text.indent + 1)
            texts.append(self.converted(self.value(expr), type_of(expr), wanted))
            emitted.append(self.text.lines)
            self.text = inner
        if not any(emitted):
            return f"({test} ? {texts[0]} : {texts[1]})"
        name = f"t{next(self.fresh)}"
        self.text.add(f"{_c_type(wanted)} {name};")
        for head, value, lines in zip((f"if ({test})", "else"), texts, emitted, strict=True):
            self.text.open(head)
            self.text.lines += lines
            self.text.add(f"{name} = {value};")
            self.text.close()
        return name

    def _binary(self, expr: Binary) -> str:
        operator = expr.operator
        if operator in (Operator.AND, Operator.OR):
            return self._connective(expr)
        if operator in COMPARISONS:
            return self._compared(expr)
        left, right = self.value(expr.left), self.value(expr.right)
        held = type_of(expr)
        if isinstance(held, IntType) and max(abs(held.low), abs(held.high)) >= LARGEST:
            raise TooWide("arithmetic on large numbers")
        if operator in SIGNS:
            return f"({left} {SIGNS[operator]} {right})"
        if operator in (Operator.MINIMUM, Operator.MAXIMUM):
            left = self.temporary(left, held)
            right = self.temporary(right, held)
            sign = "<" if operator is Operator.MINIMUM else ">"
            return f"({right} {sign} {left} ? {right} : {left})"
        return self._division(expr, left, right)

    def _division(self, expr: Binary, left: str, right: str) -> str:
        one, other = type_of(expr.left), type_of(expr.right)
        divisor = self.temporary(right, other)
        if isinstance(other, IntType) and other.low <= 0 <= other.high:
            self.check(f"{divisor} != 0")
        plain = isinstance(one, IntType) and isinstance(other, IntType)
        if plain and isinstance(one, IntType) and one.low >= 0 and other.low >= 0:  # type: ignore[union-attr]
            return f"({left} {'/' if expr.operator is Operator.DIVIDE else '%'} {divisor})"
        name = "floor_divide" if expr.operator is Operator.DIVIDE else "floor_modulo"
        return f"{name}({left}, {divisor})"

    def _connective(self, expr: Binary) -> str:
        is_and = expr.operator is Operator.AND
        left = self.value(expr.left)
        outer, self.text = self.text, Text([], self.text.indent + 1)
        right = self.value(expr.right)
        emitted, self.text = self.text.lines, outer
        if not emitted:
            return f"({left} {'&&' if is_and else '||'} {right})"
        name = f"t{next(self.fresh)}"
        self.text.add(f"bool {name} = {left};")
        self.text.open(f"if ({name})" if is_and else f"if (!{name})")
        self.text.lines += emitted
        self.text.add(f"{name} = {right};")
        self.text.close()
        return name

    def _compared(self, expr: Binary) -> str:
        one, other = type_of(expr.left), type_of(expr.right)
        sign = SIGNS[expr.operator]
        if width(one) > 64 or width(other) > 64:  # noqa: PLR2004  # the bits of a word
            raise TooWide("a comparison of large values")
        wanted = join(one, other)
        if not is_scalar(wanted) and any(self.fits("x", t, wanted) != "1" for t in (one, other)):
            raise ModelCheckBug("a join does not hold what it joins")
        left = self.converted(self.value(expr.left), one, wanted)
        right = self.converted(self.value(expr.right), other, wanted)
        return f"({left} {sign} {right})"

    def _pool(self, container: Expr) -> tuple[QueueType | BagType, str]:
        t = type_of(container)
        if not isinstance(t, QueueType | BagType):
            raise ModelCheckBug(f"no queue and no bag: {container}")
        _check_width(t)
        return t, f"{t.capacity}, {width(t.item)}"

    def _length(self, container: Expr) -> str:
        if isinstance(type_of(container), SetType):
            return f"(int64_t) __builtin_popcountll({self.value(container)})"
        _, sizes = self._pool(container)
        return f"pool_length({self.value(container)}, {sizes})"

    def _contains(self, expr: Contains) -> str:
        t, held = type_of(expr.container), self.value(expr.container)
        given = type_of(expr.item)
        if not isinstance(t, QueueType | BagType | SetType):
            raise ModelCheckBug(f"no container: {expr.container}")
        item = self.temporary(self.value(expr.item), given)
        inside = self.fits(item, given, t.item)
        code = self.code(self.converted(item, given, t.item), t.item)
        if isinstance(t, SetType):
            found = f"({held} >> {self.member(item, given, t.item)} & 1)"
        else:
            found = f"pool_holds({held}, {t.capacity}, {width(t.item)}, {code})"
        return f"({inside} && {found})" if inside != "1" else f"(int64_t) {found}"

    def member(self, value: str, held: Type, item: Type) -> str:
        """The number of a value among the members of a set's domain."""
        if is_scalar(item):
            return self.code(value, item)
        if isinstance(item, OptionType) and is_scalar(item.item):
            return self.converted(value, held, item)
        if size(item) == 1 << width(item):
            return value
        raise TooWide("a set of records whose bits leave gaps")

    def _set_of(self, expr: SetOf) -> str:
        _check_width(expr.type)
        parts = []
        for item in expr.items:
            held = type_of(item)
            value = self.temporary(self.value(item), held)
            self.check(self.fits(value, held, expr.type.item))
            parts.append(f"(word) 1 << {self.member(value, held, expr.type.item)}")
        return f"({' | '.join(parts)})" if parts else "UINT64_C(0)"

    def _set_operation(self, operator: SetOperator, left: str, right: str) -> str:
        match operator:
            case SetOperator.UNION:
                return f"({left} | {right})"
            case SetOperator.INTERSECTION:
                return f"({left} & {right})"
            case SetOperator.DIFFERENCE:
                return f"({left} & ~{right})"
            case SetOperator.SUBSET:
                return f"(({left} & ~{right}) == 0)"
            case _:
                assert_never(operator)

    def _joined(self, parts: list[tuple[str, Type, Type]]) -> str:
        """A record of values, each with the type it has and the one it is to have."""
        _check_width(RecordType("", ()))
        total = sum(width(wanted) for _, _, wanted in parts)
        if total > 64:  # noqa: PLR2004  # the bits of a word
            raise TooWide(f"a value of {total} bits in one piece")
        texts = []
        for value, held, wanted in parts:
            total -= width(wanted)
            once = self.temporary(value, held)
            self.check(self.fits(once, held, wanted))
            code = self.code(self.converted(once, held, wanted), wanted)
            if width(wanted):
                texts.append(f"{code} << {total}" if total else code)
        return f"({' | '.join(texts)})" if texts else "UINT64_C(0)"

    def _at(self, expr: At) -> str:
        process = self.prepared.model.process(expr.process)
        stands = [
            stand
            for stand, instance in zip(self.layout.stands, self.prepared.instances, strict=True)
            if instance.process == expr.process
        ]
        if expr.label not in stands[0].places:
            return "0"  # it never ends
        wanted = stands[0].places.index(expr.label)
        if expr.index is None or process.index is None:
            return f"({self.loaded(self._label(stands[0].label))} == {wanted})"
        held, t = type_of(expr.index), process.index.type
        index = self.temporary(self.value(expr.index), held)
        self.check(self.fits(index, held, t))
        if isinstance(expr.index, Literal):
            at = position(t, expr.index.value)
            return f"({self.loaded(self._label(stands[at or 0].label))} == {wanted})"
        place = self._tabled(Far(tuple(stand.label for stand in stands), self.code(index, t)))
        return f"({self.loaded(place)} == {wanted})"

    def _label(self, bits: Bits) -> Slot:
        return Slot(f"{self.state}[{bits.word}]", str(bits.shift), bits.type)


def _narrow(far: Far, state: str) -> Place:
    """A place that is known to be one stretch of one word, if it is."""
    match far:
        case Far((Bits(t, word, shift),)):
            return Slot(f"{state}[{word}]", str(shift), t)
        case _:
            return far


def _part(placement: Placement, at: int) -> Placement:
    if not isinstance(placement, Parts):
        raise ModelCheckBug("a part of what lies in one piece")
    return placement.parts[at]


def _type_of(placement: Placement) -> Type:
    return placement.type


def _plus(one: str, other: str) -> str:
    if one.isdigit() and other.isdigit():
        return str(int(one) + int(other))
    return one if other == "0" else other if one == "0" else f"{one} + {other}"


def _c_type(t: Type) -> str:
    return "int64_t" if is_scalar(t) else "word"


def _check_width(t: Type) -> None:
    if width(t) > 64:  # noqa: PLR2004  # the bits of a word
        raise TooWide(f"a value of {width(t)} bits in one piece")
