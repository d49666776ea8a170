from __future__ import annotations

import ctypes
import errno
import os
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.concrete.controller import Outcome, Reproduced, Unavailable
from modelcheck.concrete.postgres import Scenario, Session, diagnose, installations
from modelcheck.errors import UserError
from tests.replay.conftest import installation_of
from tests.replay.schedules import FOUNDING, schedule

pytestmark = pytest.mark.postgres

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@needs_root
def test_an_ordinary_user_replays_too(scenario: Scenario, place: Path) -> None:
    chosen = installation_of(18)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            with Session(chosen, work_directory=place) as session:
                replay = session.replay(scenario, FOUNDING, defect=True)
            facts = [fact.text for fact in diagnose() if fact.subject in ("user", "ptrace")]
            os.write(writing, f"{type(replay.outcome).__name__} {facts}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = os.read(reading, 4096).decode()
    os.close(reading)
    assert said.startswith("Reproduced ['an ordinary user"), said
    assert "a child of ours can be traced" in said
    assert not list(place.iterdir())


def forbid_ptrace() -> None:
    """Have the kernel refuse ptrace(2) to this process for good, as a container may."""
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    load_number, jump_if_equal, give_back = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EPERM
    code = b"".join(
        struct.pack("HBBI", *step)
        for step in (
            (load_number, 0, 0, 0),
            (jump_if_equal, 0, 1, 101),
            (give_back, 0, 0, refuse),
            (give_back, 0, 0, allow),
        )
    )
    kept = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(no_new_privileges, 1, 0, 0, 0) == 0
    assert libc.prctl(set_seccomp, by_filter, program, 0, 0) == 0


def test_that_nobody_may_trace_is_explained(scenario: Scenario, place: Path) -> None:
    chosen = installation_of(18)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            forbid_ptrace()
            with Session(chosen, work_directory=place) as session:
                replay = session.replay(scenario, FOUNDING, defect=True)
            facts = [f"{fact.text}; {fact.way_out}" for fact in diagnose() if not fact.is_ok]
            os.write(writing, "\n".join([str(replay.outcome), *facts]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    outcome, fact = os.read(reading, 4096).decode().split("\n")
    os.close(reading)
    assert "does not let us trace our own child (Operation not permitted)" in outcome
    assert "`modelcheck doctor` says what stands in the way" in outcome
    assert fact == (
        "a child of ours cannot be traced: Operation not permitted; allow ptrace: set "
        "kernel.yama.ptrace_scope to 0 or 1, or relax the container's seccomp profile"
    )
    assert not list(place.iterdir())


@needs_root
def test_programs_out_of_reach_are_copied(scenario: Scenario, place: Path) -> None:
    hidden = place / "hidden"
    hidden.mkdir(mode=0o700)
    original = installation_of(18)
    package = hidden / original.root.parent.name
    shutil.copytree(original.root, package / "pg", symlinks=True)
    shutil.copytree(original.libraries, hidden / original.libraries.name)
    work = place / "work"
    work.mkdir()
    work.chmod(0o1777)
    (found,) = installations(package / "pg")
    with Session(found, work_directory=work) as session:
        replay = session.replay(scenario, FOUNDING, defect=True)
        assert isinstance(replay.outcome, Reproduced), replay
        assert list(work.glob("*/installation/*/pg/bin/postgres"))
    assert not list(work.iterdir())


@needs_root
def test_a_work_directory_out_of_reach_is_named(scenario: Scenario, place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with Session(installation_of(18), work_directory=closed) as session:
        outcome: Outcome = session.replay(scenario, FOUNDING, defect=True).outcome
    assert outcome == Unavailable(f"nobody cannot make a directory in {closed}: Permission denied")


def test_a_work_directory_that_is_none_is_refused(place: Path) -> None:
    with pytest.raises(UserError, match="is no directory"):
        Session(installation_of(18), work_directory=place / "missing")


def test_a_statement_that_fails_is_the_users_mistake(scenario: Scenario, place: Path) -> None:
    wrong = replace(scenario, setup=("create table",))
    with (
        Session(installation_of(18), work_directory=place) as session,
        pytest.raises(UserError, match="`create table` fails: 42601"),
    ):
        session.replay(wrong, schedule("leader.launch"), defect=True)
    assert not list(place.iterdir())


def test_a_function_that_the_program_lacks_is_named(scenario: Scenario, place: Path) -> None:
    workers = replace(scenario.workers, starts_in="NoSuchFunction")
    with Session(installation_of(18), work_directory=place) as session:
        replay = session.replay(
            replace(scenario, workers=workers), schedule("leader.launch"), defect=True
        )
    assert replay.outcome == Unavailable("the program names no function NoSuchFunction")
