"""Procedures: functions with steps of their own, called with `yield from`.

A procedure's labels carry the names of the functions that lead to it, `acquire.sleep`. Its code is
translated once for each such chain of calls; where one function calls it at several places, a local
remembers at which, and the end of the procedure goes on from there. What the caller knows at a call
is kept aside until then.
"""

from __future__ import annotations

import ast
from abc import ABC
from collections.abc import Iterable
from dataclasses import replace

from modelcheck.frontend.expressions import NotPure
from modelcheck.frontend.loops import Loops
from modelcheck.frontend.path import (
    Binding,
    Frame,
    Known,
    Local,
    Path,
    Root,
    Stale,
    Substitute,
    merge_frames,
)
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
    Site,
    Stop,
    Vary,
    is_same_way,
)
from modelcheck.ir.expressions import Binary, Expr, Literal, Operator, Scope, Variable, type_of
from modelcheck.ir.statements import Assign, Goto, If, Statement
from modelcheck.ir.types import IntType, RecordType, Type
from modelcheck.ir.walk import may_violate
from modelcheck.passes.leftovers import SUFFIX as CALLER

RETURNED = "return"
"""The local for `return f(...)` with steps or effects: a keyword, so that no spec has its name."""


class Procedures(Loops, ABC):
    """Translates labels, calls with `yield from`, and `return`."""

    def _yield(
        self, node: ast.Expr, following: Continuation, path: Path, out: list[Statement]
    ) -> None:
        value = node.value.value if isinstance(node.value, ast.Yield) else None
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            message = "the label of a step is a literal string"
            raise self.refuse("label", node, message, 'write `yield "name_of_the_step"`')
        if not value.value.isidentifier():
            message = f"the label {value.value!r} is no name"
            raise self.refuse("label", node, message, "letters, digits and underscores")
        label = ".".join((*path.functions[1:], value.value))
        following = self._suspended(following, path.functions, path.frames)
        first, rest = self.cut.rest.setdefault(label, (node, following))
        if first is not node:
            message = f"the label {value.value} stands on {self.source.line(first.lineno)} already"
            raise self.refuse("label", node, message, "labels are unique in a function")
        if not is_same_way(rest, following):
            message = f"a loop around the label {label} runs over other values on another way here"
            raise self.refuse("label", node, message, "loop over the same constants on every way")
        self.cut.chains[label] = path.functions
        self._arrive(label, path)
        out.append(Goto(label))

    def _arrive(self, label: str, path: Path) -> None:
        frame = {name: _after_step(name, b, self.cut.peeked) for name, b in path.frame.items()}
        before = self.cut.entry.get(label)
        merged = frame if before is None else self._merged(path.functions, before, frame)
        if merged != before:
            self.cut.entry[label] = merged
            self._look_again(label)

    def _merged(self, chain: tuple[str, ...], one: Frame, other: Frame) -> Frame:
        """What two ways know; a parameter that differs on them is to be kept in a local."""
        for name in self._parameters(chain[-1]) if len(chain) > 1 else ():
            if name in one and name in other and _is_varied(one[name], other[name]):
                raise Vary(".".join((*chain[1:], name)))
        return merge_frames(one, other)

    def _parameters(self, function: str) -> list[str]:
        return [argument.arg for argument in self.expressions.functions[function].args.args]

    def _look_again(self, label: str) -> None:
        if label not in self.cut.pending:
            self.cut.pending.append(label)

    def _suspended(
        self, way: Continuation, chain: tuple[str, ...], frames: list[Frame]
    ) -> Continuation:
        """What follows a label, up to the end of its function; each caller is kept aside."""
        match way:
            case Stop() | Join() | Return():
                return way
            case Block(body, following):
                return Block(body, self._suspended(following, chain, frames))
            case NextItem() | Again() | Meet():
                return replace(way, next=self._suspended(way.next, chain, frames))
            case Leave(call, target, following):
                caller = self._suspended(following, chain[:-1], frames[:-1])
                self._keep(chain, Site(call, target, caller, dict(frames[-2])))
                return Return(chain)

    def _keep(self, chain: tuple[str, ...], site: Site) -> None:
        frame = {name: _after_step(name, b, self.cut.peeked) for name, b in site.frame.items()}
        sites = self.cut.sites.setdefault(chain, {})
        number = self._number(chain, site.call)
        before = sites.get(number)
        if before is not None:
            if not is_same_way(before.next, site.next):
                message = "a loop around this call runs over other values on another way here"
                way_out = "loop over the same constants on every way"
                raise self.refuse("label", site.call, message, way_out)
            frame = self._merged(chain[:-1], before.frame, frame)
        if before is None or before.frame != frame:
            sites[number] = replace(site, frame=frame)
            for label, where in self.cut.chains.items():
                if where[: len(chain)] == chain and label in self.cut.entry:
                    self._look_again(label)

    def _calls(self, chain: tuple[str, ...]) -> list[ast.Call]:
        if chain not in self.cut.calls:
            caller = self.expressions.functions[chain[-2]]
            self.cut.calls[chain] = _procedure_calls(caller, chain[-1])
        return self.cut.calls[chain]

    def _number(self, chain: tuple[str, ...], call: ast.Call) -> int:
        return [one is call for one in self._calls(chain)].index(True)

    def _caller(self, chain: tuple[str, ...]) -> Variable:
        """The local that remembers at which of several places a procedure was called."""
        name = ".".join((*chain[1:], CALLER))
        t = IntType(0, len(self._calls(chain)) - 1)
        return self.cut.locals.setdefault(name, Variable(name, t, Scope.LOCAL))

    def _proceed(
        self,
        node: ast.stmt,
        called: ast.expr,
        target: ast.expr | None,
        following: Continuation,
        path: Path,
        out: list[Statement],
    ) -> Continuation:
        """Go on in a procedure that is called with `yield from`."""
        name = ast.unparse(called.func) if isinstance(called, ast.Call) else ""
        if not isinstance(called, ast.Call) or name not in self.expressions.functions:
            message = "`yield from` calls a function of the spec that has steps"
            raise self.refuse("unsupported", node, message, "write `yield from procedure(s, ...)`")
        function = self.expressions.functions[name]
        if not self.expressions.has_steps(function):
            message = f"{name} has no steps"
            raise self.refuse("unsupported", node, message, f"call it plainly: `{name}(...)`")
        inner = self.expressions.enter_procedure(called, function, path)
        for (parameter, argument), declared in zip(
            self.expressions.arguments(called, function), function.args.args, strict=True
        ):
            binding = self.expressions.by_name(argument, path)
            inner.frame[parameter] = self._passed(declared, argument, binding, inner, out)
        if len(self._calls(inner.functions)) > 1:
            number = self._number(inner.functions, called)
            caller = self._caller(inner.functions)
            value = Literal(IntType(number, number), number)
            out.append(Assign(caller, value, self.source.span(node)))
        path.adopt(inner)
        return Block(tuple(function.body), Leave(called, target, following))

    def _passed(
        self,
        parameter: ast.arg,
        argument: ast.expr,
        binding: Root | Known | Substitute,
        inner: Path,
        out: list[Statement],
    ) -> Binding:
        """What a procedure's parameter stands for: its value is kept unless it is always the same.

        A parameter that is given the index of the instance, or one constant, needs no local.
        """
        at = ast.copy_location(ast.Pass(), argument)
        full = self._local_name(parameter.arg, inner)
        match binding:
            case Root():
                return binding
            case Known(value):
                if full not in self.cut.varied:
                    return binding
                built: Expr = self.expressions.literal(value, argument, self._declared(parameter))
            case Substitute(expr) if is_container(expr):
                return self._handed(full, expr, at, inner, out)
            case Substitute(Variable(name=self.cut.name) as index) if full not in self.cut.varied:
                return Local(index, None)
            case Substitute(expr):
                built = expr
        declared = self._declared(parameter)
        if declared is not None:
            self.cut.locals.setdefault(full, Variable(full, declared, Scope.LOCAL))
            self.cut.annotated.add(full)
        variable = self._declare(parameter.arg, type_of(built), at, inner, out)
        if self._shares_item(built):
            self.cut.peeked.add(variable.name)
        value = self.expressions.coerce(built, variable.type, argument)
        out.append(Assign(variable, value, self.source.span(argument)))
        return Local(variable, None)

    def _return(
        self, node: ast.Return, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        if isinstance(node.value, ast.YieldFrom):
            return Block(self.cut.returns.setdefault(node, _in_two(node, node.value)), following)
        try:
            return self._give_back(node, following, path, out)
        except NotPure:
            if not isinstance(node.value, ast.Call):
                raise
            return Block(self.cut.returns.setdefault(node, _in_two(node, node.value)), following)

    def _give_back(
        self, node: ast.Return, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        way = following
        while not isinstance(way, Stop | Join | Leave | Return):
            if isinstance(way, NextItem | Again):
                path.visits.pop(way.loop.lineno, None)
            way = way.next
        match way:
            case Leave():
                self._check_return(node, following)
                value = self._value(node, path, out, wanted=way.target is not None)
                self._go_up(path)
                self._take(way.target, value, node, path, out)
                return way.next
            case Return():
                return self._dispatch(way.chain, node, path, out)
            case _:
                if node.value is not None:
                    message = "a process returns nothing"
                    raise self.refuse("unsupported", node, message, "keep it in the shared record")
                return Stop()

    def _end(self, way: Leave | Return, path: Path, out: list[Statement]) -> Continuation | None:
        """The end of a function that was reached without a `return`."""
        if isinstance(way, Return):
            sites = self.cut.sites[way.chain].values()
            self._check_no_value_wanted(sites, path)
            return self._dispatch(way.chain, ast.Return(), path, out)
        self._check_no_value_wanted((way,), path)
        self._go_up(path)
        return way.next

    def _check_no_value_wanted(self, callers: Iterable[Leave | Site], path: Path) -> None:
        for caller in callers:
            if caller.target is not None:
                message = f"{path.functions[-1]} may end without a value"
                raise self.refuse("type", caller.call, message, "return one on every way")

    def _go_up(self, path: Path) -> None:
        path.frames.pop()
        path.functions = path.functions[:-1]

    def _value(
        self, node: ast.Return, path: Path, out: list[Statement], *, wanted: bool
    ) -> Expr | None:
        """The value that a `return` gives; one that nobody takes may still violate something."""
        if node.value is None:
            if wanted:
                message = "the caller wants a value"
                raise self.refuse("type", node, message, "write `return value`")
            return None
        if not wanted and isinstance(node.value, ast.Constant):
            return None
        expected = self.expressions.returned(self.expressions.functions[path.functions[-1]])
        value = self.expressions.expr(node.value, path, expected)
        if not wanted and may_violate(value):
            self._hold("value", value, node, path, out)
        return value if wanted else None

    def _take(
        self,
        target: ast.expr | None,
        value: Expr | None,
        node: ast.stmt,
        path: Path,
        out: list[Statement],
    ) -> None:
        """Give the value of a call to what it is assigned to."""
        if target is None or value is None:
            return
        if isinstance(target, ast.Name):
            self._bind(node, target.id, value, None, path, out)
            return
        place = self._target(target, type_of(value), node, path, out)
        self._wrote(place, node, path)
        out.append(Assign(place, self._fitted(value, place, node), self.source.span(node)))

    def _dispatch(
        self, chain: tuple[str, ...], node: ast.Return, path: Path, out: list[Statement]
    ) -> Continuation | None:
        """Go on behind the call, whichever it was."""
        sites = sorted(self.cut.sites[chain].items())
        wanted = any(site.target is not None for _, site in sites)
        value = self._value(node, path, out, wanted=wanted)
        if len(sites) == 1:
            self._go_back(sites[0][1], value, node, path, out)
            return sites[0][1].next
        caller, span = self._caller(chain), self.source.span(sites[0][1].call)
        rest: tuple[Statement, ...] = ()
        for number, site in reversed(sites):
            branch, body = path.copy(), list[Statement]()
            self._go_back(site, value, node, branch, body)
            body += self.follow(site.next, branch)
            here = Binary(Operator.EQUAL, caller, Literal(IntType(number, number), number), span)
            rest = (If(here, tuple(body), rest, span),) if rest else tuple(body)
        out += rest
        return None

    def _go_back(
        self,
        site: Site,
        value: Expr | None,
        node: ast.stmt,
        path: Path,
        out: list[Statement],
    ) -> None:
        path.frames = [dict(site.frame)]
        path.functions = path.functions[:-1]
        at = node if hasattr(node, "lineno") else ast.copy_location(ast.Pass(), site.call)
        self._take(site.target, value, at, path, out)

    def _declared(self, parameter: ast.arg) -> Type | None:
        """The type that a parameter is annotated with; None if it has none of the language."""
        return self.expressions.annotated(parameter.annotation)


def _procedure_calls(caller: ast.FunctionDef, name: str) -> list[ast.Call]:
    found = [
        part.value
        for part in ast.walk(caller)
        if isinstance(part, ast.YieldFrom)
        and isinstance(part.value, ast.Call)
        and ast.unparse(part.value.func) == name
    ]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def _in_two(node: ast.Return, value: ast.YieldFrom | ast.Call) -> tuple[ast.stmt, ...]:
    """A `return` of what a procedure, or a function with effects, gives: the call, then that."""
    made = (
        ast.Assign([ast.Name(RETURNED, ast.Store())], value),
        ast.Return(ast.Name(RETURNED, ast.Load())),
    )
    for statement in made:
        ast.fix_missing_locations(ast.copy_location(statement, node))
    return made


def _is_varied(one: Binding, other: Binding) -> bool:
    """Whether a parameter stands for different things, none of them lost already."""
    return one != other and not isinstance(one, Stale) and not isinstance(other, Stale)


def _after_step(name: str, binding: Binding, peeked: set[str]) -> Binding:
    match binding:
        case Local(variable) if variable.name in peeked:
            message = f"{name} is an item of a container and may not live across a yield"
            return Stale("alias-across-step", message, _kept(name, variable.type))
        case Local(variable):
            return Local(variable, None)
        case Substitute(expr) if is_container(expr):
            message = f"{name} is an alias of a place and may not live across a yield"
            return Stale("alias-across-step", message, _kept(name, type_of(expr)))
        case _:
            return binding


def _kept(name: str, t: Type) -> str:
    """The way out for a place that is named in a later step: the place again, or a copy of it."""
    again = f"bind {name} again after the yield"
    if not isinstance(t, RecordType):
        return again
    fields = ", ".join(f"{name}.{field.name}" for field in t.fields)
    return f"{again}, or keep a copy from before it: `kept = {t.name}({fields})`"
