"""`modelcheck check --symbolic`: for which values of constants something is violated."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelcheck.cli.check import Written, budget_of, traces_written
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.errors import UserError
from modelcheck.report.text import summary
from modelcheck.unknowns import Unknowns, ask

FOREIGN = (
    *("full", "strict", "reduce", "checkpoint", "resume", "spill"),
    *("smallest", "all_races", "before"),
)
"""Options of `check` that mean nothing to one search of all variants."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of one variant."""

    constants: Mapping[str, str]
    status: Literal["violated", "holds", "holds_within"]
    steps: int
    """Of the counterexample; else within how many nothing is violated."""

    property: str | None = None
    written: Written | None = None


def run(options: Namespace, console: Console) -> Status:
    """Search, print, write the traces."""
    _refuse(options)
    constants = dict(options.settings)
    names = tuple(dict.fromkeys(options.symbolic))
    for name in names:
        if name in constants:
            raise UserError(f"{name} is given a value and left open", way_out="do one of the two")
    found = ask(
        options.spec,
        constants,
        names,
        budget=budget_of(options),
        properties=frozenset(options.properties) if options.properties else None,
        progress=console.exploring,
    )
    lines = _lines(options, found, constants)
    _print(console, found, lines)
    console.answer(_document(found, names, lines))
    return _status(found)


def _refuse(options: Namespace) -> None:
    if options.engine not in ("auto", "bmc"):
        message = f"--engine {options.engine} leaves no constant open"
        raise UserError(message, way_out="--engine bmc does, and is taken with --symbolic")
    for name in FOREIGN:
        if getattr(options, name):
            option = name.replace("_", "-")
            raise UserError(f"--{option} means nothing with --symbolic", way_out="leave it out")
    if options.max_states is not None or options.order != "breadth-first":
        message = "--symbolic stores no states, and visits them in no order"
        raise UserError(message, way_out="limit it with --max-depth, --timeout or --memory")


def _lines(options: Namespace, found: Unknowns, constants: Mapping[str, str]) -> tuple[Line, ...]:
    """The variants that violate something, the quickest first, then the others."""
    lines: list[Line] = []
    for one in found.violated:
        written = traces_written(options, one.checked, {**constants, **one.constants})
        lines += [
            Line(one.constants, "violated", len(of.finding.trace.steps), name, of)
            for name, of in written.items()
        ]
    status: Literal["holds", "holds_within"] = "holds" if found.complete else "holds_within"
    return (*lines, *(Line(given, status, found.depth) for given in found.others))


def _print(console: Console, found: Unknowns, lines: tuple[Line, ...]) -> None:
    first = lines[0].written if lines else None
    if first is not None:
        console.say(summary(first.finding, width=console.width, color=console.color))
        console.say()
    for line in lines:
        console.say(f"{_named(line.constants)}: {_said(line)}")
    if found.unasked:
        console.paragraph(f"not asked with constants left open: {', '.join(found.unasked)}")
    more = f"; {found.stopped}" if found.stopped else ""
    console.say(f"{found.queries} questions about runs of all variants together, bmc{more}")
    if found.stopped == INTERRUPTED:
        console.note("interrupted: this is what was found so far")


def _named(constants: Mapping[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in constants.items())


def _said(line: Line) -> str:
    match line.status:
        case "violated":
            return f"{line.property} violated after {line.steps} steps"
        case "holds":
            return "nothing is violated"
        case "holds_within":
            return f"nothing is violated within {line.steps} steps"


def _status(found: Unknowns) -> Status:
    if found.stopped == INTERRUPTED:
        return Status.INTERRUPTED
    if found.violated:
        return Status.VIOLATED
    return Status.HOLDS if found.complete and not found.unasked else Status.INCONCLUSIVE


def _document(
    found: Unknowns, names: tuple[str, ...], lines: tuple[Line, ...]
) -> dict[str, object]:
    model = found.instance.model
    return {
        "spec": model.path,
        "constants": {one.name: one.text for one in model.constants if one.name not in names},
        "engine": "bmc",
        "symbolic": list(names),
        "complete": found.complete,
        "stopped": found.stopped,
        "depth": found.depth,
        "queries": found.queries,
        "unasked": list(found.unasked),
        "variants": [
            {
                "constants": dict(line.constants),
                "status": line.status,
                "property": line.property,
                "steps": line.steps,
                "trace": None if line.written is None else str(line.written.place),
            }
            for line in lines
        ],
    }
