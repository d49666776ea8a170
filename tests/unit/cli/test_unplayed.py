"""Why no scenario replays a violation, as the command line tells it."""

import json
import re
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from tests.unit.cli.scene import TINY

UNPLAYED = """\
from modelcheck.concrete.postgres import Unplayed

unplayed = (Unplayed("tiny", "nobody can stop there", (("N", "3"),)),)
"""


@pytest.fixture(autouse=True)
def _specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiny.py").write_text(TINY)
    (tmp_path / "unplayed_postgres.py").write_text(UNPLAYED)
    monkeypatch.chdir(tmp_path)


def test_hunt_tells_it_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hunt", "tiny.py", "--brief"]) == 0
    *_, row, told = capsys.readouterr().out.splitlines()
    assert re.match(r"tiny  default  3       interpreter  no scenario  ", row)
    assert told == "tiny default: no scenario: nobody can stop there"
    assert main(["hunt", "tiny.py", "--brief", "--no-replay"]) == 0
    assert "nobody can stop there" not in capsys.readouterr().out


def test_hunt_tells_it_in_its_json_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hunt", "tiny.py", "--json"]) == 0
    (variant,) = json.loads(capsys.readouterr().out)["variants"]
    (counterexample,) = variant["counterexamples"]
    assert counterexample["unplayed"] == "nobody can stop there"


def test_replay_tells_it_when_it_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "tiny.py"])
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    assert main(["replay", trace, "--on", "postgres"]) == 2
    told = "tiny.py has no scenario for PostgreSQL: nobody can stop there"
    assert told in " ".join(capsys.readouterr().err.split())
