"""Promela's layout on the page."""

from __future__ import annotations

from modelcheck.export.promela.effects import Branch, Lines
from modelcheck.export.promela.steps import Inline

STEP = "  "


def inline_text(name: str, parameter: str, body: str) -> str:
    """One inline."""
    return f"inline {name}({parameter}) {{\n{body}\n}}"


def body_text(inline: Inline) -> str:
    """What an inline does: its guard, then its effects."""
    # An operator ends a line: SPIN ends a statement where a line could end one.
    guard = f" &&\n{STEP}".join(inline.guard) or "true"
    return f"{STEP}{guard} ->\n{sequence(inline.effects, STEP)}"


def sequence(lines: Lines, indent: str) -> str:
    """Statements one after the other."""
    return ";\n".join(_line(line, indent) for line in lines or ("skip",))


def _line(line: str | Branch, indent: str) -> str:
    match line:
        case str():
            return f"{indent}{line}"
        case Branch(condition, then, otherwise):
            return (
                f"{indent}if\n{indent}:: {condition} ->\n{sequence(then, indent + STEP)}\n"
                f"{indent}:: else ->\n{sequence(otherwise, indent + STEP)}\n{indent}fi"
            )
