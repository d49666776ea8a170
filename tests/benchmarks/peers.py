"""Other checkers as they are measured: SPIN on Promela by hand and exported, TLC on exported TLA+.

Times of SPIN are those that it tells, of its search alone; TLC is timed from its start to its end.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modelcheck.check import load
from modelcheck.export.promela import promela
from modelcheck.export.tla import tla
from modelcheck.ir.model import Model
from tests.conformance.tlc import counting

ARCHIVE = "TLA2TOOLS"
"""The environment variable that names TLC's archive."""

OPTIMISED = ("-O3", "-w", "-DSAFETY")
WHOLE = (*OPTIMISED, "-DNOREDUCE")
TWO_CORES = (*WHOLE, "-DBFS_PAR")
ROUNDED = 1e-6
"""SPIN tells large numbers with seven digits."""

MOST_DEEP = "-m2000000"


@dataclass(frozen=True)
class Case:
    """An instance of a benchmark model, with the counts that SPIN, TLC and others agree on."""

    name: str
    spec: Path
    constants: dict[str, str]
    by_hand: str
    """The model in Promela, tuned for SPIN."""

    states: int
    transitions: int
    table: int
    """The logarithm of SPIN's hash table, as large as pays."""

    @property
    def model(self) -> Model:
        return load(str(self.spec), self.constants).model


@dataclass(frozen=True)
class Run:
    seconds: float
    transitions: int
    """Of the model, that the search decides; a reduced search is credited with all of them."""

    bytes_per_state: float | None


Way = Callable[[], Run]


def spin_by_hand(case: Case, folder: Path) -> Way:
    """SPIN at its best on one thread: the whole space, depth first."""
    program = _built(case.by_hand, folder / "hand", WHOLE)
    return lambda: _searched(case, program, exact=True)


def spin_reduced(case: Case, folder: Path) -> Way:
    """The same with SPIN's partial-order reduction."""
    program = _built(case.by_hand, folder / "reduced", OPTIMISED)
    return lambda: _searched(case, program, exact=False)


def spin_on_two_cores(case: Case, folder: Path) -> Way:
    """SPIN breadth-first on two cores."""
    program = _built(case.by_hand, folder / "parallel", TWO_CORES)
    return lambda: _searched(case, program, "-u2", exact=True)


def spin_exported(case: Case, folder: Path) -> Way:
    """SPIN on what we export: with one state and a few steps more, and going on after errors."""
    program = _built(promela(case.model), folder / "exported", (*WHOLE, "-DVECTORSZ=8192"))
    return lambda: _searched(case, program, "-c0", exact=False)


def tlc(case: Case, folder: Path) -> Way | None:
    """TLC with two workers, if its archive is named."""
    archive = os.environ.get(ARCHIVE)
    if archive is None:
        return None
    text = counting(tla(case.model, "Model"))
    place = folder / "tlc"
    place.mkdir()
    (place / "Model.tla").write_text(text.module)
    (place / "Model.cfg").write_text(text.config)
    command = ["java", "-XX:+UseParallelGC", "-Xmx4g", "-cp", archive, "tlc2.TLC"]
    command += ["-workers", "2", "-deadlock", "-nowarning", "-metadir", "meta", "Model.tla"]

    def run() -> Run:
        began = time.perf_counter()
        said = _output(command, place)
        took = time.perf_counter() - began
        states = number(r"(?s).*\b(\d+) distinct states found", said.replace(",", ""))
        expect("TLC", int(states), case.states, case)
        return Run(took, case.transitions, None)

    return run


def _built(text: str, folder: Path, flags: tuple[str, ...]) -> Path:
    folder.mkdir()
    (folder / "model.pml").write_text(text)
    # Without -o2, SPIN leaves out what is written and never read: another, smaller space.
    _output(["spin", "-o2", "-a", "model.pml"], folder)
    _output(["gcc", *flags, "-o", "pan", "pan.c"], folder)
    return folder / "pan"


def _searched(case: Case, program: Path, *options: str, exact: bool) -> Run:
    said = _output([str(program), MOST_DEEP, f"-w{case.table}", "-E", *options], program.parent)
    if exact:
        states = round(number(r"([\d.e+]+) states, stored", said))
        transitions = number(r"([\d.e+]+) transitions", said) - 1
        expect("SPIN", states, case.states, case)
        if abs(transitions - case.transitions) > case.transitions * ROUNDED:
            expect("SPIN", round(transitions), case.transitions, case)
    memory = number(r"([\d.]+)\s+total (?:actual|shared) memory usage", said) * 2**20
    took = number(r"elapsed time ([\d.e+-]+) seconds", said)
    return Run(took, case.transitions, memory / case.states)


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def number(pattern: str, text: str) -> float:
    """The number that a pattern finds."""
    found = re.search(pattern, text)
    if found is None:
        message = f"{pattern} is not in:\n{text}"
        raise SystemExit(message)
    return float(found[1])


def expect(who: str, count: int, known: int, case: Case) -> None:
    """What was counted is to be what is known."""
    if count != known:
        message = f"{who} counts {count} for {case.name}, not {known}"
        raise SystemExit(message)
