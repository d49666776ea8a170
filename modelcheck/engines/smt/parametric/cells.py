"""A state of a template as cells: for each part of it one, or one for each value of an index.

Of a finite instance the same view can be had with every cell known; then all that is built over it
is known, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

from modelcheck.engines.smt.parametric.coding import (
    UNIT,
    NotParametric,
    decoded,
    is_fixed,
    most_indices,
)
from modelcheck.engines.smt.parametric.numbers import MANY, Number
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra, Key, Symbolic, Table
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Variable
from modelcheck.ir.model import Process
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
)
from modelcheck.trace import Instance, State

Values = Mapping[str, Symbolic]
"""Of variables, by name."""


@dataclass(frozen=True, slots=True)
class View:
    """What can be seen of a state."""

    shared: Values
    standing: Callable[[str, Key], Term]
    """Where the instance of a process stands, as a number; done is the one after the last."""

    local: Callable[[str, Variable, Key], Symbolic]
    """A local of an instance, where it is live."""

    remembered: dict[object, Term] = field(default_factory=dict)
    """What was read of it, by what was asked."""


@dataclass(slots=True)
class Cells:
    """Makes the cells of states that are not known, and remembers what is known of each.

    NOTE(names): no two things have cells of one name. Those of shared variables have Python's
    names, with what is no letter behind them; what is no shared variable has a name that none has.
    """

    algebra: Algebra
    bounds: dict[Term, int] = field(default_factory=dict)
    """Of cells whose values are more for a larger N: how far above N, or below, the last one is."""

    named: set[Term] = field(default_factory=set)
    """Indices that are no part of a state."""

    quantifiers: Iterator[int] = field(default_factory=count)
    """A number for each quantifier that is met."""

    def view(self, template: Template) -> View:
        """A state of which nothing is known."""
        model = template.model
        shared = {v.name: self.value(v.type, v.name, ()) for v in model.variables}
        counts = {process.name: len(process.steps) for process in model.processes}

        def standing(process: str, key: Key) -> Term:
            name = f"{process}@"
            return self.algebra.terms.cell_of(
                name, key, is_truth=False, low=0, high=counts[process]
            )

        def local(process: str, variable: Variable, key: Key) -> Symbolic:
            return self.value(variable.type, f"{process}@{variable.name}", key)

        return View(shared, standing, local)

    def value(self, t: Type, name: str, key: Key) -> Symbolic:
        """A value of which nothing is known, one for each value of the key."""
        terms = self.algebra.terms
        match t:
            case BoolType():
                return terms.cell_of(name, key, is_truth=True)
            case EnumType(members=members):
                return terms.cell_of(name, key, is_truth=False, low=0, high=len(members) - 1)
            case IntType():
                return self._number(t, name, key)
            case OptionType(item):
                there = terms.cell_of(f"{name}?", key, is_truth=True)
                return (there, self.value(item, f"{name}!", key))
            case RecordType(fields=fields):
                return tuple(self.value(one.type, f"{name}.{one.name}", key) for one in fields)
            case ArrayType(_, item):
                return Table(lambda more: self.value(item, f"{name}[]", (*key, *more)))
            case SetType():
                return Table(
                    lambda more: terms.cell_of(f"{name}{{}}", (*key, *more), is_truth=True)
                )
            case QueueType(item, capacity):
                if capacity >= UNIT:
                    raise NotParametric("a queue that is longer for a larger N")
                length = terms.cell_of(f"{name}#", key, is_truth=False, low=0, high=capacity)
                rooms = (self.value(item, f"{name}({at})", key) for at in range(capacity))
                return (length, *rooms)
            case BagType():
                raise NotParametric("a bag")
            case _:
                assert_never(t)

    def _number(self, t: IntType, name: str, key: Key) -> Number:
        algebra, terms = self.algebra, self.algebra.terms
        if is_fixed(t):
            found = terms.cell_of(name, key, is_truth=False, low=t.low, high=t.high)
            return algebra.numbers.finite(found)
        (few, low), (times, high) = decoded(t.low), decoded(t.high)
        many = most_indices(t)
        if few or not (many or times == 1):
            raise NotParametric(f"{name} has a domain that is neither fixed nor one of indices")
        if many > 1:
            rest = self._index(f"{name} % N", key, 0, -1)
            return Number(
                terms.cell_of(f"{name} // N", key, is_truth=False, low=0, high=many - 1), rest, 0
            )
        return Number(terms.known(0), self._index(name, key, low, high), max(-low, high + 1, 0))

    def _index(self, name: str, key: Key, low: int, high: int) -> Term:
        found = self.algebra.terms.cell_of(name, key, is_truth=False, low=low, high=MANY)
        self.bounds[found] = high
        return found

    def index(self, name: str) -> Term:
        """Some index, which is no part of a state."""
        found = self._index(name, (), 0, -1)
        self.named.add(found)
        return found

    def pointers(self) -> tuple[Term, ...]:
        """The indices that are held in a state, each in one place of which there is only one."""
        return tuple(one for one in self.bounds if not one.parts and one not in self.named)


def key_of(algebra: Algebra, process: Process, me: Symbolic | None) -> Key:
    """By what the parts of an instance are found."""
    if process.index is None or me is None:
        return ()
    return algebra.key(process.index.type, me)


@dataclass(frozen=True, slots=True)
class Known:
    """Views of the states of a finite instance, over an algebra in which N is known."""

    algebra: Algebra
    template: Template
    instances: tuple[Instance, ...]
    """Those of the finite instance."""

    def view(self, state: State) -> View:
        """One of its states."""
        model = self.template.model
        pairs = zip(model.variables, state.shared, strict=True)
        shared = {variable.name: self.value(variable.type, value) for variable, value in pairs}
        at = dict(zip(self.instances, state.locations, strict=True))

        def standing(process: str, key: Key) -> Term:
            labels = [*(step.label for step in model.process(process).steps), None]
            where = at[self._instance(model.process(process), key)].label
            return self.algebra.terms.known(labels.index(where))

        def local(process: str, variable: Variable, key: Key) -> Symbolic:
            location = at[self._instance(model.process(process), key)]
            live = model.process(process).live(location.label)
            if variable.name not in live:
                return self.algebra.first(variable.type)
            return self.value(variable.type, location.locals[live.index(variable.name)])

        return View(shared, standing, local)

    @property
    def _count(self) -> int:
        return self.algebra.numbers.count.low

    def _instance(self, process: Process, key: Key) -> Instance:
        if process.index is None:
            return Instance(process.name)
        return Instance(process.name, self._read(process.index.type, key))

    def _read(self, t: Type, key: Key) -> Value:
        """The value that is found by a key."""
        match t:
            case IntType():
                return (key[0].low * self._count if len(key) > 1 else 0) + key[-1].low
            case EnumType(members=members):
                return members[key[0].low]
            case _:
                return bool(key[0].low)

    def value(self, t: Type, value: Value) -> Symbolic:
        """A value of the instance, by its type in the template."""
        algebra, terms = self.algebra, self.algebra.terms
        match t, value:
            case BoolType(), bool():
                return terms.truth(value)
            case IntType(), int():
                return self._number(t, value)
            case EnumType(members=members), str():
                return terms.known(members.index(value))
            case OptionType(item), None:
                return (terms.truth(value=False), algebra.first(item))
            case OptionType(item), _:
                return (terms.truth(value=True), self.value(item, value))
            case RecordType(fields=fields), tuple():
                return tuple(self.value(f.type, v) for f, v in zip(fields, value, strict=True))
            case ArrayType(index, item), tuple():
                held = [self.value(item, v) for v in value]
                return Table(lambda key: held[self._position(index, len(held), key)])
            case QueueType(item, capacity), tuple():
                rest = (algebra.first(item),) * (capacity - len(value))
                return (terms.known(len(value)), *(self.value(item, v) for v in value), *rest)
            case SetType(item), tuple():
                return Table(lambda key: terms.truth(self._read(item, key) in value))
            case _:
                raise ModelCheckBug(f"{value!r} is no value of {t}")

    def _number(self, t: IntType, value: int) -> Number:
        terms, many = self.algebra.terms, most_indices(t)
        if is_fixed(t):
            return self.algebra.numbers.finite(terms.known(value))
        if many > 1:
            times, rest = divmod(value, self._count)
            return Number(terms.known(times), terms.known(rest), 0)
        (_, low), (_, high) = decoded(t.low), decoded(t.high)
        return Number(terms.known(0), terms.known(value), max(-low, high + 1, 0))

    def _position(self, t: Type, length: int, key: Key) -> int:
        """Where a key is in an array; the first place for one outside, which no step asks for."""
        asked = self._read(t, key)
        at = (
            asked - t.low
            if isinstance(t, IntType) and isinstance(asked, int)
            else position(t, asked)
        )
        return at if at is not None and 0 <= at < length else 0
