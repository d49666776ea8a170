"""Trace validation: whether what was seen of a real system is a behaviour of its model.

A step is seen to begin and to complete; it is taken somewhere in between, in one moment. Of some
steps nothing is seen, and choices are not seen either. So there is not one state of the model that
a run has come to but a set, which each event and each value that is read makes smaller; where none
is left, no behaviour of the model looks like this run. See Cirstea, Kuppe, Loillier and Merz,
"Validating Traces of Distributed Programs Against TLA+ Specifications" (SEFM 2024); begin and
completion are the intervals of Herlihy and Wing, "Linearizability" (TOPLAS 1990).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from modelcheck.concrete.events import Event, Moment
from modelcheck.concrete.readings import Holding
from modelcheck.errors import UserError
from modelcheck.semantics import Memory, Prepared, Successor, deadlock, initial, why_disabled
from modelcheck.trace import State, Transition, Violation

MOST = 200_000
"""Explanations of one prefix; a run that leaves more is not judged."""


class Node(NamedTuple):
    """One explanation of what has been seen so far: where the model may be. A tuple, as `State`."""

    state: State
    taken: frozenset[int]
    """The positions of the instances whose step is taken, but was not seen to complete."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first event that no explanation allows."""

    number: int
    """Its number in the run, from 1: the ones before are the longest prefix that matches."""

    event: Event
    why: str
    """What stands against it in the model."""

    allowed: tuple[str, ...]
    """The steps that could have been seen in its place."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What the model says of a run."""

    matched: int
    """So many events are those of a behaviour of the model."""

    mismatch: Mismatch | None
    violation: Violation | None
    """Where the run can only be one that ends in this violation; what follows is not judged."""


class Validator:
    """Holds runs of a real system against one model; remembers its successors."""

    def __init__(
        self,
        prepared: Prepared,
        is_unseen: Callable[[Transition], bool],
        holding: Callable[[State], Holding],
    ) -> None:
        """Nothing is seen of the steps that `is_unseen` names; the others are all seen.

        `holding` says what the shared places hold in a state.
        """
        self._prepared = prepared
        self._holding = holding
        self._is_unseen = is_unseen
        self._memory = Memory(prepared)
        self._known: dict[State, tuple[Successor, ...]] = {}

    def validate(self, events: Iterable[Event]) -> Validation:
        """Follow the events as far as the model allows."""
        nodes = tuple(Node(state, frozenset()) for state in initial(self._prepared))
        begun: dict[int, Event] = {}
        number = 0
        for number, event in enumerate(events, start=1):
            reached, violation = self._spread(nodes, begun)
            violation = violation or self._deadlock(event, reached)
            kept = self._keep(event, reached)
            if not kept and violation is not None:
                return Validation(number - 1, None, violation)
            if not kept:
                mismatch = self._mismatch(number, event, reached, begun)
                return Validation(number - 1, mismatch, None)
            self._note(event, begun)
            nodes = tuple(dict.fromkeys(kept))
        return Validation(number, None, None)

    def _spread(
        self, nodes: tuple[Node, ...], begun: dict[int, Event]
    ) -> tuple[tuple[Node, ...], Violation | None]:
        """Everything that may have happened unseen, or since a step was begun."""
        reached = dict.fromkeys(nodes)
        waiting = list(nodes)
        violation: Violation | None = None
        while waiting:
            node = waiting.pop()
            for transition, after in self._onward(node, begun):
                if isinstance(after, Violation):
                    violation = violation or after
                    continue
                taken = node.taken
                if not self._is_unseen(transition):
                    taken |= {self._prepared.positions[transition.instance]}
                target = Node(after, taken)
                if target not in reached:
                    reached[target] = None
                    waiting.append(target)
            if len(reached) > MOST:
                raise UserError(
                    f"what was seen leaves more than {MOST:,} states of the model possible",
                    way_out="make the instance smaller with --set, or let the scenario see more",
                )
        return tuple(reached), violation

    def _onward(self, node: Node, begun: dict[int, Event]) -> list[Successor]:
        state, taken = node
        if state not in self._known:
            self._known[state] = self._memory.successors(state)
        found: list[Successor] = []
        for transition, after in self._known[state]:
            at = self._prepared.positions[transition.instance]
            event = None if at in taken else begun.get(at)
            if self._is_unseen(transition) or (event is not None and is_of(event, transition)):
                found.append((transition, after))
        return found

    def _keep(self, event: Event, reached: tuple[Node, ...]) -> list[Node]:
        """What becomes of the nodes that an event allows."""
        at = self._prepared.positions[event.instance]
        match event.moment:
            case Moment.STANDS:
                kept = [n for n in reached if n.state.locations[at].label == event.label]
            case Moment.BEGINS:
                return list(reached)
            case Moment.SHOWS:
                return [node for node in reached if not self._other(event, node.state)]
            case Moment.COMPLETES:
                kept = [n for n in reached if at in n.taken]
            case Moment.ENDS:
                kept = [n for n in reached if n.state.locations[at].label is None]
            case Moment.SLEEPS:
                kept = []
            case _:
                assert_never(event.moment)
        return [Node(node.state, node.taken - {at}) for node in kept]

    def _deadlock(self, event: Event, reached: tuple[Node, ...]) -> Violation | None:
        """What the model calls it where everybody sleeps; None where somebody can go on."""
        if event.moment is not Moment.SLEEPS:
            return None
        found = (deadlock(self._prepared, node.state) for node in reached)
        return next((one for one in found if one is not None), None)

    def _note(self, event: Event, begun: dict[int, Event]) -> None:
        at = self._prepared.positions[event.instance]
        if event.moment is Moment.BEGINS:
            begun[at] = event
        else:
            begun.pop(at, None)

    def _mismatch(
        self, number: int, event: Event, reached: tuple[Node, ...], begun: dict[int, Event]
    ) -> Mismatch:
        allowed = {
            str(transition): None
            for node in reached
            for transition, _ in self._memory.successors(node.state)
            if not self._is_unseen(transition)
            and self._prepared.positions[transition.instance] not in begun
        }
        tell = self._other if event.reading is not None else self._obstacle
        whys = dict.fromkeys(tell(event, node.state) for node in reached)
        return Mismatch(number, event, "; or ".join(list(whys)[:3]), tuple(sorted(allowed)))

    def _other(self, event: Event, state: State) -> str:
        """What a state of the model has in the place of what was read; empty if it is the same."""
        return "" if event.reading is None else event.reading.contradicted(self._holding(state))

    def _obstacle(self, event: Event, state: State) -> str:
        """Where the instance stands in a state of the model, and whether it can move."""
        instance = event.instance
        label = state.locations[self._prepared.positions[instance]].label
        if label is None:
            return f"in the spec {instance} is done"
        where = f"in the spec {instance} stands before {label}"
        disabled = why_disabled(self._prepared, state, instance)
        return where if disabled is None else f"{where}, where {disabled.reason}"


def is_of(event: Event, transition: Transition) -> bool:
    """Whether a transition is the step that an event speaks of, as far as that was seen.

    A step that makes no choice in the model may make one in the system.
    """
    is_chosen = event.choices is None or transition.choices in ((), event.choices)
    return transition.label == event.label and is_chosen
