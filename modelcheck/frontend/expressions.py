"""From Python expressions to the IR's: calls, comprehensions, and functions without steps."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from modelcheck.frontend.annotations import NotAType, encode, record_type, resolve
from modelcheck.frontend.folding import PURE_MAKERS, is_record
from modelcheck.frontend.path import (
    Known,
    Path,
    Root,
    Substitute,
)
from modelcheck.frontend.patterns import Patterns, few_values
from modelcheck.frontend.shapes import bare, describe, is_computed, may_fail
from modelcheck.frontend.subset.expressions import has_steps
from modelcheck.ir.expressions import (
    BOOL,
    FALSE,
    TRUE,
    At,
    Conditional,
    Expr,
    First,
    Literal,
    Make,
    type_of,
)
from modelcheck.ir.types import (
    QueueType,
    Type,
    Value,
    is_alike,
)
from modelcheck.lang import pools, steps

CALLED = "functions of the spec and records are called; a member of an enum is `Mode.SHARED`"
LISTINGS = ("enumerate", "list", "reversed", "set", "sorted", "tuple", "zip")
"""Functions of Python that make something to run through; here only of constants."""


class NotPure(Exception):  # the caller inlines the function as statements instead
    """A function does more than compute a value."""


class Expressions(Patterns):
    """Translates every expression of one spec."""

    def call(self, node: ast.Call, path: Path, expected: Type | None) -> Expr:
        """Translate a call of a builtin, a method, a record or a spec function."""
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse("unsupported", node, "star arguments are not in the language")
        match node.func:
            case ast.Attribute(value=base, attr="peek") if not node.args:
                queue = self.expr(base, path)
                if isinstance(type_of(queue), QueueType):
                    return First(queue, self.source.span(node))
            case ast.Attribute(attr="pop" | "push" | "add" | "remove" | "discard" as method):
                message = f"{method}() changes the state and stands in a statement of its own"
                way_out = f"write `x.{method}(...)` on a line of its own first"
                way_out = "write `item = q.pop()` first" if method == "pop" else way_out
                raise self.refuse("unsupported", node, message, way_out)
            case ast.Name(id=name):
                return self._named_call(node, name, path, expected)
        message = f"calling {ast.unparse(node.func)} is not in the language"
        raise self.refuse("unsupported", node, message, CALLED)

    def _named_call(self, node: ast.Call, name: str, path: Path, expected: Type | None) -> Expr:
        called = self.loaded.namespace.get(name)
        if called is steps.wait_until:
            message = f"{name}() stands in a statement of its own"
            raise self.refuse("unsupported", node, message, f"write `{name}(...)` on its own line")
        if called is steps.one_of:
            message = f"{name}() gives its value to a local, in a statement of its own"
            way_out = f"write `chosen = {ast.unparse(node)}` first, and use `chosen` here"
            raise self.refuse("unsupported", node, message, way_out)
        if called is steps.at or called is steps.done:
            return self._location(node, path, labelled=called is steps.at)
        if called is pools.subset:
            return self.subset(node, path, expected)
        if is_record(called) and isinstance(called, type):
            return self._make(node, called, path)
        if name in self.functions:
            return self.inline(node, self.functions[name], path)
        if name == "len" and len(node.args) == 1:
            return self.length(node, path)
        if name in ("all", "any", "sum", "min", "max"):
            return self.aggregate(node, name, path)
        if name == "range":
            message = "the bounds of this range are not constants"
            way_out = "loop over a constant range, with an `if` or a `break` inside"
            raise self.refuse("unsupported", node, message, way_out)
        message = f"calling {name} is not in the language"
        way_out = "its arguments are constants" if called in PURE_MAKERS else CALLED
        if name in LISTINGS:
            way_out = "run through the container itself: a loop sees it as it was at the start"
        raise self.refuse("unsupported", node, message, way_out)

    def _make(self, node: ast.Call, cls: type, path: Path) -> Expr:
        try:
            t = record_type(cls)
            names = [field.name for field in t.fields]
            given = dict(zip(names, node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if len(node.args) > len(names) or not given.keys() <= set(names):
                message = f"{t.name} has no such field"
                raise self.refuse("type", node, message, f"it has: {', '.join(names)}")
            empty = encode(cls(), t)
        except NotAType as problem:
            raise self.refuse("type", node, str(problem), problem.way_out) from None
        parts: list[Expr] = []
        for position, field in enumerate(t.fields):
            default = Literal(field.type, empty[position] if isinstance(empty, tuple) else None)
            written = given.get(field.name)
            parts.append(default if written is None else self.expr(written, path, field.type))
        return Make(t, tuple(parts))

    def _location(self, node: ast.Call, path: Path, *, labelled: bool) -> Expr:
        if path.over_steps:
            message = "at() and done() speak of one state, and an every_step property of two"
            way_out = "keep it in the shared state, and compare `before.x` with `after.x`"
            raise self.refuse("unsupported", node, message, way_out)
        if not path.in_property:
            message = "at() and done() are for properties: a process does not see where others are"
            raise self.refuse("unsupported", node, message, "keep it in the shared state")
        arguments = list(node.args)
        label: str | None = None
        if labelled:
            last = arguments.pop() if arguments else node
            if not isinstance(last, ast.Constant) or not isinstance(last.value, str):
                raise self.refuse("label", node, "the label of at() is a literal string")
            label = last.value
        process = arguments[0] if arguments else node
        if not isinstance(process, ast.Name) or process.id not in self.process_index:
            raise self.refuse("type", node, "the first argument is a process of this spec")
        index_type = self.process_index[process.id]
        if len(arguments) != (1 if index_type is None else 2):
            message = f"{process.id} is {'one process' if index_type is None else 'an array'}"
            raise self.refuse("type", node, message)
        index = None if index_type is None else self.expr(arguments[1], path, index_type)
        return At(process.id, index, label, self.source.span(node))

    def inline(self, node: ast.Call, function: ast.FunctionDef, path: Path) -> Expr:
        """The value of a spec function, as an expression of its arguments.

        Raises `NotPure` if the function does more than compute.
        """
        inner = self.enter(node, function, path)
        bound = {n: self.by_name(one, path) for n, one in self.arguments(node, function)}
        inner.frame.update(bound)
        value = self.value_of(function.body, inner, function)
        for name, binding in bound.items():
            self._check_computed(name, binding, value, function)
        return value

    def enter(self, node: ast.Call, function: ast.FunctionDef, path: Path) -> Path:
        """A copy of `path` inside a call of `function`, its parameters not yet bound."""
        if has_steps(function):
            message = f"{function.name} has steps of its own"
            way_out = f"a procedure is called as `yield from {function.name}(...)`"
            raise self.refuse("call-without-yield-from", node, message, way_out)
        return self.enter_procedure(node, function, path)

    def enter_procedure(self, node: ast.Call, function: ast.FunctionDef, path: Path) -> Path:
        """A copy of `path` inside a call, with `yield from` or not; no parameter is bound yet."""
        if function.name in path.functions:
            chain = " -> ".join((*path.functions, function.name))
            way_out = "write it as a loop with a constant bound"
            raise self.refuse("recursion", node, f"recursion: {chain}", way_out)
        inner = path.copy()
        inner.frames.append({})
        inner.functions = (*path.functions, function.name)
        return inner

    def annotated(self, annotation: ast.expr | None) -> Type | None:
        """The type that an annotation means; None if there is none, or it is no such type."""
        if annotation is None:
            return None
        try:
            return resolve(eval(ast.unparse(annotation), dict(self.loaded.namespace)))  # noqa: S307
        except Exception:  # noqa: BLE001  # whatever evaluating an annotation raises
            return None

    def returned(self, function: ast.FunctionDef) -> Type | None:
        """The type that a function is annotated to return, with or without steps of its own."""
        match function.returns:
            case ast.Subscript(value=ast.Name(id=name), slice=item) if (
                self.loaded.namespace.get(name) is steps.Returns
            ):
                return self.annotated(item)
            case annotation:
                return self.annotated(annotation)

    def arguments(self, node: ast.Call, function: ast.FunctionDef) -> list[tuple[str, ast.expr]]:
        """The argument of each parameter, in declared order."""
        names = [argument.arg for argument in function.args.args]
        given = dict(zip(names, node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        plain = not (function.args.defaults or function.args.kwonlyargs or function.args.vararg)
        if not plain or len(node.args) > len(names) or set(given) != set(names):
            message = f"{function.name} takes {', '.join(names) or 'no arguments'}"
            raise self.refuse("type", node, message, "defaults are not in the language")
        return [(name, given[name]) for name in names]

    def by_name(self, argument: ast.expr, path: Path) -> Root | Known | Substitute:
        """How a parameter is bound where nothing can change while the function runs."""
        bound = path.frame.get(argument.id) if isinstance(argument, ast.Name) else None
        if isinstance(bound, Root):
            return bound
        known = self.known(argument, path)
        return known if known is not None else Substitute(self.expr(argument, path))

    def _check_computed(
        self, name: str, binding: Root | Known | Substitute, value: Expr, function: ast.FunctionDef
    ) -> None:
        """Raise `NotPure` if what a name stands for may violate, and `value` may leave it out."""
        if not isinstance(binding, Substitute) or not may_fail(binding.expr):
            return
        if not is_computed(binding.expr, value):
            raise NotPure(f"{function.name} computes {name}, which may fail, and may not read it")

    def value_of(self, body: Sequence[ast.stmt], path: Path, function: ast.FunctionDef) -> Expr:
        """What a body of assignments, branches and returns gives; raises `NotPure`."""
        if not body:
            raise NotPure(f"{function.name} has a way without `return`")
        first, rest = body[0], body[1:]
        match first:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return self.value_of(rest, path, function)
            case ast.Return(value=ast.expr() as value):
                declared = self.returned(function)
                return self.expr(value, path, None if declared == BOOL else declared)
            case ast.Match():
                return self._match(first, rest, path, function)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                path.frame[name] = bound = self.by_name(value, path)
                computed = self.value_of(rest, path, function)
                self._check_computed(name, bound, computed, function)
                return computed
            case ast.If(test=test, body=then, orelse=otherwise):
                known = self.known(test, path)
                if known is not None:
                    chosen = then if known.value else otherwise
                    return self.value_of([*chosen, *rest], path, function)
                condition = self.condition(test, path)
                one = self.value_of([*then, *rest], path.copy(), function)
                other = self.value_of([*otherwise, *rest], path.copy(), function)
                truth = (one, other) == (TRUE, FALSE)
                return (
                    condition if truth else self._branched(first, condition, one, other, function)
                )
            case _:
                raise NotPure(f"{function.name} does more than compute a value")

    def _match(
        self, node: ast.Match, rest: Sequence[ast.stmt], path: Path, function: ast.FunctionDef
    ) -> Expr:
        """What a body gives that begins with a `match`."""
        subject = self.expr(node.subject, path)
        looks = any(not isinstance(case.pattern, ast.MatchAs) for case in node.cases[:1])
        if may_fail(subject) and not looks:
            raise NotPure(f"{function.name} matches what may fail, and does not look at it")
        left = few_values(type_of(subject))
        return self._cases(node.cases, subject, left, rest, path, function)

    def _cases(
        self,
        cases: Sequence[ast.match_case],
        subject: Expr,
        left: tuple[Value, ...],
        rest: Sequence[ast.stmt],
        path: Path,
        function: ast.FunctionDef,
    ) -> Expr:
        if not cases:
            return self.value_of(rest, path, function)
        case = cases[0]
        fit = self.case(case, subject, left, path)
        if fit.test == FALSE:
            return self._cases(cases[1:], subject, left, rest, path, function)
        inside = path.copy()
        inside.frame.update({name: Substitute(captured) for name, captured in fit.captures})
        then = self.value_of([*case.body, *rest], inside, function)
        if fit.test == TRUE:
            return then
        below = self.after_case(case, subject)
        passed = path.copy()
        self.forget(case, fit, passed)
        other = self._cases(cases[1:], below, fit.left, rest, passed, function)
        return self._branched(case.pattern, fit.test, then, other, function)

    def _branched(
        self, node: ast.AST, test: Expr, one: Expr, other: Expr, function: ast.FunctionDef
    ) -> Expr:
        """What a function gives on two ways."""
        first, second = type_of(one), type_of(other)
        if not is_alike(bare(first), bare(second)):
            kinds = f"{describe(first)} on one way and {describe(second)} on another"
            message = f"{function.name} gives {kinds}"
            raise self.refuse("type", node, message, "return values of one type")
        return Conditional(test, one, other)
