"""Every spec with what it declares, as a page in Markdown; nothing is checked for it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from modelcheck.counterexample import spec_name
from modelcheck.frontend import read_spec
from modelcheck.hunt import Variant, find_specs, text_of, variants
from modelcheck.replays import scenarios_of
from modelcheck.report.markdown import code, escaped

INTRODUCTION = """\
# The specs

What each spec declares with `spec.expect(...)`: for each variant of its constants the number of
reachable states, the properties that are violated, and the length of a shortest counterexample to
the first of them. `modelcheck list specs --markdown` wrote this page from the declarations;
`make specs` checks every row of it.
"""
HEAD = """\
| spec | about | variant | states | verdict | steps | replay |
|---|---|---|---:|---|---:|---|
"""


def page(paths: tuple[Path, ...]) -> str:
    """The page: a table for each folder, a row for each variant. Raises as loading does."""
    specs = find_specs(paths)
    folders = groupby(specs, key=lambda path: spec_name(path).rpartition("/")[0])
    tables = [_table(folder, tuple(inside)) for folder, inside in folders]
    return "\n".join([INTRODUCTION, *tables])


def _table(folder: str, specs: tuple[str, ...]) -> str:
    rows = [row for path in specs for row in _rows(path)]
    return f"## {folder or 'specs'}\n\n{HEAD}{''.join(rows)}"


def _rows(path: str) -> list[str]:
    link = f"[{escaped(spec_name(path).rpartition('/')[2])}]({spec_name(path)}.py)"
    title = escaped(read_spec(path, {}).spec.title)
    rows: list[str] = []
    for variant in variants(path):
        about = ("", "") if rows else (link, title)
        rows.append(_line((*about, *_declared(variant), _replayed(variant))))
    return rows


def _replayed(variant: Variant) -> str:
    """Where a violation that the variant declares is replayed."""
    violated = variant.expectation.violated
    scenarios = scenarios_of(variant.path) if violated else ()
    if not scenarios:
        return ""
    values = read_spec(variant.path, variant.settings).constants
    constants = {name: text_of(value) for name, value in values.items()}
    played = any(one.plays(constants, prop) for one in scenarios for prop in violated)
    return "on PostgreSQL" if played else ""


def _declared(variant: Variant) -> tuple[str, str, str, str]:
    expected = variant.expectation
    constants = ", ".join(f"{name}={text}" for name, text in variant.overridden)
    return (
        code(constants),
        "" if expected.states is None else f"{expected.states:,}",
        f"violated: {'<br>'.join(map(code, expected.violated))}" if expected.violated else "holds",
        "" if expected.steps is None else f"{expected.steps}",
    )


def _line(cells: tuple[str, ...]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"
