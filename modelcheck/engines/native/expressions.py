"""Expressions as C: a text without side effects, and before it what it needs computed.

An expression that can violate an implicit check emits the check before its text, in the order in
which the semantics would come to it.
"""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.native import places
from modelcheck.engines.native.codes import (
    code_of,
    converted,
    fits,
    less,
    literal,
    require_word,
    shifted,
    some,
)
from modelcheck.engines.native.containers import (
    contained,
    first_item,
    item_at,
    length,
    set_of,
    set_operation,
)
from modelcheck.engines.native.layout import Layout, TooWide, fits_word, leaf_types
from modelcheck.engines.native.operators import arithmetic
from modelcheck.engines.native.packing import width
from modelcheck.engines.native.places import Far, Place, Slot, leaves, load, lying, tabled
from modelcheck.engines.native.text import Function, bare, c_type
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    COMPARISONS,
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
    join,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    IntType,
    RecordType,
    Type,
    Value,
    position,
)
from modelcheck.semantics import Prepared


class Expressions:
    """Writes the expressions of one C function."""

    def __init__(self, layout: Layout, prepared: Prepared, function: Function) -> None:
        self.layout = layout
        self.prepared = prepared
        self.function = function
        self.state = "n"
        """The C array that holds the state."""

        self.names: dict[str, str] = {}
        """The C variable of each local of the step's process."""

    def value(self, expr: Expr) -> str:
        """The value of an expression, which fits in a word."""
        match expr:
            case Literal(t, known):
                return literal(t, known)
            case Variable() | Field() | Index() | Unwrap():
                return self._loaded(self.place(expr))
            case Binary():
                return self._binary(expr)
            case Unary(operator, operand):
                sign = "!" if operator is UnaryOperator.NOT else "-"
                return f"({sign}{self.value(operand)})"
            case Some(item):
                return some(self.value(item), type_of(item))
            case IsNone(base):
                return f"({self.value(base)} == 0)"
            case Conditional():
                (found,) = self._either(expr, [type_of(expr)])
                return found
            case Make(t, values):
                return self._joined(t, values)
            case At():
                return self._at(expr)
            case _:
                return self._contents(expr)

    def _contents(self, expr: Length | First | Item | Contains | SetOf | SetOperation) -> str:
        match expr:
            case Length(container):
                return length(self.value(container), type_of(container))
            case First(queue):
                return first_item(self.function, self.value(queue), type_of(queue))
            case Item(container, at):
                return item_at(self.value(container), type_of(container), at)
            case Contains(container, item):
                held = self.value(container)
                return contained(
                    self.function, (held, type_of(container)), self.once(item), type_of(item)
                )
            case SetOf(t, items):
                given = [(self.once(item), type_of(item)) for item in items]
                return set_of(self.function, t, given)
            case SetOperation(operator, left, right):
                return set_operation(operator, self.value(left), self.value(right))
            case _:
                assert_never(expr)

    def once(self, expr: Expr) -> str:
        """The value of an expression as a text that may be written several times."""
        return self.function.temporary(self.value(expr), type_of(expr))

    def as_type(self, expr: Expr, wanted: Type) -> str:
        """The value of an expression as one of another type; what lies outside is a violation."""
        held, once = type_of(expr), self.once(expr)
        self.function.check(fits(once, held, wanted))
        return converted(self.function, once, held, wanted)

    def place(self, expr: Expr) -> Place:
        """Where the value of an expression is held; one that is no place gets a variable."""
        match expr:
            case Variable(name, t, Scope.LOCAL):
                return places.variable(self.names[name], t)
            case Variable(name, _, scope):
                at = self.prepared.names.index(name)
                state = "s" if scope is Scope.BEFORE else self.state
                return lying(state, self.layout.shared[at])
            case Field(base, name):
                return places.field(self.function, self.place(base), name)
            case Index(base, index):
                return self._item(self.place(base), index)
            case Unwrap(base):
                option = self.place(base)
                if not isinstance(option, Slot):
                    raise TooWide("an option that fits in no word")
                self.function.check(f"{load(option)} != 0")
                return places.inside(option)
            case _:
                return places.variable(self.once(expr), type_of(expr))

    def _item(self, base: Place, index: Expr) -> Place:
        if not isinstance(base.type, ArrayType):
            raise ModelCheckBug(f"no array: {base.type}")
        domain = base.type.index
        if isinstance(index, Literal):
            known = position(domain, index.value)
            if known is not None:
                return places.known_item(self.function, base, known)
        once = self.once(index)
        self.function.check(fits(once, type_of(index), domain))
        low = domain.low if isinstance(domain, IntType) else 0
        return places.item(self.function, base, less(once, low))

    def parts(self, expr: Expr, types: list[Type]) -> list[str]:
        """The value of an expression in parts of these types, each of which fits in a word."""
        match expr:
            case _ if fits_word(type_of(expr)):
                return [self.as_type(expr, types[0])]
            case Literal(t, known):
                return [literal(*one) for one in _literals(t, known)]
            case Make(t, values):
                found: list[str] = []
                for field, value in zip(t.fields, values, strict=True):
                    found += self.parts(value, leaf_types(field.type))
                return found
            case Conditional():
                return self._either(expr, types)
            case Variable() | Field() | Index() | Unwrap():
                slots = leaves(self.function, self.place(expr))
                return [self.function.snapshot(load(slot), slot.type) for slot in slots]
            case _:
                raise TooWide(f"a value of {width(type_of(expr))} bits in one piece")

    def _loaded(self, place: Place) -> str:
        if isinstance(place, Far):
            require_word(place.type)
            raise ModelCheckBug("what fits in a word was laid out in parts")
        return load(place)

    def _either(self, expr: Conditional, types: list[Type]) -> list[str]:
        """One of two values, in parts; what the other one would need is not computed."""
        test = self.value(expr.condition)
        with self.function.aside() as one:
            then = self._arm(expr.then, types)
        with self.function.aside() as two:
            other = self._arm(expr.otherwise, types)
        if not one and not two and len(types) == 1:
            return [f"(int64_t) ({test} ? {then[0]} : {other[0]})"]
        names = [self.function.fresh("t") for _ in types]
        for name, t in zip(names, types, strict=True):
            self.function.text.add(f"{c_type(t)} {name};")
        self.function.text.add()
        for head, lines, texts in ((f"if ({bare(test)})", one, then), ("else", two, other)):
            self.function.text.open(head)
            self.function.text.lines += lines
            for name, text in zip(names, texts, strict=True):
                self.function.text.add(f"{name} = {bare(text)};")
            self.function.text.close()
        return names

    def _arm(self, expr: Expr, types: list[Type]) -> list[str]:
        if len(types) == 1:
            return [converted(self.function, self.value(expr), type_of(expr), types[0])]
        return self.parts(expr, types)

    def _binary(self, expr: Binary) -> str:
        if expr.operator in CONNECTIVES:
            return self._connective(expr)
        if expr.operator in COMPARISONS:
            return self._compared(expr)
        return arithmetic(self.function, expr, self.value(expr.left), self.value(expr.right))

    def _connective(self, expr: Binary) -> str:
        is_and = expr.operator is Operator.AND
        left = self.value(expr.left)
        with self.function.aside() as emitted:
            right = self.value(expr.right)
        if not emitted:
            return f"({left} {'&&' if is_and else '||'} {right})"
        name = self.function.fresh("t")
        self.function.text.add(f"bool {name} = {bare(left)};")
        self.function.text.add()
        emitted.append("\t" * (self.function.text.indent + 1) + f"{name} = {bare(right)};")
        self.function.block(f"if ({name})" if is_and else f"if (!{name})", emitted)
        return name

    def _compared(self, expr: Binary) -> str:
        one, other = type_of(expr.left), type_of(expr.right)
        wanted, sign = join(one, other), expr.operator.value
        if not fits_word(wanted):
            types = leaf_types(wanted)
            pairs = zip(self.parts(expr.left, types), self.parts(expr.right, types), strict=True)
            same = " && ".join(f"{left} == {right}" for left, right in pairs)
            return f"({same})" if expr.operator is Operator.EQUAL else f"(!({same}))"
        left = converted(self.function, self.value(expr.left), one, wanted)
        right = converted(self.function, self.value(expr.right), other, wanted)
        return f"({left} {sign} {right})"

    def _joined(self, t: RecordType, values: tuple[Expr, ...]) -> str:
        """A record of values, each of which has to be one of its field's type."""
        require_word(t)
        after, bits = width(t), []
        for field, value in zip(t.fields, values, strict=True):
            after -= width(field.type)
            code = code_of(self.as_type(value, field.type), field.type)
            if width(field.type):
                bits.append(shifted(code, after))
        return f"({' | '.join(bits)})" if bits else "UINT64_C(0)"

    def _at(self, expr: At) -> str:
        process = self.prepared.model.process(expr.process)
        instances = zip(self.layout.stands, self.prepared.instances, strict=True)
        stands = [stand for stand, one in instances if one.process == expr.process]
        at: str | int = 0
        if expr.index is not None and process.index is not None:
            at = self._instance(expr.index, process.index.type)
        if expr.label not in stands[0].places:
            return "0"  # no instance is ever done
        wanted = stands[0].places.index(expr.label)
        if isinstance(at, int):
            label = lying(self.state, stands[at].label)
        else:
            far = Far(self.state, tuple(stand.label for stand in stands), at)
            label = tabled(self.function, far)
        return f"({self._loaded(label)} == {wanted})"

    def _instance(self, index: Expr, domain: Type) -> str | int:
        """Which instance of a process array, known or computed."""
        known = position(domain, index.value) if isinstance(index, Literal) else None
        if known is not None:
            return known
        once = self.once(index)
        self.function.check(fits(once, type_of(index), domain))
        return code_of(once, domain)


def _literals(t: Type, value: Value) -> list[tuple[Type, Value]]:
    """The parts of a known value."""
    if fits_word(t) or not isinstance(value, tuple):
        return [(t, value)]
    match t:
        case RecordType(fields=fields):
            pairs = [(field.type, part) for field, part in zip(fields, value, strict=True)]
        case ArrayType(_, item):
            pairs = [(item, part) for part in value]
        case _:
            raise TooWide(f"a value of {width(t)} bits in one piece")
    return [leaf for one in pairs for leaf in _literals(*one)]
