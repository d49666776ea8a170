"""Which file an import of a spec means, and what of that file takes part in the program."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from modelcheck.frontend.modules import MAY_IMPORT, assigned, registries
from modelcheck.frontend.refuse import SourceText


def file_of(source: SourceText, node: ast.ImportFrom) -> Path:
    """The file that an import names, as an absolute path.

    `.shm_mq` is looked for from the folder of the importing file, `specs.parallel.shm_mq` in the
    first folder, from that one upwards, in which it exists. Raises `SpecError` if there is none.
    """
    here = _folder_of(source.path)
    upwards = (here, *here.parents)
    start = upwards[node.level - 1 : node.level] if node.level else upwards
    below = Path(*(node.module or "").split(".")).with_suffix(".py")
    for folder in start:
        if (folder / below).is_file():
            return folder / below
    for folder in start:
        if (folder / below).with_suffix("").is_dir():
            message = f"{named_from((folder / below).with_suffix(''), source.path)} is a folder"
            written = "." * node.level + (node.module or "")
            way_out = f"name a file in it: `from {written}.NAME import ...`"
            raise source.refusal("import", node, message, way_out)
    if node.level == 0:
        message = f"a spec may not import {node.module}"
        looked = f"{below} is neither in {named_from(here, source.path)} nor in a folder above it"
        raise source.refusal("foreign-import", node, message, f"{MAY_IMPORT};\n{looked}")
    looked = named_from(start[0] / below, source.path) if start else str(below)
    way_out = "`from .NAME import` means NAME.py in the folder of this file, each further dot"
    message = f"there is no {looked}"
    raise source.refusal("import", node, message, f"{way_out} a folder above")


def named_from(path: Path, spec: str) -> str:
    """An absolute path as one would write it who wrote `spec` for a spec."""
    if Path(spec).is_absolute():
        return str(path)
    return os.path.normpath(Path(spec).parent / os.path.relpath(path, _folder_of(spec)))


def _folder_of(spec: str) -> Path:
    """Where a spec stands; a link is not followed, neither does Python."""
    return Path(os.path.normpath(Path(spec).absolute())).parent


def defined(tree: ast.Module) -> dict[str, ast.stmt]:
    """The names that a module defines, each with its last definition."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        found |= dict.fromkeys(assigned(node), node)
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found[node.name] = node
    return found


def without_registrations(tree: ast.Module) -> ast.Module:
    """A module as others import it: without its `Spec`, its expectations and its docstring.

    Processes and properties become plain functions.
    """
    names = registries(tree)
    kept = [node for node in tree.body if not _registers(node, names)]
    for node in kept:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [
                part for part in node.decorator_list if not _belongs_to(part, names)
            ]
    return ast.Module(kept, tree.type_ignores)


def _registers(node: ast.stmt, names: frozenset[str]) -> bool:
    return isinstance(node, ast.Expr) or any(name in names for name in assigned(node))


def _belongs_to(part: ast.expr, names: frozenset[str]) -> bool:
    match part:
        case ast.Call(func=func):
            return _belongs_to(func, names)
        case ast.Attribute(value=ast.Name(id=name)):
            return name in names
        case _:
            return False
