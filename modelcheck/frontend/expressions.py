"""From Python expressions to the IR's: calls, comprehensions, and functions without steps."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import (
    EnumMeta,
)
from functools import reduce
from itertools import islice

from modelcheck.frontend.annotations import (
    LARGEST_DOMAIN,
    SMALLER,
    NotAType,
    encode,
    record_type,
    resolve,
)
from modelcheck.frontend.folding import is_record
from modelcheck.frontend.operands import Operands
from modelcheck.frontend.path import (
    Known,
    Path,
    Root,
    Substitute,
)
from modelcheck.frontend.shapes import describe, is_computed, may_be_missing, may_fail, negate
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    At,
    Binary,
    Conditional,
    Expr,
    First,
    Index,
    Length,
    Literal,
    Make,
    Operator,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    IntType,
    QueueType,
    Type,
    Value,
    values,
)
from modelcheck.lang import steps


class NotPure(Exception):  # the caller inlines the function as statements instead
    """A function does more than compute a value."""


class Expressions(Operands):
    """Translates every expression of one spec."""

    def call(self, node: ast.Call, path: Path) -> Expr:
        """Translate a call of a builtin, a method, a record or a spec function."""
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse("unsupported", node, "star arguments are not in the language")
        match node.func:
            case ast.Attribute(value=base, attr="peek") if not node.args:
                queue = self.expr(base, path)
                if isinstance(type_of(queue), QueueType):
                    return First(queue, self.source.span(node))
            case ast.Attribute(attr="pop" | "push" as method):
                message = f"{method}() changes the state and stands in a statement of its own"
                way_out = "write `item = q.pop()` first" if method == "pop" else ""
                raise self.refuse("unsupported", node, message, way_out)
            case ast.Name(id=name):
                return self._named_call(node, name, path)
        message = f"calling {ast.unparse(node.func)} is not in the language"
        raise self.refuse("unsupported", node, message)

    def _named_call(self, node: ast.Call, name: str, path: Path) -> Expr:
        called = self.loaded.namespace.get(name)
        if called is steps.wait_until or called is steps.one_of:
            message = f"{name}() stands in a statement of its own"
            way_out = "write `x = one_of(...)`, `wait_until(...)` on a line of their own"
            raise self.refuse("unsupported", node, message, way_out)
        if called is steps.at or called is steps.done:
            return self._location(node, path, labelled=called is steps.at)
        if is_record(called) and isinstance(called, type):
            return self._make(node, called, path)
        if name in self.functions:
            return self.inline(node, self.functions[name], path)
        if name == "len" and len(node.args) == 1:
            return self._length(node, path)
        if name in ("all", "any", "sum", "min", "max"):
            return self._aggregate(node, name, path)
        message = f"calling {name} is not in the language"
        raise self.refuse("unsupported", node, message)

    def _length(self, node: ast.Call, path: Path) -> Expr:
        measured = self.expr(node.args[0], path)
        match type_of(measured):
            case QueueType():
                return Length(measured)
            case ArrayType() if may_be_missing(measured):
                message = "the array may not be there, and its length is known without it"
                raise self.refuse("unsupported", node, message, "name the array first: `a = ...`")
            case ArrayType(index):
                count = len(tuple(values(index)))
                return Literal(IntType(count, count), count)
            case t:
                raise self.refuse("type", node, f"{describe(t)} has no length")

    def _make(self, node: ast.Call, cls: type, path: Path) -> Expr:
        try:
            t = record_type(cls)
            names = [field.name for field in t.fields]
            given = dict(zip(names, node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if len(node.args) > len(names) or not given.keys() <= set(names):
                message = f"{t.name} has the fields {', '.join(names)}"
                raise self.refuse("type", node, message)
            empty = encode(cls(), t)
        except NotAType as problem:
            raise self.refuse("type", node, str(problem)) from None
        parts: list[Expr] = []
        for position, field in enumerate(t.fields):
            default = Literal(field.type, empty[position] if isinstance(empty, tuple) else None)
            written = given.get(field.name)
            parts.append(default if written is None else self.expr(written, path, field.type))
        return Make(t, tuple(parts))

    def _location(self, node: ast.Call, path: Path, *, labelled: bool) -> Expr:
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

    def _aggregate(self, node: ast.Call, name: str, path: Path) -> Expr:
        match node.args:
            case [
                ast.GeneratorExp(elt=body, generators=generators)
                | ast.ListComp(elt=body, generators=generators)
            ]:
                items = self._comprehension(node, body, generators, path, boolean=name)
            case [ast.expr() as one] if name not in ("all", "any"):
                items = [self._counted(e, one, name) for _, e in self.items(one, path)]
            case several if len(several) > 1 and name in ("min", "max"):
                items = [self._integer(argument, path) for argument in several]
            case _:
                raise self.refuse("unsupported", node, f"{name}() takes a comprehension here")
        span = self.source.span(node)
        match name:
            case "all":
                return self.all_of(items, node)
            case "any":
                return self.any_of(items, node)
            case "sum":
                zero: Expr = Literal(IntType(0, 0), 0)
                return reduce(lambda a, b: Binary(Operator.ADD, a, b, span), items, zero)
            case _ if items:
                sign = Operator.MINIMUM if name == "min" else Operator.MAXIMUM
                return reduce(lambda a, b: Binary(sign, a, b, span), items)
            case _:
                raise self.refuse("type", node, f"{name}() of nothing has no value")

    def _comprehension(
        self,
        node: ast.Call,
        body: ast.expr,
        generators: Sequence[ast.comprehension],
        path: Path,
        *,
        boolean: str,
    ) -> list[Expr]:
        if not generators:
            if boolean in ("all", "any"):
                return [self.condition(body, path)]
            return [self._counted(self.expr(body, path), body, boolean)]
        first, rest = generators[0], generators[1:]
        found: list[Expr] = []
        for binding, _ in self.items(first.iter, path):
            inner = path.copy()
            self._bind_target(first.target, binding, inner)
            guards = [self.condition(guard, inner) for guard in first.ifs]
            condition = self.all_of(guards, node)
            found += [
                self._filtered(node, condition, item, boolean)
                for item in self._comprehension(node, body, rest, inner, boolean=boolean)
            ]
        return found

    def _counted(self, built: Expr, node: ast.expr, name: str) -> Expr:
        """An item as a number; a bool counts as 0 or 1 in a sum, as in Python."""
        built = self.unwrapped(built, node)
        if name == "sum" and isinstance(type_of(built), BoolType):
            one, zero = Literal(IntType(1, 1), 1), Literal(IntType(0, 0), 0)
            return Conditional(built, one, zero)
        return self.coerce(built, IntType(0, 0), node)

    def _filtered(self, node: ast.Call, condition: Expr, item: Expr, name: str) -> Expr:
        if condition == TRUE:
            return item
        match name:
            case "all":
                return self.either(negate(condition), item, node)
            case "any":
                return self.both(condition, item, node)
            case "sum":
                return Conditional(condition, item, Literal(IntType(0, 0), 0))
            case _:
                raise self.refuse("unsupported", node, f"{name}() with a filter may be empty")

    def _bind_target(self, target: ast.expr, binding: Known | Substitute, path: Path) -> None:
        if not isinstance(target, ast.Name):
            raise self.refuse("unsupported", target, "a comprehension binds one name")
        path.frame[target.id] = binding

    def items(self, node: ast.expr, path: Path) -> list[tuple[Known | Substitute, Expr]]:
        """What a loop over `node` runs through: known values, or the items of an array."""
        known = self.known(node, path)
        if known is not None and isinstance(known.value, range | tuple | list | EnumMeta):
            found = list(islice(known.value, LARGEST_DOMAIN + 1))
            if len(found) > LARGEST_DOMAIN:
                message = f"too many rounds to explore; {SMALLER}"
                raise self.refuse("type", node, message)
            return [(Known(value), self.literal(value, node, None)) for value in found]
        built = self.expr(node, path)
        t = type_of(built)
        if not isinstance(t, ArrayType):
            message = f"a loop runs over constants, a domain or an array, not {describe(t)}"
            way_out = "an index over `range(CONSTANT)` with an `if` inside does the same"
            raise self.refuse("unsupported", node, message, way_out)
        span = self.source.span(node)
        places = [Index(built, _index_literal(t.index, v), span) for v in values(t.index)]
        return [(Substitute(place), place) for place in places]

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
        if self.has_steps(function):
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

    def has_steps(self, function: ast.FunctionDef) -> bool:
        """Whether a function is a procedure, with steps of its own."""
        return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(function))

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
                return self.expr(value, path)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
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
                return condition if truth else Conditional(condition, one, other)
            case _:
                raise NotPure(f"{function.name} does more than compute a value")


def _index_literal(t: Type, value: Value) -> Expr:
    return Literal(
        IntType(value, value) if isinstance(t, IntType) and isinstance(value, int) else t, value
    )
