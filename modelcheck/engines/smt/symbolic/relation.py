"""A model as formulas: its cells, how it begins, what each action does, and what each claim means.

An action is a step of one instance, at one place where it can be taken. Which of several choices it
makes, cells of their own say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.symbolic.terms import Term, Terms
from modelcheck.engines.smt.symbolic.values import Algebra, Symbolic, decoded, leaves
from modelcheck.ir.expressions import Variable
from modelcheck.semantics import Prepared
from modelcheck.trace import Location, State

Place = tuple[int, ...]
"""The values of the cells that are an instance's own: where it stands, then its locals."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cells a state is made of."""

    shared: tuple[tuple[Variable, Symbolic], ...]
    locations: tuple[Term, ...]
    """Where each instance stands, as a number; see `Standing`."""

    locals: tuple[tuple[tuple[Variable, Symbolic], ...], ...]
    """Those of each instance."""

    cells: tuple[Term, ...]
    """All of them, in order; parts of one value only are no cells."""

    def own(self, at: int) -> tuple[Term, ...]:
        """What is an instance's own: where it stands, and its locals."""
        held = (leaf for _, value in self.locals[at] for leaf in leaves(value))
        return (self.locations[at], *held)


@dataclass(frozen=True, slots=True)
class Action:
    """A step of one instance, where it stands at its label."""

    at: int
    """The position of the instance."""

    label: str
    enabled: Term
    """Whether it can be taken with the choices that the choice cells name, violations included."""

    violates: Term
    """Whether that is a violation of a check."""

    changes: tuple[tuple[Term, Term], ...]
    """The cells that it may change, each with what it is afterwards where nothing is violated."""

    choices: tuple[Term, ...]
    reads: frozenset[Term]
    """The cells that decide whether it is enabled and what it does."""

    earliest: int = 0
    """After how many steps of its instance it can come first."""

    place: Place | None = None
    """Where its instance stands; None of a step that is left as it is, wherever it is taken."""

    @property
    def writes(self) -> frozenset[Term]:
        """The cells that it may change."""
        return frozenset(cell for cell, _ in self.changes)


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a claim is decided: violated, or for `sometimes` witnessed."""

    claim: Claim
    condition: Term
    """Over the cells of a state, and the choice cells where a step from it decides."""

    by_step: bool
    """Whether it is a step from the state that violates, not the state itself."""

    steps: tuple[Term, ...] = ()
    """If so, for each action whether it is that one: the condition is that one of them is."""

    @property
    def is_hopeless(self) -> bool:
        """Whether it is plain that nothing decides it, such as a check in a step that has none."""
        return self.condition.is_known and not self.condition.low


@dataclass(frozen=True, slots=True)
class Relation:
    """All of a model that a solver has to know."""

    prepared: Prepared
    algebra: Algebra
    layout: Layout
    initial: Term
    actions: tuple[Action, ...]
    goals: tuple[Goal, ...]
    """One for each claim asked for, but for liveness."""

    places: tuple[tuple[Place, ...], ...] = ()
    """Where each instance can be, if these are few; else none are named."""

    @property
    def terms(self) -> Terms:
        """Where terms are built."""
        return self.algebra.terms

    def constant(self, cell: Term, value: int) -> Term:
        """A value of a cell as a term."""
        return self.terms.truth(value) if cell.is_truth else self.terms.known(value)

    def state(self, numbers: dict[Term, int]) -> State:
        """The state in which cells have these values."""
        shared = tuple(
            decoded(variable.type, _numbers(symbolic, numbers))
            for variable, symbolic in self.layout.shared
        )
        instances = range(len(self.prepared.instances))
        return State(shared, tuple(self._location(at, numbers) for at in instances))

    def numbers(self, state: State) -> dict[Term, int]:
        """The values that the cells have in a state."""
        found = [
            (symbolic, self.algebra.literal(variable.type, value))
            for (variable, symbolic), value in zip(self.layout.shared, state.shared, strict=True)
        ]
        for at, location in enumerate(state.locations):
            process = self.prepared.processes[at]
            labels = [*(step.label for step in process.steps), None]
            number = self.terms.known(labels.index(location.label))
            found.append((self.layout.locations[at], number))
            held = dict(zip(process.live(location.label), location.locals, strict=True))
            found += [
                (symbolic, self.algebra.kept(variable.type, variable.name, held))
                for variable, symbolic in self.layout.locals[at]
            ]
        return {
            cell: value.low
            for symbolic, known in found
            for cell, value in zip(leaves(symbolic), leaves(known), strict=True)
            if not cell.is_known
        }

    def _location(self, at: int, numbers: dict[Term, int]) -> Location:
        process = self.prepared.processes[at]
        (number,) = _numbers(self.layout.locations[at], numbers)
        if number == len(process.steps):
            return Location(None)
        step = process.steps[number]
        held = {variable.name: (variable, cells) for variable, cells in self.layout.locals[at]}
        found = (held[name] for name in step.live)
        values = [decoded(variable.type, _numbers(cells, numbers)) for variable, cells in found]
        return Location(step.label, tuple(values))


def _numbers(symbolic: Symbolic, numbers: dict[Term, int]) -> Iterator[int]:
    return (one.low if one.is_known else numbers[one] for one in leaves(symbolic))
