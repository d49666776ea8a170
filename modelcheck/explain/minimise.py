"""Among the shortest counterexamples, one with the fewest context switches.

Exact, by dynamic programming over the layers of a breadth-first search: a prefix of a shortest
counterexample reaches its last state by a shortest way, so layer `k` needs only the states whose
depth is `k`. Of the ways to a state only those with the fewest switches are kept: whoever moves
next, another way is no better, for going on from any of them costs at most one switch more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.ir.model import Model, Property, PropertyKind
from modelcheck.semantics import (
    Memory,
    Prepared,
    initial,
    prepare,
    stuck,
)
from modelcheck.trace import Instance, State, Trace, TraceStep, Transition, Violation

LARGEST = 50_000
"""How many states are looked at before the trace is left as it is."""


@dataclass(slots=True)
class Arrival:
    """The ways to a state with the fewest switches."""

    switches: int
    ways: dict[Instance, tuple[State, Transition]]
    """By the instance that moves last, the state before and the transition; none at the start."""

    def cost(self, mover: Instance) -> int:
        """The switches of a way that goes on with a step of `mover`."""
        return self.switches + bool(self.ways and mover not in self.ways)


Layer = dict[State, Arrival]


@dataclass(frozen=True, slots=True)
class End:
    """Where a counterexample ends."""

    switches: int
    state: State
    """The last state, or the one before the transition that violates."""

    transition: Transition | None
    """The one that violates, or leads to a step that does."""

    after: State | None
    violation: Violation


@dataclass(frozen=True, slots=True)
class Known:
    """A model, and what was worked out of it so far."""

    prepared: Prepared
    memory: Memory

    def claims(self, wanted: Violation) -> list[Property]:
        """The property that was violated, where it is no check of a step and no deadlock."""
        same = (wanted.property, wanted.kind)
        return [one for one in self.prepared.model.properties if (one.name, one.kind) == same]


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
    layers: list[Layer] = [{state: Arrival(0, {}) for state in initial(prepared)}]
    seen = set(layers[0])
    is_transition = violation.kind in (PropertyKind.CHECK, PropertyKind.EVERY_STEP)
    for _ in range(len(trace.steps) - is_transition):
        layers.append(_next_layer(memory, layers[-1], seen))
        seen.update(layers[-1])
        if len(seen) > largest:
            return trace, violation
    ends = _violating_steps if is_transition else _violating_states
    found = min(
        ends(Known(prepared, memory), layers[-1], violation),
        key=lambda end: end.switches,
        default=None,
    )
    if found is None or found.switches >= switches(trace):
        return trace, violation
    return _trace(prepared, layers, found), found.violation


def _next_layer(memory: Memory, layer: Layer, seen: set[State]) -> Layer:
    found: Layer = {}
    for state, arrival in layer.items():
        for transition, after in memory.successors(state):
            if isinstance(after, Violation) or after in seen:
                continue
            mover = transition.instance
            cost = arrival.cost(mover)
            known = found.get(after)
            if known is None or cost < known.switches:
                found[after] = Arrival(cost, {mover: (state, transition)})
            elif cost == known.switches:
                known.ways.setdefault(mover, (state, transition))
    return found


def _violating_steps(known: Known, layer: Layer, wanted: Violation) -> Iterator[End]:
    claims = known.claims(wanted)
    for state, arrival in layer.items():
        for transition, after in known.memory.successors(state):
            if isinstance(after, Violation):
                judged: list[Violation | None] = [after]
            else:
                judged = [known.memory.refute_step(state, after, one) for one in claims]
            for violation in judged:
                if violation is not None and _is_same(violation, wanted):
                    last = None if isinstance(after, Violation) else after
                    cost = arrival.cost(transition.instance)
                    yield End(cost, state, transition, last, violation)


def _violating_states(known: Known, layer: Layer, wanted: Violation) -> Iterator[End]:
    claims = known.claims(wanted)
    for state, arrival in layer.items():
        if wanted.kind is PropertyKind.DEADLOCK:
            is_end = not known.memory.successors(state)
            judged = [stuck(known.prepared, state) if is_end else None]
        else:
            judged = [known.memory.refute(state, one) for one in claims]
        for violation in judged:
            if violation is not None:
                yield End(arrival.switches, state, None, None, violation)


def _is_same(one: Violation, other: Violation) -> bool:
    return (one.property, one.kind) == (other.property, other.kind)


def _trace(prepared: Prepared, layers: list[Layer], end: End) -> Trace:
    """Go back from the end to an initial state, by the same instance wherever that can be."""
    schedule: list[tuple[Transition, State | None]] = []
    mover: Instance | None = None
    if end.transition is not None:
        schedule.append((end.transition, end.after))
        mover = end.transition.instance
    state, at = end.state, len(layers) - 1
    while layers[at][state].ways:
        ways = layers[at][state].ways
        mover = mover if mover in ways else next(iter(ways))
        before, transition = ways[mover]
        schedule.append((transition, state))
        state, at = before, at - 1
    steps = [
        TraceStep(
            transition, after, prepared.steps[transition.instance.process][transition.label].span
        )
        for transition, after in reversed(schedule)
    ]
    return Trace(state, tuple(steps))
