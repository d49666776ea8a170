"""What an invariant can say of a state and an index i, or two indices i < j.

A part is a number in a few values: where an instance stands, what a place holds, or how an index
that is held somewhere compares with i or j. Of what is not there, the item of an empty option, a
local that is not live, the value is `ABSENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from modelcheck.engines.smt.parametric.cells import View
from modelcheck.engines.smt.parametric.coding import is_fixed, most_indices
from modelcheck.engines.smt.parametric.leaves import Indices, Leaf, Leaves, Standing
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra, Symbolic, term, whole
from modelcheck.engines.smt.symbolic.terms import Term, Terms
from modelcheck.ir.types import BoolType, EnumType, IntType

ABSENT = -1
DONE = "done"
MOST_VALUES = 64
"""A number that does not depend on N and has more values is not spoken of."""


class Kind(Enum):
    """How a part is put into words."""

    PLACE = "place"
    TRUTH = "truth"
    VALUE = "value"
    ORDER = "order"  # of what the text names, and an index


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Something to be said of a state and of as many indices as its text has places for."""

    text: str
    kind: Kind
    words: Mapping[int, str]
    """Its values, where it is there."""

    arity: int
    is_always: bool
    read: Callable[[View, Indices], Term]
    other: str = ""
    """The index that is compared, as it stands in a text."""

    @property
    def values(self) -> tuple[int, ...]:
        """All that it can be."""
        return tuple(self.words) if self.is_always else (*self.words, ABSENT)


def all_parts(algebra: Algebra, template: Template, name: str) -> tuple[Part, ...]:
    """All that can be said, first what is said of instances; `name` is that of N."""
    leaves, found = Leaves(algebra, template, name), list[Part]()
    for standing in leaves.standings():
        found.append(_place(standing))
        for leaf in leaves.locals(standing):
            found.extend(_said(leaf, algebra.terms, name))
    for leaf in leaves.shared():
        found.extend(_said(leaf, algebra.terms, name))
    return tuple(found)


def _place(standing: Standing) -> Part:
    words = dict(enumerate([*(step.label for step in standing.process.steps), DONE]))
    return Part(standing.text, Kind.PLACE, words, standing.arity, True, standing.read)  # noqa: FBT003


def _said(leaf: Leaf, terms: Terms, name: str) -> Iterator[Part]:
    """What is said of a leaf: its values, or how it compares with each index."""
    match leaf.type:
        case BoolType():
            yield _finite(leaf, Kind.TRUTH, {0: "False", 1: "True"}, terms, _bit(terms))
        case EnumType(members=members):
            yield _finite(leaf, Kind.VALUE, dict(enumerate(members)), terms, term)
        case IntType(low, high) if is_fixed(leaf.type):
            if low >= 0 and 1 <= high - low < MOST_VALUES:
                words = {number: str(number) for number in range(low, high + 1)}
                yield _finite(leaf, Kind.VALUE, words, terms, _rest)
        case IntType():
            yield from _index(leaf, most_indices(leaf.type), terms, name)
        case _:
            return


def _bit(terms: Terms) -> Callable[[Symbolic], Term]:
    return lambda value: terms.choice(term(value), terms.known(1), terms.known(0))


def _rest(value: Symbolic) -> Term:
    return whole(value).rest


def _times(value: Symbolic) -> Term:
    return whole(value).times


def _finite(
    leaf: Leaf,
    kind: Kind,
    words: Mapping[int, str],
    terms: Terms,
    number: Callable[[Symbolic], Term],
) -> Part:
    def read(view: View, indices: Indices) -> Term:
        there, value = leaf.read(view, indices)
        return terms.choice(there, number(value), terms.known(ABSENT))

    return Part(leaf.text, kind, words, leaf.arity, leaf.is_always, read)


def _index(leaf: Leaf, many: int, terms: Terms, name: str) -> Iterator[Part]:
    """An index that is held: which multiple of N is in it, and how the rest compares."""
    text = leaf.text
    if many > 1:
        words = {number: str(number) for number in range(many)}
        multiple = replace(leaf, text=f"{text} // {name}")
        yield _finite(multiple, Kind.VALUE, words, terms, _times)
        text = f"{text} % {name}"
    for at in range(leaf.arity + 1):
        yield _order(replace(leaf, text=text), at, terms)


def _order(leaf: Leaf, at: int, terms: Terms) -> Part:
    def read(view: View, indices: Indices) -> Term:
        there, value = leaf.read(view, indices)
        rest, other = whole(value).rest, indices[at]
        is_same = terms.choice(terms.equal(rest, other), terms.known(1), terms.known(2))
        order = terms.choice(terms.less(rest, other), terms.known(0), is_same)
        return terms.choice(there, order, terms.known(ABSENT))

    words = {0: "<", 1: "==", 2: ">"}
    arity = max(leaf.arity, at + 1)
    return Part(leaf.text, Kind.ORDER, words, arity, leaf.is_always, read, f"{{{at}}}")
