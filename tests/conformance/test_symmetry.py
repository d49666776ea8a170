"""Symmetry: a reduced search says what the whole space shows, and finds each class of it once."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from modelcheck.check import load
from modelcheck.engines.choice import Machine, Native
from modelcheck.engines.contract import Engine, Reduction
from modelcheck.errors import SpecError
from modelcheck.trace import Budget
from tests.conformance.agreement import Disagreement
from tests.conformance.orbits import SYMMETRY, Audited, TooMany, audit
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.symmetric_specs import symmetric_specs
from tests.conformance.variants import ROOT, TELLING

LARGEST = 2_500
EXAMPLES = 40 * PATIENCE
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
COMMIT = str(ROOT / "specs/benchmark/two_phase_commit.py")
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")

REDUCED = {
    (LIFECYCLE, ""): Audited(749, 444, walks=True),
    (LIFECYCLE, "FIX=True"): Audited(352, 196, walks=True),
    (COMMIT, ""): Audited(288, 80, walks=False),
    (RACE, ""): Audited(559, 402, walks=True),
    (RACE, "WAIT_FOR_EXIT=True"): Audited(115, 89, walks=True),
    (RACE, "WAIT_FOR_EXIT=True NWORKERS=3"): Audited(621, 294, walks=True),
}
"""States, and classes of them; found by the search, and by sorting all states into classes."""


@pytest.fixture(scope="session")
def native(cache: Path) -> tuple[Engine, ...]:
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        return ()
    return (Native(Machine(cache, threads=2)),)


def constants(text: str) -> dict[str, str]:
    return dict(one.split("=") for one in text.split())


@pytest.mark.parametrize(("path", "settings"), REDUCED, ids=str)
def test_loops_over_a_process_array(path: str, settings: str, native: tuple[Engine, ...]) -> None:
    instance = load(path, constants(settings))
    assert audit(instance, most=LARGEST, engines=native) == REDUCED[path, settings]


@pytest.mark.parametrize(
    ("folder", "reduced"), [("language", 7), ("classic", 8), ("benchmark", 1), ("parallel", 8)]
)
def test_every_spec(folder: str, reduced: int) -> None:
    """Where symmetry is found, it is held to all states; it is found in so many variants."""
    found: Counter[str] = Counter()
    for one in TELLING:
        if Path(one.path).parent.name != folder:
            continue
        try:
            audited = audit(load(one.path, dict(one.overridden)), most=LARGEST // 5)
        except TooMany:
            found["large"] += 1
            continue
        found["reduced" if audited is not None else "not reduced"] += 1
    assert found["reduced"] == reduced


@pytest.mark.parametrize(
    ("drawn", "reduced"),
    [(symmetric_specs(odd=False), 0.6), (symmetric_specs(odd=True), 0.3), (specs(), 0.3)],
    ids=["symmetric", "odd", "any"],
)
def test_random_specs(drawn: SearchStrategy[str], reduced: float, tmp_path: Path) -> None:
    """One with an oddity is only reduced where that does no harm; a share of all is."""
    found: list[Audited | None] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def agree(text: str) -> None:
        path = tmp_path / "spec.py"
        path.write_text(text)
        try:
            found.append(audit(load(str(path), {}), most=LARGEST // 5))
        except (SpecError, TooMany):
            return
        except Disagreement as problem:
            message = f"{problem}\n\n{text}"
            raise Disagreement(message) from None

    agree()
    assert sum(one is not None for one in found) >= reduced * len(found)


@pytest.mark.parametrize(
    ("settings", "states", "representatives", "depth"),
    [
        ("WORKERS=4 ROUNDS=3 DATA=2 CAPACITY=2 FIX=True", 480_478, 26_743, 156),
        ("WORKERS=4 ROUNDS=3 DATA=2 CAPACITY=2", 2_050_586, 111_940, 156),
        ("WORKERS=5 DATA=2 CAPACITY=2", 32_048_219, 388_277, 128),
    ],
)
def test_what_stands_for_published_counts(
    settings: str,
    states: int,
    representatives: int,
    depth: int,
    native: tuple[Engine, ...],
) -> None:
    for engine in native:
        found = engine(
            load(LIFECYCLE, constants(settings)).model,
            budget=Budget(),
            full=True,
            reductions=SYMMETRY,
        )
        assert (found.stands_for, found.states, found.depth) == (states, representatives, depth)
        assert [(one.reduction, one.is_used) for one in found.reductions] == [
            (Reduction.SYMMETRY, True)
        ]
