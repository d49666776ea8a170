"""What the repository says of itself is so."""

import re
from pathlib import Path

import pytest

from modelcheck.cli.dashboard import page
from modelcheck.cli.grammar import STATUSES, parser

ROOT = Path(__file__).parents[1]
TRACES = sorted(ROOT.glob("counterexamples/**/*.itf.json"))


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", text))
    house = ROOT / "modelcheck"
    rooms = [path.relative_to(house) for path in house.rglob("*.py")]
    missing = [
        str(room)
        for room in rooms
        if not room.name.startswith("__")
        and room.name not in {Path(name).name for name in named}
        and f"{room.parent}/" not in named
    ]
    assert not missing


def test_every_named_room_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    names = {Path(name).name for name in re.findall(r"`([\w/]+\.py)`", text)}
    there = {
        path.name for folder in ("modelcheck", "specs") for path in ROOT.glob(f"{folder}/**/*.py")
    }
    assert names <= there


def test_the_founding_counterexample_is_committed() -> None:
    founding = "counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false"
    assert ROOT / founding / "worker.detach.itf.json" in TRACES


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.parent.name)
def test_a_committed_counterexample_has_its_reports(path: Path) -> None:
    for suffix in (".html", ".md"):
        assert path.with_name(path.name.removesuffix(".itf.json") + suffix).is_file()


def test_the_page_of_specs_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    written = (ROOT / "specs" / "README.md").read_text()
    assert written == page((Path("specs"),)), "write it again: `make specs`"


def test_the_readme_names_every_verb_and_its_statuses() -> None:
    text = (ROOT / "README.md").read_text()
    verbs = re.findall(r"^    (\w+)  ", parser().format_help(), re.MULTILINE)
    assert {"check", "doctor"} < set(verbs)
    assert [verb for verb in verbs if f"| `modelcheck {verb}" not in text] == []
    for line in STATUSES.splitlines()[1:]:
        number, _, meaning = line.strip().partition("  ")
        row = re.search(rf"^\| {number} \| (.*) \|$", text, re.MULTILINE)
        assert row is not None
        assert meaning.split()[0].strip(",:;") in row[1]
