from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelcheck.concrete.controller import Reproduced
from modelcheck.concrete.postgres import Installation, Scenario, Session
from tests.replay.schedules import FOUNDING
from tests.replay.traces_left import (
    all_segments,
    children,
    processes_in,
    segments_in,
    wait_until_empty,
)

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]


@contextmanager
def endless(installation: Installation, place: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.replay.endless", str(installation.major), str(place)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as tool:
        try:
            yield tool
        finally:
            tool.kill()


def wait_for(tool: subprocess.Popen[str], line: str) -> None:
    assert tool.stdout is not None
    for said in tool.stdout:
        if said.strip().endswith(line):
            return
    pytest.fail(f"the tool has ended before it said {line}")


def descriptors_of_ours() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir()}


def test_a_closed_session_leaves_nothing(
    installation: Installation, scenario: Scenario, place: Path
) -> None:
    before = children()
    descriptors = descriptors_of_ours()
    with Session(installation, work_directory=place) as session:
        session.replay(scenario, FOUNDING, defect=True)
        segments = segments_in(place)
        assert len(segments) == 1
        assert processes_in(place)
    assert not list(place.iterdir())
    assert not processes_in(place)
    assert not segments & all_segments()
    assert children() == before
    assert descriptors_of_ours() == descriptors


def test_an_unused_session_starts_nothing(newest: Installation, place: Path) -> None:
    before = children()
    with Session(newest, work_directory=place):
        assert not list(place.iterdir())
        assert children() == before


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_tool_that_is_ended_in_a_replay_leaves_nothing(
    newest: Installation, place: Path, end: signal.Signals
) -> None:
    with endless(newest, place) as tool:
        wait_for(tool, "Reproduced")
        segments = segments_in(place)
        time.sleep(0.02)
        tool.send_signal(end)
        tool.wait()
        assert len(segments) == 1
        wait_until_empty(place, segments)


@pytest.mark.parametrize("line", ["making a cluster", "starting the server"])
def test_a_tool_that_is_killed_at_the_start_leaves_nothing(
    newest: Installation, place: Path, line: str
) -> None:
    with endless(newest, place) as tool:
        wait_for(tool, line)
        time.sleep(0.05)
        segments = segments_in(place)
        tool.kill()
        tool.wait()
        wait_until_empty(place, segments)


def test_a_deputy_that_is_killed_is_cleaned_up_after_and_replaced(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    with Session(newest, work_directory=place) as session:
        session.replay(scenario, FOUNDING, defect=True)
        segments = segments_in(place)
        deputies = [
            pid
            for pid in processes_in(place)
            if Path(f"/proc/{pid}/exe").readlink().name.startswith("python")
        ]
        os.kill(max(deputies), signal.SIGKILL)
        wait_until_empty(place, segments)
        replay = session.replay(scenario, FOUNDING, defect=True)
        assert "killed" in str(replay.outcome)
        replay = session.replay(scenario, FOUNDING, defect=True)
        assert isinstance(replay.outcome, Reproduced)


def test_a_server_that_is_killed_is_replaced(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    with Session(newest, work_directory=place) as session:
        session.replay(scenario, FOUNDING, defect=True)
        lock = next(iter(place.glob("*/data/postmaster.pid")))
        os.kill(int(lock.read_text("utf-8").split()[0]), signal.SIGKILL)
        assert "the server" in str(session.replay(scenario, FOUNDING, defect=True).outcome)
        replay = session.replay(scenario, FOUNDING, defect=True)
        assert isinstance(replay.outcome, Reproduced)
    assert not list(place.iterdir())


def test_two_tools_at_once_do_not_meet(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    with (
        Session(newest, work_directory=place) as one,
        Session(newest, work_directory=place) as other,
    ):
        for session in (one, other, one, other):
            replay = session.replay(scenario, FOUNDING, defect=True)
            assert isinstance(replay.outcome, Reproduced)
        one.close()
        replay = other.replay(scenario, FOUNDING, defect=True)
        assert isinstance(replay.outcome, Reproduced)
    assert not list(place.iterdir())
