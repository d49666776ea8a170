"""A spec and what it imports, as one program with one set of names."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelcheck.errors import SpecError
from modelcheck.frontend.imports import (
    defined,
    file_of,
    named_from,
    without_registrations,
)
from modelcheck.frontend.modules import parse, read_source, registries
from modelcheck.frontend.refuse import SourceFile, SourceText
from modelcheck.frontend.subset.imports import imports_spec
from modelcheck.source import lines_of


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that a spec consists of."""

    source: SourceText
    tree: ast.Module
    """What the spec imports, each module after those that it imports; the spec's own at the end."""


@dataclass(frozen=True, slots=True)
class Module:
    """One file of a program."""

    path: str
    text: str
    tree: ast.Module
    imports: tuple[tuple[ast.ImportFrom, Path], ...]
    """Each import from another spec, and the file of that, links followed."""


Origin = tuple[str, ast.stmt]
"""Where a name comes from: the path of a spec or the name of a module of the language; and where
that is said."""


def link(path: str, text: str | None = None) -> Program:
    """Read the spec at `path` and all that it imports; `text` is read in place of its own.

    Raises `UserError` if its file cannot be read, and `SpecError` where an import is none.
    """
    found: dict[Path, Module] = {}
    source = read_source(path) if text is None else SourceText(path, text)
    _gather(source, (path,), found)
    *imported, main = found.values()
    source = SourceText(main.path, main.text, _numbered(main, imported))
    for file, module in zip(source.imported, imported, strict=True):
        ast.increment_lineno(module.tree, file.before)
    names = {module.path: _names(module, is_main=module is main) for module in found.values()}
    for module in found.values():
        _check_imported(source, module, found)
    _check_origins(source, names)
    for module in found.values():
        _check_visible(source, module, names)
    parts = [*(without_registrations(module.tree) for module in imported), main.tree]
    return Program(source, ast.Module(_joined(parts), []))


def _gather(source: SourceText, chain: tuple[str, ...], found: dict[Path, Module]) -> None:
    """Keep a module after all that it imports; `chain` is who imports whom, from the spec to it."""
    tree = parse(source)
    imports = tuple(
        (node, file_of(source, node).resolve())
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and imports_spec(node)
    )
    above = [Path(one).resolve() for one in chain]
    for node, file in imports:
        if file in above:
            first = above.index(file)
            message = f"imports go round: {' -> '.join((*chain[first:], chain[first]))}"
            way_out = "move what both need into a file that imports neither"
            raise source.refusal("import", node, message, way_out)
        if file not in found:
            wanted = named_from(file_of(source, node), chain[0])
            _gather(read_source(wanted), (*chain, wanted), found)
    found[above[-1]] = Module(source.path, source.text, tree, imports)


def _numbered(main: Module, imported: list[Module]) -> tuple[SourceFile, ...]:
    before = len(lines_of(main.text))
    numbered = []
    for module in imported:
        numbered.append(SourceFile(module.path, module.text, before))
        before += len(lines_of(module.text))
    return tuple(numbered)


def _names(module: Module, *, is_main: bool) -> dict[str, Origin]:
    """What a module defines and what it takes from the language."""
    hidden = frozenset() if is_main else registries(module.tree)
    found: dict[str, Origin] = {
        alias.name: (node.module or "", node)
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom) and not imports_spec(node) and not _is_future(node)
        for alias in node.names
    }
    own = defined(module.tree).items()
    return found | {name: (module.path, node) for name, node in own if name not in hidden}


def _check_imported(source: SourceText, module: Module, modules: Mapping[Path, Module]) -> None:
    """What is imported must be defined there."""
    for node, file in module.imports:
        path, tree = modules[file].path, modules[file].tree
        there, registered = defined(tree), registries(tree)
        for alias in node.names:
            if alias.name in registered:
                message = f"{alias.name} is the Spec of {path}; a program has only its own"
                way_out = "import its types and functions; they come without registrations"
                raise source.refusal("import", node, message, way_out)
            if alias.name not in there:
                message = f"{path} does not define {alias.name}"
                known = [name for name in there if name not in registered]
                way_out = f"it defines: {', '.join(known) or 'nothing'}"
                raise source.refusal("import", node, message, way_out)


def _check_origins(source: SourceText, names: Mapping[str, Mapping[str, Origin]]) -> None:
    """In all files of a program a name means the same."""
    first: dict[str, Origin] = {}
    for module in names.values():
        for name, (origin, node) in module.items():
            before, place = first.setdefault(name, (origin, node))
            if before != origin:
                raise _twice(source, name, node, place)


def _check_visible(
    source: SourceText, module: Module, names: Mapping[str, Mapping[str, Origin]]
) -> None:
    """A module sees what it defines or imports, not what others do."""
    everywhere = {name: origin for one in names.values() for name, origin in one.items()}
    visible = names[module.path].keys() | registries(module.tree)
    visible |= {alias.name for node, _ in module.imports for alias in node.names}
    invisible = everywhere.keys() - visible
    for statement in module.tree.body if invisible else ():
        named = (part for part in ast.walk(statement) if isinstance(part, ast.Name))
        doubtful = [part for part in named if part.id in invisible]
        bound = set(_bound(statement)) if doubtful else set()
        for part in doubtful:
            if part.id in bound:
                continue
            _, place = everywhere[part.id]
            if hasattr(builtins, part.id):
                raise _twice(source, part.id, part, place)
            where = source.span(place)
            message = f"{part.id} is not bound here"
            way_out = (
                f"{where.path}, line {where.line}, has it;"
                " a file sees only what it defines or imports itself"
            )
            raise source.refusal("free-name", part, message, way_out)


def _twice(source: SourceText, name: str, node: ast.AST, place: ast.stmt) -> SpecError:
    other = source.span(place)
    message = f"{name} means something else in {other.path}, line {other.line}"
    way_out = "a spec and what it imports share one set of names; rename one of the two"
    return source.refusal("name-twice", node, message, way_out)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top level binds inside: parameters, locals, fields."""
    for part in ast.walk(statement):
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def _joined(parts: list[ast.Module]) -> list[ast.stmt]:
    """The statements of all modules; `from __future__` stands first, in the order of its lines.

    CPython wants it so, and goes by the lines.
    """
    body = [node for part in parts for node in part.body if not imports_spec(node)]
    future = sorted(filter(_is_future, body), key=lambda node: node.lineno)
    return [*future, *(node for node in body if not _is_future(node))]


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
