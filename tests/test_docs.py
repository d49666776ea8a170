"""What the documentation shows is run: its files are written, its commands give what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import modelcheck
from modelcheck.cli.status import Status
from modelcheck.frontend.catalogue import explanations

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(
    r"^(?P<indent> *)```(python title=(?P<file>\S+)|console)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
SECONDS = 100
FINE = (Status.HOLDS, Status.VIOLATED, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class Command:
    """A command of a page, and what the page says that it prints; `...` is anything."""

    text: str
    said: str


def commands(body: str) -> list[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0], f"a console block begins with a command: {body}"
    return [Command(*part.split("\n", 1)) for part in parts[1:]]


def is_as_said(said: str, printed: str) -> bool:
    pieces = (".*?".join(map(re.escape, line.split("..."))) for line in said.splitlines())
    lines = [r"(?:.*\n)*?" if piece == ".*?" else f"{piece}\n" for piece in pieces]
    return re.fullmatch("".join(lines), printed) is not None


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode in FINE, f"$ {command}\n{ran.stdout}"
    return ran.stdout


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_what_a_page_shows_is_so(page: Path, tmp_path: Path):
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    shown = 0
    for block in BLOCK.finditer(page.read_text()):
        body = re.sub(rf"^{block['indent']}", "", block["body"], flags=re.MULTILINE)
        if block["file"] is not None:
            (tmp_path / block["file"]).write_text(body)
            continue
        for command in commands(body):
            printed = run(command.text, tmp_path)
            assert is_as_said(command.said, printed), f"$ {command.text}\n{printed}"
            shown += 1
    assert shown == len(re.findall(r"^ *\$ ", page.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", [*DOCS, ROOT / "README.md"], ids=lambda page: page.stem)
def test_the_links_of_a_page_lead_somewhere(page: Path):
    assert [one for one in LINK.findall(page.read_text()) if not (page.parent / one).exists()] == []


def test_a_page_that_says_something_else_is_found_out():
    assert is_as_said("a\n...\nz ... 3\n", "a\nb\nc\nz 1 2 3\n")
    assert not is_as_said("a\n...\n", "b\n")
    assert not is_as_said("a\n", "a\nb\n")
    assert is_as_said("...\nlast\n", "first\nlast\n")


def test_the_language_reference_has_every_name_every_example_and_every_rule():
    text = (ROOT / "docs" / "language.md").read_text()
    assert [name for name in modelcheck.__all__ if not re.search(rf"\b{name}\b", text)] == []
    examples = sorted((ROOT / "specs" / "language").glob("[0-9]*.py"))
    assert re.findall(r"\.\./(specs/language/\w+\.py)", text) == [
        str(one.relative_to(ROOT)) for one in examples
    ]
    rules = [f"| `{one.slug}` | {one.rule} |" for one in explanations()]
    assert text.partition("| slug | rule |\n|---|---|\n")[2].splitlines() == rules
