"""Runs of a model as constraints: one copy of the state after each step, in one solver.

In frame `n` at most one action leads from the state `n` to the state `n + 1`; where none does the
run is over, and its state stays. Under the order constraint, of two neighbouring actions that are
independent the one that comes first in the model is taken first: each run has a permutation of the
same length and the same end that keeps to that (speed.md 5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import z3

from modelcheck.engines.smt.encode import Encoder, value_of, variable
from modelcheck.engines.smt.symbolic.relation import Action, Goal, Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.transition import one_step
from modelcheck.errors import ModelCheckBug
from modelcheck.trace import State

Variables = Mapping[Term, z3.ExprRef]
"""What stands for cells in one frame."""


def is_independent(one: Action, other: Action) -> bool:
    """Whether two actions never disturb each other: in either order they do the same."""
    return not (
        one.writes & (other.reads | other.writes) or other.writes & (one.reads | one.writes)
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """The step from one state to the next."""

    taken: tuple[z3.BoolRef, ...]
    """For each action of the model whether it is this one; false where it cannot be."""

    moves: z3.BoolRef
    """Whether there is a step."""


@dataclass(slots=True)
class Unrolling:
    """The constraints of one model, for as many steps as were asked about."""

    relation: Relation
    solver: z3.Solver
    anywhere: bool = False
    """Whether runs begin in any state, reachable or not, and not in initial ones only."""

    encoder: Encoder = field(default_factory=Encoder)
    states: list[Variables] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    goals: dict[tuple[Goal, int], z3.BoolRef] = field(default_factory=dict)
    """Whether a goal is reached by a run of exactly so many steps."""

    ordered: z3.BoolRef = field(default_factory=lambda: z3.Bool("ordered"))
    """To be assumed: neighbours keep to the order."""

    asked: int = 0
    generic: tuple[z3.BoolRef, ...] = ()
    before: tuple[z3.BoolRef, ...] = ()
    after: Variables = field(default_factory=dict)
    choices: tuple[Term, ...] = ()
    template: z3.BoolRef = field(default_factory=lambda: z3.BoolVal(True))  # noqa: FBT003
    """One step, between variables that stand for no frame; `begin` makes all of these."""

    order: z3.BoolRef = field(default_factory=lambda: z3.BoolVal(True))  # noqa: FBT003
    """What the order constraint says of an action and the one before it."""

    def begin(self) -> None:
        """Write down where a run begins, and how a step looks in general."""
        relation, actions = self.relation, self.relation.actions
        self.generic = tuple(z3.Bool(f"action {n}") for n in range(len(actions)))
        self.after = {cell: variable(cell, f"{cell.name}'") for cell in relation.layout.cells}
        self.choices = tuple(dict.fromkeys(one for action in actions for one in action.choices))
        self.template = one_step(relation, self.encoder, self.generic, self.after)
        self.before = tuple(z3.Bool(f"before {n}") for n in range(len(actions)))
        self.order = self._order()
        self.states.append(self._variables(0))
        if not self.anywhere:
            self.demand(relation.initial)

    def demand(self, condition: Term) -> None:
        """From here on runs begin only where the condition holds."""
        self.solver.add(self._at(self.encoder.truth(condition), self.states[0]))

    def grow(self, steps: int) -> None:
        """Write down as many steps."""
        never = z3.BoolVal(False)  # noqa: FBT003
        while len(self.frames) < steps:
            number = len(self.frames)
            self.states.append(self._variables(number + 1))
            taken = tuple(
                z3.Bool(f"action {n}@{number}")
                if self.anywhere or action.earliest <= number
                else never
                for n, action in enumerate(self.relation.actions)
            )
            frame = Frame(taken, z3.Bool(f"moves@{number}"))
            self.frames.append(frame)
            self.solver.add(self._step(number), frame.moves == z3.Or(*taken))
            if number:
                self._follow(number)

    def _follow(self, number: int) -> None:
        """What the step of a frame and the one before it have to do with each other."""
        before, frame = self.frames[number - 1], self.frames[number]
        self.solver.add(z3.Implies(frame.moves, before.moves))
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        pairs += zip(self.before, before.taken, strict=True)
        pairs += zip(self.generic, frame.taken, strict=True)
        self.solver.add(substituted(self.order, pairs))

    def question(self, goals: tuple[Goal, ...], lengths: range) -> z3.BoolRef:
        """To be assumed: a run of one of these lengths reaches one of the goals."""
        self.grow(lengths.stop - 1)
        self.asked += 1
        asked = z3.Bool(f"asked {self.asked}")
        reached = [self._reached(goal, steps) for goal in goals for steps in lengths]
        self.solver.add(z3.Implies(asked, z3.Or(*reached)))
        return asked

    def avoid(self, goals: tuple[Goal, ...], steps: int) -> None:
        """From here on no run reaches one of the goals in exactly so many steps."""
        self.grow(steps)
        for goal in goals:
            if steps >= goal.by_step:
                self.solver.add(z3.Not(self._condition(goal, steps - goal.by_step)))

    def differ(self, number: int) -> None:
        """From here on the state after so many steps is none of those before."""
        self.grow(number)
        last = self.states[number]
        for one in self.states[:number]:
            self.solver.add(z3.Not(z3.And(*(one[cell] == last[cell] for cell in last))))

    def lasting(self, steps: int) -> tuple[z3.BoolRef, ...]:
        """To be assumed: a run has at least so many steps."""
        self.grow(steps)
        return tuple(frame.moves for frame in self.frames[steps - 1 : steps])

    def decoded(self, model: z3.ModelRef) -> list[State]:
        """The states of the run that was found."""
        moved = [
            number
            for number, frame in enumerate(self.frames)
            if z3.is_true(model.eval(frame.moves, model_completion=True))
        ]
        return [self._state(model, number) for number in range(len(moved) + 1)]

    def _reached(self, goal: Goal, steps: int) -> z3.BoolRef:
        """Whether a goal is reached by a run of exactly so many steps."""
        number = steps - goal.by_step
        if number < 0:
            return z3.BoolVal(False)  # noqa: FBT003
        if (goal, steps) not in self.goals:
            reached = z3.Bool(f"{' '.join((goal.claim[0], goal.claim[1].value))}@{steps}")
            condition = self._condition(goal, number)
            self.solver.add(z3.Implies(reached, z3.And(condition, *self.lasting(number))))
            self.goals[goal, steps] = reached
        return self.goals[goal, steps]

    def _condition(self, goal: Goal, number: int) -> z3.BoolRef:
        values = {**self.states[number], **self._chosen(number)}
        return self._at(self.encoder.truth(goal.condition), values)

    def _state(self, model: z3.ModelRef, number: int) -> State:
        values = {
            cell: value_of(cell, model.eval(one, model_completion=True))
            for cell, one in self.states[number].items()
        }
        return self.relation.state(values)

    def _variables(self, number: int) -> Variables:
        cells = self.relation.layout.cells
        return {cell: variable(cell, f"{cell.name}@{number}") for cell in cells}

    def _chosen(self, number: int) -> Variables:
        return {cell: variable(cell, f"{cell.name}@{number}") for cell in self.choices}

    def _at(self, term: z3.BoolRef, values: Variables) -> z3.BoolRef:
        made = self.encoder.made
        pairs = [(made[cell], one) for cell, one in values.items() if cell in made]
        return substituted(term, pairs)

    def _step(self, number: int) -> z3.BoolRef:
        """The template for one frame."""
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        pairs += zip(self.generic, self.frames[number].taken, strict=True)
        pairs += ((self.after[cell], one) for cell, one in self.states[number + 1].items())
        step = substituted(self.template, pairs)
        return self._at(step, {**self.states[number], **self._chosen(number)})

    def _order(self) -> z3.BoolRef:
        """No action right after an independent one that comes later in the model."""
        actions, free, parts = self.relation.actions, z3.Not(self.ordered), []
        for number, late in enumerate(actions):
            early = [
                taken
                for taken, one in zip(self.generic[:number], actions, strict=False)
                if is_independent(late, one)
            ]
            if early:
                parts.append(z3.Or(free, z3.Not(self.before[number]), z3.Not(z3.Or(*early))))
        return z3.And(*parts)


def substituted(term: z3.BoolRef, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> z3.BoolRef:
    """A condition with variables replaced."""
    found = z3.substitute(term, *pairs)
    if not isinstance(found, z3.BoolRef):
        raise ModelCheckBug("a condition became a number")
    return found
