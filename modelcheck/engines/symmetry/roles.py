"""Which integers are identities: those that index the same arrays, or are compared with these.

A guess, by unification over the whole model; whether the model treats the values alike is for
`detection` to prove. Each part of the state is a node: a variable's name, then the way into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias, assert_never

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
    Scope,
    SetOf,
    SetOperation,
    SetOperator,
    Some,
    Unary,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.model import Model, Process
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
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
from modelcheck.ir.walk import parts, statements

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


def infer(model: Model) -> Roles:
    """The classes of a model's nodes."""
    roles = Roles()
    for variable in model.variables:
        _declare(roles, node_of(variable, ""), variable.type)
    for process in model.processes:
        for local in (*process.locals, *(() if process.index is None else (process.index,))):
            _declare(roles, node_of(local, process.name), local.type)
    known, numbers = counters(model), count()
    for process in model.processes:
        joining = _Joining(roles, model, process.name, known, numbers)
        for body in (process.prologue, *(step.body for step in process.steps)):
            joining.body(body)
    for prop in model.properties:
        joining = _Joining(roles, model, "", known, numbers)
        joining.visit(prop.condition)
        if prop.target is not None:
            joining.visit(prop.target)
    return roles


def _declare(roles: Roles, node: Node, t: Type) -> None:
    for way, leaf in leaves(t):
        roles.types[*node, *way] = leaf


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


class _Joining:
    """Goes through code and joins what is assigned, compared, or used as an index."""

    def __init__(
        self,
        roles: Roles,
        model: Model,
        process: str,
        known: dict[Node, tuple[Process, Variable]],
        numbers: Iterator[int],
    ) -> None:
        self.roles = roles
        self.model = model
        self.process = process
        self.known = known
        self.numbers = numbers

    def body(self, body: tuple[Statement, ...]) -> None:
        for statement in statements(body):
            self._statement(statement)

    def _statement(self, statement: Statement) -> None:
        match statement:
            case Assign(place, value):
                self._alike(place, value)
            case Push(place, value) | Insert(place, value) | Remove(place, value):
                self._held(place, value)
            case Pop(queue, target):
                if target is None:
                    self.visit(queue)
                else:
                    self._held(queue, target)
            case Check(condition) | Wait(condition) | If(condition):
                self.visit(condition)
            case Choose(target, offers):
                for offer in offers:
                    self.visit(offer.condition)
                    self._alike(target, offer.value)
            case Goto():
                pass
            case _:
                assert_never(statement)

    def _alike(self, one: Expr, other: Expr) -> Node | None:
        a, b = self.visit(one), self.visit(other)
        self.roles.join(a, b, type_of(one))
        return a or b

    def _held(self, container: Expr, item: Expr) -> None:
        holder, held = self.visit(container), self.visit(item)
        self.roles.join(_under(holder, HELD), held, type_of(item))

    def visit(self, expr: Expr) -> Node | None:
        """The node of what an expression gives, if it is known; its parts are joined."""
        match expr:
            case Variable():
                node = node_of(expr, self.process)
                return ("cursor", *node) if node in self.known else node
            case Field(base, name):
                return self._way(base, f".{name}")
            case Unwrap(base):
                return self._way(base, INSIDE)
            case First(container) | Item(container):
                return self._way(container, HELD)
            case Index(base, index):
                array, at = self.visit(base), self.visit(index)
                self.roles.join(_under(array, INDEX), at, type_of(index))
                return _under(array, ITEM)
            case Conditional(condition, then, otherwise):
                self.visit(condition)
                return self._alike(then, otherwise)
            case Binary():
                return self._binary(expr)
            case Contains(container, item):
                self._held(container, item)
                return None
            case SetOperation(operator, left, right):
                alike = self._alike(left, right)
                return None if operator is SetOperator.SUBSET else alike
            case Some(item):
                return self._made([(INSIDE, item)])
            case SetOf(_, items):
                return self._made([(HELD, item) for item in items])
            case Make(t, values):
                names = [f".{one.name}" for one in t.fields]
                return self._made(list(zip(names, values, strict=True)))
            case At(process, index):
                self._at(process, index)
                return None
            case Literal() | IsNone() | Unary() | Length():
                for part in parts(expr):
                    self.visit(part)
                return None
            case _:
                assert_never(expr)

    def _way(self, base: Expr, step: str) -> Node | None:
        return _under(self.visit(base), step)

    def _made(self, pieces: list[tuple[str, Expr]]) -> Node:
        node = self._fresh()
        for step, piece in pieces:
            self.roles.join((*node, step), self.visit(piece), type_of(piece))
        return node

    def _at(self, process: str, index: Expr | None) -> None:
        own = self.model.process(process).index
        if index is not None and own is not None:
            self.roles.join(self.visit(index), node_of(own, process), own.type)

    def _binary(self, expr: Binary) -> Node | None:
        match expr:
            case Binary(Operator.EQUAL | Operator.UNEQUAL, left, right):
                self._alike(left, right)
                return None
            case Binary(Operator.MODULO, left, Literal(value=int() as n)):
                big, small = self.visit(left), self._fresh()
                if big is not None:
                    self.roles.blocks.append((big, small, n))
                return small
            case Binary(Operator.ADD, Binary(Operator.MULTIPLY, k, Literal(value=int() as n)), y):
                self.visit(k)
                slot, block = self.visit(y), self._fresh()
                if slot is not None:
                    self.roles.blocks.append((block, slot, n))
                return block
            case Binary(_, left, right):
                self.visit(left)
                self.visit(right)
                return None

    def _fresh(self) -> Node:
        return (MADE, str(next(self.numbers)))


def _under(node: Node | None, step: str) -> Node | None:
    return None if node is None else (*node, step)
