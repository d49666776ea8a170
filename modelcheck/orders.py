"""Which orders of a spec's open sequence are right: what one must keep to, and why.

Everything is decided on a twin of the spec that chooses its next element in a step of its own. A
counterexample is looked for anew, by the definition, in one order that breaks nothing else; so is
a violation in an order that every weakest partial order allows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from modelcheck.check import Instance, load
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.engines.interpreter import explore
from modelcheck.engines.precedence.fixing import in_order
from modelcheck.engines.precedence.learning import learn, needed_alone, weakest
from modelcheck.engines.precedence.partial import (
    Partial,
    ascending,
    closed,
    contains,
    covers,
    total,
    weakened,
)
from modelcheck.engines.precedence.rounds import Loop, Rounds, rounds_of
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.smt.orders import Orders
from modelcheck.engines.smt.solver import Limits, UsedUp
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.frontend import LoadedSpec, OpenOrder, lower, open_order, read_spec, twin
from modelcheck.ir.expressions import At
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.walk import subexpressions
from modelcheck.semantics import LIVENESS, prepare
from modelcheck.trace import Budget, Transition, Violated

MOST_WEAKEST = 8
"""So many weakest partial orders are told."""

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of these must come before its other, or the claim is violated."""

    claim: str
    pairs: tuple[tuple[str, str], ...]
    """The one before the other: at least one of the pairs."""

    order: Names
    """An order that breaks this requirement, and no other of the claim."""

    schedule: tuple[Transition, ...]
    """A shortest run in that order which violates the claim."""

    partial: Partial = field(repr=False)
    """The forbidden order, by the numbers of the elements."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A claim, and what decides whether an order violates it."""

    claim: str
    requirements: tuple[Requirement, ...]
    elements: Names
    """The elements that had to be looked at."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A declared variant of the spec that has another order."""

    constants: Mapping[str, str]
    order: Names
    violated: Names
    """What is violated in it, as all of its states say."""

    broken: tuple[Requirement, ...]
    """What its order breaks of those claims; an element that it lacks comes after everything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a spec's open order."""

    instance: Instance
    order: OpenOrder
    decided: tuple[Decided, ...]
    together: tuple[Requirement, ...]
    """Of all requirements those from which the others follow."""

    weakest: tuple[tuple[tuple[str, str], ...], ...]
    """Partial orders that are right and cannot be weakened, as pairs; `MOST_WEAKEST` at most."""

    unasked: Names
    """Properties that are not about finite runs, or speak of where the process stands."""

    open: Names
    """Claims that were not decided."""

    stopped: str

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """All of them."""
        return tuple(one for claim in self.decided for one in claim.requirements)


def ask(
    path: str,
    constants: Mapping[str, str],
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    told: Callable[[str], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """Decide all orders of a spec's open sequence; `told` is given the claim that is next.

    Raises `UserError` where there is none, or its elements are not a step each, and as `load` does.
    """
    asking = _Asking(path, constants, properties, Limits(budget, clock, clock()))
    stopped = ""
    try:
        asking.claims(told)
        told("all claims together")
        asking.conclude()
    except UsedUp as over:
        stopped = over.reason
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    return asking.answer(stopped)


def classify(answer: Answer, path: str, constants: Mapping[str, str]) -> Variant | None:
    """How a variant stands to an answer; None where it has no order, or the same one."""
    loaded = read_spec(path, constants)
    order = open_order(loaded)
    if order is None or order.names == answer.order.names:
        return None
    model, loop = _twin_of(loaded, order)
    claims = frozenset(one.claim for one in answer.decided)
    found = explore(
        in_order(model, loop, tuple(range(len(order.names)))),
        budget=Budget(),
        properties=claims & {name for name, _ in select(model, None)},
        full=True,
    )
    violated = tuple(one.property for one in found.verdicts if isinstance(one.verdict, Violated))
    numbers = {name: number for number, name in enumerate(answer.order.names)}
    own = tuple(numbers[name] for name in order.names if name in numbers)
    broken = (one for one in answer.requirements if contains(own, one.partial))
    return Variant(
        constants, order.names, violated, tuple(one for one in broken if one.claim in violated)
    )


def _twin_of(loaded: LoadedSpec, order: OpenOrder) -> tuple[Model, Loop]:
    other = twin(loaded, order)
    return lower(other.loaded), Loop(other.label, other.turn, order.names)


class _Asking:
    """The mutable middle of one question."""

    def __init__(
        self,
        path: str,
        constants: Mapping[str, str],
        properties: frozenset[str] | None,
        limits: Limits,
    ) -> None:
        self.instance, self.limits = load(path, constants), limits
        order = open_order(self.instance.loaded)
        if order is None:
            way_out = "declare one: `ORDER: OpenOrder[Step] = (...)`, and loop over it"
            raise UserError(f"{path} has no open order", way_out=way_out)
        self.order = order
        self.model, self.loop = _twin_of(self.instance.loaded, order)
        rows = (tuple(order.names.index(name) for name in row) for row in order.kept)
        self.kept = closed(pair for row in rows for pair in total(row))
        selected = select(self.instance.model, properties)
        asked = tuple(one for one in selected if self._is_asked(one))
        self.unasked = tuple(name for name, _ in selected if name not in dict(asked))
        self.rounds = self._rounds(asked)
        self.decided: list[Decided] = []
        self.together: tuple[Requirement, ...] = ()
        self.weakest: tuple[Partial, ...] = ()

    def claims(self, told: Callable[[str], None]) -> None:
        """Decide one claim after the other."""
        goals = self.rounds.relation.goals
        for number, goal in enumerate(goals, start=1):
            told(f"claim {number} of {len(goals)}: {goal.claim[0]}")
            learned = learn(self.rounds, goal, self.kept, self.limits)
            names = tuple(self.order.names[number] for number in learned.elements)
            found = self._requirements(frozenset({goal.claim[0]}), learned.wrong)
            self.decided.append(Decided(goal.claim[0], found, names))

    def conclude(self) -> None:
        """What all requirements come to: the least that is to be said, and what it allows."""
        every = tuple(range(len(self.order.names)))
        orders = Orders(every, self.kept, self.limits)
        found = tuple(one.partial for each in self.decided for one in each.requirements)
        for one in found:
            orders.rule_out(one)
        least = tuple(weakened(one, lambda less: orders.any(sorted(less)) is None) for one in found)
        needed = needed_alone(least, every, self.kept, self.limits)
        claims = frozenset(one.claim for one in self.decided)
        self.together = self._requirements(claims, needed)
        self.weakest = weakest(needed, every, self.kept, self.limits, most=MOST_WEAKEST)
        for one in self.weakest:
            order = Orders(every, self.kept, self.limits).any(sorted(one))
            if order is None or self._violated(order, claims) is not None:
                raise ModelCheckBug("an order that was found to be right is wrong")

    def answer(self, stopped: str) -> Answer:
        """What was found so far."""
        known = {one.claim for one in self.decided}
        goals = (goal.claim[0] for goal in self.rounds.relation.goals)
        return Answer(
            self.instance,
            self.order,
            tuple(self.decided),
            self.together,
            tuple(self._named(covers(one)) for one in self.weakest),
            self.unasked,
            tuple(name for name in goals if name not in known),
            stopped,
        )

    def _is_asked(self, claim: Claim) -> bool:
        name, kind = claim
        if kind is PropertyKind.SOMETIMES or kind in LIVENESS:
            return False
        process = self.loop.process(self.model)[0]
        stands = (
            isinstance(part, At) and part.process == process
            for one in self.model.properties
            if one.name == name and kind is PropertyKind.EVERY_STEP
            for part in subexpressions(one.condition)
        )
        return not any(stands)

    def _rounds(self, asked: tuple[Claim, ...]) -> Rounds:
        process = self.loop.process(self.model)[0]
        whole = relation(prepare(self.model), asked, unplaced=frozenset({process}))
        told = (
            one for one in whole.goals if not (one.condition.is_known and not one.condition.low)
        )
        return rounds_of(replace(whole, goals=tuple(told)), self.loop)

    def _requirements(
        self, claims: frozenset[str], wrong: tuple[Partial, ...]
    ) -> tuple[Requirement, ...]:
        """Each with an order that breaks it and no other."""
        if not wrong:
            return ()
        orders = Orders(tuple(range(len(self.order.names))), self.kept, self.limits)
        for one in wrong:
            orders.rule_out(one)
        found: list[Requirement] = []
        for one in wrong:
            order = self._breaking(orders, one, wrong)
            violated = self._violated(order, claims)
            if violated is None:
                raise ModelCheckBug("an order that was found to be wrong violates nothing")
            pairs = self._named(tuple((b, a) for a, b in covers(one)))
            names = tuple(self.order.names[number] for number in order)
            found.append(Requirement(violated[0], pairs, names, violated[1], one))
        return tuple(found)

    def _breaking(
        self, orders: Orders, one: Partial, wrong: tuple[Partial, ...]
    ) -> tuple[int, ...]:
        """An order that has this wrong part and no other, near to the one that the spec gives."""
        order = orders.any(sorted(one), aside=one)
        if order is None:
            raise ModelCheckBug("what can be left out was found to be necessary")

        def is_allowed(other: tuple[int, ...]) -> bool:
            kept = contains(other, self.kept | one)
            return kept and not any(contains(other, each) for each in wrong if each != one)

        return ascending(order, is_allowed)

    def _violated(
        self, order: tuple[int, ...], claims: frozenset[str]
    ) -> tuple[str, tuple[Transition, ...]] | None:
        """A claim that is violated in an order, and a shortest run, as the definition finds it."""
        model = in_order(self.model, self.loop, order)
        chooses = self.loop.process(self.model)[1]
        found = explore(model, budget=Budget(seconds=self.limits.left), properties=claims)
        if found.stopped == INTERRUPTED:
            raise KeyboardInterrupt
        for one in found.verdicts:
            match one.verdict:
                case Violated(_, trace) if trace is not None:
                    steps = tuple(step for step in trace.schedule if step.label != chooses)
                    return one.property, steps
                case _:
                    pass
        if not found.complete:
            raise UsedUp(self.limits.out_of_time)
        return None

    def _named(self, pairs: tuple[tuple[int, int], ...]) -> tuple[tuple[str, str], ...]:
        names = self.order.names
        return tuple((names[one], names[other]) for one, other in pairs)


def _is_false(condition: Term) -> bool:
    return condition.is_known and not condition.low
