"""Whether a state is lost: every fair continuation of it violates something.

A continuation violates where a check fails, an `always` or `every_step` property is false, or
nothing can move and some process is not done. It goes well where it ends with every process done,
or goes on for ever without any of that, fair to every instance. It does not where it comes to rest
while a process waits, though somebody could move who need not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from modelcheck.engines.components import fair_components
from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.liveness import duties_of
from modelcheck.ir.model import ProcessKind, PropertyKind
from modelcheck.semantics import Memory, Prepared, stuck
from modelcheck.trace import State, Transition, Violation

LARGEST = 10_000
"""So many states are looked at before a fate is left open."""

MOST_STEPS = 15_000
"""So many steps are worked out for one explanation before the rest of it is left open."""

Onward: TypeAlias = tuple[tuple[Transition, State | Violation], ...]


class Fate(Enum):
    """What is still to come from a state."""

    SAFE = "safe"  # some continuation goes well
    LOST = "lost"  # every continuation violates, or leaves a process waiting
    OPEN = "open"  # there are too many states to say


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the continuations of a lost state come to."""

    violated: tuple[str, ...]
    """What they violate, by name."""

    goes_round: bool
    """Whether one can go round for ever; it is then unfair to somebody, who would go on."""

    waits: bool = False
    """Whether one can come to rest while a process waits."""


class Fates:
    """The fates found out so far; made for one explanation of one model."""

    def __init__(self, prepared: Prepared, *, largest: int = LARGEST) -> None:
        self._prepared = prepared
        self._memory = Memory(prepared)
        self._duties = duties_of(prepared)
        self._left = largest
        self._known: dict[State, Fate] = {}
        self._judged = [
            prop
            for prop in prepared.model.properties
            if prop.kind in (PropertyKind.ALWAYS, PropertyKind.EVERY_STEP)
        ]

    def of(self, state: State) -> Fate:
        """The fate of a reachable state.

        `OPEN` only once as much was looked at, for all fates together, as is allowed.
        """
        if state not in self._known and self.violated(state) is None:
            return self._search(state)
        return self._known.get(state, Fate.LOST)

    @property
    def is_spent(self) -> bool:
        """Whether as much was looked at, for all questions together, as is allowed."""
        return self._left <= 0 or self._memory.worked_out >= MOST_STEPS

    def onward(self, state: State) -> Onward:
        """Every enabled transition, and the state or the first violation that it leads to."""
        return tuple(
            (transition, self._judge(state, after))
            for transition, after in self._memory.successors(state)
        )

    def violated(self, state: State) -> Violation | None:
        """What a state violates by itself: an `always` property, or by deadlock."""
        for prop in self._judged:
            if prop.kind is PropertyKind.ALWAYS:
                violation = self._memory.refute(state, prop)
                if violation is not None:
                    return violation
        can_move = any(True for _ in self._memory.onward(state))
        return None if can_move else stuck(self._prepared, state)

    def outlook(self, state: State) -> Outlook:
        """What the continuations of a lost state come to."""
        arrivals: dict[State, int] = {state: 0}
        waiting, found, waits = [state], set[str](), False
        while waiting:
            here = waiting.pop()
            waits |= self._may_rest(here) and self._keeps_waiting(here)
            for _, after in self.onward(here):
                if isinstance(after, Violation):
                    found.add(after.property)
                    continue
                if after not in arrivals:
                    waiting.append(after)
                arrivals[after] = arrivals.get(after, 0) + 1
        return Outlook(tuple(sorted(found)), self._goes_round(arrivals), waits)

    def _may_rest(self, state: State) -> bool:
        """Whether nobody who can move is owed a step."""
        positions = self._prepared.positions
        movers = {positions[taken.instance] for taken, _ in self._memory.successors(state)}
        return not movers & (self._duties.weak | self._duties.strong)

    def _keeps_waiting(self, state: State) -> bool:
        """Whether a process is not done, and cannot move."""
        movers = {taken.instance for taken, _ in self._memory.successors(state)}
        return any(
            process.kind is ProcessKind.PROCESS
            and location.label is not None
            and instance not in movers
            for instance, process, location in zip(
                self._prepared.instances, self._prepared.processes, state.locations, strict=True
            )
        )

    def _goes_round(self, arrivals: dict[State, int]) -> bool:
        """Whether states are left over if, again and again, one without arrivals is taken away."""
        waiting = [state for state, number in arrivals.items() if not number]
        taken = 0
        while waiting:
            taken += 1
            for _, after in self.onward(waiting.pop()):
                if isinstance(after, State):
                    arrivals[after] -= 1
                    if not arrivals[after]:
                        waiting.append(after)
        return taken < len(arrivals)

    def _judge(self, before: State, after: State | Violation) -> State | Violation:
        if isinstance(after, Violation):
            return after
        for prop in self._judged:
            if prop.kind is PropertyKind.EVERY_STEP:
                violation = self._memory.refute_step(before, after, prop)
                if violation is not None:
                    return violation
        return self.violated(after) or after

    def _search(self, start: State) -> Fate:
        """Depth first to a good end; if there is none, all that was seen is judged at once."""
        seen: dict[State, Onward] = {}
        parents: dict[State, State] = {}
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here in seen or self._known.get(here) is Fate.LOST:
                continue
            if self.is_spent:
                return Fate.OPEN
            self._left -= 1
            seen[here] = self.onward(here)
            if not seen[here] or self._known.get(here) is Fate.SAFE:
                return self._save(here, parents)
            for _, after in seen[here]:
                if not isinstance(after, Violation) and after not in seen:
                    parents[after] = here
                    waiting.append(after)
        self._settle(seen)
        return self._known[start]

    def _save(self, end: State, parents: dict[State, State]) -> Fate:
        """All on the way to a state that is safe are safe, too."""
        here: State | None = end
        while here is not None:
            self._known[here] = Fate.SAFE
            here = parents.get(here)
        return Fate.SAFE

    def _settle(self, seen: dict[State, Onward]) -> None:
        """Judge states from which no end is reached: those are safe that reach a fair round."""
        graph, states = _graph(self._prepared, seen), list(seen)
        rounds = fair_components(graph, range(len(states)), len(states), self._duties, lambda: None)
        safe = {
            number
            for one in rounds
            for number in one
            if len(one) > 1 or not self._keeps_waiting(states[number])
        }
        sources: dict[int, list[int]] = {}
        for number in range(len(states)):
            for edge in graph.transitions(number):
                sources.setdefault(graph.targets[edge], []).append(number)
        waiting = list(safe)
        while waiting:
            fresh = [one for one in sources.get(waiting.pop(), ()) if one not in safe]
            safe.update(fresh)
            waiting += fresh
        for number, state in enumerate(states):
            self._known[state] = Fate.SAFE if number in safe else Fate.LOST


def _graph(prepared: Prepared, seen: dict[State, Onward]) -> Graph:
    """The transitions between the states; those that violate, or lead to lost ones, go nowhere."""
    numbers = {state: number for number, state in enumerate(seen)}
    graph = Graph()
    for onward in seen.values():
        for transition, after in onward:
            target = NOWHERE if isinstance(after, Violation) else numbers.get(after, NOWHERE)
            graph.add(prepared.positions[transition.instance], target)
        graph.close()
    return graph
