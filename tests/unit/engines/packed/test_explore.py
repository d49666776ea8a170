"""What ends a packed search early, and what it tells meanwhile."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from modelcheck.engines.contract import ProgressReport, Reduction
from modelcheck.engines.packed import search
from modelcheck.engines.packed.explore import explore
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.types import QueueType
from modelcheck.trace import Budget, Unknown, Violated
from tests.unit import ir_examples as x

NEVER = x.claim("never", PropertyKind.ALWAYS, x.less(x.N, x.number(2)))
DONE = x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(3)))


def test_states_of_any_width_are_searched() -> None:
    ring = x.shared("ring", QueueType(x.POINT, 40))
    small = x.counter(3)
    model = replace(small, variables=(*small.variables, ring), initial=(*small.initial, ()))
    found = explore(model, budget=Budget())
    assert (found.engine, found.states, found.transitions, found.complete) == ("packed", 4, 3, True)


def test_the_budget_of_time_ends_it() -> None:
    seconds = count()
    found = explore(x.counter(9), budget=Budget(seconds=3.0), clock=lambda: float(next(seconds)))
    assert (found.states, found.stopped) == (3, "the budget of 3 seconds is used up")


def test_the_budget_of_memory_ends_it() -> None:
    weights = count(0, 1024)
    found = explore(x.counter(9), budget=Budget(memory=2048), weigh=lambda: next(weights))
    assert (found.states, found.stopped) == (3, "the budget of 2 KiB of memory is used up")


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    expand = search.Search._expand

    def interrupted(self: search.Search, begin: int, end: int) -> None:
        if begin == 3:
            raise KeyboardInterrupt
        expand(self, begin, end)

    monkeypatch.setattr(search.Search, "_expand", interrupted)
    found = explore(x.counter(9, properties=(NEVER, DONE)), budget=Budget(), full=True)
    assert (found.states, found.transitions, found.stopped) == (4, 3, "interrupted")
    never, done, *_ = (one.verdict for one in found.verdicts)
    assert isinstance(never, Violated)
    assert isinstance(done, Unknown)


def test_it_tells_how_far_it_has_come() -> None:
    told: list[ProgressReport] = []
    explore(x.counter(3), budget=Budget(), progress=told.append, clock=lambda: 0.0, weigh=lambda: 7)
    assert [(one.states, one.transitions, one.depth, one.frontier) for one in told] == [
        (1, 0, 0, 1),
        (2, 1, 1, 1),
        (3, 2, 2, 1),
        (4, 3, 3, 1),
    ]


def test_it_says_that_it_leaves_nothing_out() -> None:
    asked_for = frozenset({Reduction.SYMMETRY, Reduction.STUBBORN})
    found = explore(x.counter(3), budget=Budget(), reductions=asked_for)
    assert [str(one) for one in found.reductions] == [
        "symmetry: not used, the packed engine leaves nothing out",
        "stubborn: not used, the packed engine leaves nothing out",
    ]
    assert not found.is_reduced
