"""Giving values: places, locals and their domains."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import get_origin

from modelcheck.frontend.aliases import Aliases
from modelcheck.frontend.annotations import NotAType, resolve
from modelcheck.frontend.containers import SET_OPERATORS
from modelcheck.frontend.operands import ARITHMETIC
from modelcheck.frontend.path import (
    Known,
    Local,
    Path,
    Root,
    Stale,
    Substitute,
)
from modelcheck.frontend.shapes import (
    bare,
    describe,
    holds,
    is_aggregate,
    is_container,
    is_place,
    may_contain,
    widened,
)
from modelcheck.frontend.ways import Widen
from modelcheck.ir.expressions import (
    Expr,
    Field,
    Index,
    Place,
    Scope,
    Some,
    Unwrap,
    Variable,
    join,
    root,
    type_of,
)
from modelcheck.ir.statements import Assign, Statement
from modelcheck.ir.types import (
    QueueType,
    Type,
    is_alike,
)
from modelcheck.lang.containers import Array, Queue
from modelcheck.lang.pools import Bag


class Assignments(Aliases):
    """Translates what gives places and locals their values."""

    def _assign_together(
        self,
        node: ast.stmt,
        targets: Sequence[ast.expr],
        parts: Sequence[ast.expr],
        path: Path,
        out: list[Statement],
    ) -> None:
        expected = [
            None if isinstance(target, ast.Name) else type_of(self._place(target, path))
            for target in targets
        ]
        values = [
            self.expressions.expr(part, path, t) for part, t in zip(parts, expected, strict=True)
        ]
        for target, built in zip(targets, values, strict=True):
            if isinstance(target, ast.Name) and is_aggregate(type_of(built)):
                message = f"{target.id} would be an alias, bound together with others"
                way_out = "bind each alias on a line of its own"
                raise self.refuse("unsupported", target, message, way_out)
        self._check_parts(targets, values, path)
        names = [
            self._hold(f"{ast.unparse(target)}@new", built, node, path, out)
            for target, built in zip(targets, values, strict=True)
        ]
        for target, held in zip(targets, names, strict=True):
            place = self._target(target, held.type, node, path, out)
            self._wrote(place, node, path)
            out.append(Assign(place, self._fitted(held, place, node), self.source.span(node)))

    def _check_parts(self, targets: Sequence[ast.expr], values: Sequence[Expr], path: Path) -> None:
        """In Python the values are still named by their places: no target may change a part."""
        for target in targets:
            place = None if isinstance(target, ast.Name) else self._place(target, path)
            if isinstance(place, Field | Index | Unwrap) and any(
                is_place(value) and is_aggregate(type_of(value)) and may_contain(value, place.base)
                for value in values
            ):
                message = f"{ast.unparse(target)} is part of a value that is assigned here"
                raise self.refuse("unsupported", target, message, "write two assignments")

    def _fitted(self, value: Expr, place: Place, node: ast.stmt) -> Expr:
        at = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(None), node)
        return self.expressions.coerce(value, type_of(place), at)

    def _give(
        self,
        node: ast.stmt,
        target: ast.expr,
        value: ast.expr,
        path: Path,
        out: list[Statement],
    ) -> None:
        if isinstance(target, ast.Name):
            self._give_local(node, target.id, value, path, out)
            return
        place = self._place(target, path)
        built = self.expressions.expr(value, path, type_of(place))
        self._wrote(place, node, path)
        self._replaced(place, node, path)
        out.append(Assign(place, built, self.source.span(node)))

    def _give_local(
        self,
        node: ast.stmt,
        name: str,
        value: ast.expr,
        path: Path,
        out: list[Statement],
    ) -> None:
        declared = self.cut.locals.get(self._local_name(name, path))
        annotated = declared is not None and declared.name in self.cut.annotated
        expected = declared.type if declared is not None and annotated else None
        known = self.expressions.known(value, path)
        if known is not None and isinstance(known.value, Array):
            message = "an array is part of a record: by itself it does not know its domain"
            raise self.refuse("unsupported", value, message, "give it to a field")
        built = self.expressions.expr(value, path, expected)
        self._bind(node, name, built, known, path, out)

    def _bind(
        self,
        node: ast.stmt,
        name: str,
        built: Expr,
        known: Known | None,
        path: Path,
        out: list[Statement],
    ) -> None:
        """Give a local a value, or make it an alias where Python would."""
        self._check_owned(built, node)
        named = built.item if isinstance(built, Some) else built
        shares = self._shares_item(named)
        if is_container(named) and is_place(named) and not shares:
            if root(named).scope is Scope.LOCAL:
                message = f"{name} would be a second name of one value"
                raise self.refuse("unsupported", node, message, "use the first name")
            path.frame[name] = Substitute(self._named(name, named, node, path, out))
            return
        variable = self._declare(name, type_of(built), node, path, out)
        path.frame[name] = Local(variable, None if is_aggregate(variable.type) else known)
        if shares:
            self.cut.peeked.add(variable.name)
        value = self._fitted(built, variable, node)
        out.append(Assign(variable, value, self.source.span(node)))

    def _augment(self, node: ast.AugAssign, path: Path, out: list[Statement]) -> None:
        if type(node.op) not in ARITHMETIC and type(node.op) not in SET_OPERATORS:
            raise self.refuse("unsupported", node, "use += -= *= //= %=, of sets |= &= -=")
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        for part in ast.walk(load):
            ast.copy_location(part, node.target)
        value = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
        self._give(node, node.target, value, path, out)

    def _target(
        self, target: ast.expr, t: Type, node: ast.stmt, path: Path, out: list[Statement]
    ) -> Place:
        if isinstance(target, ast.Name):
            return self._declare(target.id, t, node, path, out)
        place = self._place(target, path)
        self._replaced(place, node, path)
        return place

    def _place(self, target: ast.expr, path: Path) -> Place:
        if isinstance(target, ast.Attribute | ast.Subscript):
            built = self.expressions.expr(_loaded(target), path)
            if is_place(built):
                self._check_peeked(target, root(built), path)
                return built
        message = f"{ast.unparse(target)} cannot be assigned"
        raise self.refuse("unsupported", target, message, "assign a place of the state or a local")

    def _check_peeked(self, target: ast.expr, variable: Variable, path: Path) -> None:
        """Items of a container are objects of their own in Python, and copies here."""
        if variable.scope is not Scope.LOCAL:
            return
        if variable.name in self.cut.peeked:
            message = "an item that was peeked at is a copy here, and in Python it is the item"
            way_out = "pop it, change it, push it"
            raise self.refuse("unsupported", target, message, way_out)
        if variable.name in self.cut.popped:
            message = f"line {target.lineno} changes an item that was popped, maybe this very one"
            stale = Stale("alias-of-replaced", message, "peek again, or pop it under one name")
            for frame, name, binding in path.bindings():
                if isinstance(binding, Local) and binding.variable.name in self.cut.peeked:
                    frame[name] = stale

    def _queue(self, base: ast.expr, path: Path) -> tuple[Place, QueueType]:
        built = self.expressions.expr(base, path)
        t = type_of(built)
        if is_place(built) and isinstance(t, QueueType):
            self._check_peeked(base, root(built), path)
            return built, t
        message = f"a queue is wanted here, this is {describe(t)}"
        raise self.refuse("type", base, message, "bags and sets have `add` and others")

    def _annotate(
        self, node: ast.stmt, name: str, annotation: ast.expr, value: ast.expr, path: Path
    ) -> None:
        text = ast.unparse(annotation)
        known = self.expressions.known(value, path)
        try:
            meant = eval(text, dict(self.expressions.loaded.namespace))  # noqa: S307  # a type
            if known is None and get_origin(meant) in (Array, Queue, Bag):
                return  # another one's name or copy: its type is the other's
            t = resolve(meant, None if known is None else known.value)
        except NotAType as problem:
            message, way_out = str(problem), problem.way_out
            raise self.refuse("unbounded-local", annotation, message, way_out) from None
        except Exception as problem:  # noqa: BLE001  # whatever evaluating an annotation raises
            raise self.refuse("type", annotation, f"no type: {problem}") from None
        full = self._local_name(name, path)
        before = self.cut.locals.get(full)
        if before is not None and before.type != t:
            raise self.refuse("type", node, f"{name} has another type already")
        self.cut.locals[full] = Variable(full, t, Scope.LOCAL)
        self.cut.annotated.add(full)

    def _declare(
        self, name: str, t: Type, node: ast.stmt, path: Path, out: list[Statement]
    ) -> Variable:
        """The local `name`, about to be given a value of type `t`."""
        full = self._local_name(name, path)
        if isinstance(path.frame.get(name), Root) or full == self.cut.name:
            message = f"{name} is a parameter and keeps its value"
            raise self.refuse("unsupported", node, message, "use another name for the local")
        before = self.cut.locals.get(full)
        if before is None:
            before = self.cut.locals[full] = Variable(full, t, Scope.LOCAL)
        elif not is_alike(bare(before.type), bare(t)):
            message = f"{name} holds {describe(before.type)}, this is {describe(t)}"
            raise self.refuse("type", node, message)
        elif full not in self.cut.annotated and not holds(before.type, t):
            message = f"the local {name} has no declared domain"
            way_out = f"annotate its first assignment: `{name}: Annotated[int, Below(n)] = ...`"
            refusal = self.refuse("unbounded-local", node, message, way_out)
            raise Widen(full, widened(before.type, t), refusal)
        self._capture(before, node, path, out)
        path.frame[name] = Local(before, None)
        return before

    def _joined(self, node: ast.stmt, options: Sequence[Expr]) -> Type:
        if not options:
            message = "nothing to choose from"
            raise self.refuse("type", node, message, "give a domain or values: `one_of((0, 1))`")
        found = type_of(options[0])
        for option in options[1:]:
            if not is_alike(found, type_of(option)):
                raise self.refuse("type", node, "the values are of different types")
            found = join(found, type_of(option))
        return found


def _loaded(target: ast.Attribute | ast.Subscript) -> ast.expr:
    if isinstance(target, ast.Attribute):
        made: ast.expr = ast.Attribute(target.value, target.attr, ast.Load())
    else:
        made = ast.Subscript(target.value, target.slice, ast.Load())
    return ast.copy_location(made, target)
