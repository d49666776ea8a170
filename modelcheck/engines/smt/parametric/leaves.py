"""The scalar parts of a template's states, named in the words of the spec and read off any view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from modelcheck.engines.smt.parametric.cells import View
from modelcheck.engines.smt.parametric.coding import is_fixed, most_indices
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra, Key, Symbolic, parts, table, term
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.ir.expressions import Variable
from modelcheck.ir.model import Process
from modelcheck.ir.render import render_value
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
    values,
)

Indices = tuple[Term, ...]
Reader = Callable[[View, Indices], tuple[Term, Symbolic]]
"""Whether something is there, and what it is."""

Change = Callable[[Term, Symbolic, Indices], tuple[Term, Symbolic]]
Keyed = tuple[str, int, Callable[[Indices], Key]]
"""How an index is written, how many indices are named by then, and by what it finds something."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a state: how it is named, with `{0}` for an index, and how it is read."""

    text: str
    type: Type
    arity: int
    """How many indices it is of."""

    read: Reader
    is_always: bool = True
    """Whether it is there in every state."""

    def within(self, text: str, t: Type, change: Change) -> Leaf:
        """A part of it."""

        def read(view: View, indices: Indices) -> tuple[Term, Symbolic]:
            there, value = self.read(view, indices)
            return change(there, value, indices)

        return replace(self, text=text, type=t, read=read)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instance stands."""

    process: Process
    text: str
    arity: int
    key: Callable[[Indices], Key]

    def read(self, view: View, indices: Indices) -> Term:
        """The number of the label."""
        return view.standing(self.process.name, self.key(indices))


@dataclass(frozen=True, slots=True)
class Leaves:
    """Finds them."""

    algebra: Algebra
    template: Template
    name: str
    """Of the constant that is N."""

    def standings(self) -> Iterator[Standing]:
        """Every instance, one for each multiple of N."""
        for process in self.template.model.processes:
            if process.index is None:
                yield Standing(process, process.name, 0, lambda _: ())
                continue
            for text, arity, key in self._keys(process.index.type, 0):
                yield Standing(process, f"{process.name}[{text}]", arity, key)

    def locals(self, standing: Standing) -> Iterator[Leaf]:
        """The parts of an instance's locals; there where these are live."""
        process = standing.process
        for variable in process.locals:
            live = [n for n, step in enumerate(process.steps) if variable.name in step.live]
            if live:
                yield from self._parts(self._local(standing, variable, live))

    def _local(self, standing: Standing, variable: Variable, live: list[int]) -> Leaf:
        terms = self.algebra.terms

        def read(view: View, indices: Indices) -> tuple[Term, Symbolic]:
            here = standing.read(view, indices)
            is_live = terms.some(terms.equal(here, terms.known(n)) for n in live)
            key = standing.key(indices)
            return is_live, view.local(standing.process.name, variable, key)

        name = f"{standing.text}.{variable.name}"
        is_always = len(live) > len(standing.process.steps)
        return Leaf(name, variable.type, standing.arity, read, is_always)

    def shared(self) -> Iterator[Leaf]:
        """The parts of the shared variables."""
        for variable in self.template.model.variables:
            yield from self._parts(Leaf(variable.name, variable.type, 0, self._whole(variable)))

    def _whole(self, variable: Variable) -> Reader:
        here = self.algebra.terms.truth(value=True)
        return lambda view, _: (here, view.shared[variable.name])

    def _parts(self, leaf: Leaf) -> Iterator[Leaf]:
        match leaf.type:
            case BoolType() | IntType() | EnumType():
                yield leaf
            case OptionType(item):
                yield leaf.within(f"{leaf.text} is not None", BoolType(), _is_there)
                held = leaf.within(leaf.text, item, self._item)
                yield from self._parts(replace(held, is_always=False))
            case RecordType(fields=fields):
                for number, one in enumerate(fields):
                    name = f"{leaf.text}.{one.name}"
                    yield from self._parts(leaf.within(name, one.type, _part(number)))
            case ArrayType(index, item):
                for name, arity, key in self._keys_of(leaf, index):
                    entry = leaf.within(f"{leaf.text}[{name}]", item, _entry(key))
                    yield from self._parts(replace(entry, arity=arity))
            case SetType(item):
                for name, arity, key in self._keys_of(leaf, item):
                    bit = leaf.within(f"{name} in {leaf.text}", BoolType(), _entry(key))
                    yield replace(bit, arity=arity)
            case QueueType(item, capacity):
                yield leaf.within(f"len({leaf.text})", IntType(0, capacity), self._length)
                for at in range(capacity):
                    name = f"{leaf.text}.item({at})"
                    room = leaf.within(name, item, self._room(at))
                    yield from self._parts(replace(room, is_always=False))
            case BagType():
                return
            case _:
                assert_never(leaf.type)

    def _keys_of(self, leaf: Leaf, t: Type) -> Iterator[Keyed]:
        """The indices of an array; none where it would be of two that grow with N."""
        if leaf.arity == 0 or not isinstance(t, IntType) or is_fixed(t):
            yield from self._keys(t, leaf.arity)

    def _keys(self, t: Type, arity: int) -> Iterator[Keyed]:
        """The indices of a domain: each value of a fixed one, or one for each multiple of N."""
        if isinstance(t, IntType) and not is_fixed(t):
            many = most_indices(t)
            for times in range(many):
                text = f"{_multiple(times, self.name)}{{{arity}}}"
                yield text, arity + 1, self._index(times if many > 1 else None, arity)
            return
        for value in values(t):
            key = self.algebra.key(t, self.algebra.literal(t, value))
            yield render_value(t, value), arity, _always(key)

    def _index(self, times: int | None, at: int) -> Callable[[Indices], Key]:
        if times is None:
            return lambda indices: (indices[at],)
        known = self.algebra.terms.known(times)
        return lambda indices: (known, indices[at])

    def _item(self, there: Term, value: Symbolic, _: Indices) -> tuple[Term, Symbolic]:
        some, item = parts(value)
        return self.algebra.terms.both(there, term(some)), item

    def _length(self, there: Term, value: Symbolic, _: Indices) -> tuple[Term, Symbolic]:
        return there, self.algebra.numbers.finite(term(parts(value)[0]))

    def _room(self, at: int) -> Change:
        terms = self.algebra.terms

        def change(there: Term, value: Symbolic, _: Indices) -> tuple[Term, Symbolic]:
            length, *rooms = parts(value)
            is_in = terms.less(terms.known(at), term(length))
            return terms.both(there, is_in), rooms[at]

        return change


def _always(key: Key) -> Callable[[Indices], Key]:
    return lambda _: key


def _is_there(there: Term, value: Symbolic, _: Indices) -> tuple[Term, Symbolic]:
    return there, parts(value)[0]


def _part(number: int) -> Change:
    return lambda there, value, _: (there, parts(value)[number])


def _entry(key: Callable[[Indices], Key]) -> Change:
    return lambda there, value, indices: (there, table(value).at(key(indices)))


def _multiple(times: int, name: str) -> str:
    return {0: "", 1: f"{name} + "}.get(times, f"{times} * {name} + ")
