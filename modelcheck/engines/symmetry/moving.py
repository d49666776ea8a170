"""A permutation of a domain applied to code: what it says of a permuted state.

An expression is moved so that its value in a permuted state is the permuted value of the original
one. Only what can be so moved by its form is: identities that are compared for equality, used as
indices, held, copied. Anything else that is done with one raises `Asymmetric`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.engines.symmetry.action import Action
from modelcheck.engines.symmetry.roles import HELD, INDEX, INSIDE, ITEM, Node, leaves, node_of
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
    Place,
    SetOf,
    SetOperation,
    SetOperator,
    Some,
    Unary,
    Unwrap,
    Variable,
    as_place,
    type_of,
)
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_expr
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Offer,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import BagType, IntType
from modelcheck.ir.walk import mapped

EQUALITIES = frozenset({Operator.EQUAL, Operator.UNEQUAL})
Body = tuple[Statement, ...]


class Asymmetric(Exception):
    """Something tells the values of a domain apart; the message says what."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves the code of one process, or a property (then `process` is empty), by an action."""

    model: Model
    action: Action
    process: str
    cursors: frozenset[Variable]
    """Variables that go through the domain: plain numbers, and no identities."""

    def node(self, expr: Expr) -> Node | None:
        """Where the value of an expression lies in the state, if it is taken from there."""
        match expr:
            case Variable():
                return None if expr in self.cursors else node_of(expr, self.process)
            case Field(base, name):
                return self._way(base, f".{name}")
            case Unwrap(base):
                return self._way(base, INSIDE)
            case First(container) | Item(container):
                return self._way(container, HELD)
            case Index(base):
                return self._way(base, ITEM)
            case Conditional(_, then, otherwise):
                return self.node(then) or self.node(otherwise)
            case SetOperation(operator, left, right) if operator is not SetOperator.SUBSET:
                return self.node(left) or self.node(right)
            case _:
                return None

    def _way(self, base: Expr, step: str) -> Node | None:
        node = self.node(base)
        return None if node is None else (*node, step)

    def expr(self, expr: Expr, wanted: Node | None = None) -> Expr:
        """An expression moved, where a value of the kind of a node is wanted (None: no identity).

        Raises `Asymmetric`.
        """
        match expr:
            case Literal(t, value):
                if wanted is None:
                    return expr
                place = self.action.roles.declared(wanted, t)
                return Literal(t, self.action.value(wanted, place, value))
            case Variable() | Field() | Index() | Unwrap() | First() | Item():
                self._require(expr, wanted)
                return self._taken(expr)
            case Some(item):
                return Some(self.expr(item, _below(wanted, INSIDE)))
            case Make(t, held):
                names = [f".{one.name}" for one in t.fields]
                pairs = zip(names, held, strict=True)
                return Make(t, tuple(self.expr(one, _below(wanted, name)) for name, one in pairs))
            case SetOf(t, items, span):
                kind = _below(wanted, HELD)
                return SetOf(t, tuple(self.expr(item, kind) for item in items), span)
            case Conditional(condition, then, otherwise):
                return Conditional(
                    self.expr(condition), self.expr(then, wanted), self.expr(otherwise, wanted)
                )
            case SetOperation(operator, left, right):
                if operator is SetOperator.SUBSET or wanted is None:
                    self._require(expr, wanted)
                kind = self.node(left) or self.node(right) or wanted
                return SetOperation(operator, self.expr(left, kind), self.expr(right, kind))
            case Binary():
                return self._binary(expr, wanted)
            case IsNone() | Length() | Contains() | At() | Unary():
                self._require(expr, wanted)
                return self._asked(expr)
            case _:
                assert_never(expr)

    def _asked(self, expr: IsNone | Length | Contains | At | Unary) -> Expr:
        """What is asked of a value; the answer is no identity."""
        match expr:
            case IsNone(base):
                return IsNone(self.expr(base, self.node(base)))
            case Length(container):
                return Length(self.expr(container, self.node(container)))
            case Contains(container, item):
                kind = self.node(container)
                return Contains(self.expr(container, kind), self.expr(item, _below(kind, HELD)))
            case At(process, index, label, span):
                own = self.model.process(process).index
                if index is None or own is None:
                    return expr
                return At(process, self.expr(index, node_of(own, process)), label, span)
            case Unary(operator, operand):
                return Unary(operator, self.expr(operand))
            case _:
                assert_never(expr)

    def _taken(self, expr: Expr) -> Expr:
        """A part of the state: the way there is moved."""
        match expr:
            case Index(base, index, span):
                return Index(self._taken(base), self.expr(index, self._way(base, INDEX)), span)
            case Item(container) if self._holds_in_order(container):
                raise Asymmetric(f"`{render_expr(expr)}` depends on the order of its values")
            case Field() | Unwrap() | First() | Item():
                return mapped(expr, self._taken)
            case Variable():
                return expr
            case _:
                return self.expr(expr, self.node(expr))

    def _holds_in_order(self, container: Expr) -> bool:
        """Whether it is a bag, whose items stand in an order, and identities are part of them."""
        kind, t = self.node(container), type_of(container)
        return isinstance(t, BagType) and any(self._is_identity(kind, way) for way, _ in leaves(t))

    def _binary(self, expr: Binary, wanted: Node | None) -> Expr:
        size = self.action.domain.size
        match expr:
            case Binary(Operator.ADD, Binary(Operator.MULTIPLY, _, Literal(value=n)) as blocks, y):
                if n == size and self._counts_from_zero(wanted):
                    return Binary(Operator.ADD, self.expr(blocks), self._slot(y), expr.span)
            case Binary(Operator.MODULO, x, Literal(value=n) as by):
                kind = self.node(x)
                if n == size and self._counts_from_zero(wanted) and self._counts_from_zero(kind):
                    return Binary(Operator.MODULO, self.expr(x, kind), by, expr.span)
            case _:
                pass
        self._require(expr, wanted)
        if expr.operator in EQUALITIES:
            kind = self.node(expr.left) or self.node(expr.right)
            return mapped(expr, lambda part: self.expr(part, kind))
        return mapped(expr, self.expr)

    def _slot(self, expr: Expr) -> Expr:
        """The last part of `k * n + slot`: an identity by itself."""
        match expr:
            case Literal(t, int() as value) if 0 <= value < self.action.domain.size:
                return Literal(t, self.action.permutation[value])
            case _ if self._counts_from_zero(self.node(expr)):
                return self.expr(expr, self.node(expr))
            case _:
                raise Asymmetric(f"`{render_expr(expr)}` is added to identities")

    def _counts_from_zero(self, node: Node | None) -> bool:
        """Whether there are identities at a scalar node, and 0 is the first of its block."""
        if node is None or not self.action.roles.is_identity(node, self.action.domain):
            return False
        t = self.action.roles.types.get(node)
        return isinstance(t, IntType) and t.low % self.action.domain.size == 0

    def _require(self, expr: Expr, wanted: Node | None) -> None:
        """Refuse an expression that is not of the kind that is wanted, leaf by leaf."""
        node = self.node(expr)
        for way, _ in leaves(type_of(expr)):
            if self._is_identity(node, way) != self._is_identity(wanted, way):
                raise Asymmetric(f"`{render_expr(expr)}` is not only compared or used as an index")

    def _is_identity(self, node: Node | None, way: Node) -> bool:
        roles, domain = self.action.roles, self.action.domain
        return node is not None and roles.is_identity((*node, *way), domain)

    def place(self, place: Place) -> Place:
        """A place, moved."""
        return as_place(self._taken(place))

    def body(self, body: Body) -> Body:
        """Statements, moved; raises `Asymmetric`."""
        return tuple(self.statement(statement) for statement in body)

    def statement(self, statement: Statement) -> Statement:
        """One statement, moved; raises `Asymmetric`."""
        match statement:
            case Assign(place, value, span):
                return Assign(self.place(place), self.expr(value, self.node(place)), span)
            case Push(place, value, span):
                return Push(self.place(place), self.expr(value, self._held(place)), span)
            case Insert(place, value, span):
                return Insert(self.place(place), self.expr(value, self._held(place)), span)
            case Remove(place, value, span):
                return Remove(self.place(place), self.expr(value, self._held(place)), span)
            case Pop(queue, target, span):
                if target is not None:
                    self._require(target, self._held(queue))
                return Pop(self.place(queue), None if target is None else self.place(target), span)
            case Check(condition, message, span):
                return Check(self.expr(condition), message, span)
            case Wait(condition, span):
                return Wait(self.expr(condition), span)
            case If(condition, then, otherwise, span):
                return If(self.expr(condition), self.body(then), self.body(otherwise), span)
            case Choose(target, offers, span):
                kind = self.node(target)
                if _is_any_of(offers):
                    self._require(offers[0].value, kind)
                    return statement
                made = [Offer(self.expr(o.condition), self.expr(o.value, kind)) for o in offers]
                return Choose(target, tuple(made), span)
            case Goto():
                return statement
            case _:
                assert_never(statement)

    def _held(self, place: Place) -> Node | None:
        return _below(self.node(place), HELD)


def _is_any_of(offers: tuple[Offer, ...]) -> bool:
    """Whether the values on offer are the items of one bag: all of them, in whatever order."""
    match offers:
        case (Offer(_, Item(Variable(type=BagType(capacity=capacity)) as bag)), *_):
            return len(offers) == capacity and all(
                _is_item(offer, bag, at) for at, offer in enumerate(offers)
            )
        case _:
            return False


def _is_item(offer: Offer, bag: Variable, at: int) -> bool:
    """Whether the item at a position is on offer where the bag holds so many."""
    match offer:
        case Offer(
            Binary(Operator.GREATER, Length(counted), Literal(value=number)), Item(held, position)
        ):
            return counted == held == bag and number == position == at
        case _:
            return False


def _below(node: Node | None, step: str) -> Node | None:
    return None if node is None else (*node, step)
