"""An invariant found step by step, or a run to a violation: property directed reachability.

States from which something goes wrong are taken backwards, each as a cube; where no step of the
level below leads into a cube, it is ruled out, and with it whatever else can be by the same means.
An invariant is found when two levels rule out the same (A. Bradley, "SAT-based model checking
without unrolling", 2011; N. Een, A. Mishchenko, R. Brayton, "Efficient implementation of property
directed reachability", 2011). Here cells have several bits, so a literal names a set of values; and
what is ruled out of some instances is tried of the others, too.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from modelcheck.engines.smt.induction.cubes import (
    Assignment,
    Cube,
    Part,
    around,
    covers,
    cube_of,
)
from modelcheck.engines.smt.induction.frames import Frames, Stepped
from modelcheck.engines.smt.induction.reasons import Reasons
from modelcheck.engines.smt.induction.witnesses import Witnesses
from modelcheck.engines.smt.symbolic.relation import Action, Goal
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.trace import State

MOST_GUESSES = 50
"""Of how wide a cube can be that is ruled out."""

Images = Callable[[Cube], Iterable[Cube]]
"""What a cube is for other instances."""


@dataclass(frozen=True, slots=True, order=True)
class Obligation:
    """A cube to be ruled out at a level: from all of its states something goes wrong."""

    level: int
    number: int
    """The later found first, of one level."""

    cube: Cube = field(compare=False)
    action: Action | None = field(compare=False)
    """What leads from there to the next one; None where the goal is reached."""

    choices: Assignment = field(compare=False)
    next: Obligation | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Refuted:
    """A goal, and the states of a run to where it is reached."""

    goal: Goal
    states: list[State]


@dataclass(slots=True)
class Search:
    """The mutable middle of one search."""

    frames: Frames
    witnesses: Witnesses
    images: Images
    report: Callable[[int], None]
    """Is told how many steps are known to violate nothing."""

    made: int = 0
    parts: dict[Term, Part] = field(default_factory=dict)
    """To which part a cell belongs."""

    def run(self, goals: tuple[Goal, ...]) -> Refuted | tuple[Cube, ...]:
        """A violation, or the cubes that an invariant rules out; raises `UsedUp`."""
        self.parts = {cell: part for part in self.frames.parts for cell in part.cells}
        while True:
            for goal in goals:
                refuted = self._keep_from(goal)
                if refuted is not None:
                    return refuted
            self.report(self.frames.top)
            self.frames.grow()
            found = self._propagate()
            if found is not None:
                return self.frames.support(found, goals)

    def _keep_from(self, goal: Goal) -> Refuted | None:
        """Rule out at the highest level what reaches a goal, or find a run that does."""
        top = self.frames.top
        while (found := self.frames.reaching(goal, top)) is not None:
            state, choices = found
            cells = Reasons({**state, **choices}).cells((goal.condition,))
            cube = around(self._parts(cells), state)
            end = self._rule_out(self._obligation(top, cube, None, choices, None))
            if end is not None:
                return Refuted(goal, self.witnesses.run_to(end))
        return None

    def _obligation(
        self,
        level: int,
        cube: Cube,
        action: Action | None,
        choices: Assignment,
        after: Obligation | None,
    ) -> Obligation:
        self.made += 1
        return Obligation(level, -self.made, cube, action, choices, after)

    def _rule_out(self, first: Obligation) -> int | None:
        """Rule out a cube and all that leads to it.

        Where that cannot be, as a run leads there: the number of the state that it leads to.
        """
        pending = [first]
        while pending:
            one = heapq.heappop(pending)
            met = self.witnesses.meet(one.cube)
            if met is not None:
                return self._followed(met, one)
            if self._is_ruled_out(one.cube, one.level):
                continue
            found = self.frames.stepping(one.cube, one.level)
            if isinstance(found, Stepped):
                heapq.heappush(pending, self._before(found, one))
                heapq.heappush(pending, one)
            else:
                level = self._learn(found, one)
                if level is None:
                    heapq.heappush(pending, one)
                elif level < min(self.frames.top, first.level):
                    again = (level + 1, one.cube, one.action, one.choices, one.next)
                    heapq.heappush(pending, self._obligation(*again))
        return None

    def _followed(self, number: int, one: Obligation) -> int:
        """Note the states of a run that goes on from a known one through the cubes."""
        relation = self.frames.relation
        while one.next is not None and one.action is not None:
            values = relation.numbers(self.witnesses.states[number])
            reasons = Reasons({**values, **one.choices})
            changed = {cell: reasons.value(new) for cell, new in one.action.changes}
            number = self.witnesses.add(relation.state({**values, **changed}), number)
            one = one.next
        return number

    def _is_ruled_out(self, cube: Cube, level: int) -> bool:
        return any(covers(out, cube) for cubes in self.frames.cubes[level:] for out in cubes)

    def _before(self, found: Stepped, one: Obligation) -> Obligation:
        """The states that the same action leads into the cube, as far as they are easily seen."""
        relation, action = self.frames.relation, found.action
        changes = dict(action.changes)
        kept: dict[Part, frozenset[int]] = {}
        needed = [action.enabled, action.violates]
        for part, values in one.cube:
            if action.writes.isdisjoint(part.cells):
                kept[part] = values
            else:
                ways = (part.is_value(relation, value, changes) for value in sorted(values))
                needed.append(relation.terms.some(ways))
        cells = Reasons({**found.state, **found.choices}).cells(needed)
        here = dict(around(self._parts(cells), found.state))
        return self._obligation(one.level - 1, cube_of(kept | here), action, found.choices, one)

    def _parts(self, cells: Iterable[Term]) -> set[Part]:
        """The parts to which cells belong; choices belong to none."""
        return {self.parts[cell] for cell in cells if cell in self.parts}

    def _narrowest(self, core: Cube, whole: Cube) -> Cube:
        """A core, and of the whole cube as much as keeps the witnesses out."""
        left = [literal for literal in whole if literal not in core]
        while self.witnesses.meet(core) is not None:
            part, values = left.pop()
            core = cube_of({**dict(core), part: values})
        return core

    def _learn(self, core: Cube, one: Obligation) -> int | None:
        """Rule out as much as is possible like a cube, as high up as possible; gives that level.

        None: it was found meanwhile that a run leads into the cube.
        """
        general = self._guessed(one)
        if self.witnesses.meet(one.cube) is not None:
            return None
        if general is None:
            general = self._generalised(self._narrowest(core, one.cube), one.level)
        level = self._lifted(general, one.level)
        self._add(general, level)
        for image in self.images(general):
            if not self._is_ruled_out(image, level) and self._is_out(image, level):
                self._add(image, level)
        return level

    def _guessed(self, one: Obligation) -> Cube | None:
        """The widest cube that keeps the witnesses out, once what leads into it is ruled out.

        A guess: where a run leads into it, that is one more witness, and another one is tried.
        """
        for _ in range(MOST_GUESSES):
            cube = self.witnesses.widest(one.cube)
            found = self.frames.stepping(cube, one.level)
            if not isinstance(found, Stepped):
                return cube
            guess = self._obligation(one.level, cube, None, {}, None)
            self._rule_out(self._before(found, guess))
            if self.witnesses.meet(one.cube) is not None:
                return None
        return None

    def _add(self, cube: Cube, level: int) -> None:
        for cubes in self.frames.cubes[: level + 1]:
            cubes[:] = [one for one in cubes if not covers(cube, one)]
        self.frames.add(cube, level)

    def _is_out(self, cube: Cube, level: int) -> bool:
        if self.witnesses.meet(cube) is not None:
            return False
        return not isinstance(self.frames.stepping(cube, level), Stepped)

    def _lifted(self, cube: Cube, level: int) -> int:
        while level < self.frames.top and self._is_out(cube, level + 1):
            level += 1
        return level

    def _generalised(self, cube: Cube, level: int) -> Cube:
        """The cube with what it says of parts left out, one after the other, where that may be."""
        for literal in cube:
            wider = tuple(one for one in cube if one != literal)
            if literal not in cube or self.witnesses.meet(wider) is not None:
                continue
            found = self.frames.stepping(wider, level)
            if not isinstance(found, Stepped):
                cube = self._narrowest(found, wider)
        return cube

    def _propagate(self) -> tuple[Cube, ...] | None:
        """Take clauses to higher levels; what is ruled out if a level keeps none for itself."""
        frames = self.frames
        for level in range(1, frames.top):
            for cube in list(frames.cubes[level]):
                if cube in frames.cubes[level] and frames.is_kept_out(cube, level):
                    self._add(cube, level + 1)
            if not frames.cubes[level]:
                return tuple(cube for cubes in frames.cubes[level:] for cube in cubes)
        return None
