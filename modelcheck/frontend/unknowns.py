"""Constants left open: each stands for any value of its domain, and no step ever changes it.

Such a constant becomes a shared variable of the model that nothing writes. That can be done where
functions ask for it while they run, not where the module itself is made of it: its types, its
domains, other constants.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from typing import get_type_hints

from modelcheck.errors import UserError
from modelcheck.frontend.annotations import NotAType, record_type, resolve
from modelcheck.frontend.loader import LoadedSpec
from modelcheck.ir.types import Type


def opened(loaded: LoadedSpec, names: tuple[str, ...]) -> LoadedSpec:
    """The spec with these constants left open; raises `UserError` where one cannot be."""
    known = ", ".join(loaded.constants) or "none"
    found: dict[str, Type] = {}
    for name in names:
        if name not in loaded.constants:
            raise UserError(
                f"{loaded.source.path} has no constant {name}", way_out=f"it has: {known}"
            )
        user = next(_users(loaded.tree, name), None)
        if user is not None:
            raise UserError(
                f"{name} cannot be left open: {user} is made of it",
                way_out="give it values, one check each, with --set",
            )
        found[name] = _domain(loaded, name)
    return replace(loaded, unknowns=found)


def _domain(loaded: LoadedSpec, name: str) -> Type:
    value = loaded.constants[name]
    fields = {field.name for field in record_type(loaded.spec.shared).fields}
    if name in fields:
        raise UserError(f"{name} cannot be left open: a shared variable has the same name")
    annotation: object = type(value)
    if not isinstance(value, bool | Enum):
        annotation = _annotations(loaded).get(name, annotation)
    try:
        return resolve(annotation)
    except NotAType as problem:
        message = f"{name} cannot be left open: {problem}"
        raise UserError(message, way_out=problem.way_out) from None


def _annotations(loaded: LoadedSpec) -> dict[str, object]:
    """The annotations of the module, as objects."""
    texts = {
        node.target.id: ast.unparse(node.annotation)
        for node in loaded.tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    annotated = type("Annotated", (), {"__annotations__": texts})
    return get_type_hints(annotated, globalns=dict(loaded.namespace), include_extras=True)


def _users(tree: ast.Module, name: str) -> Iterator[str]:
    """What else the module makes of a constant while it is executed, by name."""
    for node in tree.body:
        if any(_reads(part, name) for part in _executed(node)):
            yield _called(node)


def _executed(node: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that run when the module does: of a function not its body."""
    if isinstance(node, ast.FunctionDef):
        return [*node.decorator_list, node.args, *([node.returns] if node.returns else [])]
    return [node]


def _reads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
        for part in ast.walk(node)
    )


def _called(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return f"line {node.lineno}"
