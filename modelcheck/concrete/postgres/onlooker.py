"""Reads what a server holds at a step, where the model has a place for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.compared import Asked, Compared, Entry, Own, Variable
from modelcheck.concrete.postgres.memory import Window
from modelcheck.concrete.postgres.points import Assertion, Field, Structure
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server
from modelcheck.concrete.postgres.stage import Stage
from modelcheck.concrete.readings import Reading
from modelcheck.trace import Instance, Transition

OWN_PROCESS = "MyProc"


class Onlooker:
    """Knows the processes of one run by the addresses that the server has for them."""

    def __init__(self, server: Server, scenario: Scenario, stage: Stage, *, defect: bool) -> None:
        self._server = server
        self._scenario = scenario
        self._stage = stage
        self._observed = tuple(
            one for one in scenario.observations if defect or not one.with_defect
        )
        self._processes: dict[int, str] = {}
        """Names by the address of the PGPROC."""

    def meet(self, actor: Actor) -> None:
        """Learn by which address the server knows the process, if it does already, and still."""
        tracer = self._server.tracer
        own = tracer.read_word(actor.pid, tracer.address(OWN_PROCESS))
        if own:
            self._processes[own] = actor.name

    def open(self, actor: Actor, step: StepPoint) -> Window | None:
        """A view of what the step is about to use; None if it uses nothing that can be read."""
        if step.memory is None:
            return None
        address = self._stage.address(actor, step.memory)
        return None if address is None else Window(self._server.tracer, actor.pid, address)

    def look(self, when: str, window: Window | None, step: StepPoint) -> list[str]:
        """What lies behind a window, in one sentence; none if it cannot be read any more."""
        structure = step.structure or self._scenario.structure
        values = window.values(structure) if window is not None else {}
        if not values:
            return []
        shown = []
        for field in structure.fields:
            value = values[field.name]
            shown.append(f"{field.name} {self._told(field, value)}")
        return [f"{structure.name} {when}: {', '.join(shown)}"]

    def evaluate(
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

    def readings(
        self, transition: Transition, window: Window | None, step: StepPoint
    ) -> Iterator[Reading]:
        """What the server holds after a step, wherever the scenario compares it with the model."""
        for one in self._observed:
            if not one.after or transition.label in one.after:
                yield from self._reading(one, transition.instance, window, step)

    def lasting(
        self, instance: Instance, window: Window | None, step: StepPoint
    ) -> Iterator[Reading]:
        """What is still to be read of the last step of an instance, whoever takes one now."""
        for one in self._observed:
            if not one.after and not isinstance(one.variable, Own):
                yield from self._reading(one, instance, window, step)

    def _reading(
        self, one: Compared, instance: Instance, window: Window | None, step: StepPoint
    ) -> Iterator[Reading]:
        place = one.place_in(self._scenario.workers.slot_of(instance), instance.index)
        shown = self._shown(one, window, step, instance) if place else None
        reading = None if shown is None else one.reading(place, shown)
        if reading is not None:
            yield reading

    def _shown(
        self, one: Compared, window: Window | None, step: StepPoint, instance: Instance
    ) -> str | None:
        """What the server holds where the model is compared with it; None if nobody can tell."""
        match one.variable:
            case Own() as own:
                return self._own(own, instance)
            case Asked() as asked:
                return self._answer(asked)
            case Variable(name, structure):
                if name not in self._server.symbols.addresses:
                    return None
                tracer = self._server.tracer
                pointer = tracer.read_word(self._server.pid, tracer.address(name))
                return self._shared(one, pointer, structure)
            case Entry(who, structure):
                known = (at for at, name in self._processes.items() if name == who)
                address = next(known, None)
                return None if address is None else self._shared(one, address, structure)
            case None:
                structure = step.structure or self._scenario.structure
                return None if window is None else self._field(one, window, structure)
            case _:
                assert_never(one.variable)

    def _shared(self, one: Compared, address: int, structure: Structure) -> str | None:
        """What lies at an address that means the same to every process of the server."""
        view = Window(self._server.tracer, self._server.pid, address)
        shown = self._field(one, view, structure)
        view.close()
        return shown

    def _field(self, one: Compared, window: Window, structure: Structure) -> str | None:
        values = window.values(structure)
        for field in structure.fields:
            if field.name == one.field and values:
                return self._told(field, values[field.name])
        return None

    def _own(self, own: Own, instance: Instance) -> str | None:
        tracer, actor = self._server.tracer, self._stage.cast.get(instance)
        if actor is None or own.name not in self._server.symbols.addresses:
            return None
        try:
            raw = tracer.read(actor.pid, tracer.address(own.name) + own.offset, own.size)
        except OSError:
            return None
        return str(int.from_bytes(raw, "little")) if len(raw) == own.size else None

    def _answer(self, asked: Asked) -> str | None:
        """What another session is told; the empty text if there is no row."""
        pids = (who.pid for who in self._stage.cast.values() if who.name == asked.instance)
        pid = next(pids, None)
        if pid is None:
            return None
        server = self._server
        query = asked.query.format(pid=pid)
        rows = server.ask(server.control, query, handle=self._stage.handle)
        return str(rows[0][0]) if rows else ""

    def _told(self, field: Field, value: int) -> str:
        if field.process:
            return self._name(value)
        if field.number:
            actor = self._stage.actors.get(value)
            return "nobody" if value == 0 else "another" if actor is None else actor.name
        if field.text:
            return value.to_bytes(field.size, "little").split(b"\0")[0].decode(errors="replace")
        return str(value)

    def _name(self, address: int) -> str:
        if address == 0:
            return "nobody"
        return self._processes.get(address, "an unknown process")
