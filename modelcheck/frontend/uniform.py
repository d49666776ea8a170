"""Whether a constant is used only so that the models for all its values are instances of one.

The front-end computes beforehand what it can. So a constant could decide anything: `if N == 17`. It
may bound domains, loops and ranges, and stand in sums, in products with constants, and to the right
of `%` and `//`; and it may be compared with what is known only while the model runs. The same holds
of an index that the front-end knows, in a comprehension or a loop without a step.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from modelcheck.errors import UserError
from modelcheck.frontend.loader import LoadedSpec

BOUNDS = ("range", "Below", "Between")
STATES = {"at", "done"}
"""Functions of where instances stand."""

SUMS = (ast.Add, ast.Sub)
SPLITS = (ast.Mod, ast.FloorDiv)
WAY_OUT = "`modelcheck prove` without --for-every proves one instance"


def largest_number(loaded: LoadedSpec, name: str) -> int:
    """The largest number that stands in a spec, or is one of its other constants."""
    written = (
        node.value
        for part in _code(loaded.tree)
        for node in ast.walk(part)
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool)
    )
    others = (value for one, value in loaded.constants.items() if one != name)
    numbers = (value for value in (*written, *others) if isinstance(value, int))
    return max((abs(number) for number in numbers), default=0)


def check_uniform(loaded: LoadedSpec, name: str) -> None:
    """Raises `UserError` where `name` is no number, or may decide more than how many there are."""
    value = loaded.constants.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        numbers = [n for n, v in loaded.constants.items() if type(v) is int]
        message = f"{name} is no constant of {loaded.source.path} that is a number"
        raise UserError(message, way_out=f"there are: {', '.join(numbers) or 'none'}")
    _Uniform(loaded, name).check()


def _code(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a spec but for what it expects."""
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="expect"))):
                continue
            case ast.Expr(value=ast.Constant()):
                continue
            case _:
                yield statement


class _Uniform:
    """What is known of one spec meanwhile."""

    def __init__(self, loaded: LoadedSpec, name: str) -> None:
        self._loaded = loaded
        self._constants = frozenset(loaded.constants)
        self._known = frozenset(loaded.namespace) | frozenset(dir(builtins))
        self._counts, self._domains = self._derived(name)

    def _derived(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """The constants that follow from it, and the names of the types that do."""
        counts, domains, before = {name}, set[str](), 0
        while before != len(counts) + len(domains):
            before = len(counts) + len(domains)
            for statement in _code(self._loaded.tree):
                target = _target(statement)
                if target is not None and _names(statement) & (counts | domains):
                    (counts if target in self._constants else domains).add(target)
        return frozenset(counts), frozenset(domains)

    def check(self) -> None:
        for statement in _code(self._loaded.tree):
            above = {child: node for node in ast.walk(statement) for child in _children(node)}
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and node.id in self._counts and _is_read(node):
                    self._check_use(node, above)
            for function in ast.walk(statement):
                if isinstance(function, ast.FunctionDef):
                    self._check_indices(function)

    def _check_use(self, node: ast.expr, above: Mapping[ast.AST, ast.AST]) -> None:
        """A number that follows from it: what stands around it."""
        match above.get(node):
            case ast.BinOp(left, op, right) as around:
                other = right if left is node else left
                is_sum = isinstance(op, SUMS)
                is_product = isinstance(op, ast.Mult) and not _names(other) & self._counts
                is_split = isinstance(op, SPLITS) and right is node and isinstance(node, ast.Name)
                if is_split and not self._is_known(left):
                    return
                if not (is_sum or is_product):
                    raise self._refusal(around, "is computed with otherwise than in sums")
                self._check_use(around, above)
            case ast.UnaryOp(op=ast.USub()) as around:
                self._check_use(around, above)
            case ast.Call(func=ast.Name(id=called)) if called in BOUNDS:
                return
            case ast.Compare() as around:
                if all(self._is_known(one) for one in (around.left, *around.comparators)):
                    raise self._refusal(around, "is compared with what is known beforehand")
            case ast.Subscript() | ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return
            case _:
                raise self._refusal(node, "may decide more here than how many there are")

    def _is_known(self, node: ast.expr, indices: frozenset[str] = frozenset()) -> bool:
        """Whether its value may be known beforehand: nothing in it is of a state."""
        asks = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        return not asks & STATES and asks <= self._known | indices

    def _check_indices(self, function: ast.FunctionDef) -> None:
        """Indices that are known beforehand are not compared with numbers, or computed with."""
        indices = self._indices(function)
        for node in ast.walk(function):
            match node:
                case ast.Compare(left, _, others):
                    every = (left, *others)
                    known = all(self._is_known(one, indices) for one in every)
                    if known and not all(_names(one) & indices for one in every):
                        raise self._refusal(node, "is compared with a number, as an index")
                case ast.BinOp(left, op, right) if isinstance(op, (*SPLITS, ast.Mult, ast.Pow)):
                    is_count = isinstance(right, ast.Name) and right.id in self._counts
                    if _names(left) & indices and not is_count:
                        raise self._refusal(node, "is computed with, as an index")
                case ast.If(test=ast.Name(id=test)) | ast.IfExp(test=ast.Name(id=test)):
                    if test in indices:
                        raise self._refusal(node, "decides, as an index")
                case ast.Match(subject=subject) if _names(subject) & indices:
                    raise self._refusal(subject, "is matched, as an index")
                case _:
                    continue

    def _indices(self, function: ast.FunctionDef) -> frozenset[str]:
        """The names that stand for an index that is known beforehand."""
        found: set[str] = set()
        if not function.decorator_list:
            found |= {
                argument.arg
                for argument in function.args.args
                if argument.annotation is not None and _names(argument.annotation) & self._domains
            }
        for node in ast.walk(function):
            match node:
                case ast.comprehension(target=target, iter=through) if self._is_known(through):
                    found |= _names(target)
                case ast.For(target=target, iter=through) if not _has_step(node):
                    found |= _names(target) if self._is_known(through) else set()
                case _:
                    continue
        return self._assigned_from(function, found)

    def _assigned_from(self, function: ast.FunctionDef, found: set[str]) -> frozenset[str]:
        before = -1
        while before != len(found):
            before = len(found)
            for node in ast.walk(function):
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        found |= (
                            {name}
                            if isinstance(value, ast.Name | ast.BinOp) and _names(value) & found
                            else set()
                        )
                    case _:
                        continue
        return frozenset(found)

    def _refusal(self, node: ast.AST, reason: str) -> UserError:
        at = self._loaded.source.span(node) if isinstance(node, ast.expr | ast.stmt) else ""
        written = ast.unparse(node).splitlines()[0]
        name = ", ".join(sorted(self._counts))
        message = f"{at}: what follows from {name} {reason}: `{written}`"
        return UserError(message, way_out=WAY_OUT)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    yield from ast.iter_child_nodes(node)


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return None


def _has_step(loop: ast.For) -> bool:
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(loop))
