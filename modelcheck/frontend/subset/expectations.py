"""What an expectation says is violated exists in the spec, whatever its constants are."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset.expressions import declared_as, is_process, own_parts
from modelcheck.frontend.subset.imports import imports_spec
from modelcheck.frontend.subset.words import nearest


def check_expectations(
    source: SourceText, tree: ast.Module, functions: Mapping[str, ast.FunctionDef]
) -> None:
    """Refuse an expectation about a property or a step that the spec does not have."""
    properties = {"deadlock", *_properties(tree, functions)}
    processes = {name: node for name, node in functions.items() if is_process(node)}
    labels = {label for node in functions.values() for label in _labels(node)}
    for node, name in _violated(tree):
        process, _, step = name.partition(".")
        last = step.split(".")[-1]
        is_step = process in processes and (last in labels or (step and _imports_specs(tree)))
        if name not in properties and not is_step:
            own = [f"{one}.{label}" for one in processes for label in _labels(processes[one])]
            message = f"the spec has no property and no step {name}"
            way_out = nearest(name, [*own, *sorted(properties)])
            raise source.refusal("expectation", node, message, way_out)


def _violated(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """What the expectations of a spec name, and where."""
    for node in tree.body:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="expect"), keywords=keywords)):
                given = [one.value for one in keywords if one.arg == "violated"]
                parts = [part for value in given for part in _members(value)]
                for part in parts:
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part, part.value


def _members(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, ast.Tuple) else [value]


def _properties(tree: ast.Module, functions: Mapping[str, ast.FunctionDef]) -> Iterator[str]:
    for name, node in functions.items():
        if declared_as(node) and not is_process(node):
            yield name
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="leads_to"), args=[one, other])):
                yield f"{ast.unparse(one)}_leads_to_{ast.unparse(other)}"


def _labels(function: ast.FunctionDef) -> Iterator[str]:
    for part in own_parts(function):
        match part:
            case ast.Yield(value=ast.Constant(value=str() as label)):
                yield label


def _imports_specs(tree: ast.Module) -> bool:
    """Whether labels may come from another file."""
    return any(imports_spec(node) for node in tree.body)
