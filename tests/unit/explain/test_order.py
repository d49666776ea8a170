from itertools import permutations

from modelcheck.explain.order import happens_before
from modelcheck.semantics import apply
from modelcheck.trace import State, Trace, Transition
from tests.unit.report.founding import finding


def test_of_the_founding_race_each_conflict_is_told_once() -> None:
    found = finding()
    pairs = [(one.earlier, one.later) for one in happens_before(found.model, found.trace)]
    assert pairs == [(1, 3), (4, 5), (2, 6), (7, 8), (9, 10)]


def is_kept(trace: Trace, pairs: list[tuple[int, int]], order: tuple[int, ...]) -> bool:
    own = [
        (one, other)
        for one in range(len(order))
        for other in range(one + 1, len(order))
        if trace.schedule[one].instance == trace.schedule[other].instance
    ]
    both = [(one - 1, other - 1) for one, other in pairs] + own
    return all(order.index(one) < order.index(other) for one, other in both)


def test_every_order_that_keeps_them_ends_in_the_same_state() -> None:
    """Of the first seven steps, in all orders."""
    found = finding()
    trace = Trace(found.trace.initial, found.trace.steps[:7])
    pairs = [(one.earlier, one.later) for one in happens_before(found.model, trace)]
    kept = [order for order in permutations(range(7)) if is_kept(trace, pairs, order)]
    assert len(kept) > 10
    ends = {end_of(found.model, trace, [trace.schedule[n] for n in order]) for order in kept}
    assert ends == {trace.steps[-1].after}


def end_of(model, trace: Trace, schedule: list[Transition]) -> State:
    state = trace.initial
    for transition in schedule:
        after = apply(model, state, transition)
        assert isinstance(after, State)
        state = after
    return state
