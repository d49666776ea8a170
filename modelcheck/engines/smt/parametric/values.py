"""Values of a template's types as terms: an array is a function of its index, whatever N is.

A truth and an enum's position are a term, an integer a `Number`. An array and a set give what is
there for an index, which is one term or two (see `Algebra.key`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.engines.smt.parametric.coding import (
    NotParametric,
    decoded,
    is_fixed,
    most_indices,
)
from modelcheck.engines.smt.parametric.numbers import Number, Numbers
from modelcheck.engines.smt.symbolic.terms import Term, Terms
from modelcheck.errors import ModelCheckBug
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

Key: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An array, or a set as its members: what there is for each index."""

    at: Callable[[Key], Symbolic]


Symbolic: TypeAlias = "Term | Number | Table | tuple[Symbolic, ...]"


def term(value: Symbolic) -> Term:
    """A value that is a single term."""
    if not isinstance(value, Term):
        raise ModelCheckBug("one term was expected")
    return value


def whole(value: Symbolic) -> Number:
    """A value that is an integer."""
    if not isinstance(value, Number):
        raise ModelCheckBug("a number was expected")
    return value


def table(value: Symbolic) -> Table:
    """A value that is an array or a set."""
    if not isinstance(value, Table):
        raise ModelCheckBug("an array or a set was expected")
    return value


def parts(value: Symbolic) -> tuple[Symbolic, ...]:
    """A value that has parts."""
    if not isinstance(value, tuple):
        raise ModelCheckBug("a value with parts was expected")
    return value


@dataclass(frozen=True, slots=True)
class Algebra:
    """What can be done to values."""

    numbers: Numbers

    @property
    def terms(self) -> Terms:
        """Where terms are built."""
        return self.numbers.terms

    def literal(self, t: Type, value: Value) -> Symbolic:
        """A known value."""
        terms = self.terms
        match t, value:
            case BoolType(), bool():
                return terms.truth(value)
            case IntType(), int():
                return self.numbers.literal(value)
            case EnumType(members=members), str():
                return terms.known(members.index(value))
            case OptionType(item), _:
                held = self.first(item) if value is None else self.literal(item, value)
                return (terms.truth(value is not None), held)
            case RecordType(fields=fields), tuple():
                return tuple(self.literal(f.type, v) for f, v in zip(fields, value, strict=True))
            case ArrayType(index, item), tuple():
                return self._array(index, item, value)
            case QueueType(item, capacity), tuple():
                rest = (self.first(item),) * (capacity - len(value))
                return (
                    terms.known(len(value)),
                    *(self.literal(item, v) for v in value),
                    *rest,
                )
            case SetType(), ():
                nothing = terms.truth(value=False)
                return Table(lambda _: nothing)
            case _:
                raise NotParametric(f"a value of the type {type(t).__name__} that is known")

    def _array(self, index: Type, item: Type, value: tuple[Value, ...]) -> Symbolic:
        if isinstance(index, IntType) and not is_fixed(index):
            (alike,) = value
            known = self.literal(item, alike)
            return Table(lambda _: known)
        found = Table(lambda _: self.first(item))
        for at, held in zip(values(index), value, strict=True):
            found = self.updated(
                found, self.key(index, self.literal(index, at)), self.literal(item, held)
            )
        return found

    def updated(self, old: Table, key: Key, value: Symbolic) -> Table:
        """An array with one item replaced."""

        def at(asked: Key) -> Symbolic:
            same = self.terms.every(self.terms.equal(a, b) for a, b in zip(asked, key, strict=True))
            if same.is_known:
                return value if same.low else old.at(asked)
            return self.choice(same, value, old.at(asked))

        return Table(at)

    def key(self, t: Type, value: Symbolic) -> Key:
        """The terms by which something is found in an array: an index of a `K * N` has two."""
        if isinstance(t, BoolType | EnumType):
            return (term(value),)
        if not isinstance(t, IntType):
            raise NotParametric("a set of something that is no index")
        number = whole(value)
        if is_fixed(t):
            return (self.numbers.flat(number),)
        match most_indices(t):
            case 0:
                raise NotParametric("an array whose index is not from 0 to K * N - 1")
            case 1:
                return (number.rest if number.slack == 0 else self.numbers.flat(number),)
            case _:
                found = self.numbers.normal(number)
                return (found.times, found.rest)

    def first(self, t: Type) -> Symbolic:
        """Some value of a type, for what is not there."""
        match t:
            case IntType(low=low):
                return self.numbers.literal(low)
            case ArrayType(_, item):
                known = self.first(item)
                return Table(lambda _: known)
            case RecordType(fields=fields):
                return tuple(self.first(one.type) for one in fields)
            case BagType():
                raise NotParametric("a bag")
            case QueueType() | SetType():
                return self.literal(t, ())
            case _:
                return self.literal(t, next(values(t)))

    def choice(self, condition: Term, then: Symbolic, otherwise: Symbolic) -> Symbolic:
        """`then` where the condition holds, else `otherwise`."""
        if then is otherwise:
            return then
        match then, otherwise:
            case Term(), Term():
                return self.terms.choice(condition, then, otherwise)
            case Number(), Number():
                return self.numbers.choice(condition, then, otherwise)
            case Table(), Table():
                return Table(lambda key: self.choice(condition, then.at(key), otherwise.at(key)))
            case tuple(), tuple():
                pairs = zip(then, otherwise, strict=True)
                return tuple(self.choice(condition, a, b) for a, b in pairs)
            case _:
                raise ModelCheckBug("values of two types")

    def equal(self, t: Type, one: Symbolic, other: Symbolic) -> Term:
        """Whether two values are the same."""
        terms = self.terms
        match t:
            case BoolType() | EnumType():
                return terms.equal(term(one), term(other))
            case IntType():
                return self.numbers.equal(whole(one), whole(other))
            case OptionType(item):
                (here, a), (there, b) = parts(one), parts(other)
                same = terms.implies(term(here), self.equal(item, a, b))
                return terms.both(terms.equal(term(here), term(there)), same)
            case RecordType(fields=fields):
                triples = zip(fields, parts(one), parts(other), strict=True)
                return terms.every(self.equal(f.type, a, b) for f, a, b in triples)
            case QueueType(item):
                (length, *a_items), (other_length, *b_items) = parts(one), parts(other)
                same = terms.every(
                    terms.implies(terms.less(terms.known(at), term(length)), self.equal(item, a, b))
                    for at, (a, b) in enumerate(zip(a_items, b_items, strict=True))
                )
                return terms.both(terms.equal(term(length), term(other_length)), same)
            case ArrayType() | SetType() | BagType():
                raise NotParametric("arrays, sets or bags compared as a whole")
            case _:
                assert_never(t)

    def stored(self, t: Type, value: Symbolic) -> Symbolic:
        """A value as a place of that type keeps it, known to lie in the type."""
        match t:
            case IntType():
                return self._number(t, whole(value))
            case OptionType(item):
                there, held = parts(value)
                return (there, self.stored(item, held))
            case RecordType(fields=fields):
                pairs = zip(fields, parts(value), strict=True)
                return tuple(self.stored(f.type, v) for f, v in pairs)
            case _:
                return value

    def _number(self, t: IntType, value: Number) -> Number:
        zero = self.terms.known(0)
        if is_fixed(t):
            if value.times is not zero:
                raise NotParametric("a number that grows with N, where it is bounded")
            return self.numbers.finite(self.terms.clipped(value.rest, t.low, t.high))
        many = most_indices(t)
        if many > 1:
            return self.numbers.normal(value)
        if many == 1 and value.slack == 0:  # it is less than N, so N is not in it
            return Number(zero, value.rest, 0)
        (few, low), (times, high) = decoded(t.low), decoded(t.high)
        if few == 0 and times == 1:
            return Number(zero, self.numbers.flat(value), max(-low, high + 1, 0))
        return value
