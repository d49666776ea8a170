"""The catalogue of historical bugs, read from the tables in the docstrings of `specs/parallel`.

A row `| B70, bf740ce9e5 | REPORTS_NEVER_STARTED=False | nobody is told |` says that the spec with
this constant shows entry B70. `python -m tests.catalogue` writes all that have an entry as a page.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from modelcheck.hunt import Variant, is_spec, variants
from modelcheck.lang.spec import Expectation

FOLDER = Path("specs/parallel")
PAGE = FOLDER / "catalogue.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ENTRY = re.compile(r"\bB\d\d+\b")
SETTING = re.compile(r"(\w+)=(\w+)")
HEADER = "entry of the facts"
ABSENT = (
    ("B17, B18, B42, B49, B100", "what is reported, or where it is kept, in any order of steps"),
    ("B19", "its second part is about the stack of settings, which no spec has"),
    ("B22, B23, B98", "one process by itself: nested executors, an exit that cleans up"),
    ("B33, B125", "a rule, or a label, that was wrong in every order"),
    ("B41", "serializable transactions have no spec here"),
    ("B78, B79", "background workers that are not parallel ones"),
    ("B83", "workers that take no locks: each is its leader's, in `lock_groups`"),
    ("B94", "an endless loop of one system call, which each signal makes begin again"),
    ("B115, B117", "which keys a scan goes on with: more of the index than `scan_token` has"),
    ("B123", "indexes left out, or a pointer kept, in any order; 662ba729a6 is B124 once more"),
    ("B140", "a file that is read while it is written: torn reads have no spec here"),
)
FAULTS = re.compile(r"^Faults: (.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
ELSEWHERE = {
    "attach": "a fork fails, a worker dies, a cancel; MEMORY_FAILS and POSTMASTER_DIES",
    "context_faults": "all of them, between any two steps: they are its subject",
    "dsm_slots": "FAILS=True: a backend leaves before its worker has attached",
    "message_queue": "FALLS_SILENT, CATCHES_ERRORS and CANCELS; a worker dies early, or fails",
    "reinitialize_before_detach": "none: the first race as it was found; `relaunch` has them",
    "restore_order": "none: a worker that fails restores no more, and nobody else sees what it has",
}
"""Of specs whose counterexamples are kept with their lines: what their docstrings do not say so."""

BEGINNING = """\
# The catalogue

Defects of PostgreSQL's parallel machinery, each with the commit that ended it and the constants
that bring it back. With these a spec violates what its `spec.expect(...)` declares; with its own
constants, all fixes in, it does not. `make specs` wrote this page from the specs' docstrings.

| entry | fixed by | spec | variant | symptom |
|---|---|---|---|---|
"""
AFTER_FAULTS = """
## Faults

What goes wrong in each spec beside its variants: a worker that does not start or fails, an error
or a cancel of the leader, and what else may happen there. Constants are off where nothing is said.

* A process that is killed, or exits with a status other than 0 and 1, makes the postmaster end all
  others and make shared memory anew. Nothing that these specs speak of survives that, so it is
  modelled once: `context_faults`, `bgworker_slots`, `worker_counters`.
* The death of the postmaster ends each wait here: WaitLatch() and ConditionVariableSleep() exit
  then. What is left is who notices when, and who outlives whom: `context_faults`, `attach`,
  `bgworker_slots`, `lock_group_exit`.

| spec | faults |
|---|---|
"""
MIDDLE = """
## What is not here

Entries of the facts that no variant shows, and why.

| entry | why |
|---|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a docstring's table."""

    path: Path
    entry: str
    settings: tuple[tuple[str, str], ...]
    symptom: str

    @property
    def id(self) -> str | None:
        found = ENTRY.match(self.entry)
        return found.group() if found else None


def rows() -> tuple[Row, ...]:
    """All rows, spec by spec."""
    return tuple(row for path in sorted(FOLDER.glob("*.py")) if is_spec(path) for row in read(path))


def read(path: Path) -> tuple[Row, ...]:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return tuple(
        Row(path, entry, tuple(SETTING.findall(constants)), symptom)
        for entry, constants, symptom in ROW.findall(docstring)
        if entry != HEADER
    )


def declared(row: Row) -> Expectation | None:
    """What the spec declares of exactly these constants."""
    for variant in variants(str(row.path)):
        if sorted(short(variant)) == sorted(row.settings):
            return variant.expectation
    return None


def short(variant: Variant) -> tuple[tuple[str, str], ...]:
    """The constants of a variant as docstrings have them: members without their enum."""
    return tuple((name, value.split(".")[-1]) for name, value in variant.settings.items())


def page() -> str:
    """The rows that have an entry, by its number, and the entries that have none."""
    entries = [row for row in rows() if row.id is not None]
    entries.sort(key=lambda row: int((row.id or "")[1:]))
    absent = "".join(f"| {numbers} | {reason} |\n" for numbers, reason in ABSENT)
    told = "".join(f"| [{n}]({n}.py) | {text} |\n" for n, text in faults().items())
    return BEGINNING + "".join(map(line, entries)) + AFTER_FAULTS + told + MIDDLE + absent


def faults() -> dict[str, str]:
    """What each spec says of faults, in one line; an error where one says nothing."""
    specs = [path for path in sorted(FOLDER.glob("*.py")) if is_spec(path)]
    return {path.stem: ELSEWHERE.get(path.stem) or faults_of(path) for path in specs}


def faults_of(path: Path) -> str:
    found = FAULTS.search(ast.get_docstring(ast.parse(path.read_text())) or "")
    if found is None:
        raise ValueError(f"{path} says nothing of faults")
    return " ".join(found.group(1).split())


def line(row: Row) -> str:
    cells = (
        row.id or "",
        row.entry.partition(", ")[2],
        f"[{row.path.stem}]({row.path.name})",
        f"`{', '.join('='.join(setting) for setting in row.settings)}`",
        row.symptom,
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
