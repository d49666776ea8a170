"""Containers in expressions: what is in them, sets computed from sets, sets built of values."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import reduce

from modelcheck.frontend.operands import Operands
from modelcheck.frontend.path import Path
from modelcheck.frontend.shapes import bare, describe, widened
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Binary,
    Conditional,
    Contains,
    Expr,
    IsNone,
    Literal,
    Operator,
    SetOf,
    SetOperation,
    SetOperator,
    type_of,
)
from modelcheck.ir.types import ArrayType, BagType, QueueType, SetType, Type, is_alike
from modelcheck.ir.walk import may_violate
from modelcheck.lang.pools import FiniteSet, subset

SET_OPERATORS: dict[type[ast.operator], SetOperator] = {
    ast.BitOr: SetOperator.UNION,
    ast.BitAnd: SetOperator.INTERSECTION,
    ast.Sub: SetOperator.DIFFERENCE,
}


class Containers(Operands, ABC):
    """Translates what is special to queues, bags and sets."""

    @abstractmethod
    def filtered(self, node: ast.expr, path: Path) -> list[tuple[Expr, Expr, ast.expr]]:
        """What an iterable or a comprehension gives: where it does, which value, written where."""

    def set_type(self, node: ast.expr, path: Path) -> SetType | None:
        """The type of a set that does not need its surroundings to know it; else None."""
        match node:
            case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub(), right=right):
                return self.set_type(left, path) or self.set_type(right, path)
            case ast.IfExp(body=body, orelse=orelse):
                return self.set_type(body, path) or self.set_type(orelse, path)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                known = self.known(node, path)
                if known is None and not self._is_whole(node, path):
                    t = type_of(self.expr(node, path))
                    return t if isinstance(t, SetType) else None
        return None

    def _is_whole(self, node: ast.expr, path: Path) -> bool:
        return isinstance(node, ast.Name) and node.id not in path.frame

    def set_operation(
        self, node: ast.BinOp, path: Path, expected: Type | None
    ) -> SetOperation | None:
        """`|`, `&` or `-` of two sets; None where the operands are no sets."""
        t = self.set_type(node, path)
        if t is None and self._builds(node, path):
            t = expected if isinstance(expected, SetType) else None
            if t is None:
                raise self._untyped(node)
        if t is None or type(node.op) not in SET_OPERATORS:
            return None
        left, right = self.expr(node.left, path, t), self.expr(node.right, path, t)
        return SetOperation(SET_OPERATORS[type(node.op)], left, right)

    def _builds(self, node: ast.expr, path: Path) -> bool:
        """Whether a set is built somewhere in a chain of operators."""
        match node:
            case ast.BinOp(left=left, right=right):
                return self._builds(left, path) or self._builds(right, path)
            case ast.Call(func=ast.Name(id=name)):
                return self.loaded.namespace.get(name) is subset
            case ast.Name():
                known = self.known(node, path)
                return known is not None and isinstance(known.value, FiniteSet)
            case _:
                return False

    def set_comparison(
        self, node: ast.Compare, sign: Operator, left: ast.expr, right: ast.expr, path: Path
    ) -> Expr | None:
        """A comparison of two sets; None where neither is one."""
        t = self.set_type(left, path) or self.set_type(right, path)
        if t is None:
            return None
        one, other = self.expr(left, path, t), self.expr(right, path, t)
        span = self.source.span(node)
        match sign:
            case Operator.EQUAL | Operator.UNEQUAL:
                return Binary(sign, one, other, span)
            case Operator.LESS_EQUAL | Operator.LESS:
                part: Expr = SetOperation(SetOperator.SUBSET, one, other)
            case _:
                part = SetOperation(SetOperator.SUBSET, other, one)
        if sign in (Operator.LESS_EQUAL, Operator.GREATER_EQUAL):
            return part
        return self.both(part, Binary(Operator.UNEQUAL, one, other, span), node)

    def subset(self, node: ast.Call, path: Path, expected: Type | None) -> Expr:
        """`subset(...)`: a set of what its argument gives, of the type that its place has."""
        if len(node.args) != 1 or node.keywords:
            raise self.refuse("type", node, "subset() takes one iterable")
        expected = expected or self.set_type(node.args[0], path)
        if not isinstance(expected, SetType):
            raise self._untyped(node)
        span = self.source.span(node)
        empty = Literal(expected, ())
        if self.set_type(node.args[0], path) == expected:
            copied = self.expr(node.args[0], path, expected)
            return SetOperation(SetOperator.UNION, copied, empty)
        always: list[Expr] = []
        sometimes: list[Expr] = []
        for guard, value, at in self.filtered(node.args[0], path):
            item = self.coerce(value, expected.item, at)
            if guard == TRUE:
                always.append(item)
            else:
                one = SetOf(expected, (item,), span)
                sometimes.append(Conditional(guard, one, empty))
        parts = [SetOf(expected, tuple(always), span), *sometimes] if always else sometimes
        return reduce(lambda a, b: SetOperation(SetOperator.UNION, a, b), parts or [empty])

    def _untyped(self, node: ast.expr) -> Exception:
        message = "the domain of this set is not known here"
        way_out = "give it to a place, or to an annotated local: `seen: FiniteSet[D] = subset()`"
        return self.refuse("type", node, message, way_out)

    def membership(self, node: ast.Compare, left: ast.expr, right: ast.expr, path: Path) -> Expr:
        """`left in right`."""
        match right:
            case ast.Call(func=ast.Name(id="range"), args=args) if "range" not in path.frame:
                if self.known(right, path) is None and 1 <= len(args) <= 2:  # noqa: PLR2004
                    return self._between(node, left, args, path)
            case ast.Tuple(elts=written) | ast.List(elts=written) | ast.Set(elts=written):
                return self._among(node, left, written, path)
        known = self.known(right, path)
        if known is None:
            container = self.expr(right, path)
            if isinstance(type_of(container), QueueType | BagType | SetType):
                return self._contained(node, left, container, path)
            if not isinstance(type_of(container), ArrayType):
                message = f"nothing is in {describe(type_of(container))}"
                raise self.refuse("type", node, message, "ask a container, a range or a tuple")
        elif isinstance(known.value, range) and known.value.step == 1:
            ends = (known.value.start, known.value.stop)
            return self._between(node, left, [_constant(end, right) for end in ends], path)
        items = [value for _, value, _ in self.filtered(right, path)]
        return self.any_of([self._equal(node, left, item, path) for item in items], node)

    def _equal(self, node: ast.Compare, left: ast.expr, item: Expr, path: Path) -> Expr:
        return self.ordered(node, Operator.EQUAL, self.expr(left, path), item)

    def _contained(self, node: ast.Compare, left: ast.expr, container: Expr, path: Path) -> Expr:
        t = type_of(container)
        item_type = t.item if isinstance(t, QueueType | BagType | SetType) else t
        known = self.known(left, path)
        is_none = known is not None and known.value is None
        if is_none and bare(item_type) == item_type:
            return FALSE
        item = self.expr(left, path, item_type if is_none else None)
        if bare(item_type) == item_type and bare(type_of(item)) != type_of(item):
            there = Contains(container, self._item(node, self.unwrapped(item, left), item_type))
            return self.both(negation(IsNone(item)), there, node)
        return Contains(container, self._item(node, item, item_type))

    def _item(self, node: ast.Compare, item: Expr, wanted: Type) -> Expr:
        if not is_alike(bare(type_of(item)), bare(wanted)):
            message = f"{describe(type_of(item))} is never in a container of {describe(wanted)}"
            raise self.refuse("type", node, message, f"give it {describe(wanted)}")
        return self.coerce(item, wanted, node)

    def _between(
        self, node: ast.Compare, left: ast.expr, ends: Sequence[ast.expr], path: Path
    ) -> Expr:
        low, high = [_constant(0, left), *ends][-2:]
        value = self.expr(left, path)
        plain = self.unwrapped(value, left)
        span = self.source.span(node)
        least = self.coerce(self.expr(low, path), type_of(plain), low)
        beyond = self.coerce(self.expr(high, path), type_of(plain), high)
        above = Binary(Operator.LESS_EQUAL, least, plain, span)
        below = Binary(Operator.LESS, plain, beyond, span)
        inside = self.both(above, below, node)
        return self.both(negation(IsNone(value)), inside, node) if value != plain else inside

    def _among(
        self, node: ast.Compare, left: ast.expr, written: Sequence[ast.expr], path: Path
    ) -> Expr:
        """One of the values written there; like Python it looks at all of them."""
        if not any(self._may_fail(item, path) for item in written[1:]):
            equal = [self.compare(node, left, ast.Eq(), item, path) for item in written]
            return self.any_of(equal, node)
        value = self.expr(left, path)
        items = [self.expr(item, path) for item in written]
        if any(not is_alike(bare(type_of(value)), bare(type_of(item))) for item in items):
            raise self.refuse("type", node, "the values are of different types")
        t = reduce(widened, [type_of(value), *map(type_of, items)])
        held = tuple(self.coerce(item, t, at) for item, at in zip(items, written, strict=True))
        return Contains(
            SetOf(SetType(t), held, self.source.span(node)), self.coerce(value, t, left)
        )

    def _may_fail(self, node: ast.expr, path: Path) -> bool:
        return self.known(node, path) is None and may_violate(self.expr(node, path))


def _constant(value: int, at: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Constant(value), at)
