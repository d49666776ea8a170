"""What a loop or a comprehension runs through, and what `all`, `sum`, `min` … make of it."""

from __future__ import annotations

import ast
from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from enum import EnumMeta
from functools import reduce
from itertools import islice

from modelcheck.frontend.annotations import LARGEST_DOMAIN, SMALLER
from modelcheck.frontend.containers import Containers
from modelcheck.frontend.path import Known, Path, Substitute
from modelcheck.frontend.shapes import bare, describe, may_be_missing, widened
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Binary,
    Conditional,
    Contains,
    Expr,
    Index,
    Item,
    Length,
    Literal,
    Operator,
    Some,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    IntType,
    OptionType,
    QueueType,
    SetType,
    Type,
    Value,
    is_alike,
    values,
)
from modelcheck.ir.walk import may_violate
from modelcheck.lang.pools import FiniteSet

ONE, ZERO = Literal(IntType(1, 1), 1), Literal(IntType(0, 0), 0)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a loop: whether there is one, and what its name stands for."""

    guard: Expr
    binding: Known | Substitute
    value: Expr


@dataclass(frozen=True, slots=True)
class Inner:
    """One round of all the `for`s of a comprehension."""

    guard: Expr
    path: Path


class Iteration(Containers, ABC):
    """Translates whatever runs through the items of something."""

    def rounds(self, node: ast.expr, path: Path) -> list[Round]:
        """The rounds of a loop over `node`, in CPython's order."""
        known = self.known(node, path)
        if known is not None and isinstance(known.value, range | tuple | list | EnumMeta):
            found = list(islice(known.value, LARGEST_DOMAIN + 1))
            if len(found) > LARGEST_DOMAIN:
                raise self.refuse("type", node, "too many rounds to explore", SMALLER)
            return [Round(TRUE, Known(v), self.literal(v, node, None)) for v in found]
        if known is not None and isinstance(known.value, FiniteSet):
            return [Round(TRUE, Known(v), self.literal(v, node, None)) for v in known.value]
        if isinstance(node, ast.Tuple | ast.List):
            written = [self.expr(part, path) for part in node.elts]
            return [Round(TRUE, Substitute(part), part) for part in written]
        return self.rounds_of(self.expr(node, path), node)

    def rounds_of(self, built: Expr, node: ast.expr) -> list[Round]:
        """The rounds of a loop over the items of an array, a queue, a bag or a set."""
        span = self.source.span(node)
        match type_of(built):
            case ArrayType(index):
                places = [Index(built, _narrow(index, v), span) for v in values(index)]
                return [Round(TRUE, Substitute(place), place) for place in places]
            case QueueType(_, capacity) | BagType(_, capacity):
                length = Length(built)
                bounds = [Literal(IntType(n, n), n) for n in range(capacity)]
                guards = [Binary(Operator.GREATER, length, bound, span) for bound in bounds]
                items = [Item(built, position) for position in range(capacity)]
                return [
                    Round(guard, Substitute(item), item)
                    for guard, item in zip(guards, items, strict=True)
                ]
            case SetType(item):
                members = [_narrow(item, value) for value in values(item)]
                return [
                    Round(Contains(built, self.coerce(one, item, node)), _bound(one), one)
                    for one in members
                ]
            case t:
                message = f"a loop runs over constants, a domain or a container, not {describe(t)}"
                way_out = "an index over `range(CONSTANT)` with an `if` inside does the same"
                raise self.refuse("unsupported", node, message, way_out)

    def items(self, node: ast.expr, path: Path) -> list[tuple[Known | Substitute, Expr]]:
        """What a loop over constants or an array runs through."""
        return [(one.binding, one.value) for one in self.rounds(node, path)]

    def filtered(self, node: ast.expr, path: Path) -> list[tuple[Expr, Expr, ast.expr]]:
        """What an iterable or a comprehension gives: where it does, which value, written where."""
        match node:
            case (
                ast.GeneratorExp(elt=body, generators=generators)
                | ast.ListComp(elt=body, generators=generators)
            ) if self.known(node, path) is None:
                found = self._inner(generators, path)
                return [(one.guard, self.expr(body, one.path), body) for one in found]
            case _:
                return [(one.guard, one.value, node) for one in self.rounds(node, path)]

    def _inner(self, generators: Sequence[ast.comprehension], path: Path) -> list[Inner]:
        if not generators:
            return [Inner(TRUE, path)]
        first, rest = generators[0], generators[1:]
        if first.is_async:
            raise self.refuse("unsupported", first.target, "`async for` is not in the language")
        if not isinstance(first.target, ast.Name):
            message = "a comprehension binds one name"
            raise self.refuse("unsupported", first.target, message, "name the parts in the body")
        found: list[Inner] = []
        for one in self.rounds(first.iter, path):
            inner = path.copy()
            inner.frame[first.target.id] = one.binding
            guards = [self.condition(guard, inner) for guard in first.ifs]
            guard = self.all_of([one.guard, *guards], first.iter)
            if guard != FALSE:
                found += [
                    Inner(self.both(guard, deeper.guard, first.iter), deeper.path)
                    for deeper in self._inner(rest, inner)
                ]
        return found

    def aggregate(self, node: ast.Call, name: str, path: Path) -> Expr:
        """`all`, `any`, `sum`, `min` or `max` of a comprehension, a container or several values."""
        default = None
        for keyword in node.keywords:
            if keyword.arg != "default" or name not in ("min", "max"):
                message = f"{name}() takes no {keyword.arg}= here"
                raise self.refuse("unsupported", node, message)
            default = keyword.value
        match node.args:
            case [one]:
                found = self.filtered(one, path)
            case several if len(several) > 1 and name in ("min", "max"):
                found = [(TRUE, self.expr(argument, path), argument) for argument in several]
            case _:
                raise self.refuse("unsupported", node, f"{name}() takes a comprehension here")
        found = [part for part in found if part[0] != FALSE]
        match name:
            case "all":
                truths = [(guard, self._truth(item, at)) for guard, item, at in found]
                return self.all_of([self.either(negation(g), e, node) for g, e in truths], node)
            case "any":
                truths = [(guard, self._truth(item, at)) for guard, item, at in found]
                return self.any_of([self.both(guard, e, node) for guard, e in truths], node)
            case "sum":
                numbers = [self._where(guard, self._number(e, at)) for guard, e, at in found]
                return self._sum(node, numbers)
            case _:
                numbered = [(guard, self._integer_of(e, at)) for guard, e, at in found]
                return self._extreme(node, name, numbered, default, path)

    def length(self, node: ast.Call, path: Path) -> Expr:
        """`len` of a container, or of a list comprehension."""
        measured = node.args[0]
        if isinstance(measured, ast.ListComp):
            return self._sum(node, [self._counted(*one) for one in self.filtered(measured, path)])
        if isinstance(measured, ast.GeneratorExp | ast.SetComp | ast.DictComp):
            way_out = "write `sum(1 for ... if ...)`"
            raise self.refuse("unsupported", node, "len() counts the items of a list here", way_out)
        built = self.expr(measured, path)
        match type_of(built):
            case QueueType() | BagType() | SetType():
                return Length(built)
            case ArrayType() if may_be_missing(built):
                message = "the array may not be there, and its length is known without it"
                raise self.refuse("unsupported", node, message, "name the array first: `a = ...`")
            case ArrayType(index):
                count = len(tuple(values(index)))
                return Literal(IntType(count, count), count)
            case t:
                raise self.refuse("type", node, f"{describe(t)} has no length")

    def _counted(self, guard: Expr, value: Expr, at: ast.expr) -> Expr:
        if may_violate(value) and not isinstance(at, ast.Name):
            message = f"{ast.unparse(at)} may fail, and len() does not look at it"
            raise self.refuse("unsupported", at, message, "write `sum(1 for ... if ...)`")
        return self._where(guard, ONE)

    def _where(self, guard: Expr, number: Expr) -> Expr:
        return number if guard == TRUE else Conditional(guard, number, ZERO)

    def _sum(self, node: ast.expr, numbers: Sequence[Expr]) -> Expr:
        span = self.source.span(node)
        return reduce(lambda a, b: Binary(Operator.ADD, a, b, span), numbers or [ZERO])

    def _truth(self, item: Expr, at: ast.expr) -> Expr:
        if not isinstance(type_of(item), BoolType):
            message = f"a condition must be a bool, this is {describe(type_of(item))}"
            raise self.refuse("type", at, message, "compare it: `x != 0`, `len(q) > 0`")
        return item

    def _number(self, built: Expr, node: ast.expr) -> Expr:
        """An item as a number; a bool counts as 0 or 1 in a sum, as in Python."""
        built = self.unwrapped(built, node)
        if isinstance(type_of(built), BoolType):
            return Conditional(built, ONE, ZERO)
        return self._integer_of(built, node)

    def _integer_of(self, built: Expr, node: ast.expr) -> Expr:
        return self.coerce(self.unwrapped(built, node), IntType(0, 0), node)

    def _extreme(
        self,
        node: ast.Call,
        name: str,
        found: Sequence[tuple[Expr, Expr]],
        default: ast.expr | None,
        path: Path,
    ) -> Expr:
        """`min` or `max`: an item that is not there counts as one that cannot win."""
        sign = Operator.MINIMUM if name == "min" else Operator.MAXIMUM
        span = self.source.span(node)
        bounds = [t for t in (type_of(item) for _, item in found) if isinstance(t, IntType)]
        if not found or (default is None and not any(guard == TRUE for guard, _ in found)):
            if default is not None:
                return self.expr(default, path)
            message = f"{name}() of nothing has no value"
            raise self.refuse("type", node, message, f"write `{name}(..., default=...)`")
        ends = [t.high if name == "min" else t.low for t in bounds]
        last = max(ends) if name == "min" else min(ends)
        lost = Literal(IntType(last, last), last)
        parts = [e if guard == TRUE else Conditional(guard, e, lost) for guard, e in found]
        best: Expr = reduce(lambda a, b: Binary(sign, a, b, span), parts)
        there = self.any_of([guard for guard, _ in found], node)
        if default is None or there == TRUE or any(guard == TRUE for guard, _ in found):
            return best
        return self._or_default(there, best, default, path)

    def _or_default(self, there: Expr, best: Expr, default: ast.expr, path: Path) -> Expr:
        known = self.known(default, path)
        t = OptionType(type_of(best)) if known is not None and known.value is None else None
        otherwise = self.expr(default, path, t)
        if t is not None:
            return Conditional(there, Some(best), otherwise)
        if not is_alike(bare(type_of(otherwise)), bare(type_of(best))):
            raise self.refuse("type", default, "the default is an integer or None")
        joined: Type = widened(type_of(best), type_of(otherwise))
        return Conditional(there, self.coerce(best, joined, default), otherwise)


def _narrow(t: Type, value: Value) -> Literal:
    """A value of a type as a literal; an integer with the interval of its own."""
    match t:
        case IntType() if isinstance(value, int):
            return Literal(IntType(value, value), value)
        case _:
            return Literal(t, value)


def _bound(member: Literal) -> Known | Substitute:
    match member:
        case Literal(IntType() | BoolType(), value):
            return Known(value)
        case _:
            return Substitute(member)
