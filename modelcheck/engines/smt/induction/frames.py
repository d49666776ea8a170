"""What a solver knows while an invariant is looked for: one step, and clauses on its two states.

Level 0 is where runs begin; of level `n` it is known that the clauses at `n` and above hold after
at most `n` steps. One solver answers for all levels: what belongs to one is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import z3

from modelcheck.engines.smt.encode import Encoder, value_of, variable
from modelcheck.engines.smt.induction.cubes import (
    Assignment,
    Cube,
    Literal,
    Part,
    cube_of,
    is_in,
    parts_of,
)
from modelcheck.engines.smt.induction.legal import legal
from modelcheck.engines.smt.solver import Answer, Limits, Oracle, oracle
from modelcheck.engines.smt.symbolic.relation import Action, Goal, Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.transition import one_step
from modelcheck.engines.smt.unroll import substituted
from modelcheck.errors import ModelCheckBug
from modelcheck.semantics import initial

Variables = Mapping[Term, z3.ExprRef]


@dataclass(frozen=True, slots=True)
class Stepped:
    """A state, the action that leads on from it, and its choices."""

    state: Assignment
    action: Action
    choices: Assignment


@dataclass(slots=True)
class Side:
    """The cells on one side of the step, and what was defined over them."""

    variables: Variables
    tag: str
    isnt: dict[tuple[Part, int], z3.BoolRef] = field(default_factory=dict)
    """Whether a part has another value than this one."""


@dataclass(slots=True)
class Frames:
    """The solver, and the clauses of each level as the cubes that they rule out."""

    relation: Relation
    parts: tuple[Part, ...]
    oracle: Oracle
    encoder: Encoder
    before: Side
    after: Side
    taken: tuple[z3.BoolRef, ...]
    starts: tuple[Assignment, ...]
    """The initial states."""

    levels: list[z3.BoolRef] = field(default_factory=list)
    """To be assumed: what is known of a level."""

    cubes: list[list[Cube]] = field(default_factory=list)
    """Ruled out at each level, those of higher ones left out."""

    goals: dict[Goal, z3.BoolRef] = field(default_factory=dict)
    """To be assumed: a goal is reached."""

    asked: int = 0

    def grow(self) -> None:
        """Add a level of which nothing is known."""
        self.levels.append(z3.Bool(f"level {len(self.levels)}"))
        self.cubes.append([])

    @property
    def top(self) -> int:
        """The highest level."""
        return len(self.levels) - 1

    def add(self, cube: Cube, level: int) -> None:
        """Rule out a cube at a level and below; clauses that say less there are forgotten."""
        self.cubes[level].append(cube)
        self._rule_out(cube, self.levels[level])

    def _rule_out(self, cube: Cube, where: z3.BoolRef) -> None:
        self.oracle.solver.add(z3.Or(z3.Not(where), *map(self._is_none_of, cube)))

    def _is_none_of(self, literal: Literal) -> z3.BoolRef:
        """Whether a part has none of these values before the step."""
        part, values = literal
        if 2 * len(values) <= len(part.values):
            return z3.And(*(self._isnt(self.before, part, value) for value in sorted(values)))
        others = (value for value in range(len(part.values)) if value not in values)
        return z3.Or(*(z3.Not(self._isnt(self.before, part, value)) for value in others))

    def is_initial(self, cube: Cube) -> bool:
        """Whether a run may begin in one of its states."""
        return any(is_in(start, cube) for start in self.starts)

    def reaching(self, goal: Goal, level: int) -> tuple[Assignment, Assignment] | None:
        """A state of a level where a goal is reached, and the choices with which it is."""
        if self.oracle.ask(*self.levels[level:], self.goals[goal]) is not Answer.YES:
            return None
        model = self.oracle.solver.model()
        chosen = dict.fromkeys(cell for one in self.relation.actions for cell in one.choices)
        return self._values(model, self.before.variables), self._named(model, chosen)

    def stepping(self, cube: Cube, level: int) -> Stepped | Cube:
        """A step into a cube from a state of the level below outside of it.

        If there is none: a part of what the cube says that is enough for that.
        """
        self.asked += 1
        outside = z3.Bool(f"outside {self.asked}")
        self._rule_out(cube, outside)
        found = self._into(cube, (*self.levels[level - 1 :], outside))
        self.oracle.solver.add(z3.Not(outside))
        return found

    def is_kept_out(self, cube: Cube, level: int) -> bool:
        """Whether no step from a level leads into a cube."""
        return not isinstance(self._into(cube, tuple(self.levels[level:])), Stepped)

    def support(self, cubes: tuple[Cube, ...], goals: tuple[Goal, ...]) -> tuple[Cube, ...]:
        """Of the cubes that an invariant rules out those that are needed, in their order.

        First what keeps the goals away, then what keeps each of these out.
        """
        kept = [z3.Bool(f"kept {number}") for number in range(len(cubes))]
        for where, cube in zip(kept, cubes, strict=True):
            self._rule_out(cube, where)
        needed: dict[int, None] = {}
        for goal in goals:
            needed |= self._used(kept, [self.goals[goal]])
        for number in (pending := list(needed)):
            entered = [one for _, _, one in self._entering(cubes[number])]
            used = self._used(kept, entered)
            pending += [one for one in used if one not in needed]
            needed |= used
        return tuple(cubes[number] for number in sorted(needed))

    def _used(self, kept: list[z3.BoolRef], asked: list[z3.BoolRef]) -> dict[int, None]:
        """Of what is kept those by which something is impossible."""
        if self.oracle.ask(*kept, *asked) is Answer.YES:
            raise ModelCheckBug("an invariant was found that is none")
        core = {one.get_id() for one in self.oracle.solver.unsat_core()}
        return {number: None for number, one in enumerate(kept) if one.get_id() in core}

    def _entering(self, cube: Cube) -> list[tuple[Part, int, z3.BoolRef]]:
        """The values that parts do not have after a step into a cube."""
        return [
            (part, value, self._isnt(self.after, part, value))
            for part, values in cube
            for value in range(len(part.values))
            if value not in values
        ]

    def _into(self, cube: Cube, known: tuple[z3.BoolRef, ...]) -> Stepped | Cube:
        parts = self._entering(cube)
        if self.oracle.ask(*known, *(one for _, _, one in parts)) is Answer.YES:
            return self._stepped()
        core = {one.get_id() for one in self.oracle.solver.unsat_core()}
        out: dict[Part, set[int]] = {}
        for part, value, one in parts:
            if one.get_id() in core:
                out.setdefault(part, set()).add(value)
        every = {part: frozenset(range(len(part.values))) for part in out}
        return cube_of({part: every[part] - values for part, values in out.items()})

    def _stepped(self) -> Stepped:
        model = self.oracle.solver.model()
        for taken, action in zip(self.taken, self.relation.actions, strict=True):
            if z3.is_true(model.eval(taken)):
                state = self._values(model, self.before.variables)
                return Stepped(state, action, self._named(model, action.choices))
        raise ModelCheckBug("a cube was entered from outside without a step")

    def _values(self, model: z3.ModelRef, variables: Variables) -> Assignment:
        return {
            cell: value_of(cell, model.eval(one, model_completion=True))
            for cell, one in variables.items()
        }

    def _named(self, model: z3.ModelRef, cells: Iterable[Term]) -> Assignment:
        return self._values(model, {cell: variable(cell, cell.name) for cell in cells})

    def _isnt(self, side: Side, part: Part, value: int) -> z3.BoolRef:
        if (part, value) not in side.isnt:
            named = z3.Bool(f"part {part.number} is not {value}{side.tag}")
            same = self.encoder.truth(part.is_value(self.relation, value, {}))
            pairs = [
                (self.encoder.made[cell], side.variables[cell])
                for cell in part.cells
                if cell in self.encoder.made
            ]
            self.oracle.solver.add(named == z3.Not(substituted(same, pairs)))
            side.isnt[part, value] = named
        return side.isnt[part, value]


def frames(relation: Relation, limits: Limits) -> Frames:
    """A solver that knows one step of the model, and level 0."""
    encoder, asked = Encoder(), oracle(limits)
    cells = relation.layout.cells
    before = Side({cell: variable(cell, cell.name) for cell in cells}, "")
    after = Side({cell: variable(cell, f"{cell.name}'") for cell in cells}, "'")
    taken = tuple(z3.Bool(f"action {number}") for number in range(len(relation.actions)))
    asked.solver.add(one_step(relation, encoder, taken, after.variables))
    for one in legal(relation):
        asked.solver.add(encoder.truth(one))
    starts = tuple(relation.numbers(state) for state in initial(relation.prepared))
    found = Frames(relation, parts_of(relation), asked, encoder, before, after, taken, starts)
    found.grow()
    asked.solver.add(z3.Implies(found.levels[0], encoder.truth(relation.initial)))
    for number, goal in enumerate(relation.goals):
        found.goals[goal] = z3.Bool(f"goal {number}")
        asked.solver.add(z3.Implies(found.goals[goal], encoder.truth(goal.condition)))
    return found
