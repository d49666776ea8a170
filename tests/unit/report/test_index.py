"""The page that leads to all that a hunt has found."""

import json
import re
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.report.index import Found, Row, render
from tests.unit.report.test_html import EVIL, Page

ROOT = Path(__file__).parents[3]
FOUNDING = "specs/parallel/reinitialize_before_detach.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_hunt_writes_a_page_that_leads_to_every_report(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hunt", FOUNDING, "--no-replay", "-q"]) == 0
    out = capsys.readouterr().out
    assert "all of it:  counterexamples/index.html, and counterexamples/index.sarif" in out
    page = Page()
    text = (folder / "counterexamples/index.html").read_text()
    page.feed(text)
    words = page.words()
    assert "1 counterexample in 1 of 3 variants; all as declared." in words
    words = re.sub(r"[\d.]+ s ", "0.1 s ", words)
    assert "Variant States Engines Time Verdict" in words
    assert (
        "559 interpreter 0.1 s worker.detach 10 steps: detaching a queue of somebody else" in words
    )
    assert "Step 9 (leader.reinitialize) races with step 10 (worker[0].detach)" in words
    assert "115 interpreter 0.1 s holds" in words
    links = re.findall('href="([^"#]+)"', text)
    assert [Path(link).suffix for link in links] == [".html", ".md", ".json"]
    assert all((folder / "counterexamples" / link).is_file() for link in links)
    log = json.loads((folder / "counterexamples/index.sarif").read_text())
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["worker.detach"]


def test_a_hunt_that_finds_nothing_writes_no_page(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hunt", "specs/language/01_variables_and_steps.py", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["index"] is None
    assert not (folder / "counterexamples").exists()


def test_the_page_begins_with_the_specs_and_how_much_was_found_in_each() -> None:
    found = Found("p", "3 steps", "a claim", "", (), "p.html", "p.md", "p.json")
    rows = [
        Row(spec, spec, "default", 1, "native", 0.1, "holds", (), of)
        for spec, of in (("calm", ()), ("racy", (found,)), ("racy", (found, found)))
    ]
    page = Page()
    page.feed(render(rows, "0"))
    assert "calm racy 3 calm calm Variant" in page.words()
    one = Page()
    one.feed(render(rows[:1], "0"))
    assert "as declared. calm calm Variant" in one.words()


def test_what_others_wrote_stays_text() -> None:
    found = Found(EVIL, EVIL, EVIL, EVIL, ((EVIL, EVIL, True),), "a", "b", "c")
    page = Page()
    page.feed(render([Row(EVIL, EVIL, EVIL, 1, EVIL, 0.1, EVIL, (EVIL,), (found,))], "0"))
    assert page.open == []
    assert "script" not in page.seen
    assert "1 not as declared" in page.words()
