"""The point of no return of a lasso: the step after which the goal cannot come any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelcheck.explain.fates import MOST_STEPS
from modelcheck.explain.moments import last_state, moments
from modelcheck.ir.model import Property
from modelcheck.semantics import Memory, Prepared, goal, judge
from modelcheck.trace import State, Trace, Transition

LARGEST = 20_000
"""So many states are looked at before nothing is said."""


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Where a goal was lost for good."""

    step: int
    """The number of the step after which no continuation reaches it; 0: none ever did."""

    ways_out: tuple[Transition, ...]
    """What could have been taken in its stead, and still led to the goal; none where it held."""


def hopeless(
    prepared: Prepared, trace: Trace, prop: Property, *, largest: int = LARGEST
) -> Hopeless | None:
    """Where the goal of a liveness property is lost; None if it is not, or not found out."""
    hopes = _Hopes(Memory(prepared), judge(prepared, goal(prop)), largest)
    if hopes.of(last_state(trace)) is not False:
        return None
    for moment in reversed(moments(trace)):
        hope = hopes.of(moment.before)
        if hope is None:
            return None
        if hope:
            return Hopeless(moment.number, hopes.ways_on(moment.before))
    return Hopeless(0, ())


class _Hopes:
    """From which states a goal can be reached, as far as it was found out."""

    def __init__(self, memory: Memory, is_goal: Callable[[State], bool], largest: int) -> None:
        self._memory = memory
        self._is_goal = is_goal
        self._left = largest
        self._known: dict[State, bool] = {}

    def of(self, start: State) -> bool | None:
        """Whether the goal can be reached from a state, or holds there; None: too many states."""
        parents: dict[State, State | None] = {start: None}
        waiting = [start]
        while waiting:
            state = waiting.pop()
            if self._known.get(state, self._is_goal(state)):
                self._keep(state, parents)
                return True
            if self._left <= 0 or self._memory.worked_out >= MOST_STEPS:
                return None
            self._left -= 1
            for _, after in () if state in self._known else self._memory.successors(state):
                if isinstance(after, State) and after not in parents:
                    parents[after] = state
                    waiting.append(after)
        self._known.update(dict.fromkeys(parents, False))
        return False

    def ways_on(self, state: State) -> tuple[Transition, ...]:
        """The transitions after which the goal can still be reached."""
        return tuple(
            transition
            for transition, after in self._memory.successors(state)
            if isinstance(after, State) and self.of(after)
        )

    def _keep(self, end: State, parents: dict[State, State | None]) -> None:
        here: State | None = end
        while here is not None:
            self._known[here] = True
            here = parents[here]
