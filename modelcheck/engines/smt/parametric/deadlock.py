"""That nothing can move while some process is not done, as a question about every N."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from modelcheck.engines.smt.parametric.coding import most_indices
from modelcheck.engines.smt.parametric.evaluate import Context, Open, evaluate, truth
from modelcheck.engines.smt.parametric.execute import walked
from modelcheck.engines.smt.parametric.leaves import Indices
from modelcheck.engines.smt.parametric.numbers import Number
from modelcheck.engines.smt.parametric.queries import Asker, Question
from modelcheck.engines.smt.parametric.steps import Steps, Who, bound_by, within
from modelcheck.engines.smt.parametric.values import Symbolic
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.ir.model import ProcessKind, Step
from modelcheck.ir.statements import Choose
from modelcheck.ir.types import IntType
from modelcheck.semantics import DEADLOCK


@dataclass(slots=True)
class _Waiting:
    """The mutable middle: who was asked so far."""

    steps: Steps
    asker: Asker
    asked: list[Term] = field(default_factory=list)
    formulas: list[Term] = field(default_factory=list)
    opened: list[Open] = field(default_factory=list)

    def ask(self, index: Term) -> None:
        """No instance with this index can move."""
        self.asked.append(index)
        for who in self.steps.everyone(index):
            for step in who.process.steps:
                self.ask_step(who, step, index)

    def ask_alone(self, index: Term) -> None:
        """No process that is no array can move."""
        for who in self.steps.everyone(index):
            if who.process.index is None:
                for step in who.process.steps:
                    self.ask_step(who, step, index)

    def ask_step(self, who: Who, step: Step, index: Term) -> None:
        """An instance cannot take a step."""
        terms, steps = self.steps.algebra.terms, self.steps
        here, context = steps.stands(who, step.label), steps.context(who, step.live)
        for way in walked(step.body, here, context, self._offers):
            can = terms.both(self.asker.is_index(index), way.condition)
            self.formulas.append(terms.negation(can))
        self.opened.extend(context.opened.found)

    def _offers(self, choose: Choose, context: Context) -> Iterator[tuple[Term, Symbolic]]:
        """All that may be chosen, as far as it has a name."""
        for offer in choose.offers:
            bound = bound_by(self.steps.template, offer)
            if not bound:
                yield truth(offer.condition, context), evaluate(offer.value, context)
                continue
            (variable,) = bound
            algebra, t = self.steps.algebra, variable.type
            many = most_indices(t) if isinstance(t, IntType) else 1
            for times in range(max(many, 1)):
                for index in tuple(self.asked):
                    value = Number(algebra.terms.known(times), index, 0)
                    inside = replace(context, locals={**context.locals, variable.name: value})
                    is_it = algebra.terms.both(
                        self.asker.is_index(index), within(algebra, variable, value)
                    )
                    may = algebra.terms.both(is_it, truth(offer.condition, inside))
                    yield may, evaluate(offer.value, inside)

    def named(self) -> Indices:
        """The indices of whom those speak who wait."""
        shown = [
            self.steps.cells.index(f"{one.name.name} {bound.name}")
            for one in self.opened
            for bound in one.quantified.bound
        ]
        return self.asker.indices(self.formulas, shown)


def deadlocks(steps: Steps, asker: Asker) -> Iterator[Question]:
    """Some process stands at a label; it cannot move, nor can anybody whom it names."""
    first = steps.cells.index("some d")
    for who in steps.everyone(first):
        if who.process.kind is ProcessKind.PROCESS:
            for step in who.process.steps:
                yield _stuck(steps, asker, (who, step), first)


def _stuck(steps: Steps, asker: Asker, one: tuple[Who, Step], first: Term) -> Question:
    who, step = one
    waiting = _Waiting(steps, asker, [first])
    waiting.ask_step(who, step, first)
    waiting.ask_alone(first)
    for index in dict.fromkeys((*waiting.named(), *steps.cells.pointers())):
        if index is not first:
            waiting.ask(index)
    formula = steps.algebra.terms.every((steps.stands(who, step.label), *waiting.formulas))
    return Question(DEADLOCK, formula, tuple(waiting.opened), tuple(dict.fromkeys(waiting.asked)))
