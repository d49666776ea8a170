from __future__ import annotations

import shutil
from itertools import chain, repeat
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Exploration, ProgressReport
from modelcheck.engines.native.explore import Unsupported
from modelcheck.engines.native.orders import HASHED, explore_in
from modelcheck.engines.orders import Order
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Budget, Holds, HoldsWithin, Skimmed, Unknown, Verdict, Violated
from tests.unit import ir_examples as x
from tests.unit.engines.test_choice import too_wide

ROOT = Path(__file__).parents[4]
DEPTH_FIRST, ITERATIVE, BITSTATE = Order.DEPTH_FIRST, Order.ITERATIVE, Order.BITSTATE
OTHERS = [DEPTH_FIRST, ITERATIVE, BITSTATE]
FEW = 2**22

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


def counter() -> Model:
    """Counts to three, which `small` forbids, `four` misses and `done` awaits."""
    return x.counter(
        3,
        properties=(
            x.claim("small", PropertyKind.ALWAYS, x.less(x.N, x.number(3))),
            x.claim("four", PropertyKind.SOMETIMES, x.equal(x.N, x.number(4))),
            x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(3))),
        ),
    )


def verdicts(found: Exploration) -> dict[str, Verdict]:
    return {one.property: one.verdict for one in found.verdicts}


@pytest.mark.parametrize("order", OTHERS)
def test_a_violation_ends_it_and_is_a_shortest_one_where_that_is_promised(
    order: Order, cache: Path
) -> None:
    found = explore_in(order, x.founding_race(wait_for_exit=False), cache=cache, budget=Budget())
    (violated,) = (one for one in found.verdicts if isinstance(one.verdict, Violated))
    assert isinstance(violated.verdict, Violated)
    assert violated.verdict.trace is not None
    steps = len(violated.verdict.trace.steps)
    assert violated.shortest is (order is ITERATIVE)
    assert steps == 10 if violated.shortest else steps >= 10
    assert found.stopped == "the search stopped at the violation of worker.detach; --full goes on"
    assert found.engine == f"native, {order.value}"


def test_bits_are_never_green(cache: Path) -> None:
    found = explore_in(BITSTATE, counter(), cache=cache, budget=Budget(memory=FEW), full=True)
    told = verdicts(found)
    assert (found.states, found.complete, found.stopped) == (4, False, HASHED)
    assert isinstance(told["small"], Violated)
    assert isinstance(told["deadlock"], Skimmed)
    assert told["deadlock"].states == 4
    assert 0 < told["deadlock"].missed < 1e-15
    assert told["four"] == Unknown(HASHED)
    assert told["done"] == Unknown(f"{HASHED}; liveness is decided on all reachable states only")


@pytest.mark.parametrize("order", [DEPTH_FIRST, ITERATIVE])
def test_liveness_is_judged_on_all_states(order: Order, cache: Path) -> None:
    done = x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(3)))
    found = explore_in(order, x.counter(3, properties=(done,)), cache=cache, budget=Budget())
    assert (found.complete, verdicts(found)["done"]) == (True, Holds())


def test_a_limit_of_depth_leaves_room_for_doubt_unless_it_grew(cache: Path) -> None:
    limits = Budget(depth=2)
    deep, bits, iterative = (
        explore_in(order, counter(), cache=cache, budget=limits, full=True)
        for order in (DEPTH_FIRST, BITSTATE, ITERATIVE)
    )
    reason = "the budget of 2 steps is used up"
    assert verdicts(deep)["small"] == verdicts(bits)["small"] == Unknown(reason)
    assert verdicts(iterative)["small"] == HoldsWithin(2)
    assert (iterative.states, iterative.depth, iterative.stopped) == (3, 2, reason)


@pytest.mark.parametrize("order", OTHERS)
def test_a_budget_of_states_ends_it(order: Order, cache: Path) -> None:
    found = explore_in(order, counter(), cache=cache, budget=Budget(states=2), full=True)
    assert found.stopped == "the budget of 2 states is used up"
    assert verdicts(found)["deadlock"] == Unknown(found.stopped)


def philosophers() -> Model:
    return load(str(ROOT / "specs/classic/dining_philosophers.py"), {"N": "20"}).model


def test_an_iterative_search_that_time_ends_says_how_deep_it_came(cache: Path) -> None:
    late = chain(repeat(0.0, 8), repeat(9.0))
    found = explore_in(
        ITERATIVE, philosophers(), cache=cache, budget=Budget(seconds=5), clock=lambda: next(late)
    )
    assert found.stopped == "the budget of 5 seconds is used up"
    within = verdicts(found)["deadlock"]
    assert isinstance(within, HoldsWithin)
    assert 0 < within.depth < 20


@pytest.mark.parametrize("order", OTHERS)
def test_an_interruption_says_so(order: Order, cache: Path) -> None:
    def interrupt(_: ProgressReport) -> None:
        raise KeyboardInterrupt

    found = explore_in(order, philosophers(), cache=cache, budget=Budget(), progress=interrupt)
    assert found.stopped == "interrupted"
    assert found.states > 1


def test_a_budget_of_memory_ends_depth_first_and_bounds_the_others(cache: Path) -> None:
    tight = Budget(memory=1000)
    deep = explore_in(DEPTH_FIRST, philosophers(), cache=cache, budget=tight)
    assert deep.stopped == "the budget of 1000 bytes of memory is used up"
    few = Budget(memory=2**18, depth=3)
    iterative = explore_in(ITERATIVE, philosophers(), cache=cache, budget=few)
    assert isinstance(verdicts(iterative)["deadlock"], HoldsWithin)


def test_what_fits_in_no_word_is_refused(cache: Path) -> None:
    with pytest.raises(Unsupported, match="a value of 126 bits"):
        explore_in(DEPTH_FIRST, too_wide(), cache=cache, budget=Budget())
