"""States up to symmetry: one representative of all that permutations make of a state.

While a process has visited some of a domain, only permutations count that keep those visited among
themselves. The representative has its parts in ascending order, as seen from each value in turn;
where that leaves a choice, it is the least of what is left (Emerson and Wahl, "On Combining
Symmetry Reduction and Symbolic Representation", 2003, on why it has to be unique).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, permutations, product
from math import factorial, prod
from typing import TypeAlias

from modelcheck.engines.symmetry.action import Action, Permutation, swap
from modelcheck.engines.symmetry.detection import Interchangeable, Symmetry
from modelcheck.engines.symmetry.roles import node_of
from modelcheck.engines.symmetry.sight import Sight
from modelcheck.ir.expressions import Scope
from modelcheck.ir.model import Process
from modelcheck.ir.types import Value, order_key, position
from modelcheck.semantics import Memory, Prepared
from modelcheck.semantics.step import Successor
from modelcheck.trace import Instance, Location, State

LIMIT = 262_144
"""So many representatives are remembered; then all are forgotten, and worked out anew."""

Held: TypeAlias = tuple[Location, ...]
"""Where the instances of a process stand."""

Permutations: TypeAlias = tuple[Permutation, ...]
"""One for each interchangeable domain."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A state that the search stands for by another, and the permutations that lead to it."""

    state: State
    permutations: Permutations


@dataclass(slots=True)
class Orbits:
    """The permutations of a model's domains, applied to its states."""

    prepared: Prepared
    symmetry: Symmetry
    _values: dict[tuple[int, Permutation, int, Value], Value] = field(default_factory=dict)
    _locations: dict[tuple[int, Permutation, int, Held], Held] = field(default_factory=dict)
    _known: dict[State, Variant] = field(default_factory=dict)
    _sights: list[Sight] = field(default_factory=list)

    def __post_init__(self) -> None:
        for one in self.domains:
            self._sights.append(Sight(self.prepared, self.symmetry, one.domain))

    @property
    def domains(self) -> tuple[Interchangeable, ...]:
        """The domains that are permuted."""
        return self.symmetry.domains

    def sight(self, number: int) -> Sight:
        """What is seen from the values of a domain."""
        return self._sights[number]

    def identity(self) -> Permutations:
        """The permutations that change nothing."""
        return tuple(tuple(range(one.domain.size)) for one in self.domains)

    def permuted(self, state: State, by: Permutations) -> State:
        """What permutations make of a state."""
        for number, permutation in enumerate(by):
            if permutation != tuple(range(len(permutation))):
                state = self._permuted(state, number, permutation)
        return state

    def _permuted(self, state: State, number: int, by: Permutation) -> State:
        action = Action(self.symmetry.roles, self.domains[number].domain, by)
        shared = []
        for at, (variable, value) in enumerate(
            zip(self.prepared.model.variables, state.shared, strict=True)
        ):
            key = (number, by, at, value)
            if key not in self._values:
                self._values[key] = action.value(node_of(variable, ""), variable.type, value)
            shared.append(self._values[key])
        first = 0
        locations: list[Location] = []
        for at, process in enumerate(self.prepared.model.processes):
            held = state.locations[first : first + len(process.indices())]
            first += len(held)
            where = (number, by, at, held)
            if where not in self._locations:
                self._locations[where] = tuple(self._placed(action, process, held))
            locations += self._locations[where]
        return State(tuple(shared), tuple(locations))

    def _placed(self, action: Action, process: Process, held: Held) -> Iterator[Location]:
        here = [self._relocated(action, process, location) for location in held]
        if process.index is None:
            yield from here
        else:
            yield from action.placed(node_of(process.index, process.name), here)

    def _relocated(self, action: Action, process: Process, location: Location) -> Location:
        types = {local.name: local.type for local in process.locals}
        names = process.live(location.label)
        held = zip(names, location.locals, strict=True)
        moved = [action.value((process.name, name), types[name], value) for name, value in held]
        return Location(location.label, tuple(moved))

    def visited(self, state: State, number: int) -> int:
        """How many values of a domain its walk has visited; 0 where there is none under way."""
        walk = self.domains[number].walk
        if walk is None:
            return 0
        location = state.locations[self.walker(number)]
        cursor = walk.cursors.get(location.label or "")
        if cursor is None:
            return 0
        if cursor.scope is Scope.SHARED:
            value = state.shared[self.prepared.names.index(cursor.name)]
        else:
            value = location.locals[walk.process.live(location.label).index(cursor.name)]
        return value if isinstance(value, int) else 0

    def walker(self, number: int) -> int:
        """The position of the instance that goes through a domain; -1: nobody does."""
        walk = self.domains[number].walk
        names = [instance.process for instance in self.prepared.instances]
        return names.index(walk.process.name) if walk is not None else -1

    def owner(self, instance: Instance, number: int) -> int | None:
        """The value of a domain that an instance belongs to, if it belongs to one."""
        index = self.prepared.model.process(instance.process).index
        if index is None:
            return None
        domain = self.domains[number].domain
        at = position(index.type, instance.index)
        is_one = self.symmetry.roles.is_identity(node_of(index, instance.process), domain)
        return at % domain.size if is_one and at is not None else None

    def is_picking(self, state: State, number: int) -> bool:
        """Whether the walk of a domain is about to visit a value."""
        walk = self.domains[number].walk
        if walk is None:
            return False
        label = state.locations[self.walker(number)].label
        flags = tuple(state.shared[self.prepared.names.index(one.name)] for one in walk.controls)
        return (label, flags) in walk.picking

    def canonical(self, state: State) -> Variant:
        """The representative of a state; the permutations lead from the state to it."""
        found = self._known.get(state)
        if found is None:
            if len(self._known) >= LIMIT:
                self._known.clear()
            found = self._known[state] = self._least(state, None)
        return found

    def _least(self, state: State, fixed: tuple[int, int] | None) -> Variant:
        """The least that permutations make of a state; those of a domain may keep one value."""
        candidates = []
        for number in range(len(self.domains)):
            kept = fixed[1] if fixed is not None and fixed[0] == number else None
            candidates.append(self._orders(state, number, kept))
        made = [Variant(self.permuted(state, by), by) for by in product(*candidates)]
        return made[0] if len(made) == 1 else min(made, key=lambda one: self._rank(one.state))

    def _rank(self, state: State) -> tuple[tuple[int, ...], ...]:
        variables = self.prepared.model.variables
        shared = [order_key(v.type, held) for v, held in zip(variables, state.shared, strict=True)]
        for process, location in zip(self.prepared.processes, state.locations, strict=True):
            types = {local.name: local.type for local in process.locals}
            names = process.live(location.label)
            labels = [None, *(step.label for step in process.steps)]
            shared.append((labels.index(location.label),))
            pairs = zip(names, location.locals, strict=True)
            shared += [order_key(types[name], held) for name, held in pairs]
        return tuple(shared)

    def _orders(self, state: State, number: int, kept: int | None) -> list[Permutation]:
        """The permutations that sort a state as seen from each value of a domain."""
        ties = self._ties(state, number, kept)
        return _ordered(ties, kept, is_settled=self.sight(number).tells_all)

    def _ties(self, state: State, number: int, kept: int | None) -> list[list[int]]:
        """The values of a domain in ascending order, those together that see the same."""
        size, border = self.domains[number].domain.size, self.visited(state, number)
        own = self.sight(number).of(state)
        seen = {
            at: (at >= border, kept is not None and at > kept, own[at])
            for at in range(size)
            if at != kept
        }
        ordered = sorted(seen, key=lambda at: seen[at])
        return [list(group) for _, group in groupby(ordered, key=lambda at: seen[at])]

    def variants(self, state: State) -> Iterator[Variant]:
        """The state, and those in which another value is the one that a walk visits next."""
        yield Variant(state, self.identity())
        for number, one in enumerate(self.domains):
            if not self.is_picking(state, number):
                continue
            here, size = self.visited(state, number), one.domain.size
            known = {self._least(state, (number, here)).state}
            for other in range(here + 1, size):
                by = list(self.identity())
                by[number] = swap(size, here, other)
                made = self.permuted(state, tuple(by))
                alike = self._least(made, (number, here)).state
                if alike not in known:
                    known.add(alike)
                    yield Variant(made, tuple(by))
            return

    def successors(self, memory: Memory, state: State) -> Iterator[tuple[Variant, Successor]]:
        """The transitions from all that a representative stands for, up to symmetry."""
        walkers = {one.walk.process.name for one in self.domains if one.walk is not None}
        for number, variant in enumerate(self.variants(state)):
            for successor in memory.onward(variant.state):
                if number == 0 or successor[0].instance.process in walkers:
                    yield variant, successor

    def size(self, state: State) -> int:
        """How many states a representative stands for: permutations, but for those that keep it."""
        allowed, keeping = 1, 1
        orders = []
        for number, one in enumerate(self.domains):
            border = self.visited(state, number)
            allowed *= factorial(border) * factorial(one.domain.size - border)
            ties = self._ties(state, number, None)
            if self.sight(number).tells_all:
                keeping *= prod(factorial(len(tie)) for tie in ties)
                orders.append([self.identity()[number]])
            else:
                orders.append(_ordered(ties, None, is_settled=False))
        return allowed // (
            keeping * sum(self.permuted(state, by) == state for by in product(*orders))
        )

    @property
    def order(self) -> int:
        """How many permutations there are."""
        return prod(factorial(one.domain.size) for one in self.domains)

    @property
    def trials(self) -> int:
        """How many of them are tried at most to find a representative."""
        sizes = [one.domain.size for one in self.domains]
        told = [one.tells_all for one in self._sights]
        return prod(factorial(n) for n, all_of_it in zip(sizes, told, strict=True) if not all_of_it)


def _ordered(ties: list[list[int]], kept: int | None, *, is_settled: bool) -> list[Permutation]:
    """The permutations that bring ties in order: one if it is settled how each tie is broken."""
    ways = [[tuple(tie)] if is_settled else list(permutations(tie)) for tie in ties]
    found = []
    for way in product(*ways):
        order = [at for tie in way for at in tie]
        if kept is not None:
            order.insert(kept, kept)
        found.append(tuple(order.index(at) for at in range(len(order))))
    return found
