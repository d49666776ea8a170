"""How many runs a model has in which nothing fails."""

from __future__ import annotations

from modelcheck.explain.fates import Fates
from modelcheck.ir.model import Model
from modelcheck.semantics import initial, prepare
from modelcheck.trace import State


def passing_runs(model: Model) -> int | None:
    """The number of runs to an end at which nothing has failed; None if a run can go round."""
    fates = Fates(prepare(model))
    counted: dict[State, int] = {}
    entered: set[State] = set()
    starts = [state for state in initial(model) if fates.violated(state) is None]
    waiting = list(starts)
    while waiting:
        state = waiting[-1]
        if state in counted:
            waiting.pop()
            continue
        onward = [after for _, after in fates.onward(state) if isinstance(after, State)]
        fresh = [after for after in onward if after not in counted]
        if not fresh:
            is_end = not fates.onward(state)
            counted[state] = sum(counted[after] for after in onward) + is_end
            waiting.pop()
        elif state in entered:
            return None
        else:
            entered.add(state)
            waiting += fresh
    return sum(counted[state] for state in starts)
