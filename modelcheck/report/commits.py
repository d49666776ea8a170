"""What a spec says of the commits that have to do with its constants, as its own words tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelcheck.ir.model import Model

COMMIT = re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{10,40}\b")
SETTING = re.compile(r"\b([A-Z][A-Z0-9_]*)=([A-Za-z0-9_.]+)")
BEFORE = re.compile(r"\bbefore\s+(?:\w+\s+)?commit\s+([0-9a-f]{7,40})\b")


@dataclass(frozen=True, slots=True)
class Named:
    """A commit that a spec names beside constants as they are in a finding."""

    commits: tuple[str, ...]
    settings: str
    """Such as `WAITS_FOR_EXIT=False`; empty where all of the spec models the code before it."""

    symptom: str
    """What the spec says happens then; may be empty."""


def named_commits(text: str, model: Model, violated: str) -> tuple[Named, ...]:
    """The commits of those rows of a spec's docstring that fit the model's constants best.

    A row is a line of a table that names a commit and settings, `| B01, 3a1f8611f2 |
    WAITS_FOR_EXIT=False | a symptom |`. It fits where the constants are as it says; the rows with
    the most settings fit best. One whose symptom begins with the name of a property speaks of
    that one alone. Without a row, the commit before which the docstring says it is.
    """
    docstring = _docstring(text)
    values = {constant.name: constant.text.rpartition(".")[2] for constant in model.constants}
    others = {prop.name for prop in model.properties} - {violated}
    rows = [
        row
        for row in _rows(docstring)
        if _fits(row.settings, values) and _first_word(row.symptom) not in others
    ]
    most = max((row.settings.count("=") for row in rows), default=0)
    fitting = tuple(row for row in rows if row.settings.count("=") == most)
    if fitting:
        return fitting
    return tuple(Named((commit,), "", "") for commit in BEFORE.findall(docstring)[:1])


def _docstring(text: str) -> str:
    try:
        return ast.get_docstring(ast.parse(text)) or ""
    except (SyntaxError, ValueError):
        return ""


def _rows(docstring: str) -> Iterator[Named]:
    for line in docstring.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|") or len(cells) < 2:  # noqa: PLR2004  # a commit, a setting
            continue
        commits = tuple(COMMIT.findall(cells[0]))
        if commits and SETTING.search(cells[1]):
            yield Named(commits, cells[1], "; ".join(cells[2:]))


def _first_word(text: str) -> str:
    return next(iter(re.findall(r"\w+", text)), "")


def _fits(settings: str, values: Mapping[str, str]) -> bool:
    return all(
        values.get(name) == value.rpartition(".")[2] for name, value in SETTING.findall(settings)
    )
