"""Among the shortest counterexamples, one with the fewest context switches.

Exact, by dynamic programming over the layers of a breadth-first search: a prefix of a shortest
counterexample reaches its last state by a shortest way, so layer `k` needs only the states whose
depth is `k`, each with the instance that moved last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import (
    Memory,
    Prepared,
    deadlock,
    initial,
    prepare,
    successors,
    violated_properties,
    violated_steps,
)
from modelcheck.trace import Instance, State, Trace, TraceStep, Transition, Violation

LARGEST = 200_000
"""How many pairs of state and last instance are looked at before the trace is left as it is."""

Key = tuple[State, Instance | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """The best known way to a state with a given last instance."""

    switches: int
    before: Key | None
    transition: Transition | None


Layer = dict[Key, Arrival]


@dataclass(frozen=True, slots=True)
class End:
    """Where a counterexample ends."""

    arrival: Arrival
    violation: Violation
    after: State | None
    """The state at the end; None where the last transition leads to none."""


def switches(trace: Trace) -> int:
    """How often a step is taken by another instance than the step before it."""
    movers = [step.transition.instance for step in trace.steps]
    return sum(one != other for one, other in itertools.pairwise(movers))


def fewest_switches(
    model: Model, trace: Trace, violation: Violation, *, largest: int = LARGEST
) -> tuple[Trace, Violation]:
    """A counterexample to the same property, as short as `trace`, with the fewest switches.

    `trace` must be a shortest one. It is given back as it is where the search for a better one
    would be too large.
    """
    prepared = prepare(model)
    memory = Memory(prepared)
    layers: list[Layer] = [{(state, None): Arrival(0, None, None) for state in initial(prepared)}]
    seen = {state for state, _ in layers[0]}
    is_transition = violation.kind in (PropertyKind.CHECK, PropertyKind.EVERY_STEP)
    size = 0
    for _ in range(len(trace.steps) - is_transition):
        layers.append(_next_layer(memory, layers[-1], seen))
        seen.update(state for state, _ in layers[-1])
        size += len(layers[-1])
        if size > largest:
            return trace, violation
    ends = _violating_steps if is_transition else _violating_states
    found = min(
        ends(prepared, layers[-1], violation), key=lambda end: end.arrival.switches, default=None
    )
    if found is None or found.arrival.switches >= switches(trace):
        return trace, violation
    return _trace(prepared, layers, found), found.violation


def _next_layer(memory: Memory, layer: Layer, seen: set[State]) -> Layer:
    found: Layer = {}
    for key, arrival in layer.items():
        for transition, after in memory.successors(key[0]):
            if isinstance(after, Violation) or after in seen:
                continue
            candidate = _arrival(key, arrival, transition)
            known = found.get((after, transition.instance))
            if known is None or candidate.switches < known.switches:
                found[after, transition.instance] = candidate
    return found


def _arrival(key: Key, arrival: Arrival, transition: Transition) -> Arrival:
    switched = key[1] is not None and key[1] != transition.instance
    return Arrival(arrival.switches + switched, key, transition)


def _violating_steps(prepared: Prepared, layer: Layer, wanted: Violation) -> Iterator[End]:
    for key, arrival in layer.items():
        for transition, after in successors(prepared, key[0]):
            if isinstance(after, Violation):
                judged: tuple[Violation, ...] = (after,)
            elif wanted.kind is PropertyKind.EVERY_STEP:
                judged = violated_steps(prepared, key[0], after)
            else:
                judged = ()
            for violation in judged:
                if _is_same(violation, wanted):
                    state = None if isinstance(after, Violation) else after
                    yield End(_arrival(key, arrival, transition), violation, state)


def _violating_states(prepared: Prepared, layer: Layer, wanted: Violation) -> Iterator[End]:
    for (state, _), arrival in layer.items():
        if wanted.kind is PropertyKind.DEADLOCK:
            judged: tuple[Violation | None, ...] = (deadlock(prepared, state),)
        else:
            judged = violated_properties(prepared, state)
        for violation in judged:
            if violation is not None and _is_same(violation, wanted):
                yield End(arrival, violation, state)


def _is_same(one: Violation, other: Violation) -> bool:
    return (one.property, one.kind) == (other.property, other.kind)


def _trace(prepared: Prepared, layers: list[Layer], end: End) -> Trace:
    """Go back from the end to an initial state."""
    schedule: list[tuple[Transition, State | None]] = []
    arrival, after = end.arrival, end.after
    while arrival.transition is not None and arrival.before is not None:
        schedule.append((arrival.transition, after))
        after = arrival.before[0]
        arrival = next(layer[arrival.before] for layer in layers if arrival.before in layer)
    steps = [
        TraceStep(
            transition,
            state,
            prepared.steps[transition.instance.process][transition.label].span,
        )
        for transition, state in reversed(schedule)
    ]
    start = after if after is not None else next(iter(layers[0]))[0]
    return Trace(start, tuple(steps))
