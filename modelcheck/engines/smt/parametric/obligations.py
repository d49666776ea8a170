"""What has to be shown of clauses over indices, for every N: formulas that nothing may satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.parametric.cells import View
from modelcheck.engines.smt.parametric.clauses import Clause
from modelcheck.engines.smt.parametric.queries import Question
from modelcheck.engines.smt.parametric.steps import Goal, Move, Steps
from modelcheck.engines.smt.symbolic.terms import Term


@dataclass(frozen=True, slots=True)
class Obligations:
    """The questions about one template, to be asked with any clauses."""

    steps: Steps
    mover: Term
    """The index of whoever takes a step."""

    some: tuple[Term, Term]
    """Indices of which a clause is to be shown."""

    moves: tuple[Move, ...]
    goals: tuple[Goal, ...]

    def safety(self) -> Iterator[Question]:
        """That no claim is violated; without deadlocks."""
        for goal in self.goals:
            about = goal.claim[0]
            yield Question(about, goal.condition, tuple(goal.opened.found), (self.mover,))

    def initiation(self, clauses: Sequence[Clause]) -> Iterator[Question]:
        """That each clause holds where runs begin."""
        terms, first = self.steps.algebra.terms, self.steps.beginning()
        for clause in clauses:
            indices = self.some[: clause.many]
            stand = [one for index in indices or (self.mover,) for one in self.steps.initial(index)]
            ruled = self._ruled(clause, first)
            begins = terms.every((*stand, ruled))
            yield Question("the beginning", begins, (), indices, is_supposed=False)

    def consecution(self, move: Move, clauses: Sequence[Clause]) -> Question:
        """That a step leads from where the clauses hold to where they hold."""
        terms = self.steps.algebra.terms
        leaves = [self._ruled(clause, move.after) for clause in clauses]
        formula = terms.both(move.condition, terms.some(leaves))
        indices = self.some if any(one.many > 1 for one in clauses) else self.some[:1]
        return Question(move.about, formula, tuple(move.opened.found), (self.mover, *indices))

    def _ruled(self, clause: Clause, view: View) -> Term:
        """Whether the indices show what a clause rules out."""
        terms, indices = self.steps.algebra.terms, self.some[: clause.many]
        ascend = terms.less(*indices) if clause.many > 1 else terms.truth(value=True)
        return terms.both(ascend, clause.inside(terms, view, indices))


def obligations(steps: Steps, claims: tuple[Claim, ...]) -> Obligations:
    """All that is to be shown of a template, deadlock apart."""
    mover = steps.cells.index("some p")
    some = (steps.cells.index("some i"), steps.cells.index("some j"))
    moves, goals = tuple(steps.moves(mover)), tuple(steps.goals(claims, mover))
    return Obligations(steps, mover, some, moves, goals)
