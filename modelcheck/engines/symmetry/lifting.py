"""From a way through representatives back to a run of the model.

Each step is taken in some state that a representative stands for; naming the values of a domain
after their places at the end makes one run of these steps. Where it visits values out of order, its
steps are put in another order, as `order` shows that they may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from modelcheck.engines.follow import Followed
from modelcheck.engines.selection import Claim
from modelcheck.engines.symmetry.action import Action, Permutation
from modelcheck.engines.symmetry.orbits import Orbits, Permutations, Variant
from modelcheck.engines.symmetry.roles import node_of
from modelcheck.engines.tracing import ended, is_decided, trace_step
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Process
from modelcheck.ir.statements import Choose
from modelcheck.ir.types import Value
from modelcheck.ir.walk import statements
from modelcheck.semantics import Memory, apply, initial
from modelcheck.trace import (
    Holds,
    Instance,
    State,
    Trace,
    TraceStep,
    Transition,
    Violated,
    Violation,
)


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the run, with the values of the domains named as they are at its end."""

    transition: Transition
    choices: tuple[tuple[Value, ...], ...]
    """What each of its choices may be, so named."""

    owner: int | None
    """The value, of the domain that is walked, to which it belongs; None: to nobody."""

    visits: bool = False
    """Whether it is a visit of its owner."""

    completes: bool = False
    """Whether it is the last visit of a walk."""


Led = tuple[Variant, Transition, Permutations]
"""A step in a state that another one stands for, and what makes of its end the state wanted."""

Lead: TypeAlias = Callable[[int], Led]
"""Gives the step from the state of that number, on a way, to the next."""


def lifted(
    orbits: Orbits, claim: Claim, states: Sequence[State], lead: Lead | None = None
) -> tuple[Violated | Holds, Followed]:
    """The run of the model that a way through representatives stands for, and how it ends.

    Also how the model was followed on it, as far as to where `claim` is decided. `states` are on
    the way to there, each any state of its class. Without a `lead` the steps between them are
    looked for on the semantics.
    """
    lead = lead or Leading(orbits, states, Memory(orbits.prepared))
    for variant in orbits.variants(states[-1]):
        if is_decided(orbits.prepared, claim, variant.state):
            trace = _run(orbits, states, variant, lead)
            return ended(orbits.prepared, claim, trace), Followed(trace, None, None)
    raise ModelCheckBug(f"no state that is stood for decides {claim[0]}")


def _run(orbits: Orbits, states: Sequence[State], last: Variant, lead: Lead) -> Trace:
    taken, names = _taken(orbits, len(states) - 1, lead)
    final = _inverse(_after(names, last.permutations))
    moves = [_named(orbits, where, transition, final, by) for where, transition, by in taken]
    start = orbits.permuted(states[0], final)
    return _followed(orbits, start, _in_order(moves), last.state)


Taken = tuple[State, Transition, Permutations]
"""A step in some state, and the names of the values there."""


def _taken(orbits: Orbits, steps: int, lead: Lead) -> tuple[list[Taken], Permutations]:
    """The steps between the states on the way, and the names of the values in the last of them."""
    names, found = orbits.identity(), []
    for number in range(steps):
        variant, transition, leads = lead(number)
        names = _after(names, variant.permutations)
        found.append((variant.state, transition, names))
        names = _after(names, leads)
    return found, names


@dataclass(frozen=True, slots=True)
class Leading:
    """Looks for the steps on a way on the semantics."""

    orbits: Orbits
    states: Sequence[State]
    memory: Memory

    def __call__(self, number: int) -> Led:
        """The first step that leads from the state of that number to the next."""
        state, wanted = self.states[number : number + 2]
        for variant, (transition, after) in self.orbits.successors(self.memory, state):
            leads = None if isinstance(after, Violation) else leading(self.orbits, after, wanted)
            if leads is not None:
                return variant, transition, leads
        raise ModelCheckBug(f"no step of the model leads on to {wanted}")


def sorting(keys: Sequence[int], sizes: Sequence[int]) -> Permutations:
    """The permutations that sort the keys of each domain; equal ones stay in order."""
    found, first = [], 0
    for size in sizes:
        order = sorted(range(first, first + size), key=keys.__getitem__)
        found.append(_inverted(tuple(at - first for at in order)))
        first += size
    return tuple(found)


def leading(orbits: Orbits, state: State, to: State) -> Permutations | None:
    """The permutations that make one state of another of its class; None if it is of another.

    Most are equal, or one is the representative of both: then the other's is not worked out.
    """
    if state == to:
        return orbits.identity()
    one = orbits.canonical(state)
    if one.state == to:
        return one.permutations
    other = orbits.canonical(to)
    if one.state != other.state:
        return None
    return _composed(_inverse(other.permutations), one.permutations)


def _after(names: Permutations, moved: Permutations) -> Permutations:
    """The names by place, after what was at a place has moved."""
    return _composed(names, _inverse(moved))


def _composed(outer: Permutations, inner: Permutations) -> Permutations:
    return tuple(tuple(one[at] for at in other) for one, other in zip(outer, inner, strict=True))


def _inverse(by: Permutations) -> Permutations:
    return tuple(_inverted(one) for one in by)


def _inverted(one: Permutation) -> Permutation:
    return tuple(one.index(at) for at in range(len(one)))


def _named(
    orbits: Orbits, where: State, transition: Transition, final: Permutations, names: Permutations
) -> Move:
    by = _composed(final, names)
    actions = [
        Action(orbits.symmetry.roles, one.domain, permutation)
        for one, permutation in zip(orbits.domains, by, strict=True)
    ]
    process = orbits.prepared.model.process(transition.instance.process)
    instance = _moved_instance(actions, process, transition.instance)
    step = orbits.prepared.steps[process.name][transition.label]
    targets = [one.target for one in statements(step.body) if isinstance(one, Choose)]
    choices = []
    for value in transition.choices:
        images: dict[Value, None] = {}
        for target in targets:
            moved = value
            for action in actions:
                moved = action.value(node_of(target, process.name), target.type, moved)
            images[moved] = None
        choices.append(tuple(images))
    named = Transition(instance, transition.label, transition.choices)
    return _placed(orbits, where, named, tuple(choices), by, transition.instance)


def _moved_instance(actions: list[Action], process: Process, instance: Instance) -> Instance:
    if process.index is None:
        return instance
    index = instance.index
    for action in actions:
        index = action.scalar(node_of(process.index, process.name), process.index.type, index)
    return Instance(process.name, index)


def _placed(
    orbits: Orbits,
    where: State,
    named: Transition,
    choices: tuple[tuple[Value, ...], ...],
    by: Permutations,
    instance: Instance,
) -> Move:
    """A move with its place in the walk that is under way, if one is."""
    for number, one in enumerate(orbits.domains):
        if one.walk is None:
            continue
        if instance.process != one.walk.process.name:
            return Move(named, choices, orbits.owner(named.instance, number))
        if orbits.is_picking(where, number):
            at = orbits.visited(where, number)
            is_last = at == one.domain.size - 1
            return Move(named, choices, by[number][at], visits=True, completes=is_last)
    return Move(named, choices, None)


def _in_order(moves: Sequence[Move]) -> Iterator[Move]:
    """The moves, with the visits of each walk in ascending order."""
    waiting: list[Move] = []
    for move in moves:
        if waiting or move.visits:
            waiting.append(move)
        else:
            yield move
        if move.completes:
            yield from _sorted(waiting)
            waiting = []
    yield from _sorted(waiting)


def _sorted(walk: Sequence[Move]) -> Iterator[Move]:
    """First each visit after all that its value did before it; then the rest."""
    visits = {move.owner: at for at, move in enumerate(walk) if move.visits}
    early = {
        at: move
        for at, move in enumerate(walk)
        if move.owner in visits and at <= visits[move.owner]
    }
    yield from (early[at] for at in sorted(early, key=lambda at: (early[at].owner or 0, at)))
    yield from (move for at, move in enumerate(walk) if at not in early)


def _followed(orbits: Orbits, start: State, moves: Iterator[Move], wanted: State) -> Trace:
    """The run of the moves from `start` to `wanted`, whatever is chosen on the way."""
    if start not in initial(orbits.prepared):
        raise ModelCheckBug("what was found on representatives does not begin initially")
    schedule = list(moves)
    steps: list[TraceStep] = []
    pending = [_onward(orbits, start, schedule[0])] if schedule else []
    while pending and len(steps) < len(schedule):
        step = next(pending[-1], None)
        if step is None:
            pending.pop()
            steps = steps[: len(pending) - 1]
        elif len(pending) < len(schedule) and step.after is not None:
            steps.append(step)
            pending.append(_onward(orbits, step.after, schedule[len(pending)]))
        elif step.after == wanted:
            steps.append(step)
    if len(steps) < len(schedule) or (not schedule and start != wanted):
        raise ModelCheckBug("the model cannot follow what was found on its representatives")
    return Trace(start, tuple(steps))


def _onward(orbits: Orbits, state: State, move: Move) -> Iterator[TraceStep]:
    instance, label = move.transition.instance, move.transition.label
    for choices in product(*move.choices):
        transition = Transition(instance, label, choices)
        after = apply(orbits.prepared, state, transition)
        if isinstance(after, State):
            yield trace_step(orbits.prepared, transition, after)
