"""Which expressions are in the language."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping

from modelcheck.errors import SpecError
from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset.words import CALLS, METHODS, OTHER_METHODS, nearest, outside

AGGREGATES = frozenset({"all", "any", "sum", "len", "min", "max", "one_of", "subset"})
"""What may be called on a comprehension."""


LANGUAGE = frozenset(
    {"at", "bag", "domain", "done", "each", "one_of", "queue", "record", "subset", "wait_until"}
)
ONE_ARGUMENT = {"wait_until": "one condition", "one_of": "one domain or container"}


class ExpressionRules:
    """Holds the expressions of one spec to the language."""

    def __init__(self, source: SourceText, tree: ast.Module) -> None:
        self.source = source
        self.functions: Mapping[str, ast.FunctionDef] = {
            node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)
        }
        """The functions of the spec's top level, by name."""

        self.names = frozenset(_names(tree))
        """What the module defines or imports."""

    def refuse(self, slug: str, node: ast.AST, message: str, way_out: str) -> SpecError:
        """The error that refuses `node`; the caller raises it."""
        return self.source.refusal(slug, node, message, way_out)

    def refuse_outside(self, node: ast.AST, at: ast.AST) -> None:
        """Refuse at `at`, if `node` is a construct outside the language."""
        found = outside(node)
        if found is not None:
            word, way_out = found
            raise self.refuse("unsupported", at, f"{word} is not in the language", way_out)

    def expression(self, node: ast.expr, *, under: str = "") -> None:
        """Check one expression; `under` is the function or loop that runs through it, if any."""
        self.refuse_outside(node, node)
        match node:
            case ast.Constant(value=value):
                self._constant(node, value)
            case ast.BinOp(op=operator) | ast.UnaryOp(op=operator):
                self.refuse_outside(operator, node)
            case ast.GeneratorExp() | ast.ListComp():
                self._comprehension(node, under)
                return
            case ast.Call():
                self._call(node)
                return
            case ast.Yield():
                way_out = "`yield` stands on a line of its own"
                raise self.refuse("label", node, "a step boundary gives no value", way_out)
            case ast.YieldFrom():
                message = "`yield from` inside an expression is not in the language"
                way_out = "call the procedure on a line of its own: `x = yield from f(...)`"
                raise self.refuse("unsupported", node, message, way_out)
            case _:
                pass
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.expression(part)

    def _constant(self, node: ast.expr, value: object) -> None:
        if isinstance(value, float | complex):
            way_out = "use integers: count in thousandths, say, or compare ratios by multiplying"
            raise self.refuse("unsupported", node, f"{value} is no integer", way_out)
        if isinstance(value, bytes):
            way_out = "a model has no text: use an enum"
            raise self.refuse("unsupported", node, "bytes are not in the language", way_out)

    def _comprehension(self, node: ast.GeneratorExp | ast.ListComp, under: str) -> None:
        if not under:
            message = "a comprehension as a value is not in the language"
            way_out = "it stands under all(), any(), sum(), len(), min() or max()"
            raise self.refuse("unsupported", node, message, way_out)
        self.expression(node.elt)
        for generator in node.generators:
            if generator.is_async:
                way_out = "leave `async` out"
                raise self.refuse("unsupported", node, "`async` is not in the language", way_out)
            self.expression(generator.iter, under="for")
            for guard in generator.ifs:
                self.expression(guard)

    def _call(self, node: ast.Call) -> None:
        under = ""
        match node.func:
            case ast.Name(id=name) if name in self.functions:
                self._spec_call(node, self.functions[name])
            case ast.Name(id=name):
                if name in CALLS:
                    message = f"{name}() is not in the language"
                    raise self.refuse("unsupported", node, message, CALLS[name])
                self._known(node, name)
                under = name if name in AGGREGATES else ""
            case ast.Attribute(value=base, attr=method):
                self.expression(base)
                self._method(node, method)
            case _:
                self.expression(node.func)
                message = "what is called here has no name"
                way_out = "functions of the spec, records and methods of containers are called"
                raise self.refuse("unsupported", node, message, way_out)
        self._arguments(node, under)

    def _known(self, node: ast.Call, name: str) -> None:
        if name in ONE_ARGUMENT and (len(node.args) != 1 or node.keywords):
            message = f"{name}() takes {ONE_ARGUMENT[name]}"
            way_out = f"write `{name}(...)` with one value in the parentheses"
            raise self.refuse("unsupported", node, message, way_out)
        if name in self.names or hasattr(builtins, name):
            return
        if name in LANGUAGE:
            way_out = "add it to `from modelcheck import ...`"
            raise self.refuse("free-name", node, f"{name} is not imported", way_out)
        way_out = nearest(name, sorted(self.names))
        raise self.refuse("free-name", node, f"there is no function {name}", way_out)

    def _method(self, node: ast.Call, method: str) -> None:
        if method not in METHODS:
            way_out = OTHER_METHODS.get(method) or nearest(method, METHODS)
            raise self.refuse("unsupported", node, f"nothing has a method {method}()", way_out)

    def _arguments(self, node: ast.Call, under: str) -> None:
        for argument in node.args:
            self.expression(argument, under=under)
        for keyword in node.keywords:
            if keyword.arg is None:
                way_out = "write the arguments out"
                raise self.refuse("unsupported", keyword.value, "`**` is not in a call", way_out)
            self.expression(keyword.value)

    def _spec_call(self, node: ast.Call, function: ast.FunctionDef) -> None:
        given = {argument.arg for argument in function.args.args[: len(node.args)]}
        for keyword in node.keywords:
            if keyword.arg in given:
                message = f"{function.name} gets {keyword.arg} twice"
                raise self.refuse("type", keyword, message, "give each parameter once")
        if is_process(function):
            message = f"{function.name} is a process and runs by itself"
            way_out = "move what both do into a function without a decorator, and call that"
            raise self.refuse("unsupported", node, message, way_out)
        if has_steps(function):
            message = f"{function.name} has steps of its own"
            way_out = f"call it as `yield from {function.name}(...)`"
            raise self.refuse("call-without-yield-from", node, message, way_out)

    def procedure_call(self, node: ast.YieldFrom) -> None:
        """Check `yield from f(...)` where it may stand."""
        match node.value:
            case ast.Call(func=ast.Name(id=name)) as call:
                function = self.functions.get(name)
                if function is not None and not has_steps(function):
                    way_out = f"call it as `{name}(...)`, without `yield from`"
                    raise self.refuse("unsupported", node, f"{name} has no steps", way_out)
                if function is not None and is_process(function):
                    self._spec_call(call, function)
                self._arguments(call, "")
            case _:
                message = "`yield from` calls a procedure of the spec, and this is no call"
                way_out = 'write `yield "label"` for a step, `yield from f(...)` for a procedure'
                raise self.refuse("unsupported", node, message, way_out)


def _names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names)


def root_name(node: ast.expr) -> str:
    """The name that a chain of fields and indices begins with; empty if it is none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def own_parts(function: ast.FunctionDef) -> list[ast.AST]:
    """Every node of a function's body."""
    return [part for statement in function.body for part in ast.walk(statement)]


def stored_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """The names that code gives values: assigned, looped over, or captured by a pattern.

    Those of comprehensions are not among them.
    """
    found: set[str] = set()
    pending = list(body)
    while pending:
        part = pending.pop()
        match part:
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
        pending += ast.iter_child_nodes(part)
    return frozenset(found)


def has_steps(code: ast.AST) -> bool:
    """Whether code passes labels: its own, or those of a procedure that it calls."""
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(code))


def is_process(function: ast.FunctionDef) -> bool:
    """Whether a decorator declares the function a process."""
    return bool(declared_as(function) & {"process", "environment"})


def declared_as(function: ast.FunctionDef) -> frozenset[str]:
    """The names of the decorators: `always` for `@spec.always`."""
    plain = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return frozenset(d.attr for d in plain if isinstance(d, ast.Attribute))
