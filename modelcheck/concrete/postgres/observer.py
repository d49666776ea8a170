"""One run of a server that nobody forces: chance says who goes next, and all is noted."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, replace

from modelcheck.concrete.events import Event, Moment, Record, Strayed
from modelcheck.concrete.postgres import procfs
from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.backstage import clear, connect, plant, query_of
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.compared import Asked
from modelcheck.concrete.postgres.defects import AsReleased
from modelcheck.concrete.postgres.memory import Window
from modelcheck.concrete.postgres.onlooker import Onlooker
from modelcheck.concrete.postgres.points import ProcessGone
from modelcheck.concrete.postgres.procfs import Mapped
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server, ServerFailure
from modelcheck.concrete.postgres.stage import MILLISECONDS, Stage
from modelcheck.concrete.postgres.tracer import Ended
from modelcheck.concrete.postgres.tracer import Event as TraceEvent
from modelcheck.concrete.readings import Reading
from modelcheck.concrete.scheduling import Scheduling, Strategy, picker
from modelcheck.concrete.validate import is_of
from modelcheck.ir.types import Value
from modelcheck.trace import Instance, Transition

PATIENCE = 10.0
"""Seconds in which everybody must come to a step, or fall asleep."""

LOOK = 0.001
SLEEP = 2.0
"""Where everybody sleeps so many seconds, and nobody is held, the run hangs."""


@dataclass(frozen=True, slots=True)
class Taking:
    """The last step that an instance has begun."""

    transition: Transition
    step: StepPoint
    window: Window | None
    """What it uses, as far as that can be read."""


class Watch:
    """One run on one server; made for it and thrown away."""

    def __init__(
        self,
        server: Server,
        scenario: Scenario,
        steps: tuple[Transition, ...],
        scheduling: Scheduling,
        *,
        defect: bool,
    ) -> None:
        """`steps` has each step of the model once: no other one is looked for."""
        self._server = server
        self._scenario = scenario = _readable(scenario if defect else _untouched(scenario))
        self._scheduling = scheduling
        self._stage = Stage(server, scenario, steps, defect=defect)
        self._onlooker = Onlooker(server, scenario, self._stage, defect=defect)
        self._pick = picker(scheduling)
        self._events: list[Event] = []
        self._decisions: list[Transition] = []
        self._standing: dict[Instance, Event] = {}
        """Those who are held, with the event that says before what."""

        self._taking: dict[Instance, Taking] = {}
        self._places: dict[tuple[str, Mapped], Value] = {}
        """Which worker of a round used a place in shared memory, by its step there."""

        self._leaving: dict[Instance, ProcessGone] = {}
        """Those in their last step, which is complete once their end is seen, or was noticed."""

        self._woken: set[int] = set()
        """Before how many decisions somebody was woken."""

        self._departed: list[Instance] = []
        self._unnoticed = 0
        self._strayed: Strayed | None = None

    def perform(self) -> tuple[Record, bool]:
        """What was seen, and whether the server is as good as before."""
        server, scenario, stage = self._server, self._scenario, self._stage
        missing = plant(server, scenario)
        if missing:
            raise ServerFailure(missing)
        connection = connect(server, stage, scenario)
        stage.seat_client(connection.pid)
        begin = time.monotonic()
        connection.send(scenario.query)
        self._run(connection)
        is_over = connection.ready or connection.closed
        last = Moment.ENDS if is_over else Moment.SLEEPS
        self._events.append(Event(last, scenario.client.instance))
        for instance in tuple(self._taking):
            self._leave(instance)
        record = Record(
            events=tuple(self._events),
            decisions=tuple(self._decisions),
            ending=self._ending(connection),
            is_right=self._is_right(connection),
            strayed=self._strayed,
            milliseconds=(time.monotonic() - begin) * MILLISECONDS,
        )
        usable = connection.ready and not connection.closed
        return record, usable and clear(server, stage, connection)

    def _run(self, connection: Connection) -> None:
        """Let everybody go, one at a time, until nobody is held any more."""
        while True:
            self._settle(connection)
            if not connection.ready and self._wake():
                continue
            cast = sorted(self._stage.cast.items(), key=lambda pair: str(pair[0]))
            held = {instance: actor for instance, actor in cast if actor.held is not None}
            if held:
                self._let_go(held[self._choose(tuple(held))])
            elif connection.ready or connection.closed or not self._stirs():
                break
        if self._strayed is None and len(self._decisions) < len(self._scheduling.plan):
            self._strayed = Strayed(len(self._decisions) + 1, "the run has ended")

    def _wake(self) -> bool:
        """Whether somebody was woken now whom the plan wants to go on, and who sleeps."""
        plan, number = self._scheduling.plan, len(self._decisions)
        if self._strayed is not None or number >= len(plan) or number in self._woken:
            return False
        wanted = plan[number]
        actor = self._stage.cast.get(wanted.instance)
        steps = self._scenario.steps_of(wanted.instance.process)
        wakes = any(one.wakes and one.label == wanted.label for one in steps)
        if not wakes or actor is None or actor.held is not None or actor.ended is not None:
            return False
        self._woken.add(number)
        with contextlib.suppress(ProcessLookupError):  # gone, as will be told
            os.kill(actor.pid, signal.SIGUSR1)
        return True

    def _choose(self, held: tuple[Instance, ...]) -> Instance:
        plan, number = self._scheduling.plan, len(self._decisions)
        if self._strayed is not None or number >= len(plan):
            return self._pick(held)
        wanted = plan[number]
        actor = self._stage.cast.get(wanted.instance)
        standing = self._standing.get(wanted.instance)
        if standing is not None and is_of(standing, wanted):
            return wanted.instance
        self._strayed = Strayed(number + 1, self._whereabouts(wanted.instance, actor))
        return self._pick(held)

    def _whereabouts(self, instance: Instance, actor: Actor | None) -> str:
        """Why an instance is not where the plan wants it."""
        if actor is None:
            return f"no process has come to play {instance}"
        if actor.ended is not None:
            return f"{instance} has ended"
        if instance in self._standing:
            return str(self._standing[instance])
        calls = self._server.tracer.calls(actor.pid)
        return f"{instance} sleeps{f' in {calls[-1]}' if calls else ''}"

    def _let_go(self, actor: Actor) -> None:
        step, instance = actor.held, actor.instance
        if step is None or instance is None:
            return
        standing = self._standing.pop(instance)
        transition = Transition(instance, step.label, standing.choices or ())
        for one in self._stage.cast.values():
            with contextlib.suppress(ProcessLookupError):  # gone, as will be told
                self._onlooker.meet(one)
        self._look(instance, step.label)
        self._leave(instance)
        self._taking[instance] = Taking(transition, step, self._onlooker.open(actor, step))
        self._decisions.append(transition)
        self._events.append(replace(standing, moment=Moment.BEGINS))
        if step.gone is not None:
            self._leaving[instance] = step.gone
        if not self._stage.begin(actor):
            self._complete(instance)

    def _complete(self, instance: Instance) -> None:
        """Write down that the step of an instance is complete, and what the server holds then."""
        taken = self._taking[instance]
        label = taken.step.label
        self._events.append(Event(Moment.COMPLETES, instance, label))
        self._look(instance, label, taken)

    def _look(self, instance: Instance, label: str, taken: Taking | None = None) -> None:
        """Write down what the server holds, before a step of an instance or after it was taken."""
        found: dict[str, Reading] = {}
        if taken is not None:
            for reading in self._onlooker.readings(taken.transition, taken.window, taken.step):
                found[reading.place] = reading
        for who, last in self._taking.items():
            for reading in self._onlooker.lasting(who, last.window, last.step):
                found.setdefault(reading.place, reading)
        for reading in found.values():
            self._events.append(Event(Moment.SHOWS, instance, label, reading=reading))

    def _leave(self, instance: Instance) -> None:
        """Look no longer at what the last step of an instance has used."""
        taken = self._taking.pop(instance, None)
        if taken is not None and taken.window is not None:
            taken.window.close()

    def _settle(self, connection: Connection) -> None:
        """Wait until every process is held or asleep, with nobody left to wake it."""
        tracer = self._server.tracer
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            event = tracer.next_event(0.0) or tracer.next_event(LOOK)
            if event is not None:
                self._take(event)
                continue
            self._server.check()
            if self._is_quiet():
                connection.pump()  # what was sent before everybody fell asleep
                return
        raise ServerFailure("the processes of a run do not come to rest")

    def _stirs(self) -> bool:
        """Whether somebody goes on after all, who has waited for a process that is not traced."""
        deadline = time.monotonic() + SLEEP
        while time.monotonic() < deadline:
            event = self._server.tracer.next_event(LOOK)
            if event is not None:
                self._take(event)
                return True
            if not self._is_quiet():
                return True
        return False

    def _take(self, event: TraceEvent) -> None:
        """Let the stage see to an event, and write down what it says."""
        stage = self._stage
        noticed = stage.noticed
        stage.handle(event)
        self._unnoticed = max(0, self._unnoticed + noticed - stage.noticed)
        self._note(stage.actors.get(event.pid), is_end=isinstance(event, Ended))

    def _note(self, actor: Actor | None, *, is_end: bool) -> None:
        """Write down what an event says of the instance that a process plays."""
        if actor is not None and actor.instance is not None:
            instance, step = actor.instance, actor.held
            if actor.completed:
                self._complete(instance)
                self._stage.dismiss(actor)
            elif step is not None and instance not in self._standing:
                before = self._taking.get(instance)
                if before is not None and before.step.leads_to == step.label:
                    self._complete(instance)
                event = Event(Moment.STANDS, instance, step.label, self._choices(actor, step))
                self._standing[instance] = event
                self._events.append(event)
                if self._scheduling.strategy is Strategy.FREE:
                    self._let_go(actor)
        if is_end and actor is not None and actor.process == self._scenario.workers.process:
            self._note_end(actor)
        if self._unnoticed == 0:
            for instance in self._departed:
                self._complete(instance)
                self._events.append(Event(Moment.ENDS, instance))
            self._departed.clear()

    def _choices(self, actor: Actor, step: StepPoint) -> tuple[Value, ...] | None:
        """The choices of a step: its call tells them, or whose memory it uses, or nothing does."""
        if step.choices is not None and self._is_told(step):
            return step.choices
        address = None if step.memory is None else self._stage.address(actor, step.memory)
        place = None if address is None else procfs.mapped_file(actor.pid, address)
        per_round = self._scenario.workers.per_round
        index = None if actor.instance is None else actor.instance.index
        if place is None:
            return None
        if isinstance(index, int) and per_round is not None:
            self._places[step.label, place] = index % per_round
        known = self._places.get((step.chooses, place))
        return None if known is None else (known,)

    def _is_told(self, step: StepPoint) -> bool:
        """Whether nothing is seen of the step where it makes other choices."""
        return any(step in one.steps and step.label in one.unseen for one in self._scenario.parts)

    def _note_end(self, actor: Actor) -> None:
        """A worker is gone; that others know of it may take a while."""
        self._unnoticed += 1
        if actor.instance is None:
            return
        way = self._leaving.get(actor.instance)
        if way is not None and not way.at_once:
            self._departed.append(actor.instance)
            return
        if way is not None:
            self._complete(actor.instance)
        self._events.append(Event(Moment.ENDS, actor.instance))

    def _is_quiet(self) -> bool:
        """Whether nobody can go on: all were asleep at one moment, between the two looks."""
        rest = self._server.rest()
        return rest is not None and rest == self._server.rest()

    def _is_right(self, connection: Connection) -> bool:
        match self._scenario.defect:
            case AsReleased(fault=fault) if fault:
                return connection.fault is not None and fault in connection.fault.message
            case _:
                right = tuple(connection.rows) == self._scenario.rows
                return connection.fault is None and right

    def _ending(self, connection: Connection) -> str:
        if connection.fault is not None:
            return f"ERROR: {connection.fault}"
        if connection.closed:
            return "the server has closed the session"
        if connection.ready:
            return f"{len(connection.rows)} rows"
        client = self._stage.cast[self._scenario.client.instance]
        return f"the query hangs: {self._whereabouts(self._scenario.client.instance, client)}"


def _readable(scenario: Scenario) -> Scenario:
    """The scenario without what another session is asked, which takes time while others go on."""
    read = tuple(one for one in scenario.observations if not isinstance(one.variable, Asked))
    return replace(scenario, observations=read)


def _untouched(scenario: Scenario) -> Scenario:
    """The scenario of a server to which nothing is done."""
    other = scenario.defect
    fault = other.fault if isinstance(other, AsReleased) else scenario.refusal
    query = query_of(scenario, defect=False)
    return replace(scenario, query=query, defect=AsReleased(query, fault))
