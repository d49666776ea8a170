"""What the tool holds: one server for many replays, started when first needed."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from modelcheck.concrete.controller import Replay, Unavailable
from modelcheck.concrete.events import Record
from modelcheck.concrete.postgres import channel as wire
from modelcheck.concrete.postgres import keeper
from modelcheck.concrete.postgres.installation import Installation
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.readings import Holding
from modelcheck.concrete.scheduling import Scheduling
from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.trace import Transition

PATIENCE = 10.0
"""Seconds for everything to end by itself, before it is killed."""

LOOK = 0.002


def refusal_of_platform() -> str:
    """Why this platform cannot replay at all; empty if it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        here = f"{sys.platform} on {platform.machine()}"
        return f"a replay needs Linux on x86-64, and this is {here}"
    return ""


class Session:
    """Replays schedules on one installation; a context manager that leaves nothing behind."""

    def __init__(
        self,
        installation: Installation,
        *,
        work_directory: Path | None = None,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Start nothing yet; UserError if `work_directory` is no directory."""
        if work_directory is not None and not work_directory.is_dir():
            raise UserError(
                f"{work_directory} is no directory", way_out="make it, or name another one"
            )
        self._installation = installation
        self._work_directory = work_directory
        self._progress = progress
        self._channel: socket.socket | None = None
        self._keeper = 0

    @property
    def installation(self) -> Installation:
        """On what it replays."""
        return self._installation

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def replay(
        self,
        scenario: Scenario,
        schedule: tuple[Transition, ...],
        *,
        defect: bool,
        violating: bool = True,
        held: tuple[Holding | None, ...] = (),
    ) -> Replay:
        """Force `schedule` on the server and say what happened.

        `held`: what the model's places hold after each step, for the scenario's observations; None
        where there is no such state.

        `violating`: whether the schedule ends in a violation of the spec, so that a symptom is
        expected. What the machine lacks is an outcome, `Unavailable`; UserError is raised for a
        schedule that the scenario cannot play.
        """
        scenario.check(schedule)
        match self._answer(wire.Request(scenario, schedule, defect, violating, held)):
            case wire.Finished(replay):
                return replay
            case Unavailable() as outcome:
                return Replay(str(self._installation), defect, outcome, ())
            case _:
                raise ModelCheckBug("the deputy has answered another question")

    def observe(
        self,
        scenario: Scenario,
        steps: tuple[Transition, ...],
        scheduling: Scheduling,
        *,
        defect: bool,
    ) -> Record | Unavailable:
        """Let a run go as `scheduling` says, and say what was seen of it.

        `steps` has each step of the model once: no other one is looked for.
        """
        match self._answer(wire.Observe(scenario, steps, scheduling, defect)):
            case wire.Observed(record):
                return record
            case Unavailable() as outcome:
                return outcome
            case _:
                raise ModelCheckBug("the deputy has answered another question")

    def _answer(self, question: wire.Question) -> wire.Finished | wire.Observed | Unavailable:
        """The deputy's answer, or why there is none; a server that has failed is given up."""
        why = refusal_of_platform()
        if why:
            return Unavailable(why)
        try:
            answer = self._ask(question)
        except BaseException:
            self.close()
            raise
        match answer:
            case wire.Finished() | wire.Observed():
                return answer
            case wire.Refused(why):
                self.close()
                return Unavailable(why)
            case wire.Mistaken(message, way_out):
                self.close()
                raise UserError(message, way_out=way_out)
            case wire.Broken(text):
                self.close()
                raise ModelCheckBug(f"the deputy has failed:\n{text}")
            case _:
                self.close()
                return Unavailable("the deputy was killed")

    def close(self) -> None:
        """End the server and wait until nothing of it is left; the session may be used again."""
        channel, self._channel = self._channel, None
        if channel is None:
            return
        channel.close()
        deadline = time.monotonic() + PATIENCE
        is_told = False
        with contextlib.suppress(ChildProcessError):
            while not os.waitpid(self._keeper, os.WNOHANG)[0]:
                if time.monotonic() > deadline and not is_told:
                    os.kill(self._keeper, signal.SIGTERM)
                    is_told = True
                time.sleep(LOOK)

    def _ask(self, question: wire.Question) -> wire.Answer | None:
        if self._channel is None:
            self._keeper, self._channel = keeper.start(self._installation, self._work_directory)
        with contextlib.suppress(OSError):  # why it is gone stands in its last message
            wire.send(self._channel, question)
        while True:
            try:
                answer = wire.receive(self._channel)
            except EOFError:
                return None
            match answer:
                case wire.Progress(text):
                    self._progress(text)
                case wire.Request() | wire.Observe():
                    return None
                case _:
                    return answer
