"""What `check` finds out about a violation if asked."""

import json
from pathlib import Path

import pytest

from modelcheck.cli.main import main

ROOT = Path(__file__).parents[3]
FOUNDING = str(ROOT / "specs/parallel/reinitialize_before_detach.py")


def test_smaller_constants_and_other_races_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["check", FOUNDING, "--set", "NWORKERS=2", "--output", str(tmp_path)]
    assert main([*arguments, "--smallest", "--all-races", "-q"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    for told in (
        "the smallest constants that show it are NWORKERS=1 NLAUNCHES=2: 6 steps",
        "--set NWORKERS=1 --set NLAUNCHES=2 --property worker.detach worker.detach: 2 different",
        "--set NWORKERS=2 --all-races replay:",
        "a shortest run to each of 333 places where it is violated (all that there are)",
        "Step 12 (worker[2].attach) races with step 13 (worker[0].detach)",
    ):
        assert told in shown
    names = sorted(path.name for path in tmp_path.rglob("*.itf.json"))
    assert names == ["worker.detach.itf.json", "worker.detach.race-2.itf.json"]
    for path in tmp_path.rglob("*.itf.json"):
        assert main(["replay", str(path), "--on", "model", "-q"]) == 0


def test_they_are_in_the_json_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", FOUNDING, "--json", "--output", str(tmp_path)]
    assert main([*arguments, "--smallest", "--all-races"]) == 1
    document = json.loads(capsys.readouterr().out)
    (one,) = [v for v in document["verdicts"] if v["property"] == "worker.detach"]
    assert one["smallest"]["constants"] == {"NWORKERS": "1", "NLAUNCHES": "2"}
    assert [race["steps"] for race in one["races"]] == [13]
    assert Path(one["races"][0]["trace"]).is_file()
    assert all("smallest" not in v for v in document["verdicts"] if v["status"] != "violated")


def test_fixes_are_printed_as_differences_of_the_spec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--set", "NWORKERS=1", "--output", str(tmp_path)]
    arguments = ["check", FOUNDING, *small, "--fixes", "-q"]
    assert main(arguments) == 1
    shown = capsys.readouterr().out
    words = " ".join(shown.split())
    assert "worker.detach: of 32 changes tried, 1 would rule out every violation" in words
    assert "it leaves 9, as the spec is there are 51" in words
    added = "   +                wait_until(all(one is not Status.STARTED for one in s.status))\n"
    assert f"{added}                    s.mq[slot] = ShmMq()\n" in shown


def test_unasked_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", FOUNDING, "--json", "--output", str(tmp_path)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert not any({"smallest", "races", "fixes"} & set(one) for one in document["verdicts"])


def test_of_a_lasso_smaller_constants_are_looked_for_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    philosophers = str(ROOT / "specs/classic/dining_philosophers.py")
    starving = ["--set", "STRONG=False", "--set", "N=3", "--output", str(tmp_path)]
    assert main(["check", philosophers, *starving, "--smallest", "--fixes", "-q"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "the smallest constants that show it are STRONG=False N=1" in shown
    assert "it goes on for ever; other races and fixes are looked for where a run ends" in shown
