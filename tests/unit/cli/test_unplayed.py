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


SCENARIO = """\
from modelcheck.concrete.postgres import *

nobody = ParallelWorkers("worker", (), per_round=None)
scenario = Scenario(
    name="stops",
    setup=(),
    settings=(),
    query="select",
    rows=(),
    client=Client("leader", ()),
    workers=nobody,
    defect=SkippedCall("leader", Point("f"), 0, "nothing"),
    symptom=Hang(()),
    structure=Structure("none", ()),
    majors=(10, 11, 12, 15),
)
scenarios = (scenario,)
"""


def test_a_scenario_for_other_versions_is_told_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("postgres", "initdb"):
        (programs / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.10'\n")
        (programs / name).chmod(0o755)
    (tmp_path / "tiny_postgres.py").write_text(SCENARIO)
    assert main(["hunt", "tiny.py", "--brief", "--pg-dir", "."]) == 0
    *_, told = capsys.readouterr().out.splitlines()
    assert told == "tiny default: no replay: the scenario is for PostgreSQL 10 to 12, 15"
