"""How fast the native engine searches, beside SPIN and the interpreter. `make bench` runs it.

Each way is run in each round, one after the other, so that a noisy machine slows all of them down;
told are medians, and the median of each round's ratio to SPIN. All search the whole space, store
states exactly, and reduce nothing: SPIN as `spin -o2`, `gcc -O3 -DSAFETY -DNOREDUCE`, depth first,
and with `-DBFS_PAR` on two cores. Times are of the searches alone, by the clock on the wall, as
each tool tells them; what is compiled is in the cache. The counts must be those of the table.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.native.build import find_compiler
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.library import Status
from modelcheck.engines.native.library import load as link
from modelcheck.semantics import initial
from modelcheck.trace import Budget
from tests.benchmarks import promela

SPECS = Path(__file__).parents[2] / "specs" / "benchmark"
SPIN_FLAGS = ("-O3", "-w", "-DSAFETY", "-DNOREDUCE")
INTERPRETED = 10_000
"""States after which the interpreter is stopped: its rate hardly depends on how many there are."""


@dataclass(frozen=True)
class Case:
    name: str
    spec: str
    constants: dict[str, str]
    promela: str
    states: int
    transitions: int
    table: int
    """The logarithm of SPIN's hash table, as large as pays."""


@dataclass(frozen=True)
class Run:
    seconds: float
    transitions: int
    bytes_per_state: float | None


Way = Callable[[], Run]


def lifecycle(workers: int, rounds: int, states: int, transitions: int, table: int) -> Case:
    constants = {"WORKERS": str(workers), "ROUNDS": str(rounds), "DATA": "2", "CAPACITY": "2"}
    text = promela.lifecycle(workers, rounds, 2, 2)
    name = f"lifecycle({workers}, {rounds}, 2, 2)"
    return Case(name, "lifecycle.py", constants, text, states, transitions, table)


def two_phase_commit(managers: int, states: int, transitions: int, table: int) -> Case:
    text = promela.two_phase_commit(managers)
    name = f"two-phase commit, {managers} managers"
    constants = {"MANAGERS": str(managers)}
    return Case(name, "two_phase_commit.py", constants, text, states, transitions, table)


def cases(*, large: bool) -> tuple[Case, ...]:
    """The instances, with the counts that SPIN, TLC and hand-written C agree on."""
    small = (
        lifecycle(4, 3, 2_050_586, 11_024_246, 24),
        two_phase_commit(8, 1_745_408, 18_507_777, 24),
    )
    if not large:
        return small
    return (
        *small,
        two_phase_commit(9, 10_340_352, 123_558_401, 25),
        lifecycle(5, 2, 32_048_219, 216_450_171, 27),
    )


def native(case: Case, threads: int, cache: Path) -> Way:
    model = load(str(SPECS / case.spec), case.constants).model
    generated = generate(model)
    starts = [generated.layout.pack(state) for state in initial(model)]

    def run() -> Run:
        core = link(generated, find_compiler(), cache)
        wanted = [False] * generated.decisions
        began = time.perf_counter()
        core.open(starts, threads=threads)
        while core.run(1.0, states=None, depth=None, wanted=wanted) is Status.RUNNING:
            pass
        took, seen = time.perf_counter() - began, core.reached()
        core.close()
        expect("native", (seen.states, seen.transitions), case)
        return Run(took, seen.transitions, seen.bytes / seen.states)

    return run


def interpreted(case: Case) -> Way:
    model = load(str(SPECS / case.spec), case.constants).model

    def run() -> Run:
        began = time.perf_counter()
        found = interpreter.explore(model, budget=Budget(states=INTERPRETED), full=True)
        return Run(time.perf_counter() - began, found.transitions, None)

    return run


def spin(case: Case, folder: Path, extra: tuple[str, ...], options: tuple[str, ...]) -> Way:
    folder.mkdir()
    (folder / "model.pml").write_text(case.promela)
    subprocess.run(["spin", "-o2", "-a", "model.pml"], cwd=folder, check=True, capture_output=True)
    flags = [*SPIN_FLAGS, *extra, "-o", "pan", "pan.c"]
    subprocess.run(["gcc", *flags], cwd=folder, check=True, capture_output=True)
    arguments = ["-m2000000", f"-w{case.table}", "-E", *options]

    def run() -> Run:
        done = subprocess.run(
            ["./pan", *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        states = number(r"([\d.e+]+) states, stored", done.stdout)
        transitions = number(r"([\d.e+]+) transitions", done.stdout) - 1
        expect("SPIN", (round(states), round(transitions)), case)
        memory = number(r"([\d.]+)\s+total (?:actual|shared) memory usage", done.stdout) * 2**20
        took = number(r"elapsed time ([\d.e+-]+) seconds", done.stdout)
        return Run(took, case.transitions, memory / case.states)

    return run


def number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        message = f"SPIN did not say {pattern}:\n{text}"
        raise SystemExit(message)
    return float(found[1])


def expect(who: str, counts: tuple[int, int], case: Case) -> None:
    if counts != (case.states, case.transitions):
        message = f"{who} counts {counts} for {case.name}: {case.states}, {case.transitions}"
        raise SystemExit(message)


def measure(case: Case, rounds: int, folder: Path, cache: Path) -> None:
    ways: dict[str, Way] = {}
    if shutil.which("spin") is not None:
        ways["SPIN"] = spin(case, folder / "pan", (), ())
        ways["SPIN, BFS_PAR, 2 cores"] = spin(case, folder / "par", ("-DBFS_PAR",), ("-u2",))
    ways["interpreter"] = interpreted(case)
    ways["native, 1 thread"] = native(case, 1, cache)
    ways["native, 2 threads"] = native(case, 2, cache)
    runs = [{name: way() for name, way in ways.items()} for _ in range(rounds)]
    sys.stdout.write(f"\n{case.name}: {case.states:,} states, {case.transitions:,} transitions\n")
    first = next(iter(ways))
    for name in ways:
        rates = [one[name].transitions / one[name].seconds / 1e6 for one in runs]
        ratios = [
            rate / (one[first].transitions / one[first].seconds / 1e6)
            for rate, one in zip(rates, runs, strict=True)
        ]
        size = runs[0][name].bytes_per_state
        memory = "" if size is None else f"{size:6.1f} bytes a state"
        sys.stdout.write(
            f"   {name:24} {median(rates):8.2f} million transitions a second, "
            f"{median(ratios):6.1f} times {first}  {memory}\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also instances that take SPIN long")
    arguments = parser.parse_args()
    for at, case in enumerate(cases(large=arguments.large)):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / str(at)
            place.mkdir()
            measure(case, arguments.rounds, place, Path(folder) / "cache")


if __name__ == "__main__":
    main()
