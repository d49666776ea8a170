"""What is done with a trace: `replay` on the model, `report`."""

from pathlib import Path

import pytest

from tests.unit.cli.scene import FOUNDING, TINY, run

pytestmark = pytest.mark.usefixtures("folder")


def test_replay_on_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    status, out, _ = run(capsys, "replay", trace, "--on", "model")
    assert status == 0
    assert "deadlock" in out
    status, out, err = run(capsys, "replay", trace, "--on", "postgres")
    assert status == 2
    assert err.startswith("error: tiny.py has no scenario for PostgreSQL")


def test_a_trace_whose_end_violates_nothing_any_more_is_not_confirmed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    Path("tiny.py").write_text(TINY.replace("s.count > 3", "s.count > 1"))
    said = "the trace does not end in a violation of deadlock: nothing is violated"
    status, out, _ = run(capsys, "replay", trace)
    assert (status, out) == (4, f"the model does not confirm the trace: {said}\n")
    status, _, err = run(capsys, "report", trace)
    assert status == 2
    assert said in err


def test_a_trace_of_a_changed_spec_says_where_it_no_longer_fits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    Path("tiny.py").write_text(TINY.replace("s.count += 1", "wait_until(s.count > 0)"))
    status, out, err = run(capsys, "replay", trace)
    assert status == 4
    assert "the spec has changed since the trace was found" in err
    assert "the model refuses the trace at step 1, up.up" in out
    Path("tiny.py").write_text(TINY.replace("def up", "def down"))
    status, _, err = run(capsys, "replay", trace)
    assert status == 2
    assert "error: " in err
    Path("tiny.py").unlink()
    status, _, err = run(capsys, "replay", trace)
    assert status == 2
    assert "belongs to the spec tiny.py, which is not here" in err


def test_a_spec_that_the_trace_is_not_of_is_named_with_the_one_that_it_is_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "tiny.py", "--set", "N=4")
    trace = "counterexamples/tiny/n_4/deadlock.itf.json"
    Path("other.py").write_text(TINY.replace("N = 3", "MOST = 3").replace("(N)", "(MOST)"))
    status, _, err = run(capsys, "replay", trace, "--spec", "other.py")
    assert status == 2
    said = f"{trace} is a trace of tiny.py, and other.py has no constant N\n   it has: MOST\n"
    assert err == f"error: {said}"


def test_report_writes_what_the_suffix_says(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", FOUNDING)
    trace = "counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false"
    trace += "/worker.detach.itf.json"
    for name, begin in (
        ("r.html", "<!DOCTYPE html>"),
        ("r.md", "# "),
        ("r.txt", FOUNDING),
        ("r.sarif", "{"),
    ):
        status, out, _ = run(capsys, "report", trace, "-o", name)
        assert (status, out) == (0, f"wrote {name}\n")
        assert Path(name).read_text().startswith(begin)
    status, _, err = run(capsys, "report", trace, "-o", "r.pdf")
    assert status == 2
    assert "a suffix .html, .md, .txt or .sarif says which" in err
    status, out, _ = run(capsys, "report", trace)
    assert status == 0
    assert "detaching a queue of somebody else" in out
