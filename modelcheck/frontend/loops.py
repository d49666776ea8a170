"""Loops over constants and places, and `while` loops."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from modelcheck.frontend.path import (
    Binding,
    Known,
    Local,
    Path,
    Substitute,
    forgets,
)
from modelcheck.frontend.pools import Pools
from modelcheck.frontend.shapes import is_container
from modelcheck.frontend.ways import (
    Again,
    Block,
    Continuation,
    Join,
    Leave,
    Meet,
    NextItem,
    Return,
    Stop,
)
from modelcheck.ir.expressions import (
    TRUE,
    Binary,
    Conditional,
    Expr,
    Index,
    Literal,
    Operator,
    Variable,
)
from modelcheck.ir.statements import Assign, If, Statement
from modelcheck.ir.types import (
    IntType,
    OptionType,
)

UNROLLED = 1000
"""How often a loop with a known condition is unrolled before it counts as endless."""


class Loops(Pools, ABC):
    """Translates loops: unrolled where no label is passed, cut at the labels otherwise."""

    @abstractmethod
    def _meets(self, loop: ast.For | ast.While) -> bool:
        """Whether every way into a loop comes out behind it."""

    def _loop(
        self,
        node: ast.For | ast.While,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        meets = self._meets(node)
        if node.orelse:
            message = "`else` of a loop is not in the language"
            raise self.refuse("unsupported", node, message, "keep in a bool what ended the loop")
        if isinstance(node, ast.While):
            again = partial(Again, node)
            return self._together(again, following, path, out) if meets else again(following)
        if not isinstance(node.target, ast.Name):
            message = "a loop binds one name"
            way_out = "name the parts on the first lines of its body"
            raise self.refuse("unsupported", node.target, message, way_out)
        if node.target.id in self.expressions.stored_in(node):
            message = f"the loop gives {node.target.id} its value, its body may not"
            raise self.refuse("unsupported", node, message, "use another name")
        pool = self._pool_of(node.iter, path)
        if pool is not None:
            return self._over_pool(node, pool, following, path, out)
        items = self._items(node, path, out)
        if not items:
            return following
        cut = self.expressions.has_steps(node)
        if cut and any(item in items[:place] for place, item in enumerate(items)):
            message = "a loop with steps runs over different values: they tell how far it is"
            raise self.refuse("unsupported", node.iter, message, "loop over a range of positions")
        if cut and any(isinstance(item, Substitute) for item in items):
            message = "a loop with steps runs over constants: an item of an array would be an alias"
            raise self.refuse("alias-across-step", node.iter, message, "loop over the indices")
        first = self._start_item(node, items, 0, following, path, out)
        if not meets:
            return first
        ways = partial(_rounds, node, items)
        return self._together(ways, following, path, out)

    def _together(
        self,
        ways: Callable[[Continuation], Continuation],
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        """Take `ways`, each of which goes on with what it is given; `following` is for all of them.

        They meet before it, so that it is translated once, unless a name would be lost by that.
        """
        join = Join()
        found = self.follow(ways(join), path.copy())
        merged = join.merged()
        if forgets(join.paths, merged):
            return ways(following)
        out += found
        path.adopt(merged)
        return following

    def _items(
        self, node: ast.For, path: Path, out: list[Statement]
    ) -> tuple[Known | Substitute, ...]:
        """What the loop runs through, as it is before the first round.

        What is held for it is called after the loop's variable, which no loop inside has too.
        """
        name = f"{ast.unparse(node.target)}@loop"
        changing = frozenset(
            self._local_name(one, path) for one in self.expressions.stored_in(node)
        )
        items = tuple(binding for binding, _ in self.expressions.items(node.iter, path))
        found: list[Known | Substitute] = []
        bases: dict[Expr, Expr] = {}
        for number, item in enumerate(items):
            match item:
                case Substitute(expr) if is_container(expr) and _is_written(node.iter):
                    own = f"{name}{number}"
                    place = self._named(own, expr, node, path, out, changing=changing)
                    found.append(Substitute(place))
                case Substitute(expr) if _is_written(node.iter):
                    found.append(self._handed(f"{name}{number}", expr, node, path, out))
                case Substitute(Index(base, index, span)):
                    if base not in bases:
                        frozen = self._named(name, base, node, path, out, changing=changing)
                        bases[base] = frozen
                    found.append(Substitute(Index(bases[base], index, span)))
                case _:
                    found.append(item)
        return tuple(found)

    def _start_item(
        self,
        loop: ast.For,
        items: tuple[Known | Substitute, ...],
        position: int,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        name = loop.target.id if isinstance(loop.target, ast.Name) else ""
        item = items[position]
        if isinstance(item, Substitute):
            self._bind(loop, name, item.expr, None, path, out)
        else:
            literals = [self._literal(each, loop) for each in items]
            variable = self._declare(name, self._joined(loop, literals), loop, path, out)
            value = self._fitted(literals[position], variable, loop)
            out.append(Assign(variable, value, self.source.span(loop.target)))
            path.frame[name] = Local(variable, item)
        return Block(tuple(loop.body), NextItem(loop, items, position, following))

    def _next_item(self, way: NextItem, path: Path, out: list[Statement]) -> Continuation | None:
        binding = path.frame.get(
            way.loop.target.id if isinstance(way.loop.target, ast.Name) else ""
        )
        over_places = isinstance(way.items[0], Substitute)
        if over_places or not isinstance(binding, Local) or binding.known is not None:
            position = self._position(way, binding)
            if position + 1 == len(way.items):
                return way.next
            return self._start_item(way.loop, way.items, position + 1, way.next, path, out)
        line = way.loop.lineno
        path.visits[line] = path.visits.get(line, 0) + 1
        if path.visits[line] > len(way.items):
            del path.visits[line]
            return way.next
        variable, span = binding.variable, self.source.span(way.loop.target)
        if isinstance(variable.type, OptionType):
            message = f"the loop gives {variable.name} values, and elsewhere it may hold None"
            raise self.refuse("type", way.loop, message, "use another name there")
        literals = [self._literal(item, way.loop) for item in way.items]
        last = Binary(Operator.EQUAL, variable, literals[-1], span)
        after, inside = path.copy(), path.copy()
        del after.visits[line]
        then = tuple(self.follow(way.next, after))
        step: list[Statement] = []
        self._capture(variable, way.loop, inside, step)
        step.append(Assign(variable, self._successor(variable, literals, way), span))
        body = Block(tuple(way.loop.body), NextItem(way.loop, way.items, None, way.next))
        step += self.follow(body, inside)
        out.append(If(last, then, tuple(step), span))
        return None

    def _position(self, way: NextItem, binding: Binding | None) -> int:
        match binding:
            case Local(known=Known(value)) if way.position is None:
                return [i.value for i in way.items if isinstance(i, Known)].index(value)
            case _:
                return way.position or 0

    def _successor(self, variable: Variable, literals: Sequence[Expr], way: NextItem) -> Expr:
        span = self.source.span(way.loop.target)
        numbers = [e.value for e in literals if isinstance(e, Literal) and _is_int(e)]
        if len(numbers) == len(literals) and len(numbers) > 1:
            first, second = numbers[0], numbers[1]
            if isinstance(first, int) and isinstance(second, int):
                step = second - first
                expected = [first + step * n for n in range(len(numbers))]
                if numbers == expected:
                    return Binary(Operator.ADD, variable, Literal(IntType(step, step), step), span)
        found: Expr = literals[-1]
        for before, after in reversed(list(pairwise(literals[:-1]))):
            found = Conditional(Binary(Operator.EQUAL, variable, before, span), after, found)
        return found

    def _again(self, way: Again, path: Path, out: list[Statement]) -> Continuation | None:
        known = self.expressions.known(way.loop.test, path)
        line = way.loop.lineno
        path.visits[line] = path.visits.get(line, 0) + 1
        endless = known is None or _is_constant_true(way.loop.test)
        if path.visits[line] > (1 if endless else UNROLLED):
            message = "this loop can go round without a step"
            way_out = "put a `yield` on every way round, or loop over a constant range"
            raise self.refuse("loop-without-step", way.loop, message, way_out)
        body = Block(tuple(way.loop.body), way)
        if known is not None and not known.value:
            del path.visits[line]
        if known is not None:
            return body if known.value else way.next
        condition = self.expressions.condition(way.loop.test, path)
        left = path.copy()
        del left.visits[line]
        then = tuple(self.follow(body, path.copy()))
        otherwise = tuple(self.follow(way.next, left))
        out.append(If(condition, then, otherwise, self.source.span(way.loop.test)))
        return None

    def _leave_loop(
        self, node: ast.stmt, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation:
        way = following
        while not isinstance(way, NextItem | Again | Meet):
            if isinstance(way, Stop | Join | Leave | Return):
                raise self.refuse("syntax", node, "outside a loop")
            way = way.next
        if isinstance(way, Meet):
            if isinstance(node, ast.Break) and way.left is not None:
                out.append(Assign(way.left, TRUE, self.source.span(node)))
            return way
        if not isinstance(node, ast.Break):
            return way
        path.visits.pop(way.loop.lineno, None)
        return way.next

    def _literal(self, item: Known | Substitute, node: ast.For) -> Expr:
        value = item.value if isinstance(item, Known) else None
        return self.expressions.literal(value, node.iter, None)


def _rounds(
    loop: ast.For, items: tuple[Known | Substitute, ...], after: Continuation
) -> Continuation:
    return Block(tuple(loop.body), NextItem(loop, items, 0, after))


def _is_written(iterated: ast.expr) -> bool:
    """Whether a loop runs through expressions that are written one by one."""
    return isinstance(iterated, ast.Tuple | ast.List)


def _is_int(expr: Literal) -> bool:
    return isinstance(expr.type, IntType)


def _is_constant_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)
