"""What CPython already knows before the check runs: constants, and what follows from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Annotated, assert_never, get_origin

from modelcheck.errors import SpecError
from modelcheck.frontend.annotations import LARGEST_DOMAIN, NotAType, encode, record_type
from modelcheck.frontend.loader import LoadedSpec
from modelcheck.frontend.path import (
    Known,
    Local,
    Path,
    Root,
    Stale,
    Substitute,
)
from modelcheck.frontend.subset.expressions import has_steps, stored_names
from modelcheck.ir.expressions import (
    BOOL,
    Expr,
    Literal,
)
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)
from modelcheck.lang import domains
from modelcheck.lang.containers import Array, Queue, each, queue
from modelcheck.lang.pools import Bag, FiniteSet, bag, subset
from modelcheck.lang.records import defaults

PURE_BUILTINS: Mapping[str, object] = {
    "abs": abs,
    "all": all,
    "any": any,
    "len": len,
    "max": max,
    "min": min,
    "range": range,
    "sum": sum,
    "bool": bool,
    "int": int,
    "list": list,
    "reversed": reversed,
    "sorted": sorted,
    "tuple": tuple,
}
PURE_MAKERS = (domains.domain, each, queue, bag, subset)
"""Functions of the language that build a value of what they are given, and do nothing else."""


UNFOLDED = (ast.Pow, ast.Lambda, ast.Await, ast.Yield, ast.NamedExpr, ast.JoinedStr)
"""What is never computed beforehand; a power may take for ever."""


@dataclass(frozen=True, slots=True)
class _Questions:
    """What decides whether CPython may compute an expression, on whatever way it is met."""

    names: tuple[str, ...]
    calls: tuple[ast.Call, ...]
    never: bool


def _questions(node: ast.expr) -> _Questions:
    parts = tuple(ast.walk(node))
    names = [part for part in parts if isinstance(part, ast.Name)]
    inner = {name.id for name in names if _is_store(name)}
    outer = dict.fromkeys(name.id for name in names if name.id not in inner)
    calls = tuple(part for part in parts if isinstance(part, ast.Call))
    return _Questions(tuple(outer), calls, any(isinstance(part, UNFOLDED) for part in parts))


class Folding:
    """Knows one spec's constants, and computes with them as CPython does."""

    def __init__(self, loaded: LoadedSpec, shared: RecordType) -> None:
        self.loaded = loaded
        self.source = loaded.source
        self.shared = shared
        self.functions = {
            node.name: node for node in loaded.tree.body if isinstance(node, ast.FunctionDef)
        }
        self._stored = {name: stored_names(node.body) for name, node in self.functions.items()}
        self._asked: dict[ast.expr, _Questions] = {}
        self._stepping: dict[ast.stmt, bool] = {}
        self._looped: dict[ast.For, frozenset[str]] = {}
        self.process_index: dict[str, Type | None] = {}
        """The index type of each process, for `at` and `done`."""

    def known(self, node: ast.expr, path: Path) -> Known | None:
        """The value of an expression over constants and known names, as CPython computes it."""
        asked = self._asked.get(node)
        if asked is None:
            asked = self._asked[node] = _questions(node)
        bound: dict[str, object] = {}
        for name in asked.names:
            value = self._known_name(name, path)
            if value is None:
                return None
            bound[name] = value.value
        if asked.never or not all(self._is_pure_call(call, path) for call in asked.calls):
            return None
        try:
            code = compile(ast.Expression(node), self.source.path, "eval")
            value = eval(code, {"__builtins__": {}}, bound)  # noqa: S307  # the spec's own
            return Known(_kept(value))
        except Exception:  # noqa: BLE001  # not a value after all: the model shows what happens
            return None

    def _known_name(self, name: str, path: Path) -> Known | None:
        binding = path.frame.get(name)
        match binding:
            case Known():
                return binding
            case Local(known=value):
                return value
            case None if name in self.stored(path.functions[-1]):
                return None
            case None:
                if name in self.loaded.unknowns:
                    return None
                if name in self.loaded.namespace and not name.startswith("__"):
                    constant = self.loaded.namespace[name]
                    return None if name in self.functions else Known(constant)
                return Known(PURE_BUILTINS[name]) if name in PURE_BUILTINS else None
            case Root() | Substitute() | Stale():
                return None
            case _:
                assert_never(binding)

    def has_steps(self, code: ast.stmt) -> bool:
        """Whether a function or a loop passes labels; looked through once, not on each way."""
        found = self._stepping.get(code)
        if found is None:
            found = self._stepping[code] = has_steps(code)
        return found

    def stored_in(self, loop: ast.For) -> frozenset[str]:
        """The names that the body of a loop gives values; looked through once, too."""
        found = self._looped.get(loop)
        if found is None:
            found = self._looped[loop] = stored_names(loop.body)
        return found

    def stored(self, function: str) -> frozenset[str]:
        """The names that a function assigns: its own, whatever the module calls so."""
        return self._stored.get(function, frozenset())

    def _is_pure_call(self, node: ast.Call, path: Path) -> bool:
        if not isinstance(node.func, ast.Name) or node.func.id in path.frame:
            return False
        name = node.func.id
        if name in self.loaded.namespace:
            called = self.loaded.namespace[name]
            return is_record(called) or any(called is maker for maker in PURE_MAKERS)
        return name in PURE_BUILTINS

    def literal(self, value: object, node: ast.expr, expected: Type | None) -> Expr:
        """A Python value as a literal; None needs to know its type."""
        match value:
            case bool():
                return Literal(BOOL, value)
            case int():
                return Literal(IntType(value, value), value)
            case Enum():
                t = EnumType(type(value).__name__, tuple(member.name for member in type(value)))
                return Literal(t, value.name)
            case None if isinstance(expected, OptionType):
                return Literal(expected, None)
            case None:
                message = "the type of None is not known here"
                raise self.refuse("type", node, message, "annotate the name that is assigned")
        try:
            if is_record(type(value)):
                record = record_type(type(value))
                return Literal(record, encode(value, record))
            if isinstance(value, Array | Queue | Bag | FiniteSet):
                return self._container(value, node, expected)
        except NotAType as problem:
            raise self.refuse("type", node, str(problem), problem.way_out) from None
        if get_origin(value) is Annotated:
            message = f"{ast.unparse(node)} is a domain, and no value of a model"
            raise self.refuse("unsupported", node, message, f"write `domain({ast.unparse(node)})`")
        way_out = "values are bool, int, enum members, None, records and containers"
        raise self.refuse(
            "unsupported", node, f"{ast.unparse(node)} is no value of a model", way_out
        )

    def _container(self, value: object, node: ast.expr, expected: Type | None) -> Expr:
        """An array, queue, bag or set made of constants: its place says of which type it is."""
        if isinstance(expected, ArrayType | QueueType | BagType | SetType):
            return Literal(expected, encode(value, expected))
        message = f"the type of {ast.unparse(node)} is not known here"
        way_out = "give it to a place, or to an annotated local: `seen: FiniteSet[D] = subset()`"
        raise self.refuse("type", node, message, way_out)

    def refuse(self, slug: str, node: ast.AST, message: str, way_out: str = "") -> SpecError:
        """The error that refuses `node`; the caller raises it."""
        return self.source.refusal(slug, node, message, way_out)


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _kept(value: object) -> object:
    """A value that can be gone through more than once."""
    return tuple(islice(value, LARGEST_DOMAIN + 1)) if isinstance(value, Iterator) else value


def is_record(value: object) -> bool:
    """Whether a value of the module is a `@record` class."""
    return isinstance(value, type) and defaults(value) is not None
