"""Liveness on the command line; nothing here needs PostgreSQL."""

import json
import re
import shutil
from pathlib import Path

import pytest

from modelcheck.engines.native import liveness
from tests.unit.cli.scene import FOUNDING, LASSO, run

pytestmark = pytest.mark.usefixtures("folder")
LASSO_TRACE = "counterexamples/lasso/default/first_gets_in.itf.json"


def test_liveness_is_decided_and_refuted_by_a_lasso(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "lasso.py")
    assert status == 1
    assert "lasso.py:29: violated: first gets in never comes true" in out
    assert "-- step 2 leads back to the initial state --" in out
    assert "first_gets_in: violated after 0 steps and a loop of 2" in out
    assert "taken_leads_to_free: holds" in out
    assert "3 states, 4 transitions" in out
    status, out, _ = run(capsys, "check", "lasso.py", "--json")
    (refuted, kept, _) = json.loads(out)["verdicts"]
    assert (refuted["steps"], refuted["loop"], refuted["trace"]) == (2, 0, LASSO_TRACE)
    assert (kept["status"], kept["loop"], kept["reason"]) == ("holds", None, "")
    Path("lasso.py").write_text(LASSO.replace("weak", "strong"))
    status, out, _ = run(capsys, "check", "lasso.py")
    assert status == 0
    assert "first_gets_in: holds" in out


def test_a_lasso_is_confirmed_on_the_model_and_not_replayed_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "lasso.py")
    for where in ((), ("--on", "model")):
        status, out, _ = run(capsys, "replay", LASSO_TRACE, *where)
        assert status == 0
        assert "-- here the loop begins: steps 1 and 2 repeat for ever --" in out
    elsewhere = (("replay", LASSO_TRACE, "--on", "postgres"), ("report", LASSO_TRACE, "--replay"))
    for arguments in elsewhere:
        status, _, err = run(capsys, *arguments)
        assert status == 2
        assert (
            "a lasso goes on for ever; only a trace that comes to rest is replayed on PostgreSQL"
            in err
        )
    status, out, _ = run(capsys, "report", LASSO_TRACE, "-o", "r.html")
    assert status == 0
    assert "step 2 leads back to the initial state" in Path("r.html").read_text()


def test_a_lasso_that_has_become_unfair_is_not_confirmed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "lasso.py")
    Path("lasso.py").write_text(LASSO.replace("weak", "strong"))
    said = "the model does not confirm the trace: the loop is unfair: it neglects user[0]"
    status, out, _ = run(capsys, "replay", LASSO_TRACE)
    assert status == 4
    assert said in out
    status, _, err = run(capsys, "report", LASSO_TRACE)
    assert status == 2
    assert f"does not fit its spec: {said}" in err


def test_hunt_reports_a_lasso_and_replays_it_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "lasso.py", "--output", "out")
    assert status == 0
    assert re.search(r"lasso   [\d.]+ s  yes +first_gets_in in 0 steps and a loop of 2\n", out)
    assert {path.suffix for path in Path("out/lasso/default").iterdir()} == {
        ".json",
        ".html",
        ".md",
    }


def test_hunt_is_inconclusive_where_liveness_is_left_undecided(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler")
    monkeypatch.setattr(liveness, "MOST_INSTANCES", 0)
    status, out, _ = run(capsys, "hunt", "lasso.py", "--output", "out", "--engine", "native")
    assert status == 3
    said = "lasso default: first_gets_in is undecided: liveness is judged of at most 0 process"
    assert said in out
    assert "  unknown\n" in out


def test_what_liveness_says_beside_a_violation(capsys: pytest.CaptureFixture[str]) -> None:
    alone = ("--property", "every_worker_stops")
    status, out, _ = run(capsys, "check", FOUNDING, *alone)
    assert status == 0
    said = "every_worker_stops: holds of the behaviours that end in no violation"
    assert out.splitlines()[0] == said
    status, out, _ = run(capsys, "check", FOUNDING)
    assert status == 1
    assert "every_worker_stops: unknown: liveness is decided on all reachable states only\n" in out
