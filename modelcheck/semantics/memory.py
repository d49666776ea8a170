"""What one search remembers of the semantics, so that it need not ask again.

What an instance can do depends on the shared state and on its own location alone, so its
outcomes are worked out once for each such pair, and found again in every state that shares it.
"""

from __future__ import annotations

from modelcheck.semantics.prepared import Prepared
from modelcheck.semantics.step import Outcome, Shared, Successor, compose, outcomes
from modelcheck.trace import Location, State

LIMIT = 65_536
"""So many shared states are remembered; then everything is forgotten, and remembered anew."""


class Memory:
    """The outcomes worked out so far; made for one search of one model."""

    def __init__(self, prepared: Prepared, *, limit: int = LIMIT) -> None:
        self._prepared = prepared
        self._limit = limit
        self._known: dict[Shared, dict[tuple[int, Location], tuple[Outcome, ...]]] = {}

    def successors(self, state: State) -> tuple[Successor, ...]:
        """The same as `semantics.successors` gives."""
        shared = state.shared
        known = self._known.get(shared)
        if known is None:
            known = self._remember(shared)

        def ways(at: int, location: Location) -> tuple[Outcome, ...]:
            found = known.get((at, location))
            if found is None:
                found = known[at, location] = outcomes(self._prepared, at, location, shared)
            return found

        return compose(state, ways)

    def _remember(self, shared: Shared) -> dict[tuple[int, Location], tuple[Outcome, ...]]:
        if len(self._known) == self._limit:
            self._known.clear()
        self._known[shared] = {}
        return self._known[shared]
