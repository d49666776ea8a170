"""An invariant over indices, learned from the states of small instances.

The solver is asked whether clauses are one for every N. A state that it gives instead is looked at
through its indices: if no reachable state of a small instance shows what they show, the difference
becomes a clause, as general as the reachable states allow. So the clauses are true of the small
instances; that they hold for every N is shown by the questions alone. Guessing from small instances
is A. Pnueli, S. Ruah and L. Zuck, "Automatic deductive verification with invisible invariants",
TACAS 2001, and P. Abdulla, F. Haziza and L. Holik, "All for the price of few", VMCAI 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from modelcheck.engines.smt.parametric.clauses import Clause, Shown
from modelcheck.engines.smt.parametric.obligations import Obligations
from modelcheck.engines.smt.parametric.queries import Asker, Question, Solution
from modelcheck.engines.smt.parametric.steps import Move


@dataclass(frozen=True, slots=True)
class Stuck:
    """A question that could not be answered with no."""

    solution: Solution


@dataclass(slots=True)
class Learner:
    """The mutable middle of it."""

    obligations: Obligations
    asker: Asker
    shown: tuple[Shown, ...]
    """What small instances show of one index, of two, and so on."""

    clauses: list[Clause] = field(default_factory=list)

    def learn(self, questions: tuple[Question, ...]) -> Stuck | None:
        """Find clauses that exclude all of these, and are an invariant; or where that ends."""
        for question in questions:
            stuck = self._exclude(question)
            if stuck is not None:
                return stuck
        while True:
            count = len(self.clauses)
            for move in self.obligations.moves:
                stuck = self._preserve(move)
                if stuck is not None:
                    return stuck
            if len(self.clauses) == count:
                return None

    def needed(self, questions: tuple[Question, ...]) -> tuple[Clause, ...]:
        """Clauses of these that are enough, and are an invariant without the others."""
        needed: set[Clause] = set()
        for question in questions:
            needed |= self._reasons(question)
        count = -1
        while count != len(needed):
            count = len(needed)
            for move in self.obligations.moves:
                kept = tuple(one for one in self.clauses if one in needed)
                needed |= self._reasons(self.obligations.consecution(move, kept))
        return tuple(one for one in self.clauses if one in needed)

    def _reasons(self, question: Question) -> frozenset[Clause]:
        found = self.asker.reasons(question, self.clauses)
        return frozenset(self.clauses) if found is None else found

    def _exclude(self, question: Question) -> Stuck | None:
        return self._answer(lambda: question)

    def _preserve(self, move: Move) -> Stuck | None:
        return self._answer(lambda: self.obligations.consecution(move, self.clauses))

    def _answer(self, question: Callable[[], Question]) -> Stuck | None:
        """Learn clauses until a question is answered with no; where that fails, with more terms."""
        self.asker.is_deep = False
        while (found := self.asker.solution(question(), self.clauses)) is not None:
            if self._refine(found):
                continue
            if self.asker.is_deep:
                return Stuck(found)
            self.asker.is_deep = True
        return None

    def _refine(self, found: Solution) -> bool:
        """Learn a clause from a state that is not excluded; whether there is one."""
        clauses = tuple(self._differences(found))
        if not clauses:
            return False
        best = min(clauses, key=lambda one: (one.many, len(one.ruled)))
        for question in self.obligations.initiation((best,)):
            if self.asker.solution(question, self.clauses) is not None:
                return False
        self.clauses.append(best)
        return True

    def _differences(self, found: Solution) -> Iterator[Clause]:
        """Clauses that exclude a state, one for each of its views that no other state shows."""
        numbered = {found.value(one): one for one in reversed(found.indices)}
        count = found.value(self.obligations.steps.algebra.numbers.count)
        places = [numbered[number] for number in sorted(numbered) if 0 <= number < count]
        view = self.obligations.steps.view
        for many, shown in enumerate(self.shown, start=1):
            is_new = False
            for indices in combinations(places, many):
                values = tuple(found.value(slot.read(view, indices)) for slot in shown.slots)
                clause = shown.ruled_out(values)
                if clause is not None:
                    is_new = True
                    yield clause
            if is_new:
                return
