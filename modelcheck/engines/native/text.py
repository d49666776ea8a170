"""C text as it is written: lines, blocks, tables, and one function with its temporaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from modelcheck.engines.native.packing import is_scalar
from modelcheck.ir.types import Type

TRUE = "1"
"""A condition that always holds."""


def bare(text: str) -> str:
    """A text without the parentheses around all of it, for a place that needs none."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if at == len(text) - 1 else text
    return text


def is_atom(text: str) -> bool:
    """Whether a text is a name or a number: it may be written twice."""
    return text.isidentifier() or text.lstrip("-").isdigit()


def c_type(t: Type) -> str:
    """The C type of a value as it is computed with."""
    return "int64_t" if is_scalar(t) else "word"


class Text:
    """Lines of C, each with its indentation."""

    def __init__(self, indent: int = 1) -> None:
        self.lines: list[str] = []
        self.indent = indent

    def add(self, line: str = "") -> None:
        """One more line."""
        self.lines.append("\t" * self.indent + line if line else "")

    def open(self, head: str = "") -> None:
        """The head of a block, if it has one, and its beginning."""
        if head:
            self.add(head)
        self.add("{")
        self.indent += 1

    def close(self) -> None:
        """The end of a block."""
        self.indent -= 1
        self.add("}")


class Tables:
    """The constant tables of one C file: where the parts of an array lie that fits in no word."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, ...], str] = {}

    def name(self, numbers: tuple[int, ...]) -> str:
        """The table of these numbers."""
        return self._names.setdefault(numbers, f"table_{len(self._names)}")

    def text(self) -> str:
        """Their definitions."""
        lines = [
            f"static const uint16_t {name}[] = {{{', '.join(map(str, numbers))}}};\n"
            for numbers, name in self._names.items()
        ]
        return "".join([*lines, "\n"]) if lines else ""


class Function:
    """One C function while it is written."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.text = Text()
        self.violate: tuple[str, ...] = ("return 0;",)
        """What is done where a check is violated."""

        self._fresh = count(1)

    def fresh(self, stem: str) -> str:
        """A name that nothing else in the function has."""
        return f"{stem}{next(self._fresh)}"

    def temporary(self, value: str, t: Type) -> str:
        """A C variable that holds a value computed now."""
        if is_atom(value):
            return value
        name = self.fresh("t")
        self.text.add(f"const {c_type(t)} {name} = {bare(value)};")
        return name

    def snapshot(self, value: str, t: Type) -> str:
        """As `temporary`, of a value that is about to be overwritten."""
        if not value.isidentifier():
            return self.temporary(value, t)
        return self.temporary(f"({value})", t)

    def check(self, condition: str) -> None:
        """Violate unless a condition holds."""
        if condition == TRUE:
            return
        self.text.open(f"if (!({bare(condition)}))")
        for line in self.violate:
            self.text.add(line)
        self.text.close()

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """What is written meanwhile goes to the list, to be put into a block of its own."""
        outer, self.text = self.text, Text(self.text.indent + 1)
        try:
            yield self.text.lines
        finally:
            self.text = outer

    def block(self, head: str, lines: list[str]) -> None:
        """A block of lines that were written aside."""
        self.text.open(head)
        self.text.lines += lines
        self.text.close()
