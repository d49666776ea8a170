"""One file of a program: read, parsed, and held to what may stand at a module's top level."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset import check_subset
from modelcheck.frontend.subset.imports import IMPORTABLE
from modelcheck.source import Span, lines_of

MAY_IMPORT = (
    f"it may import names from {', '.join(IMPORTABLE)},"
    "\nand from other specs: `from .shm_mq import ShmMq`"
)


def read_source(path: str) -> SourceText:
    """The file at `path`; raises `UserError` if it cannot be read."""
    try:
        return SourceText(path, Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        way_out = "`modelcheck list` names the specs under the current directory"
        raise UserError(f"there is no spec {path}", way_out=way_out) from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text", way_out="a spec is a Python file") from None
    except OSError as problem:
        way_out = "name a Python file that you may read"
        raise UserError(f"cannot read {path}: {problem.strerror}", way_out=way_out) from None


def parse(source: SourceText) -> ast.Module:
    """The tree of a file that holds nothing but what a spec may hold at its top level.

    What its imports mean is not looked at.
    """
    _check(source)
    return _parse(source)


@lru_cache(maxsize=256)  # a spec's variants, and those who import a file, have the same text
def _check(source: SourceText) -> None:
    """Refuse what is none; a text that was found to be one is not looked at again."""
    tree = _parse(source)
    for node in tree.body:
        _check_statement(source, node)
    check_subset(source, tree)
    _check_compiles(source, tree)


def registries(tree: ast.Module) -> frozenset[str]:
    """The names that a module gives to a `Spec`; a common part has none."""
    return frozenset(
        name for node in tree.body for name in assigned(node) if _is_spec(getattr(node, "value", 0))
    )


def assigned(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top level assigns."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _is_spec(value: object) -> bool:
    match value:
        case ast.Call(func=ast.Name(id="Spec") | ast.Subscript(value=ast.Name(id="Spec"))):
            return True
        case _:
            return False


def _parse(source: SourceText) -> ast.Module:
    before, zero, _ = source.text.partition("\0")
    if zero:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        span = Span(source.path, line, column, line, column + 1)
        message, way_out = "not Python: a null byte stands here", "take it out; a spec is text"
        raise SpecError("syntax", message, span, way_out=way_out, text=source.text)
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source.text, filename=source.path)
    except SyntaxError as problem:
        raise _no_python(source, problem) from None
    except (RecursionError, MemoryError):
        span = Span(source.path, 1, 1, 1, 2)
        message = "something here is nested too deeply to be read"
        way_out = "name parts of long expressions: assign them to locals"
        raise SpecError("too-deep", message, span, way_out=way_out, text=source.text) from None


def _check_compiles(source: SourceText, tree: ast.Module) -> None:
    """Some mistakes are found by the compiler only, such as an argument that is given twice."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(tree, source.path, "exec", dont_inherit=True)
    except SyntaxError as problem:
        raise _no_python(source, problem) from None


def _no_python(source: SourceText, problem: SyntaxError) -> SpecError:
    lines = len(lines_of(source.text))
    line, column = min(problem.lineno or 1, max(lines, 1)), max(problem.offset or 1, 1)
    end = problem.end_offset if problem.end_lineno == line else None
    span = Span(source.path, line, column, line, max(end or 0, column + 1))
    return SpecError("syntax", f"not Python: {problem.msg}", span, text=source.text)


def _check_statement(source: SourceText, node: ast.stmt) -> None:
    match node:
        case ast.Import(names=[alias, *_]):
            raise _whole_module(source, node, alias.name)
        case ast.ImportFrom():
            _check_import(source, node)


def _whole_module(source: SourceText, node: ast.Import, module: str) -> SpecError:
    if module not in IMPORTABLE:
        message = f"a spec may not import {module}"
        return source.refusal("foreign-import", node, message, MAY_IMPORT)
    message = "a spec imports names, not a module"
    return source.refusal("import", node, message, f"write `from {module} import NAME, ...`")


def _check_import(source: SourceText, node: ast.ImportFrom) -> None:
    """An import takes names as they are."""
    written = "." * node.level + (node.module or "")
    top, *deeper = written.split(".")
    if top in IMPORTABLE and deeper:
        message = f"a spec may not import {written}"
        raise source.refusal("foreign-import", node, message, MAY_IMPORT)
    for alias in node.names:
        if alias.name == "*":
            message = "a spec says which names it imports"
            way_out = f"write `from {written} import NAME, ...`"
            raise source.refusal("import", node, message, way_out)
        if node.module is None:
            message = "a spec imports names, not a module"
            way_out = f"write `from {written}{alias.name} import NAME, ...`"
            raise source.refusal("import", node, message, way_out)
        if alias.asname is not None:
            message = f"{alias.name} cannot be called {alias.asname} here: one thing has one name"
            way_out = f"write `from {written} import {alias.name}`"
            raise source.refusal("import", node, message, way_out)
