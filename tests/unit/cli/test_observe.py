"""What `observe` says beside what was seen: the commands that go on, and that see a run again."""

from pathlib import Path

import pytest

from modelcheck.cli import observe
from modelcheck.cli.main import main
from modelcheck.concrete.events import Record
from modelcheck.concrete.postgres import Installation, Session
from modelcheck.concrete.scheduling import Scheduling
from modelcheck.concrete.validate import Validation
from modelcheck.observations import Seen, Subject

RACE = str(Path(__file__).parents[3] / "specs/parallel/reinitialize_before_detach.py")
NAME = "reinitialize before detach"
ENOUGH = 3
"""After so many runs the user gives up."""


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A server that ends every run in the wrong answer; the user interrupts the fourth."""
    seeds: list[int] = []

    def one(_session: Session, _what: Subject, scheduling: Scheduling) -> Seen:
        if len(seeds) == ENOUGH:
            raise KeyboardInterrupt
        seeds.append(scheduling.seed)
        record = Record((), (), "1 rows", is_right=False, strayed=None, milliseconds=1.0)
        return Seen(scheduling, record, Validation(0, None, None), is_released=True)

    server = Installation("18.4", 18, Path("bin"), "a test")
    monkeypatch.setattr(observe, "chosen", lambda *_: (server,))
    monkeypatch.setattr(observe, "observe", one)
    return seeds


@pytest.mark.parametrize(
    ("words", "onward"),
    [
        (("--runs", "9"), "--schedule random --seed 10 --runs 9"),
        (
            ("--runs", "50", "--set", "NWORKERS=1", "--scenario", NAME, "--on", "18"),
            f"--set NWORKERS=1 --scenario '{NAME}' --schedule random --seed 10 --runs 50 --on 18",
        ),
        (
            ("--schedule", "pct", "--changes", "3", "--defect", "--pg-dir", "some pg"),
            "--schedule pct --seed 10 --runs 100 --changes 3 --defect --pg-dir 'some pg'",
        ),
    ],
)
def test_an_interrupt_tells_the_command_for_the_next_runs_with_all_that_was_asked_for(
    capsys: pytest.CaptureFixture[str], runs: list[int], words: tuple[str, ...], onward: str
) -> None:
    assert main(["observe", RACE, *words, "--seed", "7"]) == 130
    assert runs == [7, 8, 9]
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "interrupted: this is what was seen so far",
        f"   the next runs:  modelcheck observe {RACE} {onward}",
    ]


def test_the_command_that_sees_a_run_again_names_its_server_and_scenario(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["observe", RACE, "--runs", "3", "--seed", "7"]) == 1
    (command,) = {
        line.strip() for line in capsys.readouterr().out.splitlines() if "--seed 9" in line
    }
    again = f"--scenario '{NAME}' --schedule random --seed 9 --runs 1 --on 18.4"
    assert command == f"again: modelcheck observe {RACE} {again}"
