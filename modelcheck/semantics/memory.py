"""What one search remembers of the semantics, so that it need not ask again.

What an instance can do depends on its location and on the shared variables that its step names.
So its outcomes are worked out once for each combination of those, and found again in every
state that has the same.
"""

from __future__ import annotations

from modelcheck.ir.expressions import Scope
from modelcheck.ir.model import Step
from modelcheck.ir.walk import statements, variables, written
from modelcheck.semantics.prepared import Prepared
from modelcheck.semantics.step import Outcome, Shared, Successor, compose, outcomes
from modelcheck.trace import Location, State

LIMIT = 262_144
"""So many combinations are remembered; then everything is forgotten, and remembered anew."""


class Memory:
    """The outcomes worked out so far; made for one search of one model."""

    def __init__(self, prepared: Prepared, *, limit: int = LIMIT) -> None:
        self._prepared = prepared
        self._limit = limit
        self._known: dict[tuple[int, Location, Shared], tuple[Outcome, ...]] = {}
        self._named = [
            {label: _named(prepared, step) for label, step in prepared.steps[process.name].items()}
            for process in prepared.processes
        ]

    def successors(self, state: State) -> tuple[Successor, ...]:
        """The same as `semantics.successors` gives."""
        shared = state.shared

        def ways(at: int, location: Location) -> tuple[Outcome, ...]:
            if location.label is None:
                return ()
            seen = tuple([shared[position] for position in self._named[at][location.label]])
            found = self._known.get((at, location, seen))
            if found is None:
                found = outcomes(self._prepared, at, location, shared)
                self._remember((at, location, seen), found)
            return found

        return compose(state, ways)

    def _remember(self, key: tuple[int, Location, Shared], found: tuple[Outcome, ...]) -> None:
        if len(self._known) >= self._limit:
            self._known.clear()
        self._known[key] = found


def _named(prepared: Prepared, step: Step) -> tuple[int, ...]:
    """The positions of the shared variables that a step names, read or written."""
    names = {
        variable.name
        for statement in statements(step.body)
        for expr in written(statement)
        for variable in variables(expr)
        if variable.scope is Scope.SHARED
    }
    return tuple(at for at, name in enumerate(prepared.names) if name in names)
