"""Read a spec's file, replace constants in its tree, and execute it."""

from __future__ import annotations

import ast
import hashlib
import sys
import traceback
import types
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend.refuse import SourceText
from modelcheck.lang.spec import Spec
from modelcheck.source import Span

IMPORTABLE = frozenset({"modelcheck", "enum", "typing", "__future__"})
Plain = bool | int | str | Enum | None
"""What a constant may be."""


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec module as tree and as executed module, with its constants in force."""

    source: SourceText
    tree: ast.Module
    namespace: Mapping[str, object]
    spec: Spec[object]
    constants: Mapping[str, Plain]
    """Every module-level constant, in the order of the file."""


def read_spec(path: str, overrides: Mapping[str, str]) -> LoadedSpec:
    """Load the spec at `path`; `overrides` maps constants to Python text, as `--set` gives it.

    Raises `UserError` if the file cannot be read or a constant is unknown, and `SpecError` where
    the module is outside the language.
    """
    source = SourceText(path, _read(path))
    tree = _parse(source)
    _check_module(source, tree)
    original = _initialisers(tree)
    _override(source, tree, original, overrides)
    namespace = _execute(source, tree)
    specs = [value for value in namespace.values() if isinstance(value, Spec)]
    if len(specs) != 1:
        raise UserError(
            f"{path}: a spec module has exactly one Spec, this one has {len(specs)}",
            way_out='write `spec = Spec("title", Shared)` once at the top level of the module',
        )
    constants = {name: value for name in original if _is_plain(value := namespace.get(name))}
    _check_expectations(source, tree, specs[0], constants)
    return LoadedSpec(source, tree, namespace, specs[0], _plain(constants))


def _check_expectations(
    source: SourceText, tree: ast.Module, spec: Spec[object], constants: Mapping[str, object]
) -> None:
    """An expectation may only set constants that the spec has."""
    calls = [
        node
        for node in tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "expect"
    ]
    for node, expectation in zip(calls, spec.expectations, strict=False):
        for name, _ in expectation.constants:
            if name not in constants:
                message = f"the expectation sets {name}, which is no constant of the spec"
                way_out = f"it has: {', '.join(constants) or 'none'}"
                raise source.refusal("expectation", node, message, way_out)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        way_out = "`modelcheck list` names the specs under the current directory"
        raise UserError(f"there is no spec {path}", way_out=way_out) from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text", way_out="a spec is a Python file") from None
    except OSError as problem:
        raise UserError(f"cannot read {path}: {problem.strerror}") from None


def _parse(source: SourceText) -> ast.Module:
    try:
        return ast.parse(source.text, filename=source.path)
    except SyntaxError as problem:
        line, column = problem.lineno or 1, problem.offset or 1
        end = problem.end_offset if problem.end_lineno == line else None
        span = Span(source.path, line, column, line, max(end or 0, column + 1))
        message = f"not Python: {problem.msg}"
        raise SpecError("syntax", message, span, text=source.text) from None
    except ValueError as problem:  # a null byte
        raise UserError(f"{source.path} is not Python: {problem}") from None


def _check_module(source: SourceText, tree: ast.Module) -> None:
    for position, node in enumerate(tree.body):
        match node:
            case ast.Import(names=names):
                _check_import(source, node, [alias.name for alias in names])
            case ast.ImportFrom(module=module, level=level):
                _check_import(source, node, ["." * level + (module or "")])
            case ast.Expr(value=ast.Constant(value=str())) if position == 0:
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="expect" | "leads_to"))):
                pass
            case ast.ClassDef() | ast.FunctionDef() | ast.AnnAssign(target=ast.Name()):
                pass
            case ast.Assign(targets=[ast.Name()]):
                pass
            case ast.AsyncFunctionDef():
                way_out = "write `def`; a step ends at each `yield`"
                raise source.refusal("unsupported", node, "async is not in the language", way_out)
            case _:
                kind = type(node).__name__
                way_out = "a spec holds imports, constants, types, functions and expectations"
                message = f"{kind} at the top level of a spec is not in the language"
                raise source.refusal("unsupported", node, message, way_out)


def _check_import(source: SourceText, node: ast.stmt, modules: list[str]) -> None:
    for module in modules:
        if module not in IMPORTABLE:
            message = f"a spec may not import {module}"
            way_out = f"only {', '.join(sorted(IMPORTABLE))} are part of the language"
            raise source.refusal("foreign-import", node, message, way_out)


def _initialisers(tree: ast.Module) -> dict[str, ast.Assign | ast.AnnAssign]:
    found: dict[str, ast.Assign | ast.AnnAssign] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
    return found


def _override(
    source: SourceText,
    tree: ast.Module,
    initialisers: Mapping[str, ast.Assign | ast.AnnAssign],
    overrides: Mapping[str, str],
) -> None:
    before = _execute(source, tree) if overrides else {}
    for name, text in overrides.items():
        if name not in initialisers or not _is_plain(before.get(name)):
            known = ", ".join(n for n in initialisers if _is_plain(before.get(n))) or "none"
            raise UserError(f"{source.path} has no constant {name}", way_out=f"it has: {known}")
        value = _constant_expression(source, name, text)
        node = initialisers[name]
        node.value = ast.copy_location(value, node.value or node)
        ast.fix_missing_locations(node)
    after = _execute(source, tree) if overrides else {}
    for name, text in overrides.items():
        kind = type(before[name]).__name__  # by name: executing the module again makes new enums
        if type(after[name]).__name__ != kind:
            raise UserError(f"constant {name} of {source.path} has the type {kind}, not {text}")


def _constant_expression(source: SourceText, name: str, text: str) -> ast.expr:
    try:
        value = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        value = None
    match value:
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return value
        case ast.Attribute(value=ast.Name()):
            return value
        case _:
            message = f"the value of constant {name} of {source.path} is no literal: {text}"
            raise UserError(message, way_out="give a number, True, False or an enum member")


def _execute(source: SourceText, tree: ast.Module) -> dict[str, object]:
    digest = hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:16]
    module = types.ModuleType(f"modelcheck_spec_{digest}")
    module.__file__ = source.path
    sys.modules[module.__name__] = module  # where typing looks up a class's annotations
    try:
        code = compile(tree, source.path, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  # executing the spec is what loading means
    except (Exception, SystemExit) as problem:  # noqa: BLE001  # whatever the user's module raises
        frames = traceback.extract_tb(problem.__traceback__)
        lines = [frame.lineno or 1 for frame in frames if frame.filename == source.path]
        line = lines[-1] if lines else 1
        text = source.text.splitlines()[line - 1] if source.text else ""
        start = len(text) - len(text.lstrip()) + 1
        span = Span(source.path, line, start, line, max(len(text) + 1, start + 1))
        message = f"importing the spec failed: {type(problem).__name__}: {problem}"
        raise SpecError("module", message, span, text=source.text) from None
    return module.__dict__


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | str | Enum)


def _plain(constants: Mapping[str, object]) -> dict[str, Plain]:
    return {n: v for n, v in constants.items() if isinstance(v, bool | int | str | Enum)}
