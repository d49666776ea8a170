"""Stubborn sets, slicing and merging say on fewer states what the plain search says."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.choice import Machine, Native
from modelcheck.engines.contract import UNREDUCED, Exploration, Reduction
from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.native.build import COMPILERS
from modelcheck.engines.simplified import Simplified
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Budget, Holds, Unknown, Violated
from tests.conformance.orbits import safety
from tests.conformance.patience import PATIENCE
from tests.conformance.random_crowds import crowds
from tests.conformance.reference import COMPILED, reference
from tests.conformance.variants import ROOT, TELLING, model_of, name_of

FREE = Budget()
PLAIN: frozenset[Reduction] = frozenset()
STUBBORN, SLICING = frozenset({Reduction.STUBBORN}), frozenset({Reduction.SLICING})
MERGING = frozenset({Reduction.MERGING})
EXAMPLES = 120 * PATIENCE
EVERY_COMPILED = 15
LARGEST = 600
SEARCH = Simplified(interpreter.explore)
NATIVE = Simplified(Native(Machine(COMPILED, 2)))

with_compiler = pytest.mark.skipif(
    not any(map(shutil.which, COMPILERS)), reason="there is no C compiler"
)

COUNTS = (
    ("classic/dining_philosophers.py", {}, STUBBORN, 243, 159),
    ("classic/dining_philosophers.py", {"CUSTOM": "Custom.ALL_BEGIN_LEFT"}, STUBBORN, 242, 112),
    ("classic/bakery.py", {}, STUBBORN, 1039, 867),
    ("classic/chang_roberts.py", {"DISTINCT": "False"}, STUBBORN, 119, 111),
    ("parallel/reinitialize_before_detach.py", {}, STUBBORN, 559, 268),
    ("parallel/relaunch.py", {"WAITS_FOR_EXIT": "False"}, STUBBORN, 2558, 2094),
    ("parallel/message_queue.py", {}, STUBBORN, 1810, 1403),
    ("parallel/create_index_relmap.py", {}, STUBBORN, 443, 275),
    ("benchmark/lifecycle.py", {}, SLICING, 749, 424),
    ("classic/peterson.py", {}, MERGING, 42, 26),
)


def decided(found: Exploration) -> dict[str, tuple[str, bool]]:
    """What is said of each property, and whether there is a trace."""
    told: dict[str, tuple[str, bool]] = {}
    for one in found.verdicts:
        match one.verdict:
            case Violated(_, trace) | Holds(trace):
                told[one.property] = (type(one.verdict).__name__, trace is not None)
            case verdict:
                told[one.property] = (type(verdict).__name__, False)
    return told


def taken(found: Exploration) -> set[str]:
    return {name for name, count in found.coverage if count}


def lengths(found: Exploration) -> dict[str, int]:
    return {
        one.property: len(one.verdict.trace.steps)
        for one in found.verdicts
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None
    }


def audit(model: Model, plain: Exploration, reduced: Exploration) -> None:
    """Hold a reduced search to the plain one: verdicts, steps taken, traces, what never was."""
    assert decided(reduced) == decided(plain)
    assert taken(reduced) == taken(plain) & dict(reduced.coverage).keys()
    assert reduced.statistics.unexercised == plain.statistics.unexercised
    assert reduced.states <= plain.states
    shortest = {one.property: one.shortest for one in reduced.verdicts}
    for name, length in lengths(plain).items():
        found = lengths(reduced)[name]
        assert found == length if shortest[name] else found >= length
    for one in reduced.verdicts:
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None:
            assert check_counterexample(model, one.verdict.trace, one.verdict.violation) is None


def searched(model: Model, reductions: frozenset[Reduction], budget: Budget = FREE) -> Exploration:
    wanted = safety(model)
    return SEARCH(model, budget=budget, properties=wanted, full=True, reductions=reductions)


def test_random_crowds(tmp_path: Path) -> None:
    """Also that a reduced search may be longer, and that the native engine reduces alike."""
    plain_states: list[int] = []
    reduced_states: list[int] = []
    violated: list[PropertyKind] = []
    longer: list[bool] = []
    is_merged: list[bool] = []

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(crowds())
    def agree(text: str) -> None:
        (tmp_path / "spec.py").write_text(text)
        model = load(str(tmp_path / "spec.py"), {}).model
        plain = searched(model, PLAIN, Budget(states=LARGEST))
        if not plain.complete:
            return
        stubborn, sliced = searched(model, STUBBORN), searched(model, SLICING)
        merged = searched(model, MERGING)
        for reduced in (stubborn, sliced, merged, searched(model, STUBBORN | SLICING | MERGING)):
            audit(model, plain, reduced)
        is_merged.append(merged.is_reduced)
        assert lengths(sliced) == lengths(plain)
        plain_states.append(plain.states)
        reduced_states.append(stubborn.states)
        violated.extend(one.kind for one in plain.verdicts if isinstance(one.verdict, Violated))
        longer.append(lengths(stubborn) != lengths(plain))
        if any(map(shutil.which, COMPILERS)) and len(plain_states) % EVERY_COMPILED == 0:
            _alike(model, STUBBORN | MERGING)

    agree()
    assert len(plain_states) > 0.9 * EXAMPLES
    assert sum(reduced_states) < 0.8 * sum(plain_states)
    assert any(longer)
    assert sum(is_merged) >= 10
    for kind in (PropertyKind.ALWAYS, PropertyKind.EVERY_STEP, PropertyKind.DEADLOCK):
        assert violated.count(kind) >= 3


def _alike(model: Model, reductions: frozenset[Reduction]) -> Exploration:
    """What the interpreter finds, to which the native engine is held."""
    wanted = safety(model)
    for full in (True, False):
        known = SEARCH(model, budget=FREE, properties=wanted, full=full, reductions=reductions)
        found = NATIVE(model, budget=FREE, properties=wanted, full=full, reductions=reductions)
        assert replace(found, engine="") == replace(known, engine="")
    return searched(model, reductions)


@pytest.mark.parametrize("variant", TELLING, ids=name_of)
def test_the_specs_of_the_repository(variant) -> None:
    model = model_of(variant, most=LARGEST)
    plain = searched(model, PLAIN)
    for reductions in (STUBBORN, STUBBORN | SLICING | MERGING):
        audit(model, plain, searched(model, reductions))


@with_compiler
@pytest.mark.parametrize(("path", "constants", "reductions", "plain", "reduced"), COUNTS)
def test_so_much_is_gained(
    path: str,
    constants: dict[str, str],
    reductions: frozenset[Reduction],
    plain: int,
    reduced: int,
) -> None:
    model = load(str(ROOT / "specs" / path), constants).model
    assert searched(model, PLAIN).states == plain
    assert _alike(model, reductions).states == reduced


def test_slicing_leaves_one_state_for_all_that_differ_in_what_is_left_out() -> None:
    model = load(str(ROOT / "specs/benchmark/lifecycle.py"), {}).model
    left = [at for at, v in enumerate(model.variables) if v.name not in ("detached", "attached")]
    truth = reference(model, 10_000)
    nearest: dict[tuple[object, ...], int] = {}
    for state, distance in truth.distances.items():
        projected = (tuple(state.shared[at] for at in left), state.locations)
        nearest[projected] = min(distance, nearest.get(projected, distance))
    found = searched(model, SLICING)
    assert (found.states, found.depth) == (len(nearest), max(nearest.values()))
    assert [str(one) for one in found.reductions] == [
        "slicing: nothing depends on detached[*], attached[*]"
    ]


@pytest.mark.parametrize(
    "path", ["06_queues.py", "16_environment.py", "22_eventually_and_fairness.py"]
)
def test_slicing_keeps_liveness(path: str) -> None:
    """A lasso goes round until what was left out comes back as well."""
    model = load(str(ROOT / "specs/language" / path), {}).model
    plain = interpreter.explore(model, budget=FREE, full=True)
    audit(model, plain, SEARCH(model, budget=FREE, full=True, reductions=SLICING))


@with_compiler
def test_slicing_gives_the_count_of_spin() -> None:
    """`speed.md` 8.1: SPIN, which slices unless told not to, counts 485,413."""
    constants = {"WORKERS": "4", "ROUNDS": "3", "DATA": "2", "CAPACITY": "2"}
    model = load(str(ROOT / "specs/benchmark/lifecycle.py"), constants).model
    found = NATIVE(model, budget=FREE, full=True, reductions=SLICING)
    assert (found.states, found.complete) == (485_413, True)


def test_stubborn_sets_leave_liveness_undecided() -> None:
    model = load(str(ROOT / "specs/classic/dining_philosophers.py"), {}).model
    found = SEARCH(model, budget=FREE, reductions=STUBBORN)
    assert [one.is_used for one in found.reductions] == [True]
    verdicts = {one.property: one.verdict for one in found.verdicts}
    assert verdicts["the_first_is_hungry_leads_to_it_eats"] == Unknown(UNREDUCED)


def test_stubborn_sets_say_nothing_of_a_depth() -> None:
    """A violation may take more steps in the reduced space than it takes."""
    model = load(str(ROOT / "specs/classic/dining_philosophers.py"), {}).model
    found = SEARCH(model, budget=Budget(depth=3), properties=safety(model), reductions=STUBBORN)
    assert {type(one.verdict) for one in found.verdicts} <= {Unknown, Holds}
    assert Unknown("the budget of 3 steps is used up") in [one.verdict for one in found.verdicts]
