"""Forces one schedule on a running server, and judges what follows."""

from __future__ import annotations

import time
from dataclasses import replace

from modelcheck.concrete.controller import (
    Diverged,
    Observation,
    Prevented,
    Replay,
    Unavailable,
)
from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.backstage import begin_other, clear, connect, plant, query_of
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.judge import Ending, judge, judge_control, judge_stopped
from modelcheck.concrete.postgres.memory import Window
from modelcheck.concrete.postgres.onlooker import Onlooker
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server, ServerFailure
from modelcheck.concrete.postgres.stage import MILLISECONDS, Stage, Waited
from modelcheck.concrete.postgres.symptoms import Hang, Outlived
from modelcheck.concrete.readings import Holding
from modelcheck.trace import Instance, Transition

PATIENCE = 10.0
"""Seconds for a step, and for the query to end; the test for a block is far quicker."""

SETTLING = 1.0
"""Seconds in which the client gets as far as it can once the schedule is over."""

UNSEEN = "no call of its own"
"""The point of a step that happens on the way to the next one."""

POINTER = 8
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
        self._stage = Stage(server, scenario, schedule, defect=defect)
        self._held = held
        self._onlooker = Onlooker(server, scenario, self._stage, defect=defect)
        self._observations: list[Observation] = []

    def perform(self, *, system: str, defect: bool, violating: bool) -> tuple[Replay, bool]:
        """The replay, and whether the server is as good as before it."""
        server, scenario, stage = self._server, self._scenario, self._stage
        missing = plant(server, scenario)
        if missing:
            return Replay(system, defect, Unavailable(missing), ()), True
        connection = connect(server, stage, scenario)
        log = server.log_size
        stage.seat_client(connection.pid)
        stage.connection = connection
        begin_other(server, stage, scenario)
        begin = time.monotonic()
        connection.send(query_of(scenario, defect=defect))
        hitch = self._force()
        asserted = stage.asserted
        ending = self._end()
        outcome = (
            judge(scenario, self._schedule, ending, violating=violating, defect=defect)
            if hitch is None
            else judge_stopped(hitch, asserted)
            if defect
            else judge_control(scenario, self._schedule, hitch, ending)
        )
        end = time.monotonic()
        usable = self._clear(ending)
        replay = Replay(
            system=system,
            defect=defect,
            outcome=outcome,
            observations=self._told(),
            reintroduced=scenario.defect.words if defect else "",
            aftermath=tuple(stage.happenings),
            log=server.log_since(log),
            milliseconds=(end - (stage.first_hold or begin)) * MILLISECONDS,
        )
        return replay, usable

    def _told(self) -> tuple[Observation, ...]:
        """What was seen; no claim of what a build with assertions would do where this is one."""
        seen = self._observations
        if not self._stage.asserted:
            return tuple(seen)
        return tuple(replace(one, failed_assertions=()) for one in seen)

    def _force(self) -> Prevented | Diverged | None:
        for actor in self._stage.cast.values():
            self._onlooker.meet(actor)
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
        if step.once:
            waited = stage.wait(lambda: stage.has_worker_before(step.once), seconds=PATIENCE)
            if waited is not Waited.REACHED:
                return Diverged(number, f"no worker comes to its {step.once}; {self._told_held()}")
        self._onlooker.meet(actor)
        window = self._onlooker.open(actor, step)
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
        notes += self._onlooker.look("before", window, step)
        evaluated = [(one, *self._onlooker.evaluate(actor, one, window)) for one in step.assertions]
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
        hitch = self._incomplete(number, actor, step)
        if hitch is not None:
            return hitch
        if actor.ended is not None and step.gone is None:
            notes.append(f"{instance} ends in this step")  # the last one: it may be the symptom
        notes += actor.notes + self._onlooker.look("after", window, step)
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
        if held is None:
            return ""
        readings = self._onlooker.readings(transition, window, step)
        return next(filter(None, (one.difference(held) for one in readings)), "")

    def _incomplete(self, number: int, actor: Actor, step: StepPoint) -> Diverged | None:
        """What is wrong if the process has come to another step, or ended, in the midst of one."""
        if actor.held is not None:
            why = f"{actor.name} comes to {actor.held.label} before its {step.label} is complete"
            return Diverged(number, why)
        if actor.ended is not None and step.gone is None and number < len(self._schedule):
            return Diverged(number, f"{actor.name} ends before its {step.label} is complete")
        return None

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
        asleep = f"{instance} sleeps{where}{event}{error}"
        why = f"{asleep}; nobody is left to wake it for its {transition.label}; {held}"
        return Prevented(number, why)

    def _told_held(self) -> str:
        held = sorted(
            f"{instance} before its {actor.held.label}"
            for instance, actor in self._stage.cast.items()
            if actor.held is not None
        )
        return f"held are {', '.join(held)}" if held else "nobody is held"

    def _tell_who_is_held(self) -> None:
        """What stands in the memory of those whom the schedule has not let go."""
        for actor in self._stage.cast.values():
            step = actor.held
            window = None if step is None else self._onlooker.open(actor, step)
            if step is not None and window is not None:
                told = "; ".join(self._onlooker.look("then", window, step))
                self._stage.happenings.append(f"{actor.name} is held before {step.label}: {told}")
                window.close()

    def _end(self) -> Ending:
        """Let everybody go and wait for the query's end."""
        stage, connection = self._stage, self._stage.connection
        if connection is None:
            raise ServerFailure("the query was never sent")
        self._stage.wait(lambda: self._has_come(self._scenario.client.instance), seconds=SETTLING)
        self._tell_who_is_held()
        outlived = self._outliving(connection)
        stage.release()
        waited = self._await_answer(connection)
        if waited is Waited.REACHED and connection.fault is None and self._scenario.probe:
            connection.send(self._scenario.probe)
            waited = self._await_answer(connection)
        stage.happenings += [
            f"{actor.name}: {note}" for actor in stage.cast.values() for note in actor.notes
        ]
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
            asserted=stage.asserted,
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
        """Wait for the end of a query, for so long after a block as a hang has to last."""
        stage, symptom = self._stage, self._scenario.symptom

        def is_over() -> bool:
            return connection.ready or connection.closed

        waited = stage.wait(is_over, seconds=PATIENCE)
        if waited is Waited.BLOCKED and isinstance(symptom, Hang) and symptom.lasting:
            stage.wait(is_over, seconds=symptom.lasting, in_vain=True)
            waited = stage.wait(is_over, seconds=PATIENCE)
        return waited

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
        return f"{step.point.function} entry -> return, or asleep for good"
    end = f"{step.until} return" if step.until else "return"
    return f"{step.point.function} entry -> {end}"
