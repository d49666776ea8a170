"""Reachable states that are known: nothing in which one of them lies is ever ruled out.

An invariant holds in every reachable state, so a clause that one of them refutes leads nowhere,
however far away that state is from where the search has come to. All states are known where these
are few; else those of random runs, and those that the search itself comes upon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from modelcheck.engines.smt.induction.cubes import Cube, Literal, Part, cube_of
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.semantics import Memory, initial
from modelcheck.trace import State

MOST_STATES = 4096
LONGEST_RUN = 400


@dataclass(slots=True)
class Witnesses:
    """The states that are known, and how each can be reached."""

    seen: Seen
    states: list[State] = field(default_factory=list)
    numbers: dict[State, int] = field(default_factory=dict)
    parents: list[int | None] = field(default_factory=list)
    marks: dict[tuple[Part, int], int] = field(default_factory=dict)
    """For each value of a part the states that have it: a byte for each, as one number."""

    everything: int = 0
    """The mark of all states."""

    def add(self, state: State, parent: int | None) -> int:
        """Note a state that one step leads to from another one, or that is initial."""
        if state in self.numbers:
            return self.numbers[state]
        number = self.numbers[state] = len(self.states)
        self.states.append(state)
        self.parents.append(parent)
        mark = 1 << (8 * number)
        self.everything |= mark
        for key in self.seen.values(state):
            self.marks[key] = self.marks.get(key, 0) | mark
        return number

    def run_to(self, number: int) -> list[State]:
        """A run from an initial state."""
        found, at = [], number
        while True:
            found.append(self.states[at])
            parent = self.parents[at]
            if parent is None:
                return found[::-1]
            at = parent

    def meet(self, cube: Cube) -> int | None:
        """The first of them that lies in a cube."""
        left = self._among(cube)
        return ((left & -left).bit_length() - 1) // 8 if left else None

    def widest(self, cube: Cube) -> Cube:
        """A cube around another one that says as little as it can while none of them lies in it."""
        for count in (1, 2):
            ways = (self._widened(few) for few in combinations(cube, count) if not self._among(few))
            best = max(ways, key=_volume, default=None)
            if best is not None:
                return best
        for literal in cube:
            fewer = tuple(one for one in cube if one != literal)
            if not self._among(fewer):
                cube = fewer
        return self._widened(cube)

    def _widened(self, cube: Cube) -> Cube:
        """With more values for each part, one part after the other."""
        for at, (part, values) in enumerate(cube):
            others = self._among((*cube[:at], *cube[at + 1 :]))
            free = (v for v in range(len(part.values)) if not self.marks.get((part, v), 0) & others)
            cube = (*cube[:at], (part, values.union(free)), *cube[at + 1 :])
        return cube_of(dict(cube))

    def _among(self, cube: tuple[Literal, ...]) -> int:
        """The mark of those in a cube."""
        left = self.everything
        for part, values in cube:
            here = 0
            for value in values:
                here |= self.marks.get((part, value), 0)
            left &= here
            if not left:
                break
        return left


def _volume(cube: Cube) -> float:
    """How much of all that can be said a cube holds."""
    found = 1.0
    for part, values in cube:
        found *= len(values) / len(part.values)
    return found


def witnesses(relation: Relation, parts: tuple[Part, ...], most: int = MOST_STATES) -> Witnesses:
    """At most so many reachable states; all of them if they are no more."""
    memory, found = Memory(relation.prepared), Witnesses(Seen(relation, parts))
    near = dict.fromkeys(initial(relation.prepared))
    parents: dict[State, State] = {}
    pending = list(near)
    for state in pending:
        if len(near) > most:
            break
        for _, after in memory.successors(state):
            if isinstance(after, State) and after not in near:
                near[after], parents[after] = None, state
                pending.append(after)
    if len(near) <= most:
        for state in near:
            parent = parents.get(state)
            found.add(state, None if parent is None else found.numbers[parent])
    else:
        _wander(relation, memory, found, most)
    return found


def _wander(relation: Relation, memory: Memory, found: Witnesses, most: int) -> None:
    """Note the states of random runs, at most so many."""
    starts, chance = initial(relation.prepared), Random(0)  # noqa: S311  # no secret
    for state in starts[:most]:
        found.add(state, None)
    left = most
    while left > 0:
        state = chance.choice(starts)
        at = found.add(state, None)
        for _ in range(LONGEST_RUN):
            left -= 1
            onward = [s for _, s in memory.successors(state) if isinstance(s, State)]
            if not onward:
                break
            state = chance.choice(onward)
            at = found.add(state, at)


class Seen:
    """Says of states which value each part has; remembered of each variable and location."""

    def __init__(self, relation: Relation, parts: tuple[Part, ...]) -> None:
        self._relation = relation
        self._part_of = {cell: part for part in parts for cell in part.cells}
        self._known: dict[tuple[int, object], tuple[tuple[Part, int], ...]] = {}

    def values(self, state: State) -> Iterator[tuple[Part, int]]:
        """Each part, and the position of its value."""
        for number, value in enumerate((*state.shared, *state.locations)):
            key = (number, value)
            if key not in self._known:
                self._known[key] = self._found(number, state)
            yield from self._known[key]

    def _found(self, number: int, state: State) -> tuple[tuple[Part, int], ...]:
        """The parts of one variable, or of one instance."""
        layout, relation = self._relation.layout, self._relation
        shared = len(layout.shared)
        if number < shared:
            cells = tuple(leaves(layout.shared[number][1]))
        else:
            cells = layout.own(number - shared)
        numbers = relation.numbers(state)
        parts = dict.fromkeys(self._part_of[cell] for cell in cells if not cell.is_known)
        return tuple((part, part.position(numbers)) for part in parts)
