"""Runs of a model as constraints: one copy of the state after each step, in one solver.

In frame `n` at most one action leads from the state `n` to the state `n + 1`; without one the state
stays. A frame that is in use takes an action if the frame before it did, so that a run of at most
so many steps stands still only at its beginning. Under the order constraint, of two neighbouring
actions that are independent the one that comes first in the model is taken first: each run has a
permutation of the same length and the same end that keeps to that (speed.md 5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import z3

from modelcheck.engines.smt.encode import Encoder, variable
from modelcheck.engines.smt.symbolic.distances import distances
from modelcheck.engines.smt.symbolic.relation import Action, Goal, Relation
from modelcheck.engines.smt.symbolic.terms import Term
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
    """For each action of the model whether it is this one; a constant where it cannot be."""

    moves: z3.BoolRef
    in_use: z3.BoolRef
    """To be assumed: the run does not stand still here once it has begun."""

    ordered: z3.BoolRef
    """To be assumed: this action and the one before it keep to the order."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is assumed of a run that decides one of some goals."""

    steps: int
    assumptions: tuple[z3.BoolRef, ...]
    by_state: z3.BoolRef
    """Whether the state after all the steps decides; else the last step does."""


@dataclass(slots=True)
class Unrolling:
    """The constraints of one model, for as many steps as were asked about."""

    relation: Relation
    solver: z3.Solver
    encoder: Encoder = field(default_factory=Encoder)
    states: list[Variables] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    orders: int = 0
    """Up to which frame the order constraint is written down."""

    asked: int = 0
    distances: tuple[int, ...] = ()
    """For each action after how many steps of its instance it can come first."""

    template: z3.BoolRef | None = None
    generic: tuple[z3.BoolRef, ...] = ()
    after: Variables = field(default_factory=dict)
    choices: tuple[Term, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    """Actions that are not to be taken one right after the other."""

    def begin(self) -> None:
        """Write down where a run begins, and how a step looks in general."""
        relation = self.relation
        actions = relation.actions
        self.distances = distances(relation)
        self.generic = tuple(z3.Bool(f"action {n}") for n in range(len(actions)))
        self.after = {cell: variable(cell, f"{cell.name}'") for cell in relation.layout.cells}
        self.choices = tuple(dict.fromkeys(one for action in actions for one in action.choices))
        self.template = self._template()
        self.pairs = tuple(
            (first, second)
            for first, one in enumerate(actions)
            for second, other in enumerate(actions[:first])
            if is_independent(one, other)
        )
        self.states.append(self._variables(0))
        begins = self.encoder.truth(relation.initial)
        self.solver.add(self._at(begins, self.states[0]))

    def grow(self, steps: int) -> None:
        """Write down as many steps."""
        while len(self.frames) < steps:
            number = len(self.frames)
            self.states.append(self._variables(number + 1))
            taken = tuple(
                z3.Bool(f"action {n}@{number}") if distance <= number else z3.BoolVal(False)  # noqa: FBT003
                for n, distance in enumerate(self.distances)
            )
            frame = Frame(
                taken,
                z3.Bool(f"moves@{number}"),
                z3.Bool(f"in use@{number}"),
                z3.Bool(f"ordered@{number}"),
            )
            self.frames.append(frame)
            self.solver.add(self._step(number), frame.moves == z3.Or(*taken))
            if number:
                still = z3.Not(self.frames[number - 1].moves)
                self.solver.add(z3.Implies(frame.in_use, z3.Or(still, frame.moves)))

    def question(self, steps: int, goals: tuple[Goal, ...], *, ordered: bool) -> Question:
        """Whether a run of at most so many steps decides one of the goals."""
        self.grow(steps)
        if ordered:
            self._order(steps)
        self.asked += 1
        asked, by_state, by_step = (
            z3.Bool(f"{what} {self.asked}") for what in ("asked", "state", "step")
        )
        before, last = self.frames[: max(0, steps - 1)], self.frames[steps - 1 : steps]
        self.solver.add(z3.Implies(asked, z3.Or(by_state, by_step)))
        self.solver.add(z3.Implies(by_state, self._reached(goals, steps, by_step=False)))
        for frame in last:
            self.solver.add(z3.Implies(by_state, frame.in_use))
            if ordered:
                self.solver.add(z3.Implies(by_state, frame.ordered))
        self.solver.add(z3.Implies(by_step, self._reached(goals, steps - 1, by_step=True)))
        assumed = [frame.in_use for frame in before]
        assumed += [frame.ordered for frame in before] if ordered else []
        return Question(steps, (asked, *assumed), by_state)

    def run_of(self, steps: int, *, ordered: bool) -> tuple[z3.BoolRef, ...]:
        """What is assumed of a run of exactly so many steps."""
        self.grow(steps)
        if ordered:
            self._order(steps)
        frames = self.frames[:steps]
        orders = [frame.ordered for frame in frames] if ordered else []
        return (*(frame.moves for frame in frames), *orders)

    def decoded(self, model: z3.ModelRef, question: Question) -> tuple[list[State], bool]:
        """The states of the run that was found, and whether its last state is to be judged."""
        by_state = z3.is_true(model.eval(question.by_state, model_completion=True))
        steps = question.steps if by_state else question.steps - 1
        moved = [
            number
            for number, frame in enumerate(self.frames[:steps])
            if z3.is_true(model.eval(frame.moves, model_completion=True))
        ]
        first = moved[0] if moved else steps
        return [self._state(model, number) for number in range(first, steps + 1)], by_state

    def _state(self, model: z3.ModelRef, number: int) -> State:
        values = {
            cell: _value(cell, model.eval(one, model_completion=True))
            for cell, one in self.states[number].items()
        }
        return self.relation.state(values)

    def _variables(self, number: int) -> Variables:
        cells = self.relation.layout.cells
        return {cell: variable(cell, f"{cell.name}@{number}") for cell in cells}

    def _chosen(self, number: int) -> Variables:
        return {cell: variable(cell, f"{cell.name}@{number}") for cell in self.choices}

    def _reached(self, goals: tuple[Goal, ...], number: int, *, by_step: bool) -> z3.BoolRef:
        """Whether the state of that number decides one of the goals."""
        conditions = [
            self.encoder.truth(goal.condition) for goal in goals if goal.by_step is by_step
        ]
        if number < 0 or not conditions:
            return z3.BoolVal(False)  # noqa: FBT003
        return self._at(z3.Or(*conditions), {**self.states[number], **self._chosen(number)})

    def _at(self, term: z3.BoolRef, values: Variables) -> z3.BoolRef:
        pairs = [(self.encoder.made[cell], one) for cell, one in values.items() if cell in self.encoder.made]
        found = z3.substitute(term, *pairs)
        if not isinstance(found, z3.BoolRef):
            raise ModelCheckBug("a condition became a number")
        return found

    def _step(self, number: int) -> z3.BoolRef:
        """The template for one frame."""
        if self.template is None:
            raise ModelCheckBug("an unrolling was not begun")
        pairs = list(zip(self.generic, self.frames[number].taken, strict=True))
        pairs += [(self.after[cell], one) for cell, one in self.states[number + 1].items()]
        found = z3.substitute(self.template, *pairs)
        if not isinstance(found, z3.BoolRef):
            raise ModelCheckBug("a step became a number")
        return self._at(found, {**self.states[number], **self._chosen(number)})

    def _template(self) -> z3.BoolRef:
        encoder, relation = self.encoder, self.relation
        parts = [z3.AtMost(*self.generic, 1)]
        writers: dict[Term, list[z3.BoolRef]] = {cell: [] for cell in relation.layout.cells}
        for taken, action in zip(self.generic, relation.actions, strict=True):
            effects = [encoder.same(cell, self.after[cell], new) for cell, new in action.changes]
            can = (encoder.truth(action.enabled), z3.Not(encoder.truth(action.violates)))
            parts += [z3.Implies(taken, one) for one in (*can, *effects)]
            for cell in action.writes:
                writers[cell].append(taken)
        for cell, those in writers.items():
            parts.append(z3.Or(*those, encoder.same(cell, self.after[cell], cell)))
        return z3.And(*parts)

    def _order(self, steps: int) -> None:
        while self.orders < steps:
            number = self.orders
            self.orders += 1
            if number == 0:
                continue
            before, frame = self.frames[number - 1].taken, self.frames[number]
            late = z3.Not(frame.ordered)
            self.solver.add(
                *(
                    z3.Or(late, z3.Not(before[first]), z3.Not(frame.taken[second]))
                    for first, second in self.pairs
                    if max(self.distances[first] + 1, self.distances[second]) <= number
                )
            )


def _value(cell: Term, value: z3.ExprRef) -> int:
    if cell.is_truth:
        return int(z3.is_true(value))
    if not isinstance(value, z3.BitVecNumRef):
        raise ModelCheckBug(f"the solver gave no value for {cell.name}")
    number = value.as_long()
    # Of a signed number the highest bit counts as negative.
    return number if cell.low >= 0 or number <= cell.high else number - (1 << value.size())
