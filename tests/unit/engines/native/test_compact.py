from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Checkpoints, Storage
from modelcheck.engines.native.explore import Unsupported, explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget
from tests.unit import ir_examples as x

ROOT = Path(__file__).parents[4]
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
TWO_PHASE = str(ROOT / "specs/benchmark/two_phase_commit.py")

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


def lifecycle() -> Model:
    settings = {"WORKERS": "4", "ROUNDS": "2", "DATA": "1", "CAPACITY": "1"}
    return load(LIFECYCLE, settings).model


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: x.counter(3), id="counter"),
        pytest.param(x.crossed_locks, id="crossed locks"),
        pytest.param(lambda: x.founding_race(wait_for_exit=False), id="founding race"),
        pytest.param(lambda: load(TWO_PHASE, {"MANAGERS": "6"}).model, id="two-phase commit"),
        pytest.param(lifecycle, id="life cycle"),
    ],
)
def test_what_is_said_is_the_same(model, cache: Path) -> None:
    searched = model()
    for full in (True, False):
        plain = explore(searched, cache=cache, threads=1, budget=Budget(), full=full)
        for threads in (1, 2):
            compact = explore(
                searched,
                cache=cache,
                threads=threads,
                budget=Budget(),
                full=full,
                storage=Storage.COMPACT,
            )
            assert compact == plain


def test_more_states_are_found_within_the_same_memory(cache: Path) -> None:
    settings = {"WORKERS": "5", "ROUNDS": "2", "DATA": "1", "CAPACITY": "1"}
    model = load(LIFECYCLE, settings).model
    plain, compact = (
        explore(
            model,
            cache=cache,
            threads=1,
            budget=Budget(memory=16 << 20),
            properties=frozenset({"deadlock"}),
            full=True,
            storage=storage,
        )
        for storage in Storage
    )
    assert plain.stopped == compact.stopped == "the budget of 16 MiB of memory is used up"
    assert compact.states > 1.3 * plain.states


def test_a_checkpoint_is_of_either(cache: Path, tmp_path: Path) -> None:
    known = explore(lifecycle(), cache=cache, threads=1, budget=Budget(), full=True)
    for resume, storage, budget in (
        (False, Storage.PLAIN, Budget(states=20_000)),
        (True, Storage.COMPACT, Budget(states=60_000)),
        (True, Storage.PLAIN, Budget()),
    ):
        found = explore(
            lifecycle(),
            cache=cache,
            threads=2,
            budget=budget,
            full=True,
            storage=storage,
            checkpoints=Checkpoints(tmp_path / "kept", 60.0, resume=resume),
        )
    assert found == known


def test_states_of_several_words_are_refused(cache: Path) -> None:
    settings = {"WORKERS": "6", "ROUNDS": "2", "DATA": "2", "CAPACITY": "2"}
    model = load(LIFECYCLE, settings).model
    with pytest.raises(Unsupported, match="^states of 79 bits take more than one word$") as told:
        explore(model, cache=cache, threads=1, budget=Budget(), storage=Storage.COMPACT)
    assert told.value.way_out == "--storage plain can"
