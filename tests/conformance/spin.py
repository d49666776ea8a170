"""SPIN run on an exported model, and what it must find, computed from the semantics."""

import os
import re
import shutil
import subprocess
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelcheck.export.promela import promela
from modelcheck.export.state_graph import StateGraph, state_graph
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import satisfied

MOST_STATES = 3_000
GENERATE = ("spin", "-DSOMETIMES", "-o1", "-o2", "-o3", "-a", "model.pml")
COMPILE = ("gcc", "-O0", "-w", "-DBFS", "-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=8192")
TOO_LONG = "Error: inline text too long"
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
    remarks = _run(GENERATE, folder)
    if TOO_LONG in remarks:
        pytest.skip("a step is longer than what SPIN takes for an inline")
    assert not remarks, "spin has nothing to remark"
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
    graph = state_graph(model, most=MOST_STATES)
    depths = _depths(graph)
    steps: dict[str, int] = {}

    def see(name: str, length: int) -> None:
        steps[name] = min(length, steps.get(name, length))

    for fault in graph.faults:
        see(fault.violation.property, depths[fault.source] + 1)
    for edge in graph.edges:
        for violation in edge.violations:
            see(violation.property, depths[edge.source] + 1)
    for number, violations in enumerate(graph.violations):
        for violation in violations:
            see(violation.property, depths[number])
    for prop in model.properties:
        if prop.kind is PropertyKind.SOMETIMES:
            for number, state in enumerate(graph.states):
                if satisfied(graph.prepared, state, prop):
                    see(prop.name, depths[number])
    left = {edge.source for edge in graph.edges} | {fault.source for fault in graph.faults}
    ended = sum(
        number not in left and all(v.kind is not PropertyKind.DEADLOCK for v in violations)
        for number, violations in enumerate(graph.violations)
    )
    transitions = len(graph.edges) + graph.initial + ended + 1
    return Found(len(graph.states), transitions, tuple(sorted(steps.items())))


def _depths(graph: StateGraph) -> list[int]:
    depths = [0 if number < graph.initial else -1 for number in range(len(graph.states))]
    onward: list[list[int]] = [[] for _ in graph.states]
    for edge in graph.edges:
        onward[edge.source].append(edge.target)
    waiting = deque(range(graph.initial))
    while waiting:
        source = waiting.popleft()
        for target in onward[source]:
            if depths[target] < 0:
                depths[target] = depths[source] + 1
                waiting.append(target)
    return depths


def _run(command: tuple[str, ...], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert "Error" not in said.replace(TOO_LONG, ""), said
    assert "error:" not in said, said
    assert "max search depth too small" not in said, said
    return said


def _number(said: str, what: str) -> int:
    found = re.search(rf"^\s*(\d+) {what}", said, re.MULTILINE)
    assert found is not None, said
    return int(found.group(1))
