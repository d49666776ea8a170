"""Which parts of the state hold values of the same kind, by unification over a model's code."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import assert_never

from modelcheck.engines.symmetry.roles import (
    HELD,
    INDEX,
    INSIDE,
    ITEM,
    MADE,
    Node,
    Roles,
    counters,
    leaves,
    node_of,
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
    Type,
)
from modelcheck.ir.walk import parts, statements


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
            case Contains() | At() | Literal() | IsNone() | Unary() | Length():
                self._ask(expr)
                return None
            case _:
                assert_never(expr)

    def _ask(self, expr: Contains | At | Literal | IsNone | Unary | Length) -> None:
        """Join what is asked of values; the answer is none of them."""
        match expr:
            case Contains(container, item):
                self._held(container, item)
            case At(process, index):
                self._at(process, index)
            case _:
                for part in parts(expr):
                    self.visit(part)

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
