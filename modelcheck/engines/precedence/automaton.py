"""What may be the case after some elements of an open order, as an automaton that reads orders.

Its states are sets: of all that may be the case, whatever everybody else has done meanwhile and
whatever was chosen. An order is wrong if the automaton comes to where something is violated.
Cells and elements that the claim does not depend on are left out; that an element left out always
goes on is looked at in every set, and one that does not is taken in.
"""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck.engines.precedence.rounds import Element, Move, Rounds, speaks
from modelcheck.engines.precedence.tables import State, Table, cells_among
from modelcheck.engines.smt.symbolic.relation import Goal
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, cells_of
from modelcheck.errors import UserError

WRONG = -1
"""Where something is violated, whatever follows."""


class Needed(Exception):
    """An element that was left out does not always go on."""

    def __init__(self, element: int) -> None:
        super().__init__(element)
        self.element = element


class Automaton:
    """Reads orders of the elements that a goal depends on; made for one goal."""

    def __init__(
        self, rounds: Rounds, goal: Goal, needed: frozenset[int], starts: Iterable[dict[Term, int]]
    ) -> None:
        self.rounds, self.terms, self.location = rounds, rounds.relation.terms, rounds.location
        self.standing = self._standing_goals(goal)
        self.is_inside = not speaks(goal.condition, self.private_too)
        outside = self._outside(goal.condition)
        cells, relevant = self._cone(outside, needed | frozenset(self.standing))
        if cells & rounds.private:
            names = ", ".join(sorted(cell.name for cell in cells & rounds.private))
            raise UserError(
                f"{names} is asked for outside the loop", way_out="use another variable there"
            )
        self.cells = tuple(sorted(cells, key=lambda cell: cell.number))
        self.at = {cell: number for number, cell in enumerate(self.cells)}
        self.elements = tuple(sorted(relevant))
        self.goal = self._table((outside,), cells_of((outside,)) - cells)
        self.others = [self._moving(one, None) for one in self._relevant(cells)]
        self.steps = {n: self._moving(e.move, e) for n, e in enumerate(rounds.elements)}
        self.sets: list[frozenset[State]] = []
        self.numbers: dict[frozenset[State], int] = {}
        self.read: dict[tuple[int, int], int] = {}
        self.behind: int | None = None
        first = {tuple([one[cell] for cell in self.cells]) for one in starts}
        self.start = self._number(self._closed(first))

    @property
    def private_too(self) -> frozenset[Term]:
        """All that says where the instance with the loop stands."""
        return self.rounds.private | {self.location}

    def after(self, number: int, element: int) -> int:
        """The state behind an element."""
        key = (number, element)
        if key not in self.read:
            self.read[key] = self._after(self.sets[number], element)
        return self.read[key]

    def ends_wrong(self, number: int) -> bool:
        """Whether something is violated once the loop is over."""
        if self.behind is None or not self.sets[number]:
            return False
        place = self.at[self.location]
        left = {(*one[:place], self.behind, *one[place + 1 :]) for one in self.sets[number]}
        return self._closed(left) is None

    def _after(self, states: frozenset[State], element: int) -> int:
        asked = self.standing.get(element)
        if asked is not None:
            table = self._table((asked,), cells_of((asked,)) - frozenset(self.at))
            if any(row[0] for state in states for row in table.rows(state)):
                return WRONG
        return self._number(self._closed(self._stepped(states, element)))

    def _stepped(self, states: Iterable[State], element: int) -> set[State]:
        moved: set[State] = set()
        table, changed = self.steps[element]
        for state in states:
            for enabled, violates, onward, last, *values in table.rows(state):
                if enabled and not violates:
                    self._note_end(onward, last)
                    after = list(state)
                    for at, value in zip(changed, values, strict=True):
                        after[at] = value
                    after[self.at[self.location]] = onward
                    moved.add(tuple(after))
        return moved

    def _note_end(self, onward: int, last: int) -> None:
        """Behind the last element the loop is over, unless the element has left it anyway."""
        if onward != self.rounds.inside:
            is_same = onward == last
        else:
            self.behind = last if self.behind is None else self.behind
            is_same = self.behind == last
        if not is_same:
            message = "what comes behind the loop depends on its last element"
            raise UserError(message, way_out="put a `yield` behind the loop")

    def _closed(self, states: set[State]) -> frozenset[State] | None:
        """What else may be the case once others have moved; None where something is violated."""
        found, pending = set(states), list(states)
        while pending:
            state = pending.pop()
            if self._is_reached(state):
                return None
            for table, changed in self.others:
                for enabled, violates, *values in table.rows(state):
                    if not enabled or violates:
                        continue
                    after = list(state)
                    for at, value in zip(changed, values, strict=True):
                        after[at] = value
                    new = tuple(after)
                    if new not in found:
                        found.add(new)
                        pending.append(new)
        place = self.at[self.location]
        inside = frozenset(one for one in found if one[place] == self.rounds.inside)
        self._look_after_the_others(inside)
        return inside

    def _is_reached(self, state: State) -> bool:
        is_inside = state[self.at[self.location]] == self.rounds.inside
        if is_inside and not self.is_inside:
            return False  # there it stands before a certain element: see `standing`
        return any(row[0] for row in self.goal.rows(state))

    def _look_after_the_others(self, states: frozenset[State]) -> None:
        for element, (table, _) in self.steps.items():
            if element in self.elements:
                continue
            for state in states:
                rows = [row for row in table.rows(state) if row[0]]
                if not rows or any(row[1] or row[2] != self.rounds.inside for row in rows):
                    raise Needed(element)
                self._note_end(rows[0][2], rows[0][3])

    def _number(self, states: frozenset[State] | None) -> int:
        if states is None:
            return WRONG
        if states not in self.numbers:
            self.numbers[states] = len(self.sets)
            self.sets.append(states)
        return self.numbers[states]

    def _standing_goals(self, goal: Goal) -> dict[int, Term]:
        """The goal where the instance stands before an element, as far as it can be reached."""
        if not speaks(goal.condition, self.private_too):
            return {}
        asked = (
            (number, substituted(self.terms, goal.condition, element.standing))
            for number, element in enumerate(self.rounds.elements)
        )
        return {number: one for number, one in asked if not (one.is_known and not one.low)}

    def _cone(
        self, outside: Term, needed: frozenset[int]
    ) -> tuple[frozenset[Term], frozenset[int]]:
        """The cells that decide the goal, and the elements that matter to them."""
        layout = frozenset(self.rounds.relation.layout.cells)
        elements = self.rounds.elements
        asked = [outside, *self.standing.values()]
        for one in elements:
            asked += [one.move.enabled, one.move.violates, one.onward, one.last]
        cells = (cells_of(asked) & layout) | {self.location}
        relevant = set(needed)
        while True:
            relevant |= {n for n, one in enumerate(elements) if cells & one.move.changes.keys()}
            moves = [*self._relevant(cells), *(elements[n].move for n in relevant)]
            grown = cells.union(*(self._asked(move, cells) & layout for move in moves))
            if grown == cells:
                return cells, frozenset(relevant)
            cells = grown

    def _outside(self, condition: Term) -> Term:
        """The condition where the instance is not in the loop: what that needs is dead there."""
        given = {
            cell: self.terms.truth(cell.low) if cell.is_truth else self.terms.known(cell.low)
            for cell in self.rounds.private
        }
        return substituted(self.terms, condition, given)

    def _relevant(self, cells: frozenset[Term]) -> list[Move]:
        return [one for one in self.rounds.others if cells & one.changes.keys()]

    def _asked(self, move: Move, cells: frozenset[Term]) -> frozenset[Term]:
        after = [move.changes[cell] for cell in cells & move.changes.keys()]
        return cells_among([move.enabled, move.violates, *after], move.choices)

    def _moving(self, move: Move, element: Element | None) -> tuple[Table, list[int]]:
        changed = [cell for cell in self.cells if cell in move.changes]
        ends = () if element is None else (element.onward, element.last)
        terms = (move.enabled, move.violates, *ends, *(move.changes[cell] for cell in changed))
        return self._table(terms, frozenset(move.choices)), [self.at[cell] for cell in changed]

    def _table(self, terms: tuple[Term, ...], choices: Iterable[Term]) -> Table:
        return Table(terms, tuple(sorted(choices, key=lambda one: one.number)), self.at)
