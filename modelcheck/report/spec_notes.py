"""What a spec's own words say about its steps: its docstring and the comments of its labels."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from modelcheck.source import Span, lines_of


@dataclass(frozen=True, slots=True)
class SpecNotes:
    """The prose of a spec."""

    docstring: str
    stands_for: tuple[tuple[str, str, str], ...]
    """Function, label, and the comment on the line of that `yield`."""

    def of(self, process: str, label: str) -> str:
        """What a step stands for; empty if the spec does not say.

        The label of a procedure's step names the procedure: `acquire.sleep`.
        """
        *callers, own = label.split(".")
        function = callers[-1] if callers else process
        for name, candidate, text in self.stands_for:
            if (name, candidate) in {(function, own), (process, label)}:
                return text
        return ""


def spec_notes(texts: Sequence[str]) -> SpecNotes:
    """The notes of a spec with these files, its own first; none of a file that is no Python.

    The names of functions are unique in all of them.
    """
    own, *imported = [_file_notes(text) for text in texts] or [SpecNotes("", ())]
    stands_for = [own.stands_for, *(notes.stands_for for notes in imported)]
    return SpecNotes(own.docstring, tuple(chain.from_iterable(stands_for)))


@lru_cache(maxsize=64)  # the variants of a spec have the same files
def _file_notes(text: str) -> SpecNotes:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return SpecNotes("", ())
    comments = _trailing_comments(text)
    found = [
        (function.name, label, comments[line])
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for label, line in _labels(function)
        if line in comments
    ]
    return SpecNotes(ast.get_docstring(tree) or "", tuple(found))


def _labels(function: ast.FunctionDef) -> list[tuple[str, int]]:
    """Each label of a function with the line on which its `yield` ends."""
    return [
        (node.value.value, node.end_lineno or node.lineno)
        for node in ast.walk(function)
        if isinstance(node, ast.Yield)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def _trailing_comments(text: str) -> dict[int, str]:
    """The comment of each line that has one after code."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip()
    }


def claim(span: Span | None, texts: Mapping[str, str]) -> str:
    """The code at `span` in one line; of an `assert` without its message. Empty if not there.

    `texts` are the files of the spec by path.
    """
    lines = lines_of("" if span is None else texts.get(span.path, ""))
    if span is None or not 1 <= span.line <= span.end_line <= len(lines):
        return ""
    code = textwrap.dedent("\n".join(lines[span.line - 1 : span.end_line]))
    try:
        statement = ast.parse(code).body[0]
    except (SyntaxError, IndexError):
        return lines[span.line - 1].strip()
    if isinstance(statement, ast.Assert):
        return f"assert {ast.unparse(statement.test)}"
    return lines[span.line - 1].strip()
