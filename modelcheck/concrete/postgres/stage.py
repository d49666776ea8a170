"""Who plays whom: holds each process at its next step, and lets the others run."""

from __future__ import annotations

import contextlib
import functools
import itertools
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import PurePosixPath

from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.alterations import Alterations
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.meant import is_meant
from modelcheck.concrete.postgres.planted import ERROR_RAISED, followed_functions
from modelcheck.concrete.postgres.points import Argument, Remembered
from modelcheck.concrete.postgres.rounds import Rounds
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server
from modelcheck.concrete.postgres.tracer import Born, Crashed, Ended, Entered, Event, Returned
from modelcheck.trace import Instance, Transition

LOOK = 0.005
QUIET_LOOKS = 3
"""After so many looks, `LOOK` seconds apart, at which nobody can go on or has, nobody ever will."""

ALONE = 1.0
"""Seconds for a process to get as far as it can while the others are held."""

INT = 4
C_INT = 0xFFFFFFFF
MILLISECONDS = 1000.0


class Waited(Enum):
    """How a wait ended."""

    REACHED = auto()
    BLOCKED = auto()
    """Every process is held, or asleep with nobody left to wake it."""

    LATE = auto()


class Stage:
    """All processes of one replay."""

    def __init__(
        self, server: Server, scenario: Scenario, schedule: tuple[Transition, ...], *, defect: bool
    ) -> None:
        self.tracer = server.tracer
        self.cast: dict[Instance, Actor] = {}
        self.actors: dict[int, Actor] = {}
        self.happenings: list[str] = []
        self.crashes: list[tuple[str, int]] = []
        """What each process played that crashed, and the signal."""

        self.noticed = 0
        self.is_free = False
        self.first_hold = 0.0
        self.connection: Connection | None = None
        self.other: Connection | None = None
        self._server = server
        self._scenario = scenario
        self._alterations = Alterations(server, scenario, self.cast, defect=defect)
        self._scheduled = {(step.instance.process, step.label) for step in schedule}
        self._rounds = Rounds(server.tracer.read)
        self._serial = itertools.count(1)
        self._noticers = {
            step.gone.noticed_by for step in scenario.workers.steps if step.gone is not None
        }
        self._followed = followed_functions(scenario)
        if scenario.postmaster is not None:
            self.seat(server.pid, scenario.postmaster.instance)

    def seat_client(self, pid: int) -> None:
        """From now on process `pid` plays the client's part."""
        self.seat(pid, self._scenario.client.instance)

    def seat(self, pid: int, instance: Instance) -> None:
        """From now on process `pid` plays an instance."""
        actor = self.actors.setdefault(pid, Actor(pid, 0))
        actor.process, actor.instance = instance.process, instance
        self.cast[instance] = actor

    def has_worker_before(self, label: str) -> bool:
        """Whether a worker is held before its step of this label."""
        return any(
            actor.held is not None and actor.held.label == label
            for actor in self.cast.values()
            if actor.process == self._scenario.workers.process
        )

    def release(self) -> None:
        """Hold nobody any more: the postmaster and workers go first, oldest first, then the client.

        Each worker gets as far as it can alone.

        So what follows a schedule is the same from run to run.
        """
        self.is_free = True
        client = self._scenario.client.process
        for actor in sorted(self.cast.values(), key=lambda one: (one.process == client, one.pid)):
            actor.completing = ""
            if actor.ended is None and (actor.held is not None or actor.completed):
                self.dismiss(actor)
                if actor.process == self._scenario.workers.process:
                    self.wait(functools.partial(self._is_gone, actor), seconds=ALONE)

    def _is_gone(self, actor: Actor) -> bool:
        return actor.ended is not None

    def dismiss(self, actor: Actor) -> None:
        """Let a held process run towards its next step."""
        held, actor.held = actor.held, None
        actor.completing, actor.completed = "", False
        if held is None:
            self.tracer.go(actor.pid)
        else:
            self._proceed(actor, held.point.function)

    def begin(self, actor: Actor) -> bool:
        """Let a held process take its step; False if the defect skips the step's call."""
        held, actor.held = actor.held, None
        actor.raised = ""
        if held is None:
            return False
        if held.leads_to:
            self._proceed(actor, held.point.function)
            return True
        if held.gone is None and not self._alterations.applies(actor, held.point.function):
            actor.completing = held.until or held.point.function
            if not held.until:
                self.tracer.follow(actor.pid)
            self.tracer.go(actor.pid)
            return True
        self._proceed(actor, held.point.function)
        return held.gone is not None

    def wait(
        self, condition: Callable[[], bool], *, seconds: float, in_vain: bool = False
    ) -> Waited:
        """Wait for `condition`; blocked if everybody is held or sleeps for good.

        `in_vain`: wait to the end of the time, although nobody can be seen to go on.
        """
        deadline = time.monotonic() + seconds
        quiet, last, rested = 0, time.monotonic(), None
        while not condition():
            event = self.tracer.next_event(LOOK)
            moved = event is not None
            if event is not None:
                self.handle(event)
            moved = self._pump() or moved
            self._server.check()
            now = time.monotonic()
            if moved:
                quiet, last = 0, now
            elif now - last >= LOOK * 0.9:
                rest = self._server.rest()
                quiet = 0 if rest is None else quiet + 1 if rest == rested else 1
                last, rested = now, rest
                if quiet >= QUIET_LOOKS and not in_vain:
                    return Waited.BLOCKED
            if now > deadline:
                return Waited.LATE
        return Waited.REACHED

    def handle(self, event: Event) -> None:
        """Take note of an event; let the process go on unless it has come to a step."""
        with contextlib.suppress(ProcessLookupError):  # killed meanwhile, its end will be told
            self._handle(event)

    def _handle(self, event: Event) -> None:
        match event:
            case Born(pid):
                self.actors[pid] = Actor(pid, self._rounds.begun)
                self.tracer.go(pid)
            case Entered(pid, function, arguments):
                self._enter(self._actor(pid), function, arguments)
            case Returned(pid, function):
                actor = self._actor(pid)
                if self._alterations.follows_up(actor, event):
                    return
                self.noticed += function in self._noticers
                if actor.completing == function:
                    actor.completing, actor.completed = "", True
                else:
                    self.tracer.go(pid)
            case Crashed(pid, number):
                self.crashes.append((self._actor(pid).process, number))
                self.happenings.append(f"{self._actor(pid).name} crashes with signal {number}")
            case Ended(pid, code):
                actor = self._actor(pid)
                actor.ended = code
                if actor.process:
                    how = f"exits with code {code}" if code >= 0 else f"dies of signal {-code}"
                    self.happenings.append(f"{actor.name} {how}")

    def address(self, actor: Actor, pointer: Argument | Remembered) -> int | None:
        """The address that a held process is about to use; None if it cannot be read."""
        match pointer:
            case Remembered(label):
                return actor.remembered.get(label)
            case Argument(index, dereferenced, offset):
                place = actor.arguments[index] + offset
                try:
                    for _ in range(dereferenced):
                        place = self.tracer.read_word(actor.pid, place)
                except OSError:
                    return None
                return place

    def _actor(self, pid: int) -> Actor:
        return self.actors.setdefault(pid, Actor(pid, self._rounds.begun))

    def _enter(self, actor: Actor, function: str, arguments: tuple[int, ...]) -> None:
        scenario = self._scenario
        actor.entered[function] = next(self._serial)
        actor.arguments = arguments
        other = scenario.other
        if other is not None and self.other is not None and function == other.enters:
            self._seat_newcomer(actor, other.part.instance)
        if function == scenario.workers.starts_in:
            actor.process = scenario.workers.process
            actor.round = self._rounds.of(arguments[0], actor.round)
        if function == scenario.workers.counted_by and actor.process == scenario.client.process:
            self._rounds.begin(actor.pid, arguments[0])
        if actor.process == scenario.workers.process and actor.instance is None:
            self._seat_worker(actor)
        if function == ERROR_RAISED:
            self._note_error(actor)
        if self._alterations.makes_up(actor, function):
            return
        step = None if self.is_free else self._step_at(actor, function)
        if step is None:
            self._proceed(actor, function)
        else:
            self._hold(actor, step)

    def _seat_newcomer(self, actor: Actor, instance: Instance) -> None:
        """The first process that is born once a session was asked for is its own."""
        if instance not in self.cast:
            self.seat(actor.pid, instance)

    def _seat_worker(self, actor: Actor) -> None:
        """Learn which worker it is; its number is negative until it has read it."""
        workers = self._scenario.workers
        place = self.tracer.address(workers.number)
        number = int.from_bytes(self.tracer.read(actor.pid, place, INT), "little", signed=True)
        if number < 0:
            return
        if workers.per_round is None:
            instance = Instance(workers.process)
            if (actor.round, number) != (1, 0):
                return
        else:
            index = workers.first + (actor.round - 1) * workers.per_round + number
            instance = Instance(workers.process, index)
        actor.instance = instance
        self.cast[instance] = actor

    def _step_at(self, actor: Actor, function: str) -> StepPoint | None:
        for step in self._scenario.steps_of(actor.process) if actor.instance else ():
            active = not step.optional or (actor.process, step.label) in self._scheduled
            if active and is_meant(self.tracer, actor, step.point, function):
                return step
        return None

    def _hold(self, actor: Actor, step: StepPoint) -> None:
        actor.used.add(step.point)
        actor.held = step
        self.first_hold = self.first_hold or time.monotonic()
        if isinstance(step.memory, Argument):
            place_used = self.address(actor, step.memory)
            if place_used is not None:
                actor.remembered[step.label] = place_used

    def _proceed(self, actor: Actor, function: str) -> None:
        if self._alterations.alter(actor, function):
            return
        if function in self._followed:
            self.tracer.follow(actor.pid)
        self.tracer.go(actor.pid)

    def _note_error(self, actor: Actor) -> None:
        file, line, function = actor.arguments[:3]
        try:
            path = PurePosixPath(self.tracer.read_string(actor.pid, file)).name
            name = self.tracer.read_string(actor.pid, function)
        except OSError:
            return
        who = "postmaster" if actor.pid == self._server.pid else actor.name
        actor.raised = f"{path}:{line & C_INT} {name}"
        self.happenings.append(f"{who}: {ERROR_RAISED} {actor.raised}")

    def _pump(self) -> bool:
        moved = False
        for connection in (self.connection, self.other):
            if connection is not None and not connection.closed:
                before = (len(connection.rows), connection.ready, connection.fault)
                connection.pump()
                after = (len(connection.rows), connection.ready, connection.fault)
                moved = moved or before != after
        return moved
