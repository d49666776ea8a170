"""Forces one schedule on a running server, and judges what follows."""

from __future__ import annotations

import time

from modelcheck.concrete.controller import (
    Diverged,
    Observation,
    Prevented,
    Replay,
    Unavailable,
)
from modelcheck.concrete.postgres.backstage import clear, plant, query_of
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.compared import Compared, Holding
from modelcheck.concrete.postgres.judge import Ending, judge, refusal
from modelcheck.concrete.postgres.memory import Window
from modelcheck.concrete.postgres.points import Assertion
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server, ServerFailure
from modelcheck.concrete.postgres.stage import MILLISECONDS, Actor, Stage, Waited
from modelcheck.concrete.postgres.symptoms import Outlived
from modelcheck.errors import UserError
from modelcheck.trace import Instance, Transition

PATIENCE = 10.0
"""Seconds for a step, and for the query to end; the test for a block is far quicker."""

UNSEEN = "no call of its own"
"""The point of a step that happens on the way to the next one."""

POINTER = 8
OWN_PROCESS = "MyProc"
WAIT_EVENT = (
    "select wait_event_type || ' / ' || wait_event from pg_stat_activity"
    " where wait_event is not null and pid = "
)


class Performance:
    """One replay on one server; made for it and thrown away."""

    def __init__(
        self,
        server: Server,
        scenario: Scenario,
        schedule: tuple[Transition, ...],
        held: tuple[Holding | None, ...],
        *,
        defect: bool,
    ) -> None:
        """`held`: what the model's places hold after each step, as far as that is known."""
        self._server = server
        self._scenario = scenario
        self._schedule = schedule
        self._held = held
        self._stage = Stage(server, scenario, schedule, defect=defect)
        self._observations: list[Observation] = []
        self._processes: dict[int, str] = {}
        """Names by the address of the PGPROC."""

    def perform(self, *, system: str, defect: bool, violating: bool) -> tuple[Replay, bool]:
        """The replay, and whether the server is as good as before it."""
        server, scenario, stage = self._server, self._scenario, self._stage
        missing = plant(server, scenario)
        if missing:
            return Replay(system, defect, Unavailable(missing), ()), True
        connection = server.connect(server.database(scenario), handle=stage.handle)
        server.prepare(connection, scenario.settings, handle=stage.handle)
        log = server.log_size
        stage.seat_client(connection.pid)
        stage.connection = connection
        begin = time.monotonic()
        connection.send(query_of(scenario, defect=defect))
        hitch = self._force()
        ending = self._end()
        refused = None if defect or hitch is None else refusal(scenario, hitch, ending)
        outcome = (
            refused
            or hitch
            or judge(scenario, self._schedule, ending, violating=violating, defect=defect)
        )
        end = time.monotonic()
        usable = self._clear(ending)
        replay = Replay(
            system=system,
            defect=defect,
            outcome=outcome,
            observations=tuple(self._observations),
            reintroduced=scenario.defect.words if defect else "",
            aftermath=tuple(stage.happenings),
            log=server.log_since(log),
            milliseconds=(end - (stage.first_hold or begin)) * MILLISECONDS,
        )
        return replay, usable

    def _force(self) -> Prevented | Diverged | None:
        awaited = self._scenario.client.awaited
        if awaited and not self._has_come_to(awaited):
            return Diverged(0, f"{self._scenario.client.process} does not come to {awaited}")
        for number, transition in enumerate(self._schedule, start=1):
            try:
                hitch = self._take(number, transition)
            except ProcessLookupError:
                return Diverged(number, f"a process was killed before or in {transition}")
            if hitch is not None:
                return hitch
        return None

    def _take(self, number: int, transition: Transition) -> Prevented | Diverged | None:
        stage, instance = self._stage, transition.instance
        if self._scenario.is_unseen(transition):
            seen = stage.cast.get(instance)
            pid = 0 if seen is None else seen.pid
            self._observations.append(Observation(number, transition, pid, UNSEEN, 0.0))
            return None
        waited = stage.wait(lambda: self._has_come(instance), seconds=PATIENCE)
        actor = stage.cast.get(instance)
        if waited is not Waited.REACHED or actor is None or actor.held is None:
            return self._explain(number, transition, waited)
        step = actor.held
        if step.label != transition.label:
            why = f"{instance} stands before its step {step.label}, not before {transition.label}"
            return Diverged(number, why)
        self._meet(actor)
        window = self._open(actor, step)
        try:
            return self._observe(number, transition, actor, step, window)
        finally:
            if window is not None:
                window.close()

    def _observe(
        self,
        number: int,
        transition: Transition,
        actor: Actor,
        step: StepPoint,
        window: Window | None,
    ) -> Prevented | Diverged | None:
        """Let the step happen, and record what it does to the memory behind `window`."""
        stage, instance = self._stage, transition.instance
        notes, actor.notes = actor.notes, []
        notes += self._look("before", window, step)
        evaluated = [(one, *self._evaluate(actor, one, window)) for one in step.assertions]
        notes += [text for _, text, _ in evaluated]
        failed = tuple(f"{one.function}: {one.claim}" for one, _, holds in evaluated if not holds)
        noticed, begin, waited = stage.noticed, time.monotonic(), Waited.REACHED
        if stage.begin(actor):
            waited = stage.wait(lambda: self._is_complete(actor, step, noticed), seconds=PATIENCE)
        milliseconds = (time.monotonic() - begin) * MILLISECONDS
        if step.sleeps and waited is Waited.BLOCKED:
            waited, actor.completing = Waited.REACHED, ""
        if waited is not Waited.REACHED:
            return self._explain(number, transition, waited)
        if actor.held is not None:
            why = f"{instance} comes to {actor.held.label} before its {step.label} is complete"
            return Diverged(number, why)
        if actor.ended is not None and step.gone is None:
            if number < len(self._schedule):
                return Diverged(number, f"{instance} ends before its {step.label} is complete")
            notes.append(f"{instance} ends in this step")  # the last one: it may be the symptom
        notes += actor.notes + self._look("after", window, step)
        actor.notes = []
        self._observations.append(
            Observation(
                number, transition, actor.pid, _words(step), milliseconds, tuple(notes), failed
            )
        )
        difference = self._difference(number, transition, window, step)
        if difference:
            return Diverged(number, f"after {transition} {difference}")
        if actor.completed:
            stage.dismiss(actor)
        return None

    def _difference(
        self, number: int, transition: Transition, window: Window | None, step: StepPoint
    ) -> str:
        """Where the server contradicts the model after a step; empty if it does nowhere."""
        held = self._held[number - 1] if number <= len(self._held) else None
        for one in self._scenario.observations if held is not None else ():
            place = one.place_in(self._scenario.workers.slot_of(transition.instance))
            shown = self._shown(one, window, step) if place else ""
            if not shown or held is None:
                continue
            absent = {place, one.provided} - held.keys() - {""}
            if absent:
                raise UserError(f"the scenario compares {absent.pop()}, which the model has not")
            difference = one.difference(place, held[place], shown)
            if difference and one.means_something(held):
                return difference
        return ""

    def _shown(self, one: Compared, window: Window | None, step: StepPoint) -> str:
        """What the server holds where the model is compared with it; empty if it cannot be read."""
        tracer, structure = self._server.tracer, step.structure or self._scenario.structure
        values = window.values(structure) if window is not None and one.variable is None else {}
        if one.variable is not None and one.variable.name in self._server.symbols.addresses:
            structure = one.variable.structure
            pointer = tracer.read_word(self._server.pid, tracer.address(one.variable.name))
            values = Window(tracer, self._server.pid, pointer).values(structure)
        for field in structure.fields:
            if field.name == one.field and values:
                value = values[field.name]
                return self._name(value) if field.process else str(value)
        return ""

    def _has_come_to(self, label: str) -> bool:
        """Whether the client has come to its step, after a wait; it may stand before no other."""
        stage = self._stage
        client = stage.cast[self._scenario.client.instance]
        stage.wait(lambda: self._has_come(self._scenario.client.instance), seconds=PATIENCE)
        return client.held is not None and client.held.label == label

    def _has_come(self, instance: Instance) -> bool:
        actor = self._stage.cast.get(instance)
        connection = self._stage.connection
        if actor is None:
            return connection is not None and (connection.ready or connection.closed)
        over = connection is not None and connection.ready and connection.pid == actor.pid
        return actor.held is not None or actor.ended is not None or over

    def _is_complete(self, actor: Actor, step: StepPoint, noticed: int) -> bool:
        if step.gone is not None:
            return actor.held is not None or (
                actor.ended is not None and self._stage.noticed > noticed
            )
        return actor.completed or actor.held is not None or actor.ended is not None

    def _explain(self, number: int, transition: Transition, waited: Waited) -> Prevented | Diverged:
        stage, instance = self._stage, transition.instance
        actor = stage.cast.get(instance)
        held = self._told_held()
        connection = stage.connection
        if actor is not None and actor.ended is not None:
            return Diverged(number, f"{instance} has ended before its {transition.label}")
        if connection is not None and (connection.ready or connection.closed):
            result = connection.fault or f"{len(connection.rows)} rows"
            return Diverged(number, f"the query has ended before {transition}: {result}")
        if actor is None:
            return Diverged(number, f"no process has come to play {instance}; {held}")
        if waited is Waited.LATE:
            why = f"{instance} has not come to {transition.label} in {PATIENCE:g} s; {held}"
            return Diverged(number, why)
        calls = self._server.tracer.calls(actor.pid)
        where = f" in {calls[-1]}" if calls and not actor.raised else ""  # an error leaves calls
        rows = self._server.ask(
            self._server.control, f"{WAIT_EVENT}{actor.pid}", handle=stage.handle
        )
        event = f" (wait event {rows[0][0]})" if rows else ""
        error = f" after its error in {actor.raised}" if actor.raised else ""
        why = f"{instance} sleeps{where}{event}{error} and nobody is left to wake it; {held}"
        return Prevented(number, why)

    def _told_held(self) -> str:
        held = sorted(
            f"{instance} before its {actor.held.label}"
            for instance, actor in self._stage.cast.items()
            if actor.held is not None
        )
        return f"held are {', '.join(held)}" if held else "nobody is held"

    def _meet(self, actor: Actor) -> None:
        """Learn by which address the server knows the process."""
        tracer = self._server.tracer
        own = tracer.read_word(actor.pid, tracer.address(OWN_PROCESS))
        self._processes[own] = actor.name

    def _open(self, actor: Actor, step: StepPoint) -> Window | None:
        if step.memory is None:
            return None
        address = self._stage.address(actor, step.memory)
        return None if address is None else Window(self._server.tracer, actor.pid, address)

    def _look(self, when: str, window: Window | None, step: StepPoint) -> list[str]:
        structure = step.structure or self._scenario.structure
        values = window.values(structure) if window is not None else {}
        if not values:
            return []
        shown = []
        for field in structure.fields:
            value = values[field.name]
            shown.append(f"{field.name} {self._name(value) if field.process else value}")
        return [f"{structure.name} {when}: {', '.join(shown)}"]

    def _name(self, address: int) -> str:
        if address == 0:
            return "nobody"
        return self._processes.get(address, "an unknown process")

    def _evaluate(
        self, actor: Actor, assertion: Assertion, window: Window | None
    ) -> tuple[str, bool]:
        """What the assertion says of the server's memory, and False if it is violated."""
        values = window.values(self._scenario.structure) if window is not None else {}
        if not values:
            return f"{assertion.function}: {assertion.claim} cannot be evaluated", True
        tracer = self._server.tracer
        own = tracer.read_word(actor.pid, tracer.address(OWN_PROCESS))
        shown = (
            f"MyProc is {self._name(own)}, {assertion.unless} is "
            f"{self._name(values[assertion.unless])}, {assertion.field} is "
            f"{self._name(values[assertion.field])}"
        )
        is_reached = values[assertion.unless] != own
        holds = not is_reached or values[assertion.field] == own
        verdict = "would hold" if holds else "would FAIL"
        if not is_reached:
            verdict += ": it is not reached"
        return f"{assertion.function}: {assertion.claim} {verdict} ({shown})", holds

    def _tell_who_is_held(self) -> None:
        """What stands in the memory of those whom the schedule has not let go."""
        for actor in self._stage.cast.values():
            step = actor.held
            window = None if step is None else self._open(actor, step)
            if step is not None and window is not None:
                told = "; ".join(self._look("then", window, step))
                self._stage.happenings.append(f"{actor.name} is held before {step.label}: {told}")
                window.close()

    def _end(self) -> Ending:
        """Let everybody go and wait for the query's end."""
        stage, connection = self._stage, self._stage.connection
        if connection is None:
            raise ServerFailure("the query was never sent")
        self._tell_who_is_held()
        outlived = self._outliving(connection)
        stage.release()
        waited = self._await_answer(connection)
        if waited is Waited.REACHED and connection.fault is None and self._scenario.probe:
            connection.send(self._scenario.probe)
            waited = self._await_answer(connection)
        for row in connection.rows:
            stage.happenings.append(f"client: row ({', '.join(str(value) for value in row)})")
        events: tuple[str, ...] = ()
        if waited is Waited.BLOCKED:
            rows = self._server.ask(
                self._server.control, f"{WAIT_EVENT}{connection.pid}", handle=stage.handle
            )
            events = tuple(str(row[0]) for row in rows)
        if connection.fault is not None:
            stage.happenings.append(f"client: ERROR {connection.fault}")
        elif waited is not Waited.REACHED:
            stage.happenings.append(f"client: the query does not end {' '.join(events)}".strip())
        return Ending(
            waited=waited,
            rows=tuple(connection.rows),
            fault=connection.fault,
            lost=connection.closed,
            wait_event=events[0] if events else "",
            crashes=tuple(stage.crashes),
            outlived=outlived,
        )

    def _outliving(self, connection: Connection) -> tuple[str, ...]:
        """What those play who are there when the query is answered."""
        if not isinstance(self._scenario.symptom, Outlived):
            return ()
        client = self._stage.cast[self._scenario.client.instance]
        if client.held is not None:
            return ()
        self._await_answer(connection)
        there = [one.process for one in self._stage.cast.values() if one.ended is None]
        return tuple(there) if connection.ready else ()

    def _await_answer(self, connection: Connection) -> Waited:
        return self._stage.wait(lambda: connection.ready or connection.closed, seconds=PATIENCE)

    def _clear(self, ending: Ending) -> bool:
        """Wait until every process of the replay is gone; False if the server is spoilt."""
        stage, connection = self._stage, self._stage.connection
        if ending.waited is not Waited.REACHED or ending.lost or connection is None:
            return False
        return clear(self._server, stage, connection)


def _words(step: StepPoint) -> str:
    if step.gone is not None:
        return f"{step.point.function} entry -> process gone, {step.gone.noticed_by} return"
    if step.sleeps:
        return f"{step.point.function} entry -> asleep for good"
    end = f"{step.until} return" if step.until else "return"
    return f"{step.point.function} entry -> {end}"
