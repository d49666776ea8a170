"""The reachable states of a model and the transitions between them, as one graph."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.semantics import (
    Prepared,
    initial,
    prepare,
    stuck,
    successors,
    violated_properties,
    violated_steps,
)
from modelcheck.trace import State, Transition, Violation


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition between two states, by their numbers."""

    source: int
    transition: Transition
    target: int
    violations: tuple[Violation, ...]
    """The `every_step` properties that it violates."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A transition that violates a check, and so leads nowhere."""

    source: int
    transition: Transition
    violation: Violation


@dataclass(frozen=True, slots=True)
class StateGraph:
    """Everything that can be reached; states are numbered breadth first, initial ones first."""

    prepared: Prepared
    states: tuple[State, ...]
    initial: int
    """How many of the states are initial."""

    edges: tuple[Edge, ...]
    faults: tuple[Fault, ...]
    violations: tuple[tuple[Violation, ...], ...]
    """What each state violates: `always` properties, and whether it is a deadlock."""


def state_graph(model: Model, *, most: int) -> StateGraph:
    """The reachable graph; raises `UserError` where it has more than `most` states."""
    prepared = prepare(model)
    numbers = {state: number for number, state in enumerate(initial(prepared))}
    waiting = deque(numbers)
    begun = len(numbers)
    _check_size(begun, most)
    edges: list[Edge] = []
    faults: list[Fault] = []
    violations: list[tuple[Violation, ...]] = []
    while waiting:
        state = waiting.popleft()
        source = numbers[state]
        onward = successors(prepared, state)
        deadlock = None if onward else stuck(prepared, state)
        always = violated_properties(prepared, state)
        violations.append(always if deadlock is None else (*always, deadlock))
        for transition, after in onward:
            if isinstance(after, Violation):
                faults.append(Fault(source, transition, after))
                continue
            if after not in numbers:
                numbers[after] = len(numbers)
                waiting.append(after)
                _check_size(len(numbers), most)
            broken = violated_steps(prepared, state, after)
            edges.append(Edge(source, transition, numbers[after], broken))
    return StateGraph(
        prepared, tuple(numbers), begun, tuple(edges), tuple(faults), tuple(violations)
    )


def _check_size(count: int, most: int) -> None:
    if count > most:
        raise UserError(
            f"the state graph has more than {most:,} states",
            way_out="make the instance smaller with --set, or allow more with --max-states",
        )
