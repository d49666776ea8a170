"""What one search remembers of the semantics, so that it need not ask again.

What an instance can do depends on its location and on the shared variables that its step names;
what a property says of a state depends on the variables and locations that the property names. So
an answer is worked out once for each combination, and found again in every state that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Property
from modelcheck.semantics.named import Named, Seen, named_by_condition, named_by_step
from modelcheck.semantics.prepared import Prepared
from modelcheck.semantics.properties import is_true, refute, refute_step
from modelcheck.semantics.step import Outcome, Shared, Successor, compose, outcomes
from modelcheck.trace import Location, State, Violation

LIMIT = 262_144
"""So many answers of a kind are remembered; then all are forgotten, and remembered anew."""

K = TypeVar("K")
V = TypeVar("V")


class Memory:
    """The answers worked out so far; made for one search of one model."""

    def __init__(self, prepared: Prepared, *, limit: int = LIMIT) -> None:
        self._prepared = prepared
        self._limit = limit
        self._outcomes: dict[tuple[int, Location, Shared], tuple[Outcome, ...]] = {}
        self._refuted: dict[tuple[str, Shared, Seen], Violation | None] = {}
        self.worked_out = 0
        """How often the outcomes of an instance were not known yet: nearly all of the work."""
        named = {
            name: {label: named_by_step(prepared, step) for label, step in steps.items()}
            for name, steps in prepared.steps.items()
        }
        self._steps = [named[process.name] for process in prepared.processes]
        self._claims = {
            prop.name: (prop, named_by_condition(prepared, prop.condition))
            for prop in prepared.model.properties
        }

    def successors(self, state: State) -> tuple[Successor, ...]:
        """The same as `semantics.successors` gives."""
        return tuple(self.onward(state))

    def onward(self, state: State) -> Iterator[Successor]:
        """The same one by one, each worked out when it is asked for."""
        shared = state.shared

        def ways(at: int, location: Location) -> tuple[Outcome, ...]:
            if location.label is None:
                return ()
            seen = tuple([shared[position] for position in self._steps[at][location.label]])
            found = self._outcomes.get((at, location, seen))
            if found is None:
                found = outcomes(self._prepared, at, location, shared)
                self.worked_out += 1
                self._keep(self._outcomes, (at, location, seen), found)
            return found

        return compose(state, ways)

    def refute(self, state: State, prop: Property) -> Violation | None:
        """The same as `semantics.refute` gives, for a property of the model."""
        key = (prop.name, (), self._named(prop).seen(state))
        if key not in self._refuted:
            self._keep(self._refuted, key, refute(self._prepared, state, prop))
        return self._refuted[key]

    def refute_step(self, before: State, after: State, prop: Property) -> Violation | None:
        """The same as `semantics.refute_step` gives, for a property of the model."""
        if before.shared == after.shared:
            return None
        named = self._named(prop)
        key = (prop.name, named.seen(before)[0], named.seen(after))
        if key not in self._refuted:
            self._keep(self._refuted, key, refute_step(self._prepared, before, after, prop))
        return self._refuted[key]

    def _named(self, prop: Property) -> Named:
        known, named = self._claims[prop.name]
        if known is not prop:
            raise ModelCheckBug(f"{prop.name} is not the model's property of that name")
        return named

    def _keep(self, known: dict[K, V], key: K, answer: V) -> None:
        if len(known) >= self._limit:
            known.clear()
        known[key] = answer


def judge(prepared: Prepared, condition: Expr) -> Callable[[State], bool]:
    """Says of states whether a condition is true in them, as `semantics.is_true` does."""
    named = named_by_condition(prepared, condition)
    known: dict[Seen, bool] = {}

    def is_true_in(state: State) -> bool:
        seen = named.seen(state)
        if seen not in known:
            known[seen] = is_true(prepared, state, condition)
        return known[seen]

    return is_true_in
