"""Names: aliases of places, and values that are held in locals of their own."""

from __future__ import annotations

import ast

from modelcheck.errors import SpecError
from modelcheck.frontend.expressions import Expressions
from modelcheck.frontend.path import (
    Binding,
    Path,
    Stale,
    Substitute,
)
from modelcheck.frontend.shapes import (
    chooses,
    is_aggregate,
    is_container,
    is_item,
    is_place,
    may_be_missing,
    may_contain,
    nesting,
)
from modelcheck.frontend.ways import Cut
from modelcheck.ir.expressions import (
    Conditional,
    Expr,
    Field,
    Index,
    Place,
    Scope,
    Some,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.statements import Assign, Statement
from modelcheck.ir.walk import substitute, variables


class Aliases:
    """Keeps account of what names stand for, and of what changes under them."""

    def __init__(self, expressions: Expressions, cut: Cut) -> None:
        self.expressions = expressions
        self.source = expressions.source
        self.cut = cut

    def _handed(
        self, name: str, value: Expr, node: ast.stmt, path: Path, out: list[Statement]
    ) -> Substitute:
        """What a parameter stands for: an alias of a place, or a value kept as it is now."""
        self._check_owned(value, node)
        if is_container(value):
            return Substitute(self._named(name, value, node, path, out))
        held = self._hold(name, value, node, path, out)
        if self._shares_item(value):
            self.cut.peeked.add(held.name)
        return Substitute(held)

    def _shares_item(self, value: Expr) -> bool:
        """Whether a value with parts is an item of a container in Python, and a copy here."""
        if not is_aggregate(type_of(value)):
            return False
        if not is_place(value):
            return is_item(value)
        return root(value).scope is Scope.LOCAL and root(value).name in self.cut.peeked

    def _check_owned(self, value: Expr, node: ast.stmt) -> None:
        """Refuse to name what would be an alias in Python and a copy in the model."""
        if (
            isinstance(value, Conditional | Some)
            and is_aggregate(type_of(value))
            and chooses(value)
        ):
            message = "one of two places is chosen here: Python would name it, not copy it"
            raise self.refuse("unsupported", node, message, "branch with `if`, and name each one")

    def _named(
        self,
        name: str,
        place: Expr,
        node: ast.stmt,
        path: Path,
        out: list[Statement],
        *,
        changing: frozenset[str] = frozenset(),
    ) -> Expr:
        """The place that a name stands for from here on; one that is not there violates here.

        No binding needs to know it while the locals called `changing` are given other values.
        """
        frozen = self._frozen(name, place, node, path, out, changing=changing)
        if may_be_missing(frozen):
            self._hold(f"{name}@place", frozen, node, path, out)
        return frozen

    def _frozen(
        self,
        name: str,
        place: Expr,
        node: ast.stmt,
        path: Path,
        out: list[Statement],
        *,
        changing: frozenset[str] = frozenset(),
    ) -> Expr:
        """The place with every index held in a local of its own that may be changed in parts."""

        def within(base: Expr) -> Expr:
            return self._frozen(name, base, node, path, out, changing=changing)

        match place:
            case Field(base, field_name, span):
                return Field(within(base), field_name, span)
            case Unwrap(base, span):
                return Unwrap(within(base), span)
            case Index(base, index, span):
                held = within(base)
                if any(_may_move(v, changing) for v in variables(index)):
                    depth = nesting(base) or ""
                    index = self._hold(f"{name}@index{depth}", index, node, path, out)
                return Index(held, index, span)
            case _:
                return place

    def _hold(
        self, name: str, value: Expr, node: ast.stmt, path: Path, out: list[Statement]
    ) -> Variable:
        full = self._local_name(name, path)
        while full in self.cut.locals and self.cut.locals[full].type != type_of(value):
            full += "'"
        held = self.cut.locals.setdefault(full, Variable(full, type_of(value), Scope.LOCAL))
        self._capture(held, node, path, out)
        out.append(Assign(held, value, self.source.span(node)))
        return held

    def _capture(self, changed: Variable, node: ast.stmt, path: Path, out: list[Statement]) -> None:
        """Keep the old value of a local that an alias or a parameter still speaks of."""
        if not any(_speaks_of(changed, binding) for _, _, binding in path.bindings()):
            return
        held = self._hold(f"{changed.name}@before", changed, node, path, out)
        for frame, name, binding in path.bindings():  # as they are after `held` was given up itself
            if isinstance(binding, Substitute):
                frame[name] = Substitute(substitute(binding.expr, changed, held))

    def _replaced(self, place: Place, node: ast.stmt, path: Path) -> None:
        """Aliases into a place that was given a new value may no longer be used."""
        for frame, name, binding in path.bindings():
            if isinstance(binding, Substitute) and may_contain(place, binding.expr):
                message = f"{name} names a place that {self.source.line(node.lineno)} replaced"
                way_out = f"bind {name} again after the replacement"
                frame[name] = Stale("alias-of-replaced", message, way_out)

    def _wrote(self, place: Place, node: ast.stmt, path: Path) -> None:
        if root(place).scope is Scope.SHARED and path.wrote is None:
            path.wrote = node.lineno

    def _before_write(self, node: ast.stmt, path: Path, what: str, slug: str, short: str) -> None:
        if path.wrote is not None:
            message = f"{what} after a write of shared state"
            way_out = (
                f"the write on {self.source.line(path.wrote)} cannot be taken back; put a `yield`"
                f" between them,\nor move the {short} before the write"
            )
            raise self.refuse(slug, node, message, way_out)

    def _local_name(self, name: str, path: Path) -> str:
        return ".".join((*path.functions[1:], name))

    def _is(self, name: str, function: object) -> bool:
        return self.expressions.loaded.namespace.get(name) is function

    def refuse(self, slug: str, node: ast.AST, message: str, way_out: str = "") -> SpecError:
        """The error that refuses `node`; the caller raises it."""
        return self.source.refusal(slug, node, message, way_out)


def _may_move(variable: Variable, changing: frozenset[str]) -> bool:
    """Whether a variable may get another value, and no binding that speaks of it is told."""
    is_shared = variable.scope is Scope.SHARED
    return is_shared or is_aggregate(variable.type) or variable.name in changing


def _speaks_of(variable: Variable, binding: Binding) -> bool:
    return isinstance(binding, Substitute) and variable in variables(binding.expr)
