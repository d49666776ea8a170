"""From Python statements to steps: the code from one `yield` to the next, cut at the labels.

Translation follows the ways through a function. What comes after a statement is a continuation,
so a branch or a loop that contains a `yield` needs no special care: each way is followed until it
reaches a label, and what follows the label is translated once, as that label's step.
"""

from __future__ import annotations

import ast
from functools import partial

from modelcheck.frontend.cases import Cases
from modelcheck.frontend.expressions import NotPure
from modelcheck.frontend.path import Path, Substitute
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
from modelcheck.ir.statements import (
    Check,
    Goto,
    If,
    Pop,
    Push,
    Statement,
    Wait,
)
from modelcheck.lang import steps

LARGEST = 10_000
"""How many statements a process may have once its ways are followed."""


class Statements(Cases):
    """Translates the body of one process."""

    def follow(self, way: Continuation, path: Path) -> list[Statement]:
        """The statements from here to the next label on every way; each ends in `Goto` or joins."""
        out: list[Statement] = []
        while True:
            match way:
                case Stop():
                    out.append(Goto(None))
                    return out
                case Block(()):
                    way = way.next
                case Block(body):
                    following = Block(body[1:], way.next)
                    then = self._statement(body[0], following, path, out)
                    if then is None:
                        return out
                    way = then
                case NextItem():
                    then = self._next_item(way, path, out)
                    if then is None:
                        return out
                    way = then
                case Again():
                    then = self._again(way, path, out)
                    if then is None:
                        return out
                    way = then
                case Join() | Meet():
                    way.paths.append(path)
                    return out
                case Leave() | Return():
                    then = self._end(way, path, out)
                    if then is None:
                        return out
                    way = then

    def _statement(
        self, node: ast.stmt, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        self.cut.size += 1
        if self.cut.size > LARGEST:
            message = f"{self.cut.process} has too many ways that go on by themselves"
            way_out = "return an index instead of a place, or put a `yield` between them"
            raise self.refuse("too-many-ways", node, message, way_out)
        try:
            return self._translate(node, following, path, out)
        except NotPure as problem:
            way_out = "call it on a line of its own first: `x = f(...)`"
            raise self.refuse("unsupported", node, f"{problem}", way_out) from None

    def _translate(
        self, node: ast.stmt, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return following
            case ast.Expr(value=ast.Yield()):
                self._yield(node, following, path, out)
                return None
            case ast.Expr(value=ast.Call() as call):
                return self._call(node, call, following, path, out)
            case ast.Expr(value=ast.YieldFrom(value=called)):
                return self._proceed(node, called, None, following, path, out)
            case ast.Assign(targets=[target], value=ast.YieldFrom(value=called)):
                return self._proceed(node, called, target, following, path, out)
            case ast.AnnAssign(
                target=ast.Name(id=name), value=ast.YieldFrom(value=called) as value
            ):
                self._annotate(node, name, node.annotation, value, path)
                return self._proceed(node, called, node.target, following, path, out)
            case ast.Assert():
                self._assert(node, path, out)
                return following
            case ast.Assign(targets=targets, value=value) if len(targets) > 1:
                self._assign_together(node, targets, [value] * len(targets), path, out)
                return following
            case ast.Assign(targets=[target], value=value):
                return self._assign(node, target, value, following, path, out)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self._annotate(node, name, node.annotation, value, path)
                return self._assign(node, node.target, value, following, path, out)
            case ast.AugAssign():
                self._augment(node, path, out)
                return following
            case ast.If():
                return self._if(node, following, path, out)
            case ast.Match():
                return self._match(node, following, path, out)
            case ast.For() | ast.While():
                return self._loop(node, following, path, out)
            case ast.Break() | ast.Continue():
                return self._leave_loop(node, following, path, out)
            case ast.Return():
                return self._return(node, following, path, out)
            case _:
                message = "this is no statement of the language"
                raise self.refuse("unsupported", node, message, "assign, branch, call or wait")

    def _call(
        self,
        node: ast.Expr,
        call: ast.Call,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        span = self.source.span(node)
        match call:
            case ast.Call(func=ast.Name(id=name), args=[condition]) if self._is(
                name, steps.wait_until
            ):
                if path.prologue:
                    message = "wait_until() before the first yield: there is no step yet to wait"
                    raise self.refuse("unsupported", node, message, "put a `yield` before it")
                self._before_write(node, path, "wait_until()", "wait-after-write", "wait")
                out.append(Wait(self.expressions.condition(condition, path), span))
                return following
            case ast.Call(func=ast.Attribute(value=base, attr="push"), args=[item]):
                queue, t = self._queue(base, path)
                value = self.expressions.expr(item, path, t.item)
                self._wrote(queue, node, path)
                out.append(Push(queue, value, span))
                return following
            case ast.Call(func=ast.Attribute(value=base, attr="pop"), args=[]):
                queue, _ = self._queue(base, path)
                self._wrote(queue, node, path)
                out.append(Pop(queue, None, span))
                return following
            case ast.Call(
                func=ast.Attribute(value=base, attr="add" | "remove" | "discard" as method),
                args=[item],
            ):
                self._change(node, base, method, item, path, out)
                return following
            case ast.Call(func=ast.Name(id=name)) if name in self.expressions.functions:
                return self._enter(call, name, None, following, path, out)
            case ast.Call(
                func=ast.Attribute(attr="push" | "add" | "remove" | "discard" as method),
                args=[],
                keywords=[ast.keyword(value=item)],
            ):
                message = f"{method}() takes its item without a name"
                way_out = f"write `{ast.unparse(call.func)}({ast.unparse(item)})`"
                raise self.refuse("unsupported", node, message, way_out)
        message = f"{ast.unparse(call.func)}(...) is no statement of the language"
        way_out = "assign what it gives, or leave the line out"
        raise self.refuse("unsupported", node, message, way_out)

    def _assert(self, node: ast.Assert, path: Path, out: list[Statement]) -> None:
        message = ast.unparse(node.test)
        if node.msg is not None:
            if not isinstance(node.msg, ast.Constant) or not isinstance(node.msg.value, str):
                raise self.refuse("unsupported", node.msg, "the message is a literal string")
            message = node.msg.value
        condition = self.expressions.condition(node.test, path)
        out.append(Check(condition, message, self.source.span(node)))

    def _assign(
        self,
        node: ast.stmt,
        target: ast.expr,
        value: ast.expr,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        match target, value:
            case (ast.Tuple(elts=targets), ast.Tuple(elts=parts)) if len(targets) == len(parts):
                self._assign_together(node, targets, parts, path, out)
            case ast.Name(id=name), ast.Call(func=ast.Name(id=called), args=[choices]) if self._is(
                called, steps.one_of
            ):
                self._choose(node, name, choices, path, out)
            case _, ast.Call(func=ast.Attribute(value=base, attr="pop"), args=[]):
                self._pop(node, target, base, path, out)
            case _, ast.Call(func=ast.Name(id=called)) if called in self.expressions.functions:
                try:
                    self._give(node, target, value, path, out)
                except NotPure:
                    return self._enter(value, called, target, following, path, out)
            case _:
                self._give(node, target, value, path, out)
        return following

    def _if(
        self, node: ast.If, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        known = self.expressions.known(node.test, path)
        if known is not None:
            return Block(tuple(node.body if known.value else node.orelse), following)
        node, following = _joined_at_head(node, following)
        condition = self.expressions.condition(node.test, path)
        span = self.source.span(node.test)
        straight = not any(self._jumps(part) for part in (*node.body, *node.orelse))
        join = Join()
        after: Continuation = join if straight else following
        then = tuple(self.follow(Block(tuple(node.body), after), path.copy()))
        otherwise = tuple(self.follow(Block(tuple(node.orelse), after), path.copy()))
        out.append(If(condition, then, otherwise, span))
        if not straight:
            return None
        path.adopt(join.merged())
        return following

    def _jumps(self, node: ast.AST) -> bool:
        """Whether a way may end or split in `node`, so that the code after it has no one start."""
        match node:
            case ast.Yield() | ast.YieldFrom() | ast.Break() | ast.Continue() | ast.Return():
                return True
            case ast.For() | ast.While():
                return not self._meets(node)
            case _:
                parts = ast.iter_child_nodes(node)
                return self._splits(node) or any(self._jumps(part) for part in parts)

    def _meets(self, loop: ast.For | ast.While) -> bool:
        """Whether every way into a loop comes out behind it."""
        jumps = (ast.Yield, ast.YieldFrom, ast.Return)
        return not any(isinstance(part, jumps) or self._splits(part) for part in ast.walk(loop))

    def _splits(self, node: ast.AST, inside: tuple[str, ...] = ()) -> bool:
        """Whether `node` calls a function that may return from a round over a container.

        The rounds that are left, and what follows the call, are then two ways. `inside` are the
        functions that led here.
        """
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in self.expressions.functions:
                function = self.expressions.functions[name]
            case _:
                return False
        here = (*inside, name)
        return name not in inside and any(
            _returns_from_container(part) or self._splits(part, here) for part in ast.walk(function)
        )

    def _enter(
        self,
        call: ast.expr,
        name: str,
        target: ast.expr | None,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        if not isinstance(call, ast.Call):
            raise self.refuse("unsupported", call, "not a call")
        function = self.expressions.functions[name]
        inner = self.expressions.enter(call, function, path)
        for parameter, argument in self.expressions.arguments(call, function):
            binding = self.expressions.by_name(argument, path)
            if isinstance(binding, Substitute):
                at = ast.copy_location(ast.Pass(), call)
                binding = self._handed(f"{name}.{parameter}", binding.expr, at, path, out)
            inner.frame[parameter] = binding
        body = tuple(function.body)
        path.adopt(inner)
        ways = partial(_way_through, body, call, target)
        if self._splits(call):
            return ways(following)
        return self._together(ways, following, path, out)


def _way_through(
    body: tuple[ast.stmt, ...], call: ast.Call, target: ast.expr | None, after: Continuation
) -> Continuation:
    return Block(body, Leave(call, target, after))


def _returns_from_container(node: ast.AST) -> bool:
    """Whether a loop has a `return`, and may run through a container."""
    match node:
        case ast.For(iter=ast.Tuple() | ast.List()):
            return False
        case ast.For(iter=ast.Call(func=ast.Name(id="range" | "domain"))):
            return False
        case ast.For():
            return any(isinstance(part, ast.Return) for part in ast.walk(node))
        case _:
            return False


def _joined_at_head(node: ast.If, following: Continuation) -> tuple[ast.If, Continuation]:
    """`if c: continue` and the rest of the round, as `if c: pass` with the rest as its `else`.

    Both ways then meet at the head of the loop, and what follows it is translated once.
    """
    rest: list[ast.stmt] = []
    way = following
    while isinstance(way, Block):
        rest += way.body
        way = way.next
    if not isinstance(way, NextItem | Again | Meet):
        return node, following
    for here, there in (("body", "orelse"), ("orelse", "body")):
        leaving: list[ast.stmt] = getattr(node, here)
        if leaving and isinstance(leaving[-1], ast.Continue):
            parts = {here: leaving[:-1] or [ast.Pass()], there: [*getattr(node, there), *rest]}
            made = ast.If(node.test, parts["body"], parts["orelse"])
            return ast.copy_location(made, node), way
    return node, following
