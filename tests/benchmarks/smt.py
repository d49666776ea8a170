"""How fast bounded checking finds the founding race, beside explicit search. `make bench` runs it.

Both find a shortest counterexample; told is processor time, and the median of the rounds' ratios.
The order constraint is taken away in the last column: then all orders of independent steps are
refuted one by one, so that is tried for few workers only.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.contract import Exploration
from modelcheck.engines.smt.bounded import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Violated

SPEC = Path(__file__).parents[2] / "specs" / "parallel" / "reinitialize_before_detach.py"
WORKERS = (2, 3, 4, 5)
UNORDERED = 3
"""Up to so many workers it is tried without the order constraint."""

ROUNDS = 3
WHOLE = 4
"""So many workers have the commands that are measured from the shell's side."""


def main() -> None:
    write = sys.stdout.write
    write("the founding race, to its shortest counterexample\n")
    titles = ("workers", "steps", "bmc s", "interpreter s", "ratio", "no order s")
    widths = (8, 7, 9, 15, 8, 12)
    write("".join(f"{t:>{w}}" for t, w in zip(titles, widths, strict=True)) + "\n")
    for workers in WORKERS:
        write(row(workers, load(str(SPEC), {"NWORKERS": str(workers)}).model) + "\n")
    write(f"whole commands, {WHOLE} workers: `check --engine bmc` {command('bmc'):.2f} s, ")
    write(f"`check --engine auto` {command('auto'):.2f} s\n")


def command(engine: str) -> float:
    """The processor time of a whole command, from its start to its report."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    asked = ("--set", f"NWORKERS={WHOLE}", "--engine", engine)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            (sys.executable, "-m", "modelcheck", "check", str(SPEC), *asked, "--output", folder),
            check=False,
            capture_output=True,
        )
    if done.returncode != 1:
        raise SystemExit(done.stderr.decode())
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began


def row(workers: int, model: Model) -> str:
    rounds = [(timed(constraints, model), timed(states, model)) for _ in range(ROUNDS)]
    steps = {length for pair in rounds for length, _ in pair}
    if len(steps) != 1:
        raise SystemExit(f"the lengths differ: {steps}")
    ours, theirs = (median(pair[side][1] for pair in rounds) for side in (0, 1))
    ratio = median(pair[0][1] / pair[1][1] for pair in rounds)
    bare = f"{timed(unordered, model)[1]:12.2f}" if workers <= UNORDERED else f"{'-':>12}"
    return f"{workers:8}{steps.pop():7}{ours:9.2f}{theirs:15.2f}{ratio:8.1f}{bare}"


def constraints(model: Model) -> Exploration:
    return explore(model, budget=Budget())


def unordered(model: Model) -> Exploration:
    return explore(model, budget=Budget(), ordered=False)


def states(model: Model) -> Exploration:
    return interpreter.explore(model, budget=Budget())


def timed(way: Callable[[Model], Exploration], model: Model) -> tuple[int, float]:
    """The length of the counterexample, and the seconds that it took."""
    began = time.process_time()
    found = way(model)
    took = time.process_time() - began
    (trace,) = (
        one.verdict.trace
        for one in found.verdicts
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None
    )
    return len(trace.steps), took


if __name__ == "__main__":
    main()
