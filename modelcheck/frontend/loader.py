"""Link a spec with what it imports, replace constants in the tree, and execute it."""

from __future__ import annotations

import ast
import hashlib
import marshal
import sys
import traceback
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from modelcheck.errors import UserError
from modelcheck.frontend.linker import link
from modelcheck.frontend.modules import assigned
from modelcheck.frontend.refuse import SourceText, in_words
from modelcheck.ir.types import Type
from modelcheck.lang.spec import Spec

Plain = bool | int | str | Enum | None
"""What a constant may be."""


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec and what it imports, as tree and as executed module, with its constants in force."""

    source: SourceText
    tree: ast.Module
    namespace: Mapping[str, object]
    spec: Spec[object]
    constants: Mapping[str, Plain]
    """Every module-level constant: those of imported modules first, each in its file's order."""

    unknowns: Mapping[str, Type] = field(default_factory=dict)
    """The constants that are left open, with their domains."""


def read_spec(path: str, overrides: Mapping[str, str], text: str | None = None) -> LoadedSpec:
    """Load the spec at `path`; `overrides` maps constants to Python text, as `--set` gives it.

    Raises `UserError` if the file cannot be read or a constant is unknown, and `SpecError` where
    the module is outside the language.
    """
    program = link(path, text)
    source, tree = program.source, program.tree
    original = _initialisers(tree)
    if overrides:
        namespace = _override(source, tree, original, overrides)
    else:
        namespace = _execute(source, tree)
    specs = [value for value in namespace.values() if isinstance(value, Spec)]
    if not specs:
        raise UserError(
            f"{path} has no Spec: it is a common part, for other specs to import",
            way_out='check one of those, or write `spec = Spec("title", Shared)`',
        )
    if len(specs) > 1:
        raise UserError(
            f"{path}: a spec module has exactly one Spec, this one has {len(specs)}",
            way_out='write `spec = Spec("title", Shared)` once at the top level of the module',
        )
    constants = {name: value for name in original if _is_plain(value := namespace.get(name))}
    _check_expectations(source, tree, specs[0], constants)
    return LoadedSpec(source, tree, namespace, specs[0], _plain(constants))


def with_denial(loaded: LoadedSpec, name: str, text: str) -> LoadedSpec:
    """The spec with one more `always` property: a function `name` of `s` that returns `not text`.

    Raises `UserError` where the text is no expression. What is wrong with it otherwise is found
    when the spec is lowered, and told as if it stood where the spec is made.
    """
    try:
        expression = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise UserError(
            f"`{text}` is no expression", way_out="write it as in a property, such as `s.done`"
        ) from None
    made, shared = next(
        (node, node.value.args[1])
        for node in loaded.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and any(
            isinstance(target, ast.Name) and loaded.namespace.get(target.id) is loaded.spec
            for target in node.targets
        )
    )
    registry = ast.Name(ast.unparse(made.targets[0]), ast.Load())
    claim = ast.FunctionDef(
        name=name,
        args=ast.arguments(
            posonlyargs=[], args=[ast.arg("s", shared)], kwonlyargs=[], kw_defaults=[], defaults=[]
        ),
        body=[ast.Return(ast.UnaryOp(ast.Not(), expression))],
        decorator_list=[ast.Attribute(registry, "always", ast.Load())],
        returns=ast.Name("bool", ast.Load()),
    )
    for node in ast.walk(claim):
        ast.copy_location(node, made)
    tree = ast.Module([*loaded.tree.body, claim], [])
    namespace, spec = executed(loaded.source, tree)
    return LoadedSpec(loaded.source, tree, namespace, spec, loaded.constants)


def executed(source: SourceText, tree: ast.Module) -> tuple[Mapping[str, object], Spec[object]]:
    """The names of a changed tree, and its spec."""
    namespace = _execute(source, tree)
    (spec,) = (value for value in namespace.values() if isinstance(value, Spec))
    return namespace, spec


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


def _initialisers(tree: ast.Module) -> dict[str, ast.Assign | ast.AnnAssign]:
    return {
        name: node
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for name in assigned(node)
    }


def _override(
    source: SourceText,
    tree: ast.Module,
    initialisers: Mapping[str, ast.Assign | ast.AnnAssign],
    overrides: Mapping[str, str],
) -> dict[str, object]:
    """Replace constants in the tree; what it then gives where it is executed."""
    before = _execute(source, tree)
    for name, text in overrides.items():
        if name not in initialisers or not _is_plain(before.get(name)):
            known = ", ".join(n for n in initialisers if _is_plain(before.get(n))) or "none"
            raise UserError(f"{source.path} has no constant {name}", way_out=f"it has: {known}")
        value = _constant_expression(source, name, text)
        node = initialisers[name]
        node.value = ast.copy_location(value, node.value or node)
        ast.fix_missing_locations(node)
    after = _execute(source, tree)
    for name, text in overrides.items():
        kind = type(before[name]).__name__  # by name: executing the module again makes new enums
        if type(after[name]).__name__ != kind:
            message = f"constant {name} of {source.path} has the type {kind}, not {text}"
            way_out = f"it is {before[name]!s} in the spec; give another {kind}"
            raise UserError(message, way_out=way_out)
    return after


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
    module = types.ModuleType("")
    try:
        with warnings.catch_warnings(action="ignore"):
            code = compile(tree, source.path, "exec", dont_inherit=True)
        digest = hashlib.sha256(marshal.dumps(code)).hexdigest()[:16]
        module.__name__, module.__file__ = f"modelcheck_spec_{digest}", source.path
        sys.modules[module.__name__] = module  # where typing looks up a class's annotations
        exec(code, module.__dict__)  # noqa: S102  # executing the spec is what loading means
    except (Exception, SystemExit) as problem:  # noqa: BLE001  # whatever the user's module raises
        frames = traceback.extract_tb(problem.__traceback__)
        lines = [frame.lineno or 1 for frame in frames if frame.filename == source.path]
        span = source.span_of_line(lines[-1] if lines else 1)
        reason = in_words(str(problem))
        message = f"importing the spec failed: {type(problem).__name__}: {reason}"
        way_out = "a spec and what it imports must execute as ordinary Python"
        raise source.refusal_at("module", span, message, way_out) from None
    return module.__dict__


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | str | Enum)


def _plain(constants: Mapping[str, object]) -> dict[str, Plain]:
    return {n: v for n, v in constants.items() if isinstance(v, bool | int | str | Enum)}
