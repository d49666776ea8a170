"""For one claim: the least that orders must have in common to be wrong, and to be right.

Orders are asked about one by one. A wrong one is weakened, pair by pair, while all orders that
contain what is left are wrong; a right one in the same way. What is left is ruled out, until no
order remains: then every order contains one of the found partial orders, and is as that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelcheck.engines.precedence.automaton import WRONG, Automaton, Needed
from modelcheck.engines.precedence.partial import Partial, closed, total, weakened
from modelcheck.engines.precedence.rounds import Rounds
from modelcheck.engines.smt.orders import Orders
from modelcheck.engines.smt.solver import Limits
from modelcheck.engines.smt.symbolic.relation import Goal, Relation
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import leaves
from modelcheck.semantics import initial
from modelcheck.trace import State


@dataclass(frozen=True, slots=True)
class Learned:
    """What decides whether an order violates a claim."""

    wrong: tuple[Partial, ...]
    """An order that contains one of these violates it; none can be left out or weakened."""

    right: tuple[Partial, ...]
    """An order that contains one of these does not; each order contains one of either kind."""

    elements: tuple[int, ...]
    """Those whose place can matter at all."""

    sets: int
    """How many sets of states decided it."""


def learn(rounds: Rounds, goal: Goal, kept: Partial, limits: Limits) -> Learned:
    """Decide which of the orders that contain `kept` violate a claim.

    Raises `UsedUp`, and `UserError` as `Automaton` does.
    """
    needed: frozenset[int] = frozenset()
    starts = [numbers(rounds.relation, one) for one in initial(rounds.relation.prepared.model)]
    while True:
        try:
            return _Learning(Automaton(rounds, goal, needed, starts), kept, limits).learned()
        except Needed as more:
            needed |= {more.element}


class _Learning:
    def __init__(self, automaton: Automaton, kept: Partial, limits: Limits) -> None:
        self.automaton, self.kept, self.limits = automaton, kept, limits

    def learned(self) -> Learned:
        """All of it."""
        elements = self.automaton.elements
        wrong: list[Partial] = []
        right: list[Partial] = []
        if self.automaton.start == WRONG:
            wrong.append(frozenset())
        elif not elements:
            (wrong if self.automaton.ends_wrong(self.automaton.start) else right).append(
                frozenset()
            )
        else:
            orders = Orders(elements, self.kept, self.limits)
            while (order := orders.any()) is not None:
                is_wrong = self._is_wrong(order)
                test = self._always_wrong if is_wrong else self._always_right
                least = weakened(total(order), test)
                (wrong if is_wrong else right).append(least)
                if not least:
                    break
                orders.rule_out(least)
        return Learned(
            needed_alone(tuple(wrong), elements, self.kept, self.limits),
            tuple(right),
            elements,
            len(self.automaton.sets),
        )

    def _is_wrong(self, order: tuple[int, ...]) -> bool:
        return self._always_wrong(total(order))

    def _always_wrong(self, partial: Partial) -> bool:
        return not self._leads(partial, lambda number, is_end: is_end and number != WRONG)

    def _always_right(self, partial: Partial) -> bool:
        return not self._leads(partial, lambda number, _: number == WRONG)

    def _leads(self, partial: Partial, is_sought: Callable[[int, bool], bool]) -> bool:
        """Whether an order that contains `partial` leads to what is sought."""
        automaton, whole = self.automaton, partial | self.kept
        before = {
            one: frozenset(a for a, b in whole if b == one and a in automaton.elements)
            for one in automaton.elements
        }
        start = (frozenset[int](), automaton.start)
        seen, pending = {start}, [start]
        while pending:
            self.limits.go_on()
            taken, number = pending.pop()
            is_end = len(taken) == len(before)
            if is_end and number != WRONG and automaton.ends_wrong(number):
                number = WRONG
            if is_sought(number, is_end):
                return True
            if number == WRONG or is_end:
                continue
            for element in automaton.elements:
                if element not in taken and before[element] <= taken:
                    new = (taken | {element}, automaton.after(number, element))
                    if new not in seen:
                        seen.add(new)
                        pending.append(new)
        return False


def needed_alone(
    wrong: tuple[Partial, ...], elements: tuple[int, ...], kept: Partial, limits: Limits
) -> tuple[Partial, ...]:
    """Those without which an order would be allowed that is not; the simplest are kept first."""
    found = sorted(dict.fromkeys(wrong), key=lambda one: (len(one), sorted(one)))
    orders = Orders(elements, kept, limits)
    for one in found:
        orders.rule_out(one)
    for one in reversed(found):
        if orders.any(sorted(one), aside=one) is None:
            orders.give_up(one)
    return tuple(orders.in_force)


def weakest(
    wrong: tuple[Partial, ...],
    elements: tuple[int, ...],
    kept: Partial,
    limits: Limits,
    *,
    most: int,
) -> tuple[Partial, ...]:
    """Partial orders that rule out all wrong ones and cannot be weakened; at most so many."""
    orders, found = Orders(elements, kept, limits), list[Partial]()
    for one in wrong:
        if not one:
            return ()
        orders.rule_out(one)

    def is_enough(partial: Partial) -> bool:
        return all(_is_against(closed(partial | kept | one)) for one in wrong)

    while len(found) < most and (order := orders.any()) is not None:
        found.append(weakened(total(order), is_enough))
        if not found[-1]:
            break
        orders.rule_out(found[-1])
    return tuple(found)


def _is_against(pairs: Partial) -> bool:
    """Whether pairs go round, so that no order has them all."""
    return any(one == other for one, other in pairs)


def numbers(relation: Relation, state: State) -> dict[Term, int]:
    """The cells of a state; what no location holds has its first value."""
    algebra, layout, prepared = relation.algebra, relation.layout, relation.prepared
    found: dict[Term, int] = {}
    values = [
        (cells, algebra.literal(variable.type, value))
        for (variable, cells), value in zip(layout.shared, state.shared, strict=True)
    ]
    for at, (process, location) in enumerate(zip(prepared.processes, state.locations, strict=True)):
        labels = [*(step.label for step in process.steps), None]
        found[layout.locations[at]] = labels.index(location.label)
        held = dict(zip(process.live(location.label), location.locals, strict=True))
        values += [
            (
                cells,
                algebra.literal(v.type, held[v.name]) if v.name in held else algebra.first(v.type),
            )
            for v, cells in layout.locals[at]
        ]
    for cells, value in values:
        pairs = zip(leaves(cells), leaves(value), strict=True)
        found.update({cell: one.low for cell, one in pairs})
    return found
