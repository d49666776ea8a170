"""What the documentation shows is run; what takes a server is run in tests/replay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import modelcheck
from modelcheck.frontend.catalogue import explanations
from tests.pages import ROOT, is_as_said, show

DOCS = sorted((ROOT / "docs").glob("*.md"))
WITHOUT_SERVER = [ROOT / "README.md", *(page for page in DOCS if page.stem != "scenarios")]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("page", WITHOUT_SERVER, ids=lambda page: page.stem)
def test_what_a_page_shows_is_so(page: Path, tmp_path: Path):
    show(page, tmp_path)


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
