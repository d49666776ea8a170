"""Reads what a server holds at a step, and says where it contradicts the model."""

from __future__ import annotations

from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.compared import Compared, Holding
from modelcheck.concrete.postgres.memory import Window
from modelcheck.concrete.postgres.points import Assertion
from modelcheck.concrete.postgres.scenario import Scenario, StepPoint
from modelcheck.concrete.postgres.server import Server
from modelcheck.concrete.postgres.stage import Stage
from modelcheck.errors import UserError
from modelcheck.trace import Transition

OWN_PROCESS = "MyProc"


class Onlooker:
    """Knows the processes of one replay by the addresses that the server has for them."""

    def __init__(
        self,
        server: Server,
        scenario: Scenario,
        stage: Stage,
        held: tuple[Holding | None, ...],
    ) -> None:
        """`held`: what the model's places hold after each step, as far as that is known."""
        self._server = server
        self._scenario = scenario
        self._stage = stage
        self._held = held
        self._processes: dict[int, str] = {}
        """Names by the address of the PGPROC."""

    def meet(self, actor: Actor) -> None:
        """Learn by which address the server knows the process."""
        tracer = self._server.tracer
        own = tracer.read_word(actor.pid, tracer.address(OWN_PROCESS))
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
            shown.append(f"{field.name} {self._name(value) if field.process else value}")
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

    def difference(
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
            view = Window(tracer, self._server.pid, pointer)
            values = view.values(structure)
            view.close()
        for field in structure.fields:
            if field.name == one.field and values:
                value = values[field.name]
                return self._name(value) if field.process else str(value)
        return ""

    def _name(self, address: int) -> str:
        if address == 0:
            return "nobody"
        return self._processes.get(address, "an unknown process")
