"""How fast the native engine searches, beside SPIN, TLC and the interpreter. `make bench` runs it.

Each way is run in each round, one after the other, so that a noisy machine slows all of them down;
told are medians, and the median of each round's ratio to SPIN on a model written for it by hand.
All search the whole space and store states exactly; only "reduced" leaves something out. What is
compiled is in the cache. The counts must be those of the table. TLC is run where the environment
variable TLA2TOOLS names its archive.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from modelcheck.engines import interpreter
from modelcheck.engines.choice import packed
from modelcheck.engines.contract import Engine
from modelcheck.engines.native.build import find_compiler
from modelcheck.engines.native.core import Status
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.library import load as link
from modelcheck.semantics import initial
from modelcheck.trace import Budget
from tests.benchmarks import peers, promela
from tests.benchmarks.peers import Case, Run, Way, expect

SPECS = Path(__file__).parents[2] / "specs" / "benchmark"
INTERPRETED = 10_000
"""States after which the engines in Python are stopped: their rate hardly depends on how many."""

ONE, TWO = "native, 1 thread", "native, 2 threads"


def lifecycle(workers: int, rounds: int, states: int, transitions: int, table: int) -> Case:
    constants = {"WORKERS": str(workers), "ROUNDS": str(rounds), "DATA": "2", "CAPACITY": "2"}
    text = promela.lifecycle(workers, rounds, 2, 2)
    name = f"lifecycle({workers}, {rounds}, 2, 2)"
    return Case(name, SPECS / "lifecycle.py", constants, text, states, transitions, table)


def two_phase_commit(managers: int, states: int, transitions: int, table: int) -> Case:
    text = promela.two_phase_commit(managers)
    name = f"two-phase commit, {managers} managers"
    constants = {"MANAGERS": str(managers)}
    return Case(name, SPECS / "two_phase_commit.py", constants, text, states, transitions, table)


CASES = {
    "lifecycle-4": lifecycle(4, 3, 2_050_586, 11_024_246, 24),
    "commit-8": two_phase_commit(8, 1_745_408, 18_507_777, 24),
}
LARGE = {
    "commit-9": two_phase_commit(9, 10_340_352, 123_558_401, 25),
    "lifecycle-5": lifecycle(5, 2, 32_048_219, 216_450_171, 27),
}


def native(case: Case, threads: int, cache: Path) -> Way:
    model = case.model
    generated = generate(model)
    starts = [generated.layout.pack(state) for state in initial(model)]

    def run() -> Run:
        core = link(generated, find_compiler(), cache)
        wanted = [False] * generated.decisions
        began = time.perf_counter()
        core.open(starts, threads=threads, memory=None)
        while core.run(1.0, states=None, depth=None, wanted=wanted) is Status.RUNNING:
            pass
        took, seen = time.perf_counter() - began, core.reached()
        core.close()
        expect("native", seen.states, case.states, case)
        expect("native", seen.transitions, case.transitions, case)
        return Run(took, seen.transitions, seen.bytes / seen.states)

    return run


def in_python(case: Case, explore: Engine) -> Way:
    model = case.model

    def run() -> Run:
        began = time.perf_counter()
        found = explore(model, budget=Budget(states=INTERPRETED), full=True)
        return Run(time.perf_counter() - began, found.transitions, None)

    return run


def every_way(case: Case, folder: Path, cache: Path, *, is_large: bool) -> dict[str, Way]:
    """How a case is searched; the first one is what the others are compared with."""
    ways: dict[str, Way] = {}
    if shutil.which("spin") is not None:
        ways["SPIN, by hand"] = peers.spin_by_hand(case, folder)
        ways["SPIN, by hand, 2 cores"] = peers.spin_on_two_cores(case, folder)
        if not is_large:
            ways["SPIN, by hand, reduced"] = peers.spin_reduced(case, folder)
            ways["SPIN, exported"] = peers.spin_exported(case, folder)
    run_tlc = None if is_large else peers.tlc(case, folder)
    if run_tlc is not None:
        ways["TLC, 2 workers"] = run_tlc
    ways["interpreter"] = in_python(case, interpreter.explore)
    ways["packed"] = in_python(case, packed)
    ways[ONE] = native(case, 1, cache)
    ways[TWO] = native(case, 2, cache)
    return ways


def measure(case: Case, ways: dict[str, Way], rounds: int) -> None:
    runs = [{name: way() for name, way in ways.items()} for _ in range(rounds)]
    rates = [{name: one.transitions / one.seconds for name, one in run.items()} for run in runs]
    sys.stdout.write(f"\n{case.name}: {case.states:,} states, {case.transitions:,} transitions\n")
    first = next(iter(ways))
    for name in ways:
        rate = median(run[name] for run in rates) / 1e6
        ratio = median(run[name] / run[first] for run in rates)
        size = runs[0][name].bytes_per_state
        memory = "" if size is None else f"  {size:6.1f} bytes a state"
        sys.stdout.write(
            f"   {name:24}{rate:8.2f} million transitions a second, "
            f"{ratio:6.2f} times {first}{memory}\n"
        )
    threads = median(run[TWO] / run[ONE] for run in rates)
    sys.stdout.write(f"   two threads are {threads:.2f} times as fast as one\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also instances that take SPIN long")
    parser.add_argument("--case", action="append", choices=[*CASES, *LARGE], help="only this one")
    arguments = parser.parse_args()
    chosen = arguments.case or [*CASES, *(LARGE if arguments.large else ())]
    for name in chosen:
        case = (CASES | LARGE)[name]
        with tempfile.TemporaryDirectory() as folder:
            ways = every_way(case, Path(folder), Path(folder) / "cache", is_large=name in LARGE)
            measure(case, ways, arguments.rounds)


if __name__ == "__main__":
    main()
