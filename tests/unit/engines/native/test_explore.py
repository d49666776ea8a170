from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Exploration, ProgressReport
from modelcheck.engines.native import core, liveness
from modelcheck.engines.native import explore as native
from modelcheck.engines.native.build import NoCompiler
from modelcheck.engines.native.explore import Unsupported, explore
from modelcheck.engines.statistics import IdleStep
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Budget, Holds, HoldsWithin, Unknown, Verdict, Violated
from tests.unit import ir_examples as x

ROOT = Path(__file__).parents[4]
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
BIG = {"WORKERS": "6", "ROUNDS": "3", "DATA": "2", "CAPACITY": "2", "FIX": "True"}

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


@pytest.fixture(scope="module")
def big() -> Model:
    return load(LIFECYCLE, BIG).model


def verdict(found: Exploration, name: str) -> Verdict:
    return next(one.verdict for one in found.verdicts if one.property == name)


def test_a_budget_of_states_ends_it(big: Model, cache: Path) -> None:
    found = explore(big, cache=cache, threads=2, budget=Budget(states=50_000))
    assert found.stopped == "the budget of 50000 states is used up"
    assert not found.complete
    assert 50_000 < found.states < 100_000
    assert verdict(found, "deadlock") == Unknown(found.stopped)


def test_as_many_states_as_there_are_suffice(cache: Path) -> None:
    model = x.counter(3)
    exact = explore(model, cache=cache, threads=1, budget=Budget(states=4))
    assert (exact.states, exact.complete) == (4, True)
    less = explore(model, cache=cache, threads=1, budget=Budget(states=3))
    assert not less.complete


def test_a_budget_of_time_ends_it(big: Model, cache: Path) -> None:
    ticks = count()
    found = explore(
        big, cache=cache, threads=1, budget=Budget(seconds=3), clock=lambda: float(next(ticks))
    )
    assert found.stopped == "the budget of 3 seconds is used up"
    assert verdict(found, "deadlock") == Unknown(found.stopped)


def test_a_budget_of_steps_judges_all_up_to_there(cache: Path) -> None:
    never = x.claim("never", PropertyKind.ALWAYS, x.less(x.N, x.number(3)))
    model = x.counter(3, properties=(never,))
    within = explore(model, cache=cache, threads=1, budget=Budget(depth=2), full=True)
    assert verdict(within, "never") == HoldsWithin(2)
    assert (within.states, within.depth, within.complete) == (3, 2, False)
    beyond = explore(model, cache=cache, threads=1, budget=Budget(depth=3), full=True)
    assert isinstance(verdict(beyond, "never"), Violated)


def test_a_budget_of_memory_ends_it(big: Model, cache: Path) -> None:
    found = explore(big, cache=cache, threads=2, budget=Budget(memory=20 << 20))
    assert found.stopped == "the budget of 20 MiB of memory is used up"
    assert 200_000 < found.states < 1_500_000
    assert verdict(found, "deadlock") == Unknown(found.stopped)


def test_what_was_found_within_the_memory_is_told_with_its_trace(cache: Path) -> None:
    unfixed = {"WORKERS": "5", "ROUNDS": "2", "DATA": "1", "CAPACITY": "1"}
    model = load(LIFECYCLE, unfixed).model
    budget = Budget(memory=40 << 20)
    found = explore(model, cache=cache, threads=2, budget=budget, full=True)
    assert found.stopped == "the budget of 40 MiB of memory is used up"
    violated = verdict(found, "detaches_its_own_queue")
    assert isinstance(violated, Violated)
    assert violated.trace is not None
    assert len(violated.trace.steps) == 37


def test_an_interruption_says_so(big: Model, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: ProgressReport) -> None:
        raise KeyboardInterrupt

    found = explore(big, cache=cache, threads=1, budget=Budget(), progress=interrupt)
    assert found.stopped == "interrupted"
    assert found.states > 1


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (KeyboardInterrupt, "interrupted"),
        (MemoryError, "the memory is used up on the way to what was found of deadlock"),
    ],
)
def test_a_trace_that_was_not_found_is_unknown(
    problem: type[BaseException], reason: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bool:
        raise problem

    monkeypatch.setattr(core.Core, "seek", fail)
    found = explore(x.crossed_locks(), cache=cache, threads=1, budget=Budget())
    assert found.stopped == reason
    assert verdict(found, "deadlock") == Unknown(reason)


def test_without_memory_it_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.Core, "run", lambda *_, **__: core.Status.NO_MEMORY)
    found = explore(x.counter(3), cache=cache, threads=1, budget=Budget())
    assert found.stopped == "the memory is used up"


DONE = x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(3)))


def test_liveness_alone_can_be_asked_for(cache: Path) -> None:
    for goal, kind in ((3, Holds), (4, Violated)):
        prop = x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(goal)))
        found = explore(
            x.counter(3, properties=(prop,)),
            cache=cache,
            threads=1,
            budget=Budget(),
            properties=frozenset({"done"}),
        )
        assert [one.property for one in found.verdicts] == ["done"]
        assert isinstance(found.verdicts[0].verdict, kind)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (KeyboardInterrupt, "interrupted"),
        (MemoryError, "the memory is used up by the graph of the states"),
        (NoCompiler("gone"), "gone"),
    ],
)
def test_what_ends_the_judging_of_liveness_leaves_the_rest_as_it_was_found(
    problem: BaseException, reason: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr("modelcheck.engines.native.liveness.load", fail)
    found = explore(x.counter(3, properties=(DONE,)), cache=cache, threads=1, budget=Budget())
    assert found.complete
    assert found.stopped == ("interrupted" if problem is KeyboardInterrupt else "")
    assert verdict(found, "deadlock") == Holds()
    undecided = verdict(found, "done")
    assert isinstance(undecided, Unknown)
    assert undecided.reason.startswith(reason)


def test_while_the_graph_for_liveness_is_made_its_states_are_told(cache: Path) -> None:
    told: list[ProgressReport] = []
    model = x.counter(3, properties=(DONE,))
    explore(model, cache=cache, threads=1, budget=Budget(), progress=told.append)
    graphs = [one.graph for one in told if one.graph is not None]
    assert graphs
    assert set(graphs) <= set(range(told[-1].states + 1))


def test_a_budget_of_time_cuts_the_judging_of_liveness(cache: Path) -> None:
    model = x.counter(3, properties=(DONE,))
    late = chain(repeat(0.0, 2), repeat(9.0))
    found = explore(
        model, cache=cache, threads=1, budget=Budget(seconds=5), clock=lambda: next(late)
    )
    assert (found.complete, found.stopped) == (True, "")
    assert verdict(found, "done") == Unknown("the budget of 5 seconds is used up")
    assert verdict(found, "deadlock") == Holds()


def test_more_instances_than_the_graph_has_room_for_are_undecided(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "MOST_INSTANCES", 0)
    found = explore(x.counter(3, properties=(DONE,)), cache=cache, threads=1, budget=Budget())
    assert verdict(found, "done") == Unknown("liveness is judged of at most 0 process instances")


def test_why_a_step_is_idle_is_told_of_few_states_only(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = x.founding_race(wait_for_exit=True)
    full = explore(model, cache=cache, threads=1, budget=Budget(), full=True)
    monkeypatch.setattr(native, "SURVEYED", 10)
    brief = explore(model, cache=cache, threads=1, budget=Budget(), full=True)
    assert [one.step for one in brief.statistics.idle] == [one.step for one in full.statistics.idle]
    assert all(one == IdleStep(one.step, None, 0, ()) for one in brief.statistics.idle)


def test_a_damaged_cache_is_told(cache: Path, tmp_path: Path) -> None:
    explore(x.counter(3), cache=cache, threads=1, budget=Budget())
    for made in cache.iterdir():
        if made.is_file():
            (tmp_path / made.name).write_bytes(b"no object")
    with pytest.raises(Unsupported, match=r"cannot be loaded: .* delete .*core1-"):
        explore(x.counter(3), cache=tmp_path, threads=1, budget=Budget())


def test_control_c_ends_it_within_a_second(tmp_path: Path) -> None:
    settings = [part for name, value in BIG.items() for part in ("--set", f"{name}={value}")]
    command = [
        sys.executable,
        "-m",
        "modelcheck",
        "check",
        LIFECYCLE,
        "--engine",
        "native",
        "--full",
    ]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [*command, *settings, "--engine", "native", "--progress", "plain"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    try:
        assert running.stderr is not None
        assert "states" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        asked = time.monotonic()
        out, err = running.communicate(timeout=20)
    finally:
        running.kill()
    assert time.monotonic() - asked < 3
    assert running.returncode == 130
    assert "interrupted" in out + err
