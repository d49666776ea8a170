from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelcheck.cli.main import main

SPEC = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

TOP = 3


@record
class Shared:
    count: Annotated[int, Below(TOP)] = 0
    closed: bool = False


spec = Spec("tiny", Shared)


@spec.process
def up(s: Shared) -> Steps:
    yield "first"
    s.count += 1
    yield "second"
    s.count += 1


@spec.environment
def close(s: Shared) -> Steps:
    yield "close"
    wait_until(s.count == 0 and s.closed)
    s.closed = True


@spec.always
def closed_at_two(s: Shared) -> bool:
    return not s.closed or s.count == 2


@spec.sometimes
def two(s: Shared) -> bool:
    return s.count == 2
"""
LIVELY = SPEC.replace(" and s.closed", "").replace("not s.closed or s.count == 2", "s.count < 3")
CLOSE = (
    "close.close was never taken: each of the 3 times that an instance stood there, `closed` was"
    " false"
)
CLAIM = "closed_at_two was never exercised: `closed` was never true"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("empty.py").write_text(SPEC)
    Path("lively.py").write_text(LIVELY)


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["check", *arguments])
    captured = capsys.readouterr()
    assert captured.err == ""
    return status, captured.out


def test_remarks_stand_below_the_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "empty.py") == (
        0,
        f"""\
closed_at_two: holds
two: holds (witnessed after 2 steps)
deadlock: holds
3 states, 2 transitions, depth 2, out-degree 0 to 1 (mean 0.67), interpreter

remark: {CLOSE}
remark: {CLAIM}
""",
    )


def test_strict_fails_with_a_sentence_each(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = check(capsys, "empty.py", "--strict")
    assert status == 1
    assert out.splitlines()[-2:] == [f"fails --strict: {CLOSE}", f"fails --strict: {CLAIM}"]


def test_strict_passes_where_everything_happens(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = check(capsys, "lively.py", "--strict")
    assert status == 0
    assert out.splitlines()[-1].startswith("6 states")


def test_strict_is_undecided_where_the_search_was_cut(capsys: pytest.CaptureFixture[str]) -> None:
    cut = ("lively.py", "--property", "two", "--max-states", "5")
    status, _ = check(capsys, *cut)
    assert status == 0, "a witness was found"
    status, out = check(capsys, *cut, "--strict")
    assert status == 3
    assert out.splitlines()[-1] == (
        "undecided under --strict: only a complete search says what never happens"
    )


def test_the_table_is_aligned_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = check(capsys, "empty.py", "--verbose")
    table = out.partition("interpreter\n\n")[2].partition("\n\n")[0]
    assert (
        table
        == """\
   step          taken    share
   up.first          1    50.0%
   up.second         1    50.0%
   close.close   never
   in all            2"""
    )


def test_the_table_says_what_led_into_violations(capsys: pytest.CaptureFixture[str]) -> None:
    Path("low.py").write_text(SPEC.replace("TOP = 3", "TOP = 2").replace("== 2", "== 1"))
    status, out = check(capsys, "low.py", "--full", "--verbose", "--output", "out")
    assert status == 1
    assert "   1 of them into the violation of a check: no transitions\n" in out


def test_json_has_the_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = check(capsys, "empty.py", "--strict", "--json")
    document = json.loads(out)
    assert status == 1
    assert document["remarks"] == [CLOSE, CLAIM]
    assert document["coverage"] == {
        "up.first": {"taken": 1},
        "up.second": {"taken": 1},
        "close.close": {
            "taken": 0,
            "stood": 3,
            "tries": 3,
            "false": {"closed": 3, "count == 0": 2},
        },
    }
    assert document["statistics"] == {
        "states": 3,
        "transitions": 2,
        "stands_for": None,
        "queries": None,
        "depth": 2,
        "out_degree": {"least": 0, "mean": 0.667, "most": 1},
        "witnesses": {"two": 2},
        "unexercised": {"closed_at_two": ["closed"]},
        "widening": [],
    }


def test_a_search_cut_at_once_has_no_out_degree(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = check(capsys, "empty.py", "--timeout", "0.0000001", "--json")
    assert json.loads(out)["statistics"]["out_degree"] is None
