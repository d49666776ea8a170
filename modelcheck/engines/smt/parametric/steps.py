"""A template as formulas over one state: how it begins, what each step does, what each claim says.

Of an instance `K * N + i` the K is known in each formula, and i is some index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.parametric.cells import Cells, View
from modelcheck.engines.smt.parametric.coding import NotParametric, is_fixed, most_indices
from modelcheck.engines.smt.parametric.evaluate import Context, Opened, evaluate, truth
from modelcheck.engines.smt.parametric.execute import Way, walked
from modelcheck.engines.smt.parametric.numbers import Number
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra, Key, Symbolic
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.ir.expressions import Expr, Variable
from modelcheck.ir.model import Process, PropertyKind, Step
from modelcheck.ir.statements import Choose, Offer
from modelcheck.ir.types import IntType, values
from modelcheck.ir.walk import variables


@dataclass(frozen=True, slots=True)
class Who:
    """An instance: the process, its index as a value, and by what its parts are found."""

    process: Process
    me: Symbolic | None
    key: Key
    told: str


@dataclass(frozen=True, slots=True)
class Move:
    """One way through a step of an instance, which ends without a violation."""

    about: str
    condition: Term
    after: View
    opened: Opened


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a claim is violated."""

    claim: Claim
    condition: Term
    opened: Opened


@dataclass(slots=True)
class Steps:
    """Builds them, over one state whose cells are not known."""

    cells: Cells
    template: Template
    name: str
    """Of the constant that is N."""

    view: View

    @property
    def algebra(self) -> Algebra:
        """What can be done to values."""
        return self.cells.algebra

    def context(self, who: Who | None = None, live: tuple[str, ...] = ()) -> Context:
        """What an expression sees: for an instance its index and its live locals, too."""
        own: dict[str, Symbolic] = {}
        if who is not None:
            for variable in (one for one in who.process.locals if one.name in live):
                own[variable.name] = self.view.local(who.process.name, variable, who.key)
            if who.process.index is not None and who.me is not None:
                own[who.process.index.name] = who.me
        return Context(self.algebra, self.template, self.view, own, Opened(self.cells.quantifiers))

    def instances(self, process: Process, index: Term) -> Iterator[Who]:
        """Those of a process that have this index, or all where their number is fixed."""
        terms, t = self.algebra.terms, None if process.index is None else process.index.type
        if t is None:
            yield Who(process, None, (), process.name)
        elif isinstance(t, IntType) and not is_fixed(t):
            many = most_indices(t)
            if not many:
                raise NotParametric(f"{process.name} has indices that are not from 0 to K * N - 1")
            for times in range(many):
                me = Number(terms.known(times), index, 0)
                text = "i" if not times else f"{'' if times == 1 else f'{times} * '}{self.name} + i"
                yield Who(process, me, self.algebra.key(t, me), f"{process.name}[{text}]")
        else:
            for value in values(t):
                me_known = self.algebra.literal(t, value)
                key = self.algebra.key(t, me_known)
                yield Who(process, me_known, key, f"{process.name}[{value}]")

    def everyone(self, index: Term) -> Iterator[Who]:
        """All instances that have this index."""
        for process in self.template.model.processes:
            yield from self.instances(process, index)

    def stands(self, who: Who, label: str | None) -> Term:
        """Whether an instance stands there."""
        labels = [*(step.label for step in who.process.steps), None]
        here = self.view.standing(who.process.name, who.key)
        return self.algebra.terms.equal(here, self.algebra.terms.known(labels.index(label)))

    def ways(self, who: Who, step: Step) -> Iterator[Way]:
        """The ways through a step, taken by an instance that stands there."""
        context = self.context(who, step.live)
        return walked(step.body, self.stands(who, step.label), context, self._chosen)

    def _chosen(self, choose: Choose, context: Context) -> Iterator[tuple[Term, Symbolic]]:
        """Each value of a fixed number; an index is some cell."""
        for offer in choose.offers:
            bound = bound_by(self.template, offer)
            if not bound:
                yield truth(offer.condition, context), evaluate(offer.value, context)
                continue
            (variable,) = bound
            for index in self.some(variable):
                own = {**context.locals, variable.name: index}
                inside = replace(context, locals=own)
                may = self.algebra.terms.both(
                    within(self.algebra, variable, index), truth(offer.condition, inside)
                )
                yield may, evaluate(offer.value, inside)

    def some(self, variable: Variable) -> Iterator[Number]:
        """An index of which no more is known than that it is one; or each, where N is known."""
        t, terms, count = variable.type, self.algebra.terms, self.algebra.numbers.count
        many = most_indices(t) if isinstance(t, IntType) else 0
        indices = [self.cells.index(f"some {variable.name}")]
        if count.is_known:
            indices = [terms.known(at) for at in range(count.low)]
        for times in range(max(many, 1)):
            for index in indices:
                yield Number(terms.known(times), index, 0)

    def moves(self, index: Term) -> Iterator[Move]:
        """Every way through a step of an instance with this index."""
        for who in self.everyone(index):
            for step in who.process.steps:
                for way in self.ways(who, step):
                    if not way.is_violation:
                        after = self._after(who, way)
                        about = f"{who.told}.{step.label}"
                        yield Move(about, way.condition, after, way.context.opened)

    def _after(self, who: Who, way: Way) -> View:
        terms, view = self.algebra.terms, way.context.view
        live = who.process.live(way.label)
        labels = [*(step.label for step in who.process.steps), None]
        number = terms.known(labels.index(way.label))

        def is_it(process: str, key: Key) -> Term:
            if process != who.process.name:
                return terms.truth(value=False)
            return terms.every(terms.equal(a, b) for a, b in zip(key, who.key, strict=True))

        def standing(process: str, key: Key) -> Term:
            return terms.choice(is_it(process, key), number, self.view.standing(process, key))

        def local(process: str, variable: Variable, key: Key) -> Symbolic:
            old, same = self.view.local(process, variable, key), is_it(process, key)
            if variable.name not in live or (same.is_known and not same.low):
                return old
            return self.algebra.choice(same, way.context.locals[variable.name], old)

        return View(view.shared, standing, local)

    def goals(self, claims: tuple[Claim, ...], index: Term) -> Iterator[Goal]:
        """Where each claim is violated, by an instance with this index if by one."""
        named = {prop.name: prop for prop in self.template.model.properties}
        for claim in claims:
            name, kind = claim
            if kind is PropertyKind.ALWAYS:
                context = self.context()
                fails = self.algebra.terms.negation(truth(named[name].condition, context))
                yield Goal(claim, fails, context.opened)
            elif kind is PropertyKind.EVERY_STEP:
                yield from self._steps_that_violate(claim, named[name].condition, index)
            elif kind is PropertyKind.CHECK:
                yield from self._failing_checks(claim, index)

    def _failing_checks(self, claim: Claim, index: Term) -> Iterator[Goal]:
        process, _, label = claim[0].partition(".")
        for who in self.instances(self.template.model.process(process), index):
            for step in who.process.steps:
                if step.label == label:
                    for way in self.ways(who, step):
                        if way.is_violation:
                            yield Goal(claim, way.condition, way.context.opened)

    def _steps_that_violate(self, claim: Claim, condition: Expr, index: Term) -> Iterator[Goal]:
        terms = self.algebra.terms
        for move in self.moves(index):
            context = replace(
                self.context(), view=move.after, before=self.view.shared, opened=move.opened
            )
            fails = terms.negation(truth(condition, context))
            yield Goal(claim, terms.both(move.condition, fails), move.opened)

    def beginning(self) -> View:
        """A state in which runs begin, but for where instances stand and what their locals are."""
        model = self.template.model
        pairs = zip(model.variables, model.initial, strict=True)
        shared = {one.name: self.algebra.literal(one.type, value) for one, value in pairs}
        return View(shared, self.view.standing, self.view.local)

    def initial(self, index: Term) -> Iterator[Term]:
        """Where each instance with this index stands in the beginning, and with which locals."""
        terms = self.algebra.terms
        for who in self.everyone(index):
            context = replace(self.context(who), view=self.beginning())
            body, here = who.process.prologue, terms.truth(value=True)
            ways = walked(body, here, context, _chosen_at_first)
            yield terms.some(self._begins(who, way) for way in ways)

    def _begins(self, who: Who, way: Way) -> Term:
        terms, algebra = self.algebra.terms, self.algebra
        live = who.process.live(way.label)
        same = [
            algebra.equal(
                variable.type,
                self.view.local(who.process.name, variable, who.key),
                way.context.locals[variable.name],
            )
            for variable in who.process.locals
            if variable.name in live
        ]
        return terms.every((way.condition, self.stands(who, way.label), *same))


def _chosen_at_first(choose: Choose, context: Context) -> Iterator[tuple[Term, Symbolic]]:
    for offer in choose.offers:
        if bound_by(context.template, offer):
            raise NotParametric("an index is chosen before the first step")
        yield truth(offer.condition, context), evaluate(offer.value, context)


def bound_by(template: Template, offer: Offer) -> tuple[Variable, ...]:
    """The variable that an offer binds, if it stands for one offer for each index."""
    found = variables(offer.value) | variables(offer.condition)
    return tuple(one for one in found if one.name in template.bound)


def within(algebra: Algebra, variable: Variable, number: Number) -> Term:
    """Whether an index is one that a variable goes through."""
    t = variable.type
    if not isinstance(t, IntType):
        return algebra.terms.truth(value=True)
    numbers = algebra.numbers
    above = numbers.less(numbers.literal(t.high), number)
    return algebra.terms.negation(above)
