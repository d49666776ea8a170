"""Positions in spec files, and how to quote them."""

from __future__ import annotations

from dataclasses import dataclass

CONTEXT_LINES = 2
GUTTER = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source file; lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


def lines_of(text: str) -> list[str]:
    """The lines of a file as Python counts them: a form feed in a comment ends none."""
    return text.split("\n") if text else []


def excerpt(span: Span, text: str) -> str:
    """Quote the first line of `span` with the lines before it and carets underneath.

    `text` is the whole file. A span outside the text gives an empty string.
    """
    lines = lines_of(text)
    if not 1 <= span.line <= len(lines):
        return ""
    first = max(1, span.line - CONTEXT_LINES)
    quoted = [f"{n:>{GUTTER}} | {lines[n - 1]}".rstrip() for n in range(first, span.line + 1)]
    line = lines[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    carets = "^" * max(1, end - span.column)
    quoted.append(f"{'':>{GUTTER}} | {' ' * (span.column - 1)}{carets}")
    return "\n".join(quoted)
