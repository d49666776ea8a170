"""`modelcheck export`, from its arguments to its files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck.cli.main import main

FOUNDING = str(Path(__file__).parents[3] / "specs/parallel/reinitialize_before_detach.py")
FIXED = (FOUNDING, "--set", "WAIT_FOR_EXIT=True")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["export", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_promela_goes_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, *FIXED, "--to", "promela")
    assert (status, err) == (0, "")
    assert out.startswith("/* reinitialize before detach\n")
    assert "WAIT_FOR_EXIT = True" in out
    assert "inline leader_wait_for_exit" in out


def test_the_terminal_shows_what_a_file_gets(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, shown, _ = run(capsys, *FIXED, "--to", "promela")
    file = tmp_path / "deep" / "race.pml"
    status, out, _ = run(capsys, *FIXED, "--to", "promela", "-o", str(file))
    assert (status, out) == (0, f"wrote {file}\n")
    assert file.read_text() == shown


def test_a_module_comes_with_its_configuration(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "race.tla"
    status, out, _ = run(capsys, *FIXED, "--to", "tla", "-o", str(file))
    assert (status, out) == (0, f"wrote {file}\nwrote {tmp_path / 'race.cfg'}\n")
    assert " MODULE race " in file.read_text()
    assert "PROPERTY every_worker_stops" in (tmp_path / "race.cfg").read_text()


def test_on_the_terminal_the_configuration_stands_below_the_module(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, *FIXED, "--to", "tla")
    module, _, config = out.partition("=" * 78)
    assert " MODULE reinitialize_before_detach " in module
    assert "SPECIFICATION Spec" in config


def test_a_module_in_a_file_of_another_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, *FIXED, "--to", "tla", "-o", "race.txt")
    assert status == 2
    assert err == (
        "error: race.txt is no name for a TLA+ module\n"
        "   TLC finds a module by its name: -o race.tla\n"
    )


def test_a_graph_has_a_limit_that_can_be_moved(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, *FIXED, "--to", "dot", "--max-states", "114")
    assert (status, err.splitlines()[0]) == (
        2,
        "error: the state graph has more than 114 states",
    )
    status, out, _ = run(capsys, *FIXED, "--to", "dot", "--max-states", "115")
    assert status == 0
    assert out.count("shape=box") == 1
    assert out.count(" -> ") == 224


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, *FIXED, "--to", "graphml", "--json")
    answer = json.loads(out)
    assert status == 0
    assert (answer["format"], answer["written"]) == ("graphml", [])
    assert "<graphml" in answer["text"]


def test_checking_does_not_pay_for_graphs() -> None:
    code = (
        "import sys; from modelcheck.cli.main import main; "
        f"main(['check', {FOUNDING!r}, '--set', 'WAIT_FOR_EXIT=True', '-q']); "
        "sys.exit(' '.join(n for n in sys.modules if n.split('.')[0] == 'networkx'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
