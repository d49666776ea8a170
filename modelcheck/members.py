"""Several ways to decide the same, side by side: each a process of its own, which ends with ours.

A solver cannot be shared by threads, and cannot be stopped from without; a process can. A member is
killed when it is no more needed. If we are gone, it sees the end of its connection, and ends.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import assert_never

from modelcheck.engines.choice import Choice, Machine, chosen
from modelcheck.engines.contract import ProgressReport
from modelcheck.engines.smt.induction import horn, invariant, kinduction
from modelcheck.engines.smt.induction.proof import Proof
from modelcheck.ir.model import Model
from modelcheck.trace import Budget

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    " from modelcheck.members import serve; serve(int(sys.argv[2]))"
)
ROOM = 1 << 30
"""Bytes that a member takes beside what its budget counts, such as libraries."""

BETWEEN = 0.5
"""Seconds between two looks at the clock while nobody says anything."""


class Member(Enum):
    """Who takes part, by name."""

    EXPLICIT = "explicit"
    IC3 = invariant.NAME
    INDUCTION = kinduction.NAME
    SPACER = horn.NAME


@dataclass(frozen=True, slots=True)
class Task:
    """What a member is asked."""

    member: Member
    model: Model
    properties: frozenset[str] | None
    budget: Budget
    machine: Machine


@dataclass(frozen=True, slots=True)
class Gone:
    """A member that ended without an answer, and why."""

    reason: str


Said = Proof | ProgressReport | Gone


@dataclass(frozen=True, slots=True)
class Running:
    """A member at work."""

    member: Member
    process: subprocess.Popen[bytes]
    connection: Connection


@contextmanager
def started(tasks: tuple[Task, ...]) -> Iterator[tuple[Running, ...]]:
    """Start a member for each task; whatever happens, none is left at the end."""
    running: list[Running] = []
    try:
        running.extend(map(_started, tasks))
        yield tuple(running)
    finally:
        for one in running:
            one.process.kill()
        for one in running:
            one.process.wait()
            one.connection.close()


def _started(task: Task) -> Running:
    ours, theirs = Pipe()
    with theirs:
        arguments = (json.dumps(sys.path), str(theirs.fileno()))
        process = subprocess.Popen(  # noqa: S603  # it is this very interpreter
            (sys.executable, "-c", START, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,  # the keyboard interrupts us alone, and we end them
        )
    ours.send(task)
    return Running(task.member, process, ours)


def answers(running: tuple[Running, ...], until: float | None) -> Iterator[tuple[Member, Said]]:
    """What the members say, as it comes, until all have ended or the time of the clock has come."""
    open_ones = {one.connection: one.member for one in running}
    while open_ones:
        left = BETWEEN if until is None else min(BETWEEN, until - time.monotonic())
        if left <= 0:
            return
        for connection in wait(list(open_ones), left):
            if not isinstance(connection, Connection):
                continue
            said = _received(connection)
            yield open_ones[connection], said
            if not isinstance(said, ProgressReport):
                del open_ones[connection]


def _received(connection: Connection) -> Said:
    try:
        said = connection.recv()
    except (EOFError, OSError):
        return Gone("it ended without an answer; its memory may not have been enough")
    if isinstance(said, Proof | ProgressReport | Gone):
        return said
    return Gone("it said what nobody understands")


def serve(descriptor: int) -> None:
    """What a member does: it is asked once, says how far it is, and answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(descriptor)
    task = connection.recv()
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    if not isinstance(task, Task):
        return
    if task.budget.memory is not None:
        most = task.budget.memory + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        answer: Said = _answer(task, connection)
    except MemoryError:
        answer = Gone("its memory is used up")
    except Exception as problem:  # noqa: BLE001  # told where there is somebody to tell it to
        answer = Gone(f"{type(problem).__name__}: {problem}")
    connection.send(answer)


def _end_with(connection: Connection) -> None:
    """Nothing more is said to a member: where its connection ends, so does it."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)


def _answer(task: Task, connection: Connection) -> Proof:
    def progress(report: ProgressReport) -> None:
        connection.send(report)

    asked, properties, budget = task.model, task.properties, task.budget
    match task.member:
        case Member.EXPLICIT:
            engine = chosen(Choice.AUTO, task.machine, lambda _: None)
            found = engine(asked, budget=budget, properties=properties, progress=progress)
            return Proof(found, "all reachable states" if found.complete else "")
        case Member.IC3:
            return invariant.prove(asked, budget=budget, properties=properties, progress=progress)
        case Member.INDUCTION:
            return kinduction.prove(asked, budget=budget, properties=properties, progress=progress)
        case Member.SPACER:
            return horn.prove(asked, budget=budget, properties=properties, progress=progress)
        case _:
            assert_never(task.member)
