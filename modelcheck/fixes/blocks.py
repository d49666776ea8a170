"""Where the steps of a spec stand in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that begin with the `yield` of one label, or one statement that holds several."""

    function: str
    shared: str
    """What the function calls the shared record; empty if it has no parameter."""

    label: str
    """The first label in it."""

    statements: tuple[ast.stmt, ...]

    @property
    def is_step(self) -> bool:
        """Whether it begins with its `yield`, so that it is one step's code and nothing else."""
        return label_of(self.statements[0]) is not None

    @property
    def lines(self) -> tuple[int, int]:
        """The numbers of its first and its last line, from 1."""
        last = self.statements[-1]
        return self.statements[0].lineno, last.end_lineno or last.lineno


def rows_of_blocks(text: str) -> tuple[tuple[Block, ...], ...]:
    """The blocks that follow one another, for every list of statements in a file that has any."""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    rows = (_row(function, body) for function in functions for body in _bodies(function))
    return tuple(row for row in rows if row)


def label_of(statement: ast.stmt) -> str | None:
    """The label of a statement that is a `yield`."""
    match statement:
        case ast.Expr(value=ast.Yield(value=ast.Constant(value=str(label)))):
            return label
        case _:
            return None


def _bodies(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body


def _row(function: ast.FunctionDef, body: list[ast.stmt]) -> tuple[Block, ...]:
    found: list[tuple[str, list[ast.stmt]]] = []
    for statement in body:
        label = label_of(statement) or _first_label(statement)
        if label is not None:
            found.append((label, [statement]))
        elif found:
            found[-1][1].append(statement)
    arguments = function.args.args
    shared = arguments[0].arg if arguments else ""
    return tuple(
        Block(function.name, shared, label, tuple(statements)) for label, statements in found
    )


def _first_label(statement: ast.stmt) -> str | None:
    labels = (label_of(node) for node in ast.walk(statement) if isinstance(node, ast.stmt))
    return next(filter(None, labels), None)
