"""The reachable states of a finite instance, as far as a budget goes, and what they show."""

from __future__ import annotations

from itertools import combinations

from modelcheck.engines.smt.parametric.cells import Known
from modelcheck.engines.smt.parametric.clauses import Shown, Slot
from modelcheck.engines.smt.parametric.numbers import MANY, Numbers
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra
from modelcheck.engines.smt.symbolic.terms import Terms
from modelcheck.ir.model import Model
from modelcheck.semantics import Memory, initial, prepare
from modelcheck.trace import State


def reachable(model: Model, most: int) -> tuple[State, ...]:
    """The reachable states of an instance; no more than so many."""
    prepared = prepare(model)
    memory = Memory(prepared)
    found = dict.fromkeys(initial(prepared))
    pending = list(found)
    for state in pending:
        for _, after in memory.successors(state):
            if isinstance(after, State) and after not in found and len(found) < most:
                found[after] = None
                pending.append(after)
    return tuple(found)


def known(terms: Terms, template: Template, model: Model, count: int) -> Known:
    """Views of the states of an instance."""
    numbers = Numbers(terms, terms.known(count), min(count, MANY))
    return Known(Algebra(numbers), template, prepare(model).instances)


def show(
    seen: Known, states: tuple[State, ...], count: int, slots: tuple[Slot, ...], into: Shown
) -> None:
    """Add what states show of the slots, for indices in ascending order."""
    many = max((max(slot.at, default=-1) + 1 for slot in slots), default=0)
    indices = [seen.algebra.terms.known(at) for at in range(count)]
    for state in states:
        view = seen.view(state)
        for some in combinations(indices, many):
            into.add(tuple(slot.read(view, some).low for slot in slots))
