"""Random specs: the native engine says what the interpreter says where words are short.

Nearly every state takes several then, and some are stored without their last one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.native import layout
from modelcheck.engines.native.explore import Unsupported, explore
from modelcheck.errors import SpecError
from modelcheck.trace import Budget
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.spilled import demand_the_same
from tests.conformance.test_native import told

EXAMPLES = 20 * PATIENCE
BITS = 9
COMPARED = 0.5
"""Of so many of the specs both engines must have something to say."""

LARGEST = 1_000

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


def compare(path: Path, cache: Path) -> bool:
    """Whether both engines can search a spec; raises `AssertionError` where they differ."""
    try:
        model = load(str(path), {}).model
        known = interpreter.explore(model, budget=Budget(states=LARGEST), full=True)
    except SpecError:
        return False
    if known.states >= LARGEST:
        return False
    try:
        found = explore(model, cache=cache, threads=2, budget=Budget(), full=True)
    except Unsupported:
        return False
    assert told(found) == told(known), path.read_text()
    demand_the_same(model, cache)
    return True


def test_it_agrees_on_random_specs(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "WORD", BITS)
    compared: list[bool] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def agree(text: str) -> None:
        path = tmp_path / "spec.py"
        path.write_text(text)
        compared.append(compare(path, cache))

    agree()
    assert sum(compared) / len(compared) >= COMPARED
