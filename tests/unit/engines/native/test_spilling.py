from __future__ import annotations

import errno
import os
import resource
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Exploration, ProgressReport, Reduction, Storage
from modelcheck.engines.native import layout, running
from modelcheck.engines.native.explore import explore
from modelcheck.engines.native.spilling import NoFolder
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Unknown, Violated
from tests.conformance.spilled import NO_MEMORY, demand_the_same

ROOT = Path(__file__).parents[4]
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
TWO_PHASE = str(ROOT / "specs/benchmark/two_phase_commit.py")
OWN = "detaches_its_own_queue"

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spilled"


def lifecycle(**constants: int) -> Model:
    return load(LIFECYCLE, {name.upper(): str(value) for name, value in constants.items()}).model


def medium() -> Model:
    return lifecycle(workers=4, rounds=2, data=1, capacity=1)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_said_is_the_same(threads: int, cache: Path) -> None:
    for model in (lifecycle(workers=3, rounds=2, data=1, capacity=1), two_phase()):
        demand_the_same(model, cache, threads=threads)
        demand_the_same(model, cache, threads=threads, full=False)


def two_phase() -> Model:
    return load(TWO_PHASE, {"MANAGERS": "5"}).model


@pytest.mark.parametrize(("bits", "words"), [(30, 2), (12, 4)])
def test_a_state_may_take_several_words(
    bits: int, words: int, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "WORD", bits)
    model = lifecycle(workers=3, rounds=2, data=1, capacity=1)
    assert layout.lay_out(model).words == words
    demand_the_same(model, cache)
    demand_the_same(model, cache, full=False)


def test_a_trace_is_found_though_its_cone_does_not_fit(cache: Path, folder: Path) -> None:
    model = medium()
    known, found = (
        explore(
            model,
            cache=cache,
            threads=2,
            budget=budget,
            properties=frozenset({OWN}),
            spill=spill,
        )
        for budget, spill in ((Budget(), None), (NO_MEMORY, folder))
    )
    assert found == known
    [verdict] = [one.verdict for one in found.verdicts]
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    assert len(verdict.trace.steps) == 30


@pytest.mark.parametrize("reduction", list(Reduction), ids=lambda one: one.value)
def test_reductions_are_as_in_memory(reduction: Reduction, cache: Path) -> None:
    model = lifecycle(workers=3, rounds=2, data=1, capacity=1)
    for full in (True, False):
        demand_the_same(model, cache, full=full, reductions=frozenset({reduction}))


def spilled(
    cache: Path, folder: Path, *, budget: Budget = NO_MEMORY, **more: object
) -> Exploration:
    return explore(
        medium(),
        cache=cache,
        threads=2,
        budget=budget,
        properties=frozenset({"deadlock"}),
        full=True,
        spill=folder,
        **more,
    )


def test_it_keeps_to_the_memory_and_tells_of_the_disk(
    cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "SLICE", 0.0)  # it tells at once, however fast it is
    told: list[ProgressReport] = []
    budget = Budget(memory=3 << 20)
    for storage in Storage:
        found = spilled(cache, folder, budget=budget, storage=storage, progress=told.append)
        assert found.states == 203_997
        assert found.complete
    assert max(one.memory or 0 for one in told) <= 3 << 20
    assert max(one.disk or 0 for one in told) > 203_997


def test_limits_end_it(cache: Path, folder: Path) -> None:
    found = spilled(cache, folder, budget=Budget(memory=1, states=5000))
    assert found.stopped == "the budget of 5000 states is used up"
    assert found.states > 5000
    assert found.statistics.widening
    budget = Budget(depth=12)
    known, found = (
        explore(
            medium(),
            cache=cache,
            threads=2,
            budget=budget,
            properties=frozenset({OWN, "deadlock"}),
            full=True,
            spill=spill,
        )
        for budget, spill in ((budget, None), (replace(budget, memory=1), folder))
    )
    assert found == known
    found = spilled(cache, folder, budget=Budget(memory=1, seconds=0.001))
    assert found.stopped == "the budget of 0.001 seconds is used up"


def test_a_full_disk_ends_it_undecided(cache: Path, folder: Path) -> None:
    spilled(cache, folder, budget=Budget(memory=1, states=1))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        found = spilled(cache, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    why = f"{folder} cannot hold the states: {os.strerror(errno.EFBIG)}"
    assert found.stopped == why
    assert [one.verdict for one in found.verdicts] == [Unknown(why)]
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_is_refused(cache: Path, folder: Path) -> None:
    folder.write_text("a file")
    with pytest.raises(NoFolder) as told:
        spilled(cache, folder)
    assert told.value.message == f"{folder} cannot hold the states: File exists"
    assert told.value.way_out == "name another folder with --spill-to"


def test_nothing_is_left_whatever_ends_it(cache: Path, folder: Path) -> None:
    class TerminatedError(BaseException):
        pass

    def interrupt(_: ProgressReport) -> None:
        assert list(folder.iterdir()) == []
        raise KeyboardInterrupt

    def terminate(_: ProgressReport) -> None:
        raise TerminatedError

    assert spilled(cache, folder, progress=interrupt).stopped == "interrupted"
    with pytest.raises(TerminatedError):
        spilled(cache, folder, progress=terminate)
    assert list(folder.iterdir()) == []
