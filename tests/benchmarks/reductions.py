"""What the reductions leave of a model. `python -m tests.benchmarks.reductions` prints the table.

Each instance is searched whole by the native engine, for all but liveness: plainly, by stubborn
sets, without what nothing depends on, with merged steps, and with all three. The verdicts must be
the same; the counts of the repository's tests are pinned in `tests/conformance/test_reductions.py`.
Then the lifecycle with five workers is decided plainly, by symmetry, and by symmetry without what
nothing depends on, one after the other in each round: whole calls of `check`, from the model to the
verdict and its confirmed trace, and of the command line, which explains the trace as well. Told are
medians, and of the ratios, of processor time: each has one thread, as what is left is too little
for two. What is compiled was compiled before.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from modelcheck.check import Instance, check, load
from modelcheck.engines.choice import Machine, Native
from modelcheck.engines.contract import Exploration, Reduction
from modelcheck.engines.simplified import Simplified
from modelcheck.ir.model import Model
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget
from tests.conformance.reference import COMPILED

SPECS = Path(__file__).parents[2] / "specs"
SEARCH = Simplified(Native(Machine(COMPILED, 2)))
STUBBORN, SLICING, MERGING = Reduction.STUBBORN, Reduction.SLICING, Reduction.MERGING
WAYS: tuple[tuple[Reduction, ...], ...] = (
    (),
    (STUBBORN,),
    (SLICING,),
    (MERGING,),
    (STUBBORN, SLICING, MERGING),
)
CASES: tuple[tuple[str, dict[str, str]], ...] = (
    ("parallel/message_queue.py", {}),
    ("parallel/message_queue.py", {"NWORKERS": "2"}),
    ("parallel/context_life_cycle.py", {}),
    ("parallel/restore_order.py", {}),
    ("parallel/relaunch.py", {"WAITS_FOR_EXIT": "False"}),
    ("parallel/reinitialize_before_detach.py", {}),
    ("parallel/reinitialize_before_detach.py", {"NWORKERS": "3", "NLAUNCHES": "3"}),
    ("classic/dining_philosophers.py", {"N": "7"}),
    ("classic/dining_philosophers.py", {"N": "7", "CUSTOM": "Custom.ALL_BEGIN_LEFT"}),
    ("classic/bakery.py", {}),
    ("classic/peterson.py", {}),
    ("classic/two_phase_commit.py", {}),
    ("benchmark/two_phase_commit.py", {"MANAGERS": "7"}),
    (
        "benchmark/lifecycle.py",
        {"WORKERS": "4", "ROUNDS": "3", "DATA": "2", "CAPACITY": "2"},
    ),
)


LIFECYCLE = SPECS / "benchmark/lifecycle.py"
ALIKE = {"WORKERS": "5", "ROUNDS": "2", "DATA": "2", "CAPACITY": "2"}
SYMMETRIC = ((False, False), (False, True), (True, True))
"""Whether the model has the fix, and whether the search goes on after a violation."""

ALONE = Simplified(Native(Machine(COMPILED, 1)))
DECIDED: tuple[tuple[Reduction, ...], ...] = (
    (),
    (Reduction.SYMMETRY,),
    (Reduction.SYMMETRY, SLICING),
)

ROUNDS = 3


def searched(model: Model, reductions: tuple[Reduction, ...]) -> Exploration:
    wanted = frozenset(
        {
            "deadlock",
            *(name for name, _ in model.steps()),
            *(prop.name for prop in model.properties if prop.kind not in LIVENESS),
        }
    )
    return SEARCH(
        model, budget=Budget(), properties=wanted, full=True, reductions=frozenset(reductions)
    )


def decided(found: Exploration) -> dict[str, str]:
    return {one.property: type(one.verdict).__name__ for one in found.verdicts}


def row(path: str, constants: dict[str, str]) -> str:
    model = load(str(SPECS / path), constants).model
    cells: list[str] = []
    plain: dict[str, str] = {}
    for way in WAYS:
        searched(model, way)
        began = time.perf_counter()
        found = searched(model, way)
        took = time.perf_counter() - began
        plain = plain or decided(found)
        if decided(found) != plain:
            raise SystemExit(f"{path}: {way} decides otherwise")
        is_used = found.is_reduced or not way
        cells.append(f"{found.states:>10,} {took:6.2f} s" if is_used else " " * 14 + "none")
    told = ", ".join(f"{name}={value}" for name, value in constants.items())
    return f"{path} {told}\n" + " ".join(cells) + "\n"


def called(instance: Instance, reductions: tuple[Reduction, ...], *, full: bool) -> object:
    """What a call of the library decides; what it derives and compiles is kept."""
    checked = check(
        instance, budget=Budget(), full=full, engine=ALONE, reductions=frozenset(reductions)
    )
    return decided(checked.exploration)


def commanded(
    constants: dict[str, str], reductions: tuple[Reduction, ...], *, full: bool
) -> object:
    """What a command line decides, by the statuses that it prints."""
    settings = [f"--set={name}={value}" for name, value in constants.items()]
    reduced = ",".join(one.value for one in reductions)
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(  # ourselves
            [sys.executable, "-m", "modelcheck", "check", str(LIFECYCLE), *settings]
            + ["--engine=native", "--threads=1", "--json", f"--output={folder}"]
            + [f"--reduce={reduced}"] * bool(reduced)
            + ["--full"] * full,
            capture_output=True,
            text=True,
            check=False,
        )
    told = json.loads(ended.stdout)
    return {one["property"]: one["status"] for one in told["verdicts"]}


def spent() -> float:
    """Seconds of processor time that this process and those it started have taken."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def compared(call: Callable[[tuple[Reduction, ...]], object]) -> str:
    """How long a call takes each way, and how many times less than plainly."""
    for way in DECIDED[1:]:
        call(way)
    took: list[list[float]] = []
    for _ in range(ROUNDS):
        found, seconds = [], []
        for way in DECIDED:
            began = spent()
            found.append(call(way))
            seconds.append(spent() - began)
        if any(verdicts != found[0] for verdicts in found):
            raise SystemExit("a reduction decides otherwise")
        took.append(seconds)
    cells = [f"{median(one[0] for one in took):9.3f} s"]
    for at in range(1, len(DECIDED)):
        ratio = median(one[0] / one[at] for one in took)
        cells.append(f"{median(one[at] for one in took):9.3f} s {ratio:6.1f} times")
    return " ".join(cells)


def symmetric_rows(*, fix: bool, full: bool) -> Iterator[str]:
    constants = ALIKE | {"FIX": str(fix)}
    instance = load(str(LIFECYCLE), constants)
    name = f"FIX={fix}{', all of it' if full else ''}"
    calls = compared(lambda way: called(instance, way, full=full))
    yield f"{name + ': check':42}{calls}\n"
    calls = compared(lambda way: commanded(constants, way, full=full))
    yield f"{name + ': command line':42}{calls}\n"


def main() -> None:
    names = ("plain", "stubborn", "slicing", "merging", "all three")
    sys.stdout.write(" ".join(f"{name:>19}" for name in names) + "\n")
    for path, constants in CASES:
        sys.stdout.write(row(path, constants))
        sys.stdout.flush()
    names = ("symmetry", "symmetry, slicing")
    faster = "".join(f"{name:>24}" for name in names)
    sys.stdout.write(f"{'lifecycle(5, 2, 2, 2), one thread':42}{'plain':>11}{faster}\n")
    for fix, full in SYMMETRIC:
        for row_of in symmetric_rows(fix=fix, full=full):
            sys.stdout.write(row_of)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
