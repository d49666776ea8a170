"""What the repository says of itself is so."""

import re
from pathlib import Path

import pytest

from modelcheck.counterexample import recall
from modelcheck.engines.follow import check_counterexample

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
    assert [path.name for path in TRACES] == ["worker.detach.itf.json"]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.parent.name)
def test_a_committed_counterexample_is_followed_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    recalled = recall(path)
    assert not recalled.changed, "check the spec again: `make hunt`"
    assert recalled.followed.divergence is None
    finding = recalled.finding
    is_confirmed = check_counterexample(finding.model, finding.trace, finding.violation) is None
    assert is_confirmed
    for suffix in (".html", ".md"):
        assert path.with_name(path.name.removesuffix(".itf.json") + suffix).is_file()
