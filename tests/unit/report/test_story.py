"""What a prologue chose and what a step did to its own locals, in every format."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.counterexample import finding_of
from modelcheck.report import html, markdown, text
from modelcheck.report.finding import Finding
from modelcheck.trace import Budget, Violated

SPEC = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, one_of, record


@record
class Shared:
    n: Annotated[int, Below(4)] = 1


spec = Spec("lost update", Shared)


@spec.process
def writer(s: Shared) -> Steps:
    twice = one_of((False, True))
    yield "read"
    seen = s.n
    yield "write"
    s.n = seen + (2 if twice else 1)


@spec.always
def below_three(s: Shared) -> bool:
    return s.n < 3
"""


@pytest.fixture
def found(tmp_path: Path) -> Finding:
    path = tmp_path / "lost_update.py"
    path.write_text(SPEC)
    checked = check(load(str(path), {}), budget=Budget())
    verdict = checked.exploration.verdicts[0].verdict
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    place = Path("below_three.itf.json")
    return finding_of(checked, verdict.violation, verdict.trace, place=place, overridden={})


def test_the_terminal_tells_locals_and_the_beginning(found: Finding) -> None:
    for shown in (text.summary(found), text.render(found)):
        assert "\n   chosen at the beginning: writer.twice = True\n" in shown
        assert "(seen = 1)\n" in shown


def test_markdown_tells_locals_and_the_beginning(found: Finding) -> None:
    shown = markdown.render(found)
    assert "\n\nChosen at the beginning: `writer.twice = True`.\n" in shown
    assert "| 1 | `writer` | `read` | `(seen = 1)` | `lost_update.py:19` |\n" in shown


def test_the_page_tells_locals_and_the_beginning(found: Finding) -> None:
    shown = html.render(found)
    assert (
        "<dt>Chosen at the beginning</dt><dd><code>writer.twice = True</code></dd></div>" in shown
    )
    assert "<code>(seen = <ins>1</ins>)</code>" in shown
    assert ">(seen = 1)</text>" in shown
