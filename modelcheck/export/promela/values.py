"""Expressions as Promela: the scalars of their values, as texts over a state.

A value is either stored at a path, or computed: one text per scalar. Everything here speaks of
total expressions (`passes.explicit_checks`), so an index may be used wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.export.promela.layout import Layout, width
from modelcheck.export.promela.logic import (
    TRUE,
    Scalars,
    all_chosen,
    all_same,
    both,
    chosen,
    either,
    opposite,
    same,
    shifted,
)
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
from modelcheck.ir.render import render_expr
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    IntType,
    QueueType,
    RecordType,
    SetType,
    size,
    values,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A value that stands somewhere in the state."""

    path: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A value made of texts."""

    scalars: Scalars


Meaning: TypeAlias = Stored | Computed
Known: TypeAlias = Mapping[Variable, Meaning]
"""What each variable means where an expression stands."""


@dataclass(frozen=True, slots=True)
class Writer:
    """How expressions are written."""

    layout: Layout
    locations: Mapping[str, tuple[str, int | None, Mapping[str | None, str]]]
    """By process: its location's name, where its indices begin (None: no array), its labels."""

    def scalars(self, expr: Expr, known: Known) -> Scalars:
        """The scalars of an expression's value."""
        meaning = self.meaning(expr, known)
        if isinstance(meaning, Stored):
            return self.layout.scalars(type_of(expr), meaning.path)
        return meaning.scalars

    def scalar(self, expr: Expr, known: Known) -> str:
        """The value of an expression that is a scalar."""
        (text,) = self.scalars(expr, known)
        return text

    def meaning(self, expr: Expr, known: Known) -> Meaning:
        """What an expression's value is."""
        match expr:
            case Variable():
                if expr not in known:
                    raise ModelCheckBug(f"{expr.name} was read before it had a value")
                return known[expr]
            case Literal(t, value):
                return Computed(self.layout.literal(t, value))
            case Field(base, name):
                return self._field(base, name, known)
            case Index():
                return self._index(expr, known)
            case Unwrap(base):
                meaning = self.meaning(base, known)
                if isinstance(meaning, Stored):
                    return Stored(f"{meaning.path}.item")
                return Computed(meaning.scalars[1:])
            case First() | Item() | Length() | Contains() | SetOf() | SetOperation():
                return self._asked(expr, known)
            case Some(item):
                return Computed((TRUE, *self.scalars(item, known)))
            case Make(_, parts):
                return Computed(tuple(one for part in parts for one in self.scalars(part, known)))
            case Conditional(condition, then, otherwise):
                one, other = self.scalars(then, known), self.scalars(otherwise, known)
                return Computed(all_chosen(self.scalar(condition, known), one, other))
            case IsNone(base):
                return Computed((opposite(self.scalars(base, known)[0]),))
            case Unary(operator, operand):
                text = self.scalar(operand, known)
                is_not = operator is UnaryOperator.NOT
                return Computed((opposite(text) if is_not else f"(0 - {text})",))
            case Binary():
                return Computed((self._binary(expr, known),))
            case At():
                return Computed((self._at(expr, known),))
            case _:
                assert_never(expr)

    def _asked(
        self, expr: First | Item | Length | Contains | SetOf | SetOperation, known: Known
    ) -> Meaning:
        """Something asked of a queue, a bag or a set."""
        match expr:
            case First(queue):
                return self._slot(queue, 0, known)
            case Item(container, position):
                return self._slot(container, position, known)
            case Length(container):
                return Computed((self._length(container, known),))
            case Contains():
                return Computed((self._contains(expr, known),))
            case SetOf():
                return Computed(self._set_of(expr, known))
            case SetOperation():
                return Computed(self._set_operation(expr, known))
            case _:
                assert_never(expr)

    def _field(self, base: Expr, name: str, known: Known) -> Meaning:
        meaning, t = self.meaning(base, known), type_of(base)
        if not isinstance(t, RecordType):
            raise ModelCheckBug(f"no record: {render_expr(base)}")
        if isinstance(meaning, Stored):
            return Stored(f"{meaning.path}.{self.layout.fields[name]}")
        at = t.position(name)
        begin = sum(width(field.type) for field in t.fields[:at])
        return Computed(meaning.scalars[begin : begin + width(t.fields[at].type)])

    def _index(self, expr: Index, known: Known) -> Meaning:
        meaning, t = self.meaning(expr.base, known), type_of(expr.base)
        if not isinstance(t, ArrayType):
            raise ModelCheckBug(f"no array: {render_expr(expr.base)}")
        index = self.subscript(t, expr.index, known)
        if isinstance(meaning, Stored):
            return Stored(self.layout.element(t, meaning.path, index))
        step = width(t.item)
        *rest, last = (
            meaning.scalars[begin : begin + step] for begin in range(0, step * size(t.index), step)
        )
        for at, part in reversed(tuple(enumerate(rest))):
            last = all_chosen(same(index, str(at)), part, last)
        return Computed(last)

    def subscript(self, t: ArrayType, index: Expr, known: Known) -> str:
        """Where an index stands in its domain."""
        low = t.index.low if isinstance(t.index, IntType) else 0
        if isinstance(index, Literal):
            (text,) = self.layout.literal(index.type, index.value)
            positions = [self.layout.literal(t.index, value) for value in values(t.index)]
            return str(positions.index((text,))) if (text,) in positions else text
        return shifted(self.scalar(index, known), low)

    def _slot(self, container: Expr, at: int, known: Known) -> Meaning:
        meaning, t = self.meaning(container, known), type_of(container)
        if not isinstance(t, QueueType | BagType):
            raise ModelCheckBug(f"no queue and no bag: {render_expr(container)}")
        if isinstance(meaning, Stored) and at < t.capacity:
            return Stored(self.layout.slot(t, meaning.path, str(at)))
        scalars = self.scalars(container, known)
        step = width(t.item)
        held = scalars[1 + at * step : 1 + (at + 1) * step]
        return Computed(held or ("0",) * step)

    def _length(self, container: Expr, known: Known) -> str:
        scalars = self.scalars(container, known)
        if isinstance(type_of(container), SetType):
            return f"({' + '.join(scalars)})"
        return scalars[0]

    def _contains(self, expr: Contains, known: Known) -> str:
        t, item = type_of(expr.container), self.scalars(expr.item, known)
        if isinstance(t, SetType):
            held = self.scalars(expr.container, known)
            return either(
                both([bit, all_same(item, member)])
                for bit, member in zip(held, self.members(t), strict=True)
            )
        count, slots = self.slots(expr.container, known)
        return either(
            both([f"({at} < {count})", all_same(slot, item)]) for at, slot in enumerate(slots)
        )

    def slots(self, container: Expr, known: Known) -> tuple[str, tuple[Scalars, ...]]:
        """How many items a queue or bag holds, and what stands in each of its places."""
        scalars, t = self.scalars(container, known), type_of(container)
        if not isinstance(t, QueueType | BagType):
            raise ModelCheckBug(f"no queue and no bag: {render_expr(container)}")
        step = width(t.item)
        begins = range(1, 1 + step * t.capacity, step)
        return scalars[0], tuple(scalars[begin : begin + step] for begin in begins)

    def members(self, t: SetType) -> tuple[Scalars, ...]:
        """Every value that a set of the type could hold."""
        return tuple(self.layout.literal(t.item, value) for value in values(t.item))

    def _set_of(self, expr: SetOf, known: Known) -> Scalars:
        items = [self.scalars(item, known) for item in expr.items]
        return tuple(
            either(all_same(item, member) for item in items) for member in self.members(expr.type)
        )

    def _set_operation(self, expr: SetOperation, known: Known) -> Scalars:
        left, right = self.scalars(expr.left, known), self.scalars(expr.right, known)
        pairs = tuple(zip(left, right, strict=True))
        match expr.operator:
            case SetOperator.UNION:
                return tuple(either(pair) for pair in pairs)
            case SetOperator.INTERSECTION:
                return tuple(both(pair) for pair in pairs)
            case SetOperator.DIFFERENCE:
                return tuple(both([one, opposite(other)]) for one, other in pairs)
            case SetOperator.SUBSET:
                return (both(either([opposite(one), other]) for one, other in pairs),)
            case _:
                assert_never(expr.operator)

    def _binary(self, expr: Binary, known: Known) -> str:
        left, right = self._aligned(expr, known)
        match expr.operator:
            case Operator.AND:
                return both([left[0], right[0]])
            case Operator.OR:
                return either([left[0], right[0]])
            case Operator.EQUAL:
                return all_same(left, right)
            case Operator.UNEQUAL:
                return opposite(all_same(left, right))
            case Operator.MINIMUM:
                return chosen(f"({left[0]} < {right[0]})", left[0], right[0])
            case Operator.MAXIMUM:
                return chosen(f"({left[0]} > {right[0]})", left[0], right[0])
            case Operator.DIVIDE | Operator.MODULO:
                return _division(expr, left[0], right[0])
            case _:
                return f"({left[0]} {expr.operator.value} {right[0]})"

    def _aligned(self, expr: Binary, known: Known) -> tuple[Scalars, Scalars]:
        left, right = self.scalars(expr.left, known), self.scalars(expr.right, known)
        if len(left) != len(right):
            raise ModelCheckBug(f"{render_expr(expr)} compares values of two shapes")
        return left, right

    def _at(self, expr: At, known: Known) -> str:
        name, low, labels = self.locations[expr.process]
        if expr.index is None or low is None:
            return same(name, labels[expr.label])
        return same(f"{name}[{shifted(self.scalar(expr.index, known), low)}]", labels[expr.label])


def _division(expr: Binary, left: str, right: str) -> str:
    """Python rounds down; C rounds towards zero."""
    one, other = type_of(expr.left), type_of(expr.right)
    is_plain = isinstance(one, IntType) and isinstance(other, IntType) and one.low >= 0
    if is_plain and isinstance(other, IntType) and other.low >= 0:
        return f"({left} {'/' if expr.operator is Operator.DIVIDE else '%'} {right})"
    remainder = f"((({left} % {right}) + {right}) % {right})"
    return remainder if expr.operator is Operator.MODULO else f"(({left} - {remainder}) / {right})"
