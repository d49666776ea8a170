"""How the front-end says no: a slug, a place in the spec, the rule and the way out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from modelcheck.errors import SpecError
from modelcheck.source import Span, lines_of


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a program: its path, what it holds, and which of the program's lines are its."""

    path: str
    text: str
    before: int
    """How many lines of the program come before its first."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a spec is read from: its own file, and those of the modules that it imports.

    The nodes of a program's tree count lines through all its files, so that a line tells which
    file it belongs to. The spec's own come first and keep their numbers.
    """

    path: str
    """As the user named it."""

    text: str
    imported: tuple[SourceFile, ...] = ()
    """In the order of their lines."""

    def texts(self) -> dict[str, str]:
        """What each file holds, by its path; the spec's own comes first."""
        return {file.path: file.text for file in self._files()}

    def span(self, node: ast.AST) -> Span:
        """Where a node of the program's tree stands, in its own file."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_column = getattr(node, "end_col_offset", None) or column + 1
        file = self._file(line)
        first, last = line - file.before, end_line - file.before
        return Span(
            file.path,
            first,
            _characters(file.text, first, column) + 1,
            last,
            _characters(file.text, last, end_column) + 1,
        )

    def span_of_line(self, line: int) -> Span:
        """Where the code of a line of the program stands."""
        file = self._file(line)
        lines, number = lines_of(file.text), line - file.before
        text = lines[number - 1] if 1 <= number <= len(lines) else ""
        start = len(text) - len(text.lstrip()) + 1
        return Span(file.path, number, start, number, max(len(text) + 1, start + 1))

    def line(self, line: int) -> str:
        """How a message names a line of the program: with its file, where there are several."""
        file = self._file(line)
        number = f"line {line - file.before}"
        return f"{number} of {file.path}" if self.imported else number

    def refusal(self, slug: str, node: ast.AST, message: str, way_out: str = "") -> SpecError:
        """The error that refuses `node`; the caller raises it."""
        return self.refusal_at(slug, self.span(node), message, way_out)

    def refusal_at(self, slug: str, span: Span, message: str, way_out: str = "") -> SpecError:
        """The error that refuses what stands at `span`; the caller raises it."""
        text = self.texts().get(span.path, "")
        return SpecError(slug, message, span, way_out=way_out, text=text)

    def _files(self) -> tuple[SourceFile, ...]:
        return (SourceFile(self.path, self.text, 0), *self.imported)

    def _file(self, line: int) -> SourceFile:
        return next(file for file in reversed(self._files()) if file.before < max(line, 1))


def _characters(text: str, line: int, offset: int) -> int:
    """The AST counts columns in bytes of UTF-8; people count characters."""
    lines = [] if text.isascii() else lines_of(text)
    if not 1 <= line <= len(lines):
        return offset
    return len(lines[line - 1].encode()[:offset].decode(errors="ignore"))


def in_words(text: str) -> str:
    """What Python says of objects, with classes and functions by their names and no addresses."""
    text = re.sub(r"modelcheck_spec_[0-9a-f]{16}\.", "", text)
    text = re.sub(r"<(?:class|enum) '(?:[^']*\.)?(\w+)'>", r"\1", text)
    text = re.sub(r"<(?:bound method|function) ([\w.]+)[^<>]*(?:<[^<>]*>)?>", r"\1", text)
    return re.sub(r" object at 0x[0-9a-f]+", " object", text)
