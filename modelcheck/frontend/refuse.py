"""How the front-end says no: a slug, a place in the spec, the rule and the way out."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from modelcheck.errors import SpecError
from modelcheck.source import Span


@dataclass(frozen=True, slots=True)
class SourceText:
    """A spec's file: its path as the user named it, and what it holds."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines as Python's parser counts them."""
        return self.text.split("\n")

    def span(self, node: ast.AST) -> Span:
        """Where a node of the spec's tree stands."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        end_line = getattr(node, "end_lineno", None) or line
        end_column = getattr(node, "end_col_offset", None) or column + 1
        return Span(
            self.path,
            line,
            self._characters(line, column) + 1,
            end_line,
            self._characters(end_line, end_column) + 1,
        )

    def refusal(self, slug: str, node: ast.AST, message: str, way_out: str = "") -> SpecError:
        """The error that refuses `node`; the caller raises it."""
        return SpecError(slug, message, self.span(node), way_out=way_out, text=self.text)

    def _characters(self, line: int, offset: int) -> int:
        """The AST counts columns in bytes of UTF-8; people count characters."""
        lines = self.lines
        if not 1 <= line <= len(lines):
            return offset
        return len(lines[line - 1].encode()[:offset].decode(errors="ignore"))
