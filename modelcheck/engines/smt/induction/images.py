"""What a cube is for other instances: its images where two values of a domain are exchanged.

Which integers are identities is a guess (`engines/symmetry`), and whether the model treats them
alike is not asked: an image is something to try, and is ruled out only where it is shown to be out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from modelcheck.engines.smt.induction.cubes import Cube, Part, cube_of
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import Symbolic, part_types, parts, term
from modelcheck.engines.symmetry.action import Action, swap
from modelcheck.engines.symmetry.inference import infer
from modelcheck.engines.symmetry.roles import (
    HELD,
    INDEX,
    INSIDE,
    ITEM,
    Node,
    domains,
    node_of,
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
    position,
    values,
)
from modelcheck.trace import Instance

MOST_IMAGES = 64

Moved = tuple[Term, Term, Mapping[int, int]]
"""A cell, the one whose value it becomes, and which value that is."""

Exchange: TypeAlias = Mapping[Part, tuple[Part, Mapping[int, int]]]
"""Where each part goes, and each of its values."""


class Images:
    """The images of cubes under exchanges of two values, again and again."""

    def __init__(self, relation: Relation, parts: tuple[Part, ...]) -> None:
        self._exchanges = tuple(_exchanges(relation, parts))

    def __call__(self, cube: Cube) -> Iterator[Cube]:
        """At most `MOST_IMAGES` of them, without the cube itself."""
        found = {cube: None}
        for one in (pending := [cube]):
            for exchange in self._exchanges:
                image = _image(exchange, one)
                if image is not None and image not in found and len(found) <= MOST_IMAGES:
                    found[image] = None
                    pending.append(image)
        yield from list(found)[1:]


def _image(exchange: Exchange, cube: Cube) -> Cube | None:
    literals: dict[Part, frozenset[int]] = {}
    for part, held in cube:
        target, ways = exchange[part]
        if not held <= ways.keys():
            return None
        literals[target] = frozenset(ways[value] for value in held)
    return cube_of(literals)


def _exchanges(relation: Relation, parts: tuple[Part, ...]) -> Iterator[Exchange]:
    model = relation.prepared.model
    roles = infer(model)
    for domain in domains(model, roles):
        for one, other in combinations(range(domain.size), 2):
            action = Action(roles, domain, swap(domain.size, one, other))
            moved = {cell: (to, ways) for cell, to, ways in _cells(relation, action)}
            yield dict(_parts(parts, moved))


def _parts(
    parts: tuple[Part, ...], moved: Mapping[Term, tuple[Term, Mapping[int, int]]]
) -> Iterator[tuple[Part, tuple[Part, Mapping[int, int]]]]:
    place_of = {cell: part for part in parts for cell in part.cells}
    for part in parts:
        target = place_of[moved[part.cells[0]][0]]
        ways: dict[int, int] = {}
        for number, value in enumerate(part.values):
            after = {moved[c][0]: moved[c][1][v] for c, v in zip(part.cells, value, strict=True)}
            image = tuple(after[cell] for cell in target.cells)
            if image in target.values:
                ways[number] = target.values.index(image)
        yield part, (target, ways)


def _cells(relation: Relation, action: Action) -> Iterator[Moved]:
    layout, prepared = relation.layout, relation.prepared
    for variable, symbolic in layout.shared:
        yield from _moved(action, node_of(variable, ""), variable.type, symbolic, symbolic)
    for at, instance in enumerate(prepared.instances):
        to = prepared.positions[_other(relation, action, instance)]
        here, there = layout.locations[at], layout.locations[to]
        if not here.is_known:
            yield here, there, {n: n for n in range(here.low, here.high + 1)}
        for (variable, own), (_, others) in zip(layout.locals[at], layout.locals[to], strict=True):
            node = node_of(variable, instance.process)
            yield from _moved(action, node, variable.type, own, others)


def _other(relation: Relation, action: Action, instance: Instance) -> Instance:
    index = relation.prepared.model.process(instance.process).index
    if index is None:
        return instance
    node = node_of(index, instance.process)
    return Instance(instance.process, action.scalar(node, index.type, instance.index))


def _moved(
    action: Action, node: Node, t: Type, source: Symbolic, target: Symbolic
) -> Iterator[Moved]:
    match t:
        case BoolType() | IntType() | EnumType():
            if not term(source).is_known:
                yield term(source), term(target), _ways(action, node, t)
        case OptionType(item):
            (there, held), (to, others) = parts(source), parts(target)
            yield term(there), term(to), {0: 0, 1: 1}
            yield from _moved(action, (*node, INSIDE), item, held, others)
        case RecordType(fields=fields):
            for one, own, other in zip(fields, parts(source), parts(target), strict=True):
                yield from _moved(action, (*node, f".{one.name}"), one.type, own, other)
        case ArrayType(_, item):
            placed = action.placed((*node, INDEX), range(len(part_types(t))))
            for at, place in enumerate(placed):
                pair = parts(source)[place], parts(target)[at]
                yield from _moved(action, (*node, ITEM), item, *pair)
        case QueueType(item, capacity) | BagType(item, capacity):
            (length, *rooms), (other_length, *other_rooms) = parts(source), parts(target)
            yield term(length), term(other_length), {n: n for n in range(capacity + 1)}
            for own, other in zip(rooms, other_rooms, strict=True):
                yield from _moved(action, (*node, HELD), item, own, other)
        case SetType():
            placed = action.placed((*node, HELD), range(len(parts(source))))
            for at, place in enumerate(placed):
                yield term(parts(source)[place]), term(parts(target)[at]), {0: 0, 1: 1}


def _ways(action: Action, node: Node, t: BoolType | IntType | EnumType) -> Mapping[int, int]:
    low = t.low if isinstance(t, IntType) else 0
    found: dict[int, int] = {}
    for at, value in enumerate(values(t)):
        to = position(t, action.scalar(node, t, value))
        found[low + at] = low + (at if to is None else to)
    return found
