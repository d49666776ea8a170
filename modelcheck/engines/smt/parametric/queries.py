"""Questions about every N, put to the solver: what holds of all indices is said of those named.

A hypothesis about all indices is replaced by what it says of finitely many, which makes it weaker:
where even that cannot be satisfied, nothing of the kind exists, for any N. So a refutation is a
proof; a solution may be none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations, product

import z3

from modelcheck.engines.smt.parametric.cells import Cells, View
from modelcheck.engines.smt.parametric.clauses import Clause
from modelcheck.engines.smt.parametric.coding import most_indices
from modelcheck.engines.smt.parametric.evaluate import Open, said
from modelcheck.engines.smt.parametric.integers import Integers
from modelcheck.engines.smt.parametric.leaves import Indices
from modelcheck.engines.smt.parametric.numbers import MANY, Number
from modelcheck.engines.smt.parametric.steps import within
from modelcheck.engines.smt.parametric.template import Pairs
from modelcheck.engines.smt.solver import Answer, Limits, Oracle
from modelcheck.engines.smt.symbolic.terms import Kind, Term, cells_of, every_part
from modelcheck.ir.expressions import Operator, Variable
from modelcheck.ir.types import IntType

LOGIC = "QF_UFLIA"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be refuted: a formula over states in which clauses hold."""

    about: str
    formula: Term
    opened: tuple[Open, ...]
    named: Indices
    """Indices that are spoken of."""

    is_supposed: bool = True
    """Whether the clauses hold in the state; not where it is one in which runs begin."""


@dataclass(frozen=True, slots=True)
class Told:
    """A formula as the solver's, and the cells that it speaks of."""

    formula: z3.BoolRef
    cells: frozenset[Term]


@dataclass(slots=True)
class Asker:
    """Puts questions to fresh solvers."""

    cells: Cells
    view: View
    limits: Limits
    encoder: Integers = field(default_factory=Integers)
    queries: int = 0
    is_deep: bool = False
    """Whether clauses are told of indices, too, that others hold."""

    excluded: dict[tuple[Clause, Indices], Told] = field(default_factory=dict)
    """What a clause says of some indices, once it was asked for."""

    def solution(self, question: Question, clauses: Sequence[Clause]) -> Solution | None:
        """A solution where there may be one; None: there is none, for any N."""
        told, indices = self._told(question)
        if question.is_supposed:
            told += [one for clause in clauses for one in self._said(clause, indices)]
        asked = Oracle(z3.SolverFor(LOGIC), self.limits)
        asked.solver.add(*(one.formula for one in told), *self._bounds(told))
        self.queries += 1
        if asked.ask() is Answer.NO:
            return None
        return Solution(question, asked.solver.model(), self, indices)

    def reasons(self, question: Question, clauses: Sequence[Clause]) -> frozenset[Clause] | None:
        """Clauses that are enough to refute a question; None if all of them are not."""
        told, indices = self._told(question)
        asked = Oracle(z3.SolverFor(LOGIC), self.limits)
        asked.solver.add(*(one.formula for one in told))
        names = {f"clause {number}": clause for number, clause in enumerate(clauses)}
        for name, clause in names.items():
            said = self._said(clause, indices)
            asked.solver.add(z3.Implies(z3.Bool(name), z3.And(*(one.formula for one in said))))
            told += said
        asked.solver.add(*self._bounds(told))
        self.queries += 1
        if asked.ask(*map(z3.Bool, names)) is not Answer.NO:
            return None
        core = {str(one) for one in asked.solver.unsat_core()}
        return frozenset(clause for name, clause in names.items() if name in core)

    def _told(self, question: Question) -> tuple[list[Told], Indices]:
        """What a solution has to fulfil, and the indices of which clauses are told."""
        found = [question.formula]
        shown = [self._shown(one) for one in question.opened]
        found += [formula for formula, _ in shown]
        named = [*question.named, *(index for _, indices in shown for index in indices)]
        indices = self.indices(found, named)
        found += [one for opened in question.opened for one in self._opened(opened, indices)]
        return [self._encoded(one) for one in found], self.indices(found, named)

    def _encoded(self, term: Term) -> Told:
        return Told(self.encoder.truth(term), cells_of((term,)))

    def _said(self, clause: Clause, indices: Indices) -> list[Told]:
        """What a clause says of the indices."""
        every = tuple(permutations(indices, clause.many))
        for some in every:
            if (clause, some) not in self.excluded:
                self.excluded[clause, some] = self._encoded(self._excluded(clause, some))
        return [self.excluded[clause, some] for some in every]

    def indices(self, formulas: Iterable[Term], named: Iterable[Term]) -> Indices:
        """The indices that formulas speak of."""
        found = dict.fromkeys(named)
        for part in every_part(formulas):
            if part.kind is Kind.CELL:
                found.update(dict.fromkeys(one for one in part.parts if one.high > MANY // 2))
                if part in self.cells.bounds and (self.is_deep or not part.parts):
                    found[part] = None
        return tuple(found)

    def is_index(self, index: Term) -> Term:
        """Whether a number is less than N, and not negative."""
        terms, count = self.cells.algebra.terms, self.cells.algebra.numbers.count
        return terms.both(
            terms.negation(terms.less(index, terms.known(0))), terms.less(index, count)
        )

    def _excluded(self, clause: Clause, some: Indices) -> Term:
        terms = self.cells.algebra.terms
        are = [self.is_index(one) for one in some]
        ascend = [terms.less(one, other) for one, other in pairwise(some)]
        inside = clause.inside(terms, self.view, some)
        return terms.negation(terms.every((*are, *ascend, inside)))

    def _numbers(self, variable: Variable, indices: Indices) -> Iterator[Number]:
        terms, t = self.cells.algebra.terms, variable.type
        many = most_indices(t) if isinstance(t, IntType) else 1
        for times in range(max(many, 1)):
            for index in indices:
                yield Number(terms.known(times), index, 0)

    def _opened(self, opened: Open, indices: Indices) -> Iterator[Term]:
        """What a quantifier says of the indices where it holds, or where `any` does not.

        Of those before the index that shows the contrary it says the same: that is the first one.
        """
        terms, quantified = self.cells.algebra.terms, opened.quantified
        is_all = quantified.operator is Operator.AND
        first = self._first(opened)
        for some in product(*(self._numbers(one, indices) for one in quantified.bound)):
            goes = self._goes_through(opened, some)
            claim = said(quantified, some, opened.context)
            claimed = claim if is_all else terms.negation(claim)
            holds = opened.name if is_all else terms.negation(opened.name)
            is_before = terms.truth(value=False)
            if len(some) == 1:
                is_before = self.cells.algebra.numbers.less(some[0], first[0])
            yield terms.implies(terms.both(terms.either(holds, is_before), goes), claimed)

    def _goes_through(self, opened: Open, some: tuple[Number, ...]) -> Term:
        """Whether a quantifier goes through these indices."""
        algebra, quantified = self.cells.algebra, opened.quantified
        terms, numbers = algebra.terms, algebra.numbers
        parts = [self.is_index(one.rest) for one in some]
        parts += [within(algebra, v, one) for v, one in zip(quantified.bound, some, strict=True)]
        if len(some) > 1 and quantified.pairs is Pairs.DISTINCT:
            parts.append(terms.negation(numbers.equal(*some)))
        if len(some) > 1 and quantified.pairs is Pairs.ASCENDING:
            parts.append(numbers.less(*some))
        return terms.every(parts)

    def _first(self, opened: Open) -> tuple[Number, ...]:
        """The indices that show that `all` does not hold, or that `any` does; the first such."""
        terms, number, found = self.cells.algebra.terms, opened.name.name, []
        for variable in opened.quantified.bound:
            many = most_indices(variable.type) if isinstance(variable.type, IntType) else 1
            name = f"{number} {variable.name}"
            times = terms.cell(f"{name} // N", is_truth=False, low=0, high=max(many, 1) - 1)
            found.append(Number(times, self.cells.index(name), 0))
        return tuple(found)

    def _shown(self, opened: Open) -> tuple[Term, Indices]:
        """Some index shows that `all` does not hold, or that `any` does."""
        terms, some = self.cells.algebra.terms, self._first(opened)
        claim = said(opened.quantified, some, opened.context)
        goes, rests = self._goes_through(opened, some), tuple(one.rest for one in some)
        if opened.quantified.operator is Operator.AND:
            refuted = terms.both(goes, terms.negation(claim))
            return terms.either(opened.name, refuted), rests
        return terms.implies(opened.name, terms.both(goes, claim)), rests

    def _bounds(self, told: list[Told]) -> Iterator[z3.BoolRef]:
        """What holds of every cell: it has a value of its type."""
        numbers = self.cells.algebra.numbers
        count = self.encoder.number(numbers.count)
        yield z3.IntVal(numbers.least) <= count
        named = frozenset[Term]().union(*(one.cells for one in told)) - {numbers.count}
        for part in sorted(named, key=lambda one: one.number):
            if not part.is_truth:
                cell = self.encoder.number(part)
                yield z3.IntVal(part.low) <= cell
                if part in self.cells.bounds:
                    yield cell < count + z3.IntVal(self.cells.bounds[part] + 1)
                else:
                    yield cell <= z3.IntVal(part.high)


@dataclass(frozen=True, slots=True)
class Solution:
    """A state that is not excluded, as the solver gives it."""

    question: Question
    model: z3.ModelRef
    asker: Asker
    indices: Indices

    def value(self, term: Term) -> int:
        """What a number is in it."""
        number = self.asker.encoder.number(term)
        found = self.model.eval(number, model_completion=True)
        return found.as_long() if isinstance(found, z3.IntNumRef) else 0
