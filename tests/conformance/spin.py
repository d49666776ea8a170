"""SPIN run on an exported model, and what it must find, computed from the semantics."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelcheck.export.promela import promela
from modelcheck.ir.model import Model
from modelcheck.semantics import deadlock, initial, successors
from tests.conformance.reference import reference

MOST_STATES = 3_000
TOO_LONG = "d_step sequence too long"
GENERATE = ("spin", "-DSOMETIMES", "-o1", "-o2", "-o3", "-a", "model.pml")
COMPILE = ("gcc", "-O0", "-w", "-DBFS", "-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=8192")
ASSERTION = re.compile(r"pan:\d+: assertion violated (\w+) \(at depth (\d+)\)")
NAMED = re.compile(r"^bool (\w+) = false;  /\* (\w+) (\S+) \*/$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of the whole space found."""

    states: int
    transitions: int
    violated: tuple[tuple[str, int], ...]
    """Each violated property, or witnessed `sometimes`, with the steps of its shortest trace."""


def need_spin() -> None:
    """Skip the test where SPIN or a C compiler is missing; in CI that is a failure."""
    missing = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {' and '.join(missing)}: see .ci/run")
    if missing:
        pytest.skip(f"there is no {' and no '.join(missing)}: apt-get install spin gcc")


def spin_finds(model: Model, folder: Path) -> Found:
    """What SPIN says of the exported model, without the state and step that make the first one."""
    text = promela(model)
    (folder / "model.pml").write_text(text)
    assert not _run(GENERATE, folder), "spin has nothing to remark"
    _run((*COMPILE, "-o", "pan", "pan.c"), folder)
    said = _run(("./pan", "-c0", "-w16"), folder)
    names = {name: (kind, called) for name, kind, called in NAMED.findall(text)}
    steps: dict[str, int] = {}
    for name, depth in ASSERTION.findall(said):
        kind, called = names[name]
        # SPIN counts the step that makes the first state, and the one that fails the assertion is
        # a step of ours only where a transition is at fault.
        is_step = kind in ("check", "every_step")
        depth_here = int(depth) - (0 if is_step else 1)
        steps[called] = min(depth_here, steps.get(called, depth_here))
    stored, transitions = _number(said, "states, stored"), _number(said, "transitions")
    errors = re.search(r"errors: (\d+)", said)
    assert errors is not None, said
    return Found(stored - 1, transitions - int(errors.group(1)), tuple(sorted(steps.items())))


def expected(model: Model) -> Found:
    """What the semantics says; SPIN also counts steps to initial states, one before, and ends."""
    truth = reference(model, MOST_STATES)
    ended = sum(
        not successors(model, state) and deadlock(model, state) is None for state in truth.distances
    )
    transitions = truth.transitions + len(initial(model)) + ended + 1
    steps = tuple(sorted((truth.violated | truth.witnessed).items()))
    return Found(len(truth.distances), transitions, steps)


def _run(command: tuple[str, ...], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if TOO_LONG in said:
        pytest.skip("a step of the spec is longer than SPIN lets a d_step be")
    assert "Error" not in said, said
    assert "error:" not in said, said
    assert "max search depth too small" not in said, said
    return said


def _number(said: str, what: str) -> int:
    found = re.search(rf"^\s*(\d+) {what}", said, re.MULTILINE)
    assert found is not None, said
    return int(found.group(1))
