"""What README and docs name within a line is run."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck.cli.grammar import VERBS
from modelcheck.cli.main import main
from tests.inline import IN_BLOCKS, ON_A_TERMINAL, filled, named, prepared
from tests.pages import FINE, ROOT, run

HERE = [one for one in named() if one not in (*IN_BLOCKS, ON_A_TERMINAL)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("inline")
    prepared(made)
    return made


@pytest.mark.parametrize("command", HERE)
def test_a_command_does_what_it_is_for(
    command: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    try:
        status = main(shlex.split(filled(command))[1:])
    except SystemExit as helped:
        status = helped.code
    assert status in FINE
    assert capsys.readouterr().out


def test_every_verb_is_run_somewhere() -> None:
    assert {one.split()[0] for one in named()} >= {name for name, *_ in VERBS}
    for command, page in IN_BLOCKS.items():
        shown = f"$ modelcheck {command.split()[0]} "
        assert shown in (ROOT / "docs" / f"{page}.md").read_text()


def test_explore_opens_its_screen_on_a_terminal(folder: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", *shlex.split(filled(ON_A_TERMINAL))]
    with subprocess.Popen(words, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs) as ran:
        os.close(theirs)
        shown = b""
        while b"leader.launch" not in shown:
            shown += os.read(ours, 65536)
        os.write(ours, b"q")
        while chunk := _read(ours):
            shown += chunk
    assert ran.returncode == 0
    assert "0 steps from the beginning, not saved" in shown.decode()


def _read(terminal: int) -> bytes:
    """What the other side writes; nothing once it is closed, which Linux calls an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_what_make_hunt_runs_goes_through_a_folder(folder: Path) -> None:
    dry = ["make", "--dry-run", "--no-print-directory", "hunt"]
    said = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    printed = run(said.splitlines()[-1].partition("/bin/")[2], folder)
    assert "worker.detach in 10 steps" in printed


def test_make_help_lists_the_targets() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "make hunt" in said.stdout
