"""The native engine says what the interpreter says: every count, verdict, length and trace.

In memory, and beyond it.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.contract import Exploration, PropertyVerdict
from modelcheck.engines.native.explore import explore
from modelcheck.engines.native.orders import explore_in
from modelcheck.engines.orders import Order
from modelcheck.errors import SpecError
from modelcheck.hunt import Variant, variants
from modelcheck.ir.model import PropertyKind
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Holds, Verdict, Violated
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.spilled import demand_the_same
from tests.conformance.variants import ROOT, TELLING, model_of
from tests.unit.engines import fairness_examples

NEIGHBOURS = ("neighbours.py", "procedures.py")
LARGEST = 3_000 * PATIENCE
"""Of variants with more states, what they declare is held to the native engine by the plugin."""

SMALL = 1_000
FEW = 400
SPECS = 60 * PATIENCE

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


def instances() -> list:
    beside = (variants(str(Path(__file__).parent / name)) for name in NEIGHBOURS)
    every = (*TELLING, *(one for found in beside for one in found))
    return [
        pytest.param(one, id=f"{Path(one.path).stem}-{one.overridden or ''}".rstrip("-"))
        for one in every
    ]


def told(found: Exploration) -> Exploration:
    return replace(found, engine="")


@pytest.mark.parametrize("variant", instances())
@pytest.mark.parametrize("full", [True, False], ids=["full", "first"])
def test_it_agrees(variant: Variant, full: bool, cache: Path) -> None:
    model = model_of(variant, most=LARGEST)
    known = interpreter.explore(model, budget=Budget(states=LARGEST), full=full)
    if known.states == LARGEST:
        pytest.skip(f"more than {LARGEST:,} states")
    for threads in (1, 2):
        found = explore(model, cache=cache, threads=threads, budget=Budget(), full=full)
        assert told(found) == told(known)
    demand_the_same(model, cache, full=full)


@pytest.mark.parametrize("variant", instances())
def test_other_orders_agree_as_far_as_they_promise(variant: Variant, cache: Path) -> None:
    model = model_of(variant, most=FEW)
    known = interpreter.explore(model, budget=Budget(states=FEW), full=True)
    if known.states == FEW:
        pytest.skip(f"more than {FEW:,} states")
    depth_first, iterative, bitstate = (
        explore_in(order, model, cache=cache, budget=Budget(memory=2**22), full=True)
        for order in (Order.DEPTH_FIRST, Order.ITERATIVE, Order.BITSTATE)
    )
    assert counted(iterative) == counted(known)
    assert counted(replace(depth_first, depth=known.depth)) == counted(known)
    assert lengths(iterative) == lengths(known)
    assert [type(one.verdict) for one in depth_first.verdicts] == [
        type(one.verdict) for one in known.verdicts
    ]
    assert liveness(iterative) == liveness(depth_first) == liveness(known)
    assert (bitstate.states, bitstate.complete) == (known.states, False)
    assert not any(isinstance(one.verdict, Holds) for one in bitstate.verdicts if is_safety(one))
    assert lengths(bitstate).keys() == lengths(known).keys()
    first = interpreter.explore(model, budget=Budget())
    found = explore_in(Order.ITERATIVE, model, cache=cache, budget=Budget())
    assert (counted(found), lengths(found)) == (counted(first), lengths(first))


def counted(found: Exploration) -> tuple[object, ...]:
    """All counts; why a step was never taken is told by other orders of few states only."""
    seen = found.statistics
    idle = [one.step for one in seen.idle]
    sizes = (found.states, found.transitions, found.depth, found.complete, found.stopped)
    return (*sizes, found.coverage, seen.out_degree, seen.unexercised, idle)


def is_safety(one: PropertyVerdict) -> bool:
    return one.kind not in {*LIVENESS, PropertyKind.SOMETIMES}


def lengths(found: Exploration) -> dict[str, int]:
    """How long each counterexample and each witness is."""
    told: dict[str, int] = {}
    for one in found.verdicts:
        match one.verdict:
            case Violated(_, trace) | Holds(trace) if trace is not None and is_safety(one):
                told[one.property] = len(trace.steps)
            case _:
                pass
    return told


@pytest.mark.parametrize("depth", [0, 1, 5, 9, 10, 11, 40])
def test_it_agrees_within_a_depth(depth: int, cache: Path) -> None:
    model = load(str(ROOT / "specs/parallel/reinitialize_before_detach.py"), {}).model
    budget = Budget(depth=depth)
    known = interpreter.explore(model, budget=budget, full=True)
    found = explore(model, cache=cache, threads=2, budget=budget, full=True)
    assert told(found) == told(known)


def test_published_counts_are_reached(cache: Path) -> None:
    """The figures for two-phase commit are those of TLC, SPIN and stateright; see the spec."""
    for managers, counts in (("5", (8832, 58145, 16)), ("7", (296_448, 2_744_705, 22))):
        path = str(ROOT / "specs/benchmark/two_phase_commit.py")
        model = load(path, {"MANAGERS": managers}).model
        found = explore(model, cache=cache, threads=2, budget=Budget())
        assert (found.states, found.transitions, found.depth) == counts
        assert found.complete


@pytest.mark.parametrize("seed", range(25))
def test_it_agrees_on_random_models_of_any_fairness(seed: int, cache: Path) -> None:
    model = fairness_examples.random_model(seed)
    for budget in (Budget(), Budget(depth=2), Budget(states=4)):
        known = interpreter.explore(model, budget=budget, full=True)
        found = explore(model, cache=cache, threads=1, budget=budget, full=True)
        if budget.states is None:
            assert told(found) == told(known)
        assert liveness(found) == liveness(known)


def test_it_agrees_on_random_specs(tmp_path: Path, cache: Path) -> None:
    """Hypothesis writes the specs; those that are refused or have many states are left out."""
    path, lassos = tmp_path / "spec.py", []

    @settings(
        max_examples=SPECS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def agree(text: str) -> None:
        path.write_text(text)
        try:
            model = load(str(path), {}).model
            known = interpreter.explore(model, budget=Budget(states=SMALL), full=True)
        except SpecError:
            return
        if known.states < SMALL:
            found = explore(model, cache=cache, threads=2, budget=Budget(), full=True)
            assert told(found) == told(known)
            demand_the_same(model, cache)
            lassos.extend(one for one in liveness(found) if isinstance(one, Violated))

    agree()
    assert len(lassos) >= 2


def liveness(found: Exploration) -> list[Verdict]:
    return [one.verdict for one in found.verdicts if one.kind in LIVENESS]
