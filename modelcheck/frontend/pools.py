"""Bags, sets and queues in statements: changed, chosen from, and run through as they are now."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import reduce

from modelcheck.frontend.assignments import Assignments
from modelcheck.frontend.iteration import Round
from modelcheck.frontend.path import Known, Local, Path, Root, merge
from modelcheck.frontend.shapes import describe, is_aggregate, is_item, is_place
from modelcheck.frontend.subset.expressions import has_steps
from modelcheck.frontend.ways import Block, Continuation, Join, Leave, Meet, Return, Stop
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import (
    FALSE,
    Expr,
    Index,
    Literal,
    Scope,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.statements import Assign, Choose, If, Insert, Offer, Pop, Remove, Statement
from modelcheck.ir.types import BagType, QueueType, SetType, is_alike

METHODS = {"add": (BagType, SetType), "remove": (BagType,), "discard": (SetType,)}


class Pools(Assignments, ABC):
    """Translates the statements that are special to containers without places of their own."""

    @abstractmethod
    def follow(self, way: Continuation, path: Path) -> list[Statement]:
        """The statements from here to the next label on every way."""

    def _change(
        self,
        node: ast.stmt,
        base: ast.expr,
        method: str,
        item: ast.expr,
        path: Path,
        out: list[Statement],
    ) -> None:
        """`bag.add(x)`, `bag.remove(x)`, `set.add(x)` or `set.discard(x)`."""
        built = self.expressions.expr(base, path)
        t = type_of(built)
        if not isinstance(t, BagType | SetType) or not isinstance(t, METHODS[method]):
            message = f"{describe(t)} has no {method}()"
            way_out = "a queue has push and pop, a bag add and remove, a set add and discard"
            raise self.refuse("type", node, message, way_out)
        if not is_place(built):
            message = f"{ast.unparse(base)} is no place whose change would be seen"
            raise self.refuse(
                "unsupported", base, message, "change a place of the state or a local"
            )
        self._check_peeked(base, root(built), path)
        value = self.expressions.expr(item, path, t.item)
        self._wrote(built, node, path)
        kind = Insert if method == "add" else Remove
        out.append(kind(built, value, self.source.span(node)))

    def _pop(
        self, node: ast.stmt, target: ast.expr, base: ast.expr, path: Path, out: list[Statement]
    ) -> None:
        """`target = queue.pop()`."""
        queue, t = self._queue(base, path)
        span = self.source.span(node)
        self._wrote(queue, node, path)
        place = self._target(target, t.item, node, path, out)
        if root(place).scope is Scope.LOCAL:
            self.cut.popped.add(root(place).name)
        if is_alike(type_of(place), t.item):
            out.append(Pop(queue, place, span))
            return
        name = self._local_name(f"{ast.unparse(base)}.popped", path)
        held = self.cut.locals.setdefault(name, Variable(name, t.item, Scope.LOCAL))
        out.append(Pop(queue, held, span))
        out.append(Assign(place, self._fitted(held, place, node), span))

    def _choose(
        self, node: ast.stmt, name: str, choices: ast.expr, path: Path, out: list[Statement]
    ) -> None:
        """`x = one_of(...)`: every value that is there is on offer."""
        self._before_write(node, path, "one_of()", "choice-after-write", "choice")
        offered = self.expressions.filtered(choices, path)
        values = [value for _, value, _ in offered]
        t = self._joined(node, values)
        if is_aggregate(t) and any(is_place(value) for value in values):
            message = f"{name} would be an alias of one of several places"
            raise self.refuse("unsupported", choices, message, "choose the index")
        variable = self._declare(name, t, node, path, out)
        if is_aggregate(t) and any(is_item(value) for value in values):
            self.cut.peeked.add(variable.name)
        offers = tuple(
            Offer(guard, self.expressions.coerce(value, variable.type, at))
            for guard, value, at in offered
            if guard != FALSE
        )
        out.append(Choose(variable, offers, self.source.span(node)))

    def _pool_of(self, iterated: ast.expr, path: Path) -> Expr | None:
        """The queue, bag or set that a loop runs through; None where it runs through others."""
        written = isinstance(iterated, ast.Tuple | ast.List)
        if written or self.expressions.known(iterated, path) is not None:
            return None
        built = self.expressions.expr(iterated, path)
        return built if isinstance(type_of(built), QueueType | BagType | SetType) else None

    def _over_pool(
        self,
        node: ast.For,
        pool: Expr,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        """Unroll a loop over a container: each round is guarded, and all its ways meet again."""
        if has_steps(node):
            message = "a loop with steps does not run over a container, which others may change"
            way_out = "loop over its domain, with an `if x in ...` after the yield"
            raise self.refuse("unsupported", node.iter, message, way_out)
        span = self.source.span(node)
        name = node.target.id if isinstance(node.target, ast.Name) else ""
        held = self._snapshot(node, name, pool, path, out)
        left = None
        if any(isinstance(part, ast.Break) for part in _own(node.body)):
            left = self._hold(f"{name}.left", FALSE, node, path, out)
        for number, one in enumerate(self.expressions.rounds_of(held, node.iter)):
            guard = one.guard
            if left is not None and number > 0:
                guard = self.expressions.both(negation(left), guard, node.iter)
            meet = Meet(node, left, following)
            inside, passed = path.copy(), path.copy()
            body: list[Statement] = []
            self._bind_round(node, name, one, inside, body)
            body += self.follow(Block(tuple(node.body), meet), inside)
            out.append(If(guard, tuple(body), (), span))
            path.adopt(reduce(merge, meet.paths, passed))
        return following

    def _bind_round(
        self, node: ast.For, name: str, one: Round, path: Path, body: list[Statement]
    ) -> None:
        variable = self._declare(name, type_of(one.value), node, path, body)
        if is_aggregate(variable.type):
            self.cut.peeked.add(variable.name)
        known = one.binding if isinstance(one.binding, Known) else None
        path.frame[name] = Local(variable, known)
        value = self._fitted(one.value, variable, node)
        body.append(Assign(variable, value, self.source.span(node.target)))

    def _snapshot(
        self, node: ast.For, name: str, pool: Expr, path: Path, out: list[Statement]
    ) -> Expr:
        """The container as it is before the first round; held where the body may change it."""
        if is_place(pool) and not self._may_change(pool, node, path):
            return self._frozen(name, pool, node, path, out)
        return self._hold(f"{name}.items", pool, node, path, out)

    def _may_change(self, pool: Expr, node: ast.For, path: Path) -> bool:
        """Whether the body of a loop may write the container, or an index on the way to it."""
        if not is_place(pool) or root(pool).scope is Scope.LOCAL or _is_indexed(pool):
            return True
        name = root(pool).name
        for part in (part for statement in node.body for part in ast.walk(statement)):
            match part:
                case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                    if _touches(part, name, path):
                        return True
                case ast.Call(func=ast.Attribute() as method):
                    if _touches(method.value, name, path):
                        return True
                case ast.Call(func=ast.Name(id=called)) if called in self.expressions.functions:
                    return True
        return False

    def _check_return(self, node: ast.Return, way: Continuation) -> None:
        """A value returned from inside a round: the caller may not be in a round itself."""
        inside, above = False, False
        while not isinstance(way, Stop | Join | Return):
            if isinstance(way, Meet) and inside and above:
                message = "a return from a loop over a container, called in such a loop"
                way_out = "keep the value in a local, `break`, and return it after the loop"
                raise self.refuse("unsupported", node, message, way_out)
            inside = inside or isinstance(way, Meet)
            above = above or isinstance(way, Leave)
            way = way.next


def _touches(place: ast.expr, name: str, path: Path) -> bool:
    """Whether a written place may be part of the shared variable `name`."""
    while isinstance(place, ast.Attribute | ast.Subscript):
        base = place.value
        if isinstance(base, ast.Name) and isinstance(path.frame.get(base.id), Root):
            return isinstance(place, ast.Attribute) and place.attr == name
        place = base
    return not (
        isinstance(place, ast.Name)
        and isinstance(binding := path.frame.get(place.id), Local)
        and binding.variable.scope is Scope.LOCAL
    )


def _is_indexed(expr: Expr) -> bool:
    while not isinstance(expr, Variable):
        if isinstance(expr, Index) and not isinstance(expr.index, Literal):
            return True
        base = getattr(expr, "base", None)
        if base is None:
            return True
        expr = base
    return False


def _own(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a loop's body that are not in another loop."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.For | ast.While):
            for part in ast.iter_child_nodes(statement):
                if isinstance(part, ast.stmt):
                    yield from _own([part])
                elif isinstance(part, ast.match_case):
                    yield from _own(part.body)
