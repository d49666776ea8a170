"""Clauses in the words of a spec: `worker[0] at detach implies mq[0].sender is not None`.

The names of parts and of their values are unique, so that a clause can be read back from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.induction.cubes import Cube, Literal, Part, cube_of
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import Symbolic, leaves, part_types, parts, term
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

DONE, FALSE, TRUE = "done", "False", "True"

Ruled = tuple[tuple[str, tuple[str, ...]], ...]
"""What a clause rules out: parts by name, each with the values that it never has together."""


class Unreadable(Exception):
    """A clause that speaks of no part, or no value, of this model; the message says which."""


@dataclass(frozen=True, slots=True)
class Word:
    """A cell in the words of the spec."""

    name: str
    values: Mapping[int, str]
    negated: str = ""
    """Of a truth: that it is false."""


class Words:
    """Names the parts of a model's states."""

    def __init__(self, relation: Relation, parts_named: tuple[Part, ...]) -> None:
        self._relation = relation
        self._words = dict(_words(relation))
        self._names = {part: self._name(part) for part in parts_named}
        self._values = {
            part: tuple(self._value(part, number) for number in range(len(part.values)))
            for part in parts_named
        }
        self._parts = {name: part for part, name in self._names.items()}

    def ruled(self, cube: Cube) -> Ruled:
        """A cube by names."""
        return tuple(
            (self._names[part], tuple(self._values[part][number] for number in sorted(held)))
            for part, held in cube
        )

    def cube(self, ruled: Ruled) -> Cube:
        """The cube that is so named; raises `Unreadable`."""
        literals: dict[Part, frozenset[int]] = {}
        for name, held in ruled:
            part = self._parts.get(name)
            if part is None:
                raise Unreadable(f"the model has no {name}")
            every = self._values[part]
            for one in held:
                if one not in every:
                    raise Unreadable(f"{name} is never {one}")
            literals[part] = frozenset(map(every.index, held))
        return cube_of(literals)

    def told(self, cube: Cube) -> str:
        """A clause as an implication: what holds of one part where the others are so."""
        order = sorted(cube, key=lambda one: one[0].instance is None)
        *premises, (part, never) = order
        only = frozenset(range(len(part.values))) - never
        conclusion = self._said((part, only))
        if not premises:
            return conclusion
        return f"{' and '.join(map(self._said, premises))} implies {conclusion}"

    def _said(self, literal: Literal) -> str:
        part, held = literal
        name, every = self._names[part], self._values[part]
        chosen = [every[number] for number in sorted(held)]
        others = [every[number] for number in range(len(every)) if number not in held]
        if part.instance is not None:
            few = len(chosen) <= len(others)
            return f"{name} {'' if few else 'not '}at {_one_of(chosen if few else others)}"
        if self._words[part.cells[0]].negated:
            return name if TRUE in chosen else self._words[part.cells[0]].negated
        if len(chosen) == 1:
            return f"{name} == {chosen[0]}"
        if len(others) == 1:
            return f"{name} != {others[0]}"
        return f"{name} in {_one_of(chosen)}"

    def _name(self, part: Part) -> str:
        if part.instance is not None:
            return str(self._relation.prepared.instances[part.instance])
        return self._words[part.cells[0]].name

    def _value(self, part: Part, number: int) -> str:
        if part.instance is None:
            return self._words[part.cells[0]].values[part.values[number][0]]
        process = self._relation.prepared.processes[part.instance]
        location = self._relation.layout.locations[part.instance]
        known = dict(zip(part.cells, part.values[number], strict=True))
        at = known.get(location, location.low)
        label = DONE if at == len(process.steps) else process.steps[at].label
        alike = [
            v for v in part.values if dict(zip(part.cells, v, strict=True)).get(location) == at
        ]
        told = [
            f"{self._words[cell].name.partition('.')[2]}={self._words[cell].values[value]}"
            for cell, value in known.items()
            if cell is not location and len({v[part.cells.index(cell)] for v in alike}) > 1
        ]
        return f"{label} with {', '.join(told)}" if told else label


def _one_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{{{', '.join(texts)}}}"


def _words(relation: Relation) -> Iterator[tuple[Term, Word]]:
    layout, prepared = relation.layout, relation.prepared
    for variable, symbolic in layout.shared:
        yield from _named(variable.name, variable.type, symbolic)
    for at, instance in enumerate(prepared.instances):
        labels = [*(step.label for step in prepared.processes[at].steps), DONE]
        yield layout.locations[at], Word(str(instance), dict(enumerate(labels)))
        for variable, symbolic in layout.locals[at]:
            yield from _named(f"{instance}.{variable.name}", variable.type, symbolic)


def _named(name: str, t: Type, symbolic: Symbolic) -> Iterator[tuple[Term, Word]]:
    truths = {0: FALSE, 1: TRUE}
    match t:
        case BoolType():
            yield term(symbolic), Word(name, truths, f"not {name}")
        case IntType() | EnumType():
            low = t.low if isinstance(t, IntType) else 0
            texts = {low + at: render_value(t, value) for at, value in enumerate(values(t))}
            yield term(symbolic), Word(name, texts)
        case OptionType(item):
            there, held = parts(symbolic)
            yield term(there), Word(f"{name} is not None", truths, f"{name} is None")
            yield from _named(f"{name}!", item, held)
        case RecordType(fields=fields):
            for field, part in zip(fields, parts(symbolic), strict=True):
                yield from _named(f"{name}.{field.name}", field.type, part)
        case ArrayType(index, item):
            for key, part, _ in zip(values(index), parts(symbolic), part_types(t), strict=True):
                yield from _named(f"{name}[{render_value(index, key)}]", item, part)
        case QueueType(item, capacity) | BagType(item, capacity):
            length, *rooms = parts(symbolic)
            lengths = {number: str(number) for number in range(capacity + 1)}
            yield term(length), Word(f"len({name})", lengths)
            for at, room in enumerate(rooms):
                yield from _named(f"{name}.item({at})", item, room)
        case SetType(item):
            for value, part in zip(values(item), leaves(symbolic), strict=True):
                told = render_value(item, value)
                yield part, Word(f"{told} in {name}", truths, f"{told} not in {name}")
