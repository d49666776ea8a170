"""From a way through representatives back to a run of the model.

Each step is taken in some state that a representative stands for; naming the values of a domain
after their places at the end makes one run of these steps. Where it visits values out of order, its
steps are put in another order, as `order` shows that they may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from modelcheck.engines.selection import Claim
from modelcheck.engines.symmetry.action import Action, Permutation
from modelcheck.engines.symmetry.orbits import Orbits, Permutations, Variant
from modelcheck.engines.symmetry.roles import node_of
from modelcheck.engines.tracing import is_decided, told
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Process
from modelcheck.ir.statements import Choose
from modelcheck.ir.types import Value
from modelcheck.ir.walk import statements
from modelcheck.semantics import Memory
from modelcheck.trace import Holds, Instance, State, Transition, Violated, Violation


@dataclass(frozen=True, slots=True)
class Move:
    """A step of the run, with the values of the domains named as they are at its end."""

    transition: Transition
    choices: tuple[frozenset[Value], ...]
    """What each of its choices may be, so named."""

    owner: int | None
    """The value, of the domain that is walked, to which it belongs; None: to nobody."""

    visits: bool = False
    """Whether it is a visit of its owner."""

    completes: bool = False
    """Whether it is the last visit of a walk."""


def lifted(orbits: Orbits, claim: Claim, states: Sequence[State]) -> Violated | Holds:
    """The run of the model that a way through representatives stands for, and how it ends.

    `states` are on the way to where `claim` is decided, each any state of its class.
    """
    for variant in orbits.variants(orbits.canonical(states[-1]).state):
        if is_decided(orbits.prepared, claim, variant.state):
            return told(orbits.prepared, claim, _run(orbits, states, variant))
    raise ModelCheckBug(f"no state that is stood for decides {claim[0]}")


def _run(orbits: Orbits, states: Sequence[State], last: Variant) -> list[State]:
    ways = [orbits.canonical(state).state for state in states]
    memory = Memory(orbits.prepared)
    taken, names = _taken(orbits, memory, ways)
    final = _inverse(_after(names, last.permutations))
    moves = [_named(orbits, where, transition, final, by) for where, transition, by in taken]
    start = orbits.permuted(ways[0], final)
    return _followed(memory, start, _in_order(moves), last.state)


Taken = tuple[State, Transition, Permutations]
"""A step in some state, and the names of the values there."""


def _taken(
    orbits: Orbits, memory: Memory, ways: Sequence[State]
) -> tuple[list[Taken], Permutations]:
    """The steps between representatives, and the names of the values in the last of them."""
    names, found = orbits.identity(), []
    for state, wanted in pairwise(ways):
        for variant, (transition, after) in orbits.successors(memory, state):
            if isinstance(after, Violation) or orbits.canonical(after).state != wanted:
                continue
            names = _after(names, variant.permutations)
            found.append((variant.state, transition, names))
            names = _after(names, orbits.canonical(after).permutations)
            break
        else:
            raise ModelCheckBug(f"no step of the model leads on to {wanted}")
    return found, names


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
        images = set()
        for target in targets:
            moved = value
            for action in actions:
                moved = action.value(node_of(target, process.name), target.type, moved)
            images.add(moved)
        choices.append(frozenset(images))
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
    choices: tuple[frozenset[Value], ...],
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


def _followed(memory: Memory, start: State, moves: Iterator[Move], wanted: State) -> list[State]:
    """The states through which the moves lead, from `start` to `wanted`, whatever is chosen."""
    schedule = list(moves)
    path = [start]
    pending = [_onward(memory, start, schedule[0])] if schedule else []
    while pending:
        state = next(pending[-1], None)
        if state is None:
            pending.pop()
            path.pop()
            continue
        path.append(state)
        if len(pending) < len(schedule):
            pending.append(_onward(memory, state, schedule[len(pending)]))
        elif state == wanted:
            return path
        else:
            path.pop()
    if not schedule and start == wanted:
        return path
    raise ModelCheckBug("the model cannot follow what was found on its representatives")


def _onward(memory: Memory, state: State, move: Move) -> Iterator[State]:
    wanted = move.transition.instance, move.transition.label
    for transition, after in memory.successors(state):
        if (transition.instance, transition.label) != wanted or isinstance(after, Violation):
            continue
        if len(transition.choices) == len(move.choices) and all(
            one in allowed for one, allowed in zip(transition.choices, move.choices, strict=True)
        ):
            yield after
