"""How fast the engines in Python search, and how soon `modelcheck check` answers.

`make bench` runs it.

Each way of searching is run in each round, one after the other, so that a noisy machine slows
all of them down; told are medians, and the median of each round's ratio to the first way. Searches
are measured in processor time, whole processes by the clock on the wall.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from modelcheck.check import load
from modelcheck.engines.interpreter import explore
from modelcheck.engines.packed import explore as packed
from modelcheck.ir.model import Model
from modelcheck.semantics import Memory, initial, prepare, successors
from modelcheck.semantics.step import Successor
from modelcheck.trace import Budget, State

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"
WORKERS = 3
ROUNDS = 7

Counts = tuple[int, int]
"""States and transitions."""

Way = Callable[[Model], Counts]


def straightforward(model: Model) -> Counts:
    """Every step of every state is worked out: the definition, and nothing else."""
    prepared = prepare(model)
    return walk(model, lambda state: successors(prepared, state))


def remembering(model: Model) -> Counts:
    """What a step does is worked out once for each combination of what it names."""
    return walk(model, Memory(prepare(model)).successors)


def whole_engine(model: Model) -> Counts:
    """The interpreter: remembering, and judging, counting and keeping ways back too."""
    found = explore(model, budget=Budget(), full=True)
    return found.states, found.transitions


def packed_engine(model: Model) -> Counts:
    """The same search over states packed into integers."""
    found = packed.explore(model, budget=Budget(), full=True)
    return found.states, found.transitions


def walk(model: Model, onward: Callable[[State], tuple[Successor, ...]]) -> Counts:
    """A search and no more: how many states there are, and transitions between them."""
    known = dict.fromkeys(initial(model))
    waiting, transitions = list(known), 0
    for state in waiting:
        for _, after in onward(state):
            if isinstance(after, State):
                transitions += 1
                if after not in known:
                    known[after] = None
                    waiting.append(after)
    return len(known), transitions


def timed(way: Way, model: Model) -> tuple[float, Counts]:
    began = time.process_time()
    counts = way(model)
    return time.process_time() - began, counts


def search_table() -> None:
    model = load(str(SPEC), {"NWORKERS": str(WORKERS)}).model
    ways: dict[str, Way] = {
        "every step worked out": straightforward,
        "outcomes remembered": remembering,
        "the whole interpreter": whole_engine,
        "the packed engine": packed_engine,
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    counted: set[Counts] = set()
    for _ in range(ROUNDS):
        for name, way in ways.items():
            seconds, counts = timed(way, model)
            spent[name].append(seconds)
            counted.add(counts)
    if len(counted) != 1:
        sys.exit(f"the ways do not agree on states and transitions: {sorted(counted)}")
    ((states, transitions),) = counted
    first, *_ = spent.values()
    say(f"{SPEC.stem}, NWORKERS={WORKERS}: {states:,} states, {transitions:,} transitions")
    say(f"{ROUNDS} rounds, medians of processor time\n")
    say(f"  {'':24} {'seconds':>8} {'transitions/s':>14} {'slowest':>9} {'ratio':>6}")
    for name, seconds in spent.items():
        ratio = median(before / now for before, now in zip(first, seconds, strict=True))
        say(
            f"  {name:24} {median(seconds):8.3f} {transitions / median(seconds):14,.0f}"
            f" {transitions / max(seconds):9,.0f} {ratio:5.1f}x"
        )


def start_up_table() -> None:
    with tempfile.TemporaryDirectory() as folder:
        check = ("-m", "modelcheck", "check", str(SPEC), "--output", folder)
        commands = {
            "python, nothing else": ("-c", "pass"),
            "modelcheck --version": ("-m", "modelcheck", "--version"),
            "modelcheck check SPEC": check,
        }
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                spent[name].append(process_seconds(command))
    say(f"\n  {'whole process':24} {'seconds':>8} {'slowest':>9}")
    for name, seconds in spent.items():
        say(f"  {name:24} {median(seconds):8.3f} {max(seconds):9.3f}")


def process_seconds(command: tuple[str, ...]) -> float:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *command], check=False, capture_output=True, env=environment, cwd=ROOT
    )
    return time.perf_counter() - began


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    search_table()
    start_up_table()
