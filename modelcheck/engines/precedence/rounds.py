"""What each element of a loop with an open order does, and everybody else beside it, as terms.

The loop belongs to a model in which a step of its own chooses the next element (`Loop`). An element
takes one step: what that does must not depend on what was chosen before or comes behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.symbolic.relation import Action, Relation
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.errors import UserError
from modelcheck.ir.model import Model

WAY_OUT = "let the loop's body be one step for each element, chosen by the element alone"


@dataclass(frozen=True, slots=True)
class Loop:
    """Where a model chooses the next element."""

    label: str
    """Of the step that chooses, as its function calls it."""

    turn: str
    """The local that counts the rounds, from 0."""

    elements: tuple[str, ...]
    """What is chosen from, in the order of the offers."""

    def process(self, model: Model) -> tuple[str, str]:
        """Whose loop it is, and the label in full; raises `UserError` if it is not one's alone."""
        found = [
            (process.name, step.label)
            for process in model.processes
            for step in process.steps
            if step.label.rpartition(".")[2] == self.label
        ]
        instances = {process.name: len(process.indices()) for process in model.processes}
        if len(found) != 1 or instances[found[0][0]] != 1:
            message = "the order is open for more than one instance"
            raise UserError(message, way_out="let one instance run through it, in one place")
        return found[0]


@dataclass(frozen=True, slots=True)
class Move:
    """A step with all that it does."""

    enabled: Term
    violates: Term
    changes: Mapping[Term, Term]
    choices: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """The step of one element."""

    name: str
    move: Move
    onward: Term
    """Where the instance stands afterwards, where others follow."""

    last: Term
    """The same where none does."""

    standing: Mapping[Term, Term]
    """The cells of the instance while it stands before the step."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """A model with an open loop, taken apart."""

    relation: Relation
    location: Term
    """Of the instance with the loop."""

    inside: int
    """Its number while the next element is not chosen."""

    elements: tuple[Element, ...]
    others: tuple[Move, ...]
    """Every other step of anybody."""

    private: frozenset[Term]
    """The cells that the loop itself needs, which nothing else may speak of."""


def rounds_of(relation: Relation, loop: Loop) -> Rounds:
    """Take a relation apart; raises `UserError` where elements depend on each other's place."""
    process, label = loop.process(relation.prepared.model)
    at = next(n for n, one in enumerate(relation.prepared.instances) if one.process == process)
    own = {one.label: one for one in relation.actions if one.at == at}
    taking = _Taking(relation, loop, at, own, label)
    elements = tuple(map(taking.element, range(len(loop.elements))))
    taken = {label, *taking.labels}
    others = [one for one in relation.actions if one.at != at or one.label not in taken]
    return Rounds(
        relation,
        taking.location,
        taking.inside,
        elements,
        tuple(Move(one.enabled, one.violates, dict(one.changes), one.choices) for one in others),
        frozenset(cell for one in elements for cell in one.standing) - {taking.location},
    )


class _Taking:
    """Takes the elements out of the actions of one instance."""

    def __init__(
        self, relation: Relation, loop: Loop, at: int, own: Mapping[str, Action], label: str
    ) -> None:
        self.relation, self.terms, self.loop, self.own = relation, relation.terms, loop, own
        self.location = relation.layout.locations[at]
        self.steps = [step.label for step in relation.prepared.processes[at].steps]
        self.inside = self.steps.index(label)
        self.choosing = own[label]
        held = relation.layout.locals[at]
        self.turn = [
            leaf
            for variable, cells in held
            if variable.name.rpartition(".")[2] == loop.turn
            for leaf in leaves(cells)
        ]
        self.labels: set[str] = set()

    def element(self, number: int) -> Element:
        """The step that is taken where this element was chosen."""
        first, last = self._chosen(number, 0), self._chosen(number, len(self.loop.elements) - 1)
        if first is None or last is None:
            name = self.loop.elements[number]
            raise UserError(f"the step of {name} is not its own alone", way_out=WAY_OUT)
        label = self.steps[first[self.location].low]
        self.labels.add(label)
        move, onward = self._move(label, first)
        other, end = self._move(label, last)
        same = (move.enabled, move.violates) == (other.enabled, other.violates)
        if not same or move.changes != other.changes:
            message = f"{label} does something else where it is the last step of the loop"
            raise UserError(message, way_out="put a `yield` behind the loop")
        return Element(self.loop.elements[number], move, onward, end, first)

    def _chosen(self, number: int, turn: int) -> dict[Term, Term] | None:
        """The instance's own cells before the step; None if they are not known."""
        known = self.terms.known
        given = {self.location: known(self.inside), **{cell: known(turn) for cell in self.turn}}
        chosen = {**given, **{cell: known(number) for cell in self.choosing.choices}}
        after = {c: substituted(self.terms, t, chosen) for c, t in self.choosing.changes}
        enabled = substituted(self.terms, self.choosing.enabled, chosen)
        is_known = enabled.is_known and all(term.is_known for term in after.values())
        return {**given, **after} if is_known and enabled.low else None

    def _move(self, label: str, before: Mapping[Term, Term]) -> tuple[Move, Term]:
        """What the step at a label does, and where it leads."""
        action = self.own[label]
        changes = {c: substituted(self.terms, t, before) for c, t in action.changes}
        onward = changes.pop(self.location, self.location)
        kept = {cell: after for cell, after in changes.items() if cell not in before}
        enabled = substituted(self.terms, action.enabled, before)
        violates = substituted(self.terms, action.violates, before)
        self._check_end(label, onward)
        return Move(enabled, violates, kept, action.choices), onward

    def _check_end(self, label: str, onward: Term) -> None:
        """A second step of the same element would be one that others may come in between."""
        pending, seen = [onward], set[int]()
        while pending:
            one = pending.pop()
            if one.is_known and one.low != self.inside and one.low not in seen:
                seen.add(one.low)
                pending += self._next(one.low)
                if self.inside in seen:
                    break
            pending += one.parts[1:]
        if any(self._returns(number) for number in seen):
            raise UserError(f"{label} is not the only step of its element", way_out=WAY_OUT)

    def _next(self, number: int) -> list[Term]:
        if number == len(self.steps):
            return []
        action = self.own.get(self.steps[number])
        return [after for cell, after in action.changes if cell is self.location] if action else []

    def _returns(self, number: int) -> bool:
        """Whether a step leads straight back into the loop."""
        pending = self._next(number)
        while pending:
            one = pending.pop()
            if one.is_known and one.low == self.inside:
                return True
            pending += one.parts[1:]
        return False


def speaks(term: Term, cells: frozenset[Term]) -> bool:
    """Whether a term speaks of one of the cells."""
    return bool(cells_of((term,)) & cells)
