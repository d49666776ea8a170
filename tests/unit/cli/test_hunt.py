"""`hunt`, without PostgreSQL."""

import re
from pathlib import Path

import pytest

from tests.unit.cli.scene import TINY, run

pytestmark = pytest.mark.usefixtures("folder")


def test_hunt_holds_specs_to_their_word(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay", "--output", "out")
    assert status == 0
    assert "deadlock in 2 steps" in out
    assert {path.name for path in Path("out/tiny/default").iterdir()} == {
        "deadlock.itf.json",
        "deadlock.html",
        "deadlock.md",
    }
    Path("tiny.py").write_text(TINY.replace("states=3", "states=4").replace("steps=2", "steps=1"))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "tiny default: the shortest counterexample has 2 steps, declared 1" in out
    assert "tiny default: 3 states, declared 4" in out
    Path("tiny.py").write_text(TINY.replace('violated="deadlock", steps=2, ', ""))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "deadlock is violated, which is not declared" in out


def test_all_violated_properties_are_declared(capsys: pytest.CaptureFixture[str]) -> None:
    twice = TINY.replace("sometimes", "always").replace('"deadlock"', '("two", "deadlock")')
    Path("tiny.py").write_text(twice.replace("steps=2", "steps=0"))
    status, _, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 0
    _, out, _ = run(capsys, "list", "tiny.py")
    assert "two, deadlock violated, 0 steps, 3 states" in out
    Path("tiny.py").write_text(twice.replace("== 2", "< 9"))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "two is declared violated and is not" in out


def test_hunt_goes_on_after_a_spec_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.py").write_text("import os\n")
    status, out, _ = run(capsys, "hunt", "bad.py", "tiny.py", "--no-replay")
    assert status == 2
    assert "bad.py:1:1: error: a spec may not import os  [foreign-import]" in out
    assert "deadlock in 2 steps" in out


def test_hunt_names_a_sometimes_that_no_state_satisfies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tiny.py").write_text(TINY.replace("== 2\n", "== 0 and s.count == 2\n"))
    _, out, _ = run(capsys, "hunt", "tiny.py")
    assert re.search(
        r"default  3       interpreter  no scenario  [\d.]+ s  NO           two in no state; dead",
        out,
    )


def test_a_brief_hunt_prints_the_table_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay", "--brief")
    assert status == 0
    assert re.sub(r"[\d.]+ s ", "0.1 s ", out) == (
        "spec  variant  states  engines      replay       time   as declared  verdict\n"
        "tiny  default  3       interpreter  no scenario  0.1 s  yes          deadlock in 2 steps\n"
    )


def test_every_variant_can_be_checked_by_another_engine_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    crossed = ("hunt", "tiny.py", "--no-replay", "--brief", "--cross-check", "interpreter")
    status, out, _ = run(capsys, *crossed)
    assert status == 0
    assert "interpreter, interpreter  no scenario" in out
    with pytest.raises(SystemExit):
        run(capsys, "hunt", "tiny.py", "--cross-check", "interpreter,gpu")
    known = "interpreter, packed, native, bmc"
    assert f"'gpu' is no engine: it is one of {known}" in capsys.readouterr().err
