"""Which integers are identities: those that index the same arrays, or are compared with these.

A guess, by unification over the whole model; whether the model treats the values alike is for
`detection` to prove. Each part of the state is a node: a variable's name, then the way into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from modelcheck.ir.expressions import (
    Binary,
    Literal,
    Operator,
    Scope,
    Variable,
)
from modelcheck.ir.model import Model, Process
from modelcheck.ir.statements import (
    Assign,
)
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    SetType,
    Type,
    size,
)
from modelcheck.ir.walk import statements

Node: TypeAlias = tuple[str, ...]
"""A part of the state: `("", "mq", "[]", ".sender", "?")`; of a local, the process comes first."""

INDEX, ITEM, HELD, INSIDE = "#", "[]", "*", "?"
"""The index of an array, its items, what a queue, a bag or a set holds, what an option holds."""

MADE = "made"
SMALLEST, LARGEST = 2, 8
"""How many values a domain has that is looked at."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Values that may be interchangeable, and every part of the state where they occur."""

    size: int
    classes: frozenset[Node]
    """The representatives of the classes that hold these identities."""

    places: tuple[str, ...]
    """Where its identities index something, for messages."""


@dataclass(slots=True)
class Roles:
    """Classes of nodes that hold values of the same kind."""

    parents: dict[Node, Node] = field(default_factory=dict)
    types: dict[Node, Type] = field(default_factory=dict)
    """Of scalar nodes."""

    blocks: list[tuple[Node, Node, int]] = field(default_factory=list)
    """A node, one that it is `k * n +` a value of, and `n`."""

    def find(self, node: Node) -> Node:
        """The representative of a node's class."""
        while node in self.parents:
            node = self.parents[node]
        return node

    def join(self, one: Node | None, other: Node | None, t: Type) -> None:
        """Put two nodes, and their parts, into one class."""
        if one is None or other is None:
            return
        for way, _ in leaves(t):
            a, b = self.find((*one, *way)), self.find((*other, *way))
            if a != b:
                self.parents[max(a, b)] = min(a, b)

    def is_identity(self, node: Node, domain: Domain) -> bool:
        """Whether a scalar node holds identities of a domain."""
        return self.find(node) in domain.classes

    def declared(self, node: Node, t: Type) -> Type:
        """The type of the place at a node, of which a value there may have a narrower one."""
        match t:
            case BoolType() | IntType() | EnumType():
                return self.types.get(node, t)
            case OptionType(item):
                return OptionType(self.declared((*node, INSIDE), item))
            case QueueType(item, capacity):
                return QueueType(self.declared((*node, HELD), item), capacity)
            case BagType(item, capacity):
                return BagType(self.declared((*node, HELD), item), capacity)
            case SetType(item):
                return SetType(self.declared((*node, HELD), item))
            case ArrayType(index, item):
                key = self.declared((*node, INDEX), index)
                return ArrayType(key, self.declared((*node, ITEM), item))
            case RecordType(name, fields):
                inside = [
                    RecordField(one.name, self.declared((*node, f".{one.name}"), one.type))
                    for one in fields
                ]
                return RecordType(name, tuple(inside))
            case _:
                assert_never(t)


def leaves(t: Type) -> Iterator[tuple[Node, Type]]:
    """The ways to the scalar parts of a value, indices of arrays among them, with their types."""
    match t:
        case BoolType() | IntType() | EnumType():
            yield (), t
        case OptionType(item):
            yield from _below(INSIDE, item)
        case QueueType(item) | BagType(item) | SetType(item):
            yield from _below(HELD, item)
        case ArrayType(index, item):
            yield (INDEX,), index
            yield from _below(ITEM, item)
        case RecordType(fields=fields):
            for one in fields:
                yield from _below(f".{one.name}", one.type)
        case _:
            assert_never(t)


def _below(step: str, t: Type) -> Iterator[tuple[Node, Type]]:
    for way, leaf in leaves(t):
        yield (step, *way), leaf


def node_of(variable: Variable, process: str) -> Node:
    """The node of a variable that the code of a process, or a property, speaks of."""
    return (process if variable.scope is Scope.LOCAL else "", variable.name)


def cursor_node(process: str, variable: Variable) -> Node:
    """Stands for the values of a variable that goes through a domain one by one."""
    return ("cursor", *node_of(variable, process))


def counters(model: Model) -> dict[Node, tuple[Process, Variable]]:
    """The variables that a process without an index moves on by one: they may be cursors."""
    found: dict[Node, tuple[Process, Variable]] = {}
    for process in model.processes:
        if process.index is not None:
            continue
        for statement in statements([one for step in process.steps for one in step.body]):
            match statement:
                case Assign(
                    Variable() as variable,
                    Binary(Operator.ADD, Variable() as left, Literal(value=1)),
                ) if variable == left:
                    found[node_of(variable, process.name)] = process, variable
                case _:
                    pass
    return found


def domains(model: Model, roles: Roles) -> tuple[Domain, ...]:
    """The domains that may be interchangeable: each class alone that indexes something."""
    indices = [node_of(p.index, p.name) for p in model.processes if p.index is not None]
    indices += [node for node in roles.types if node[-1] == INDEX]
    bases: dict[Node, list[Node]] = {}
    for node in indices:
        bases.setdefault(roles.find(node), []).append(node)
    larger = {roles.find(big) for big, small, _ in roles.blocks if roles.find(small) in bases}
    found: list[Domain] = []
    for base, nodes in bases.items():
        held = {base}
        wanted = size(roles.types[nodes[0]])
        held |= {
            roles.find(big)
            for big, small, n in roles.blocks
            if roles.find(small) == base and n == wanted
        }
        if SMALLEST <= wanted <= LARGEST and base not in larger and _is_even(roles, held, wanted):
            places = tuple(dict.fromkeys(_named(node) for node in nodes))
            found.append(Domain(wanted, frozenset(held), places))
    return tuple(found)


def joined(several: tuple[Domain, ...]) -> Domain:
    """Domains of one size as one, all of them permuted in the same way."""
    classes = frozenset(node for one in several for node in one.classes)
    places = tuple(place for one in several for place in one.places)
    return Domain(several[0].size, classes, tuple(dict.fromkeys(places)))


def _is_even(roles: Roles, held: set[Node], wanted: int) -> bool:
    """Whether what a domain's classes hold are so many values, or blocks of them, counted alike.

    Then a permutation does the same to a value wherever it lies.
    """
    held_types = [t for node, t in roles.types.items() if roles.find(node) in held]
    kinds = {IntType(t.low % wanted, 0) if isinstance(t, IntType) else t for t in held_types}
    return len(kinds) == 1 and all(size(t) % wanted == 0 for t in held_types)


def _named(node: Node) -> str:
    way = [step for step in node if step not in (INDEX, ITEM, HELD, INSIDE, "")]
    return ".".join(step.removeprefix(".") for step in way)
