"""`modelcheck check`: decide the properties of one instance."""

from __future__ import annotations

import shlex
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from modelcheck.check import Checked, check, load
from modelcheck.cli.console import Console
from modelcheck.cli.interrupted import again, tell
from modelcheck.cli.statistics import (
    coverage_document,
    diagnosis,
    effort,
    statistics_document,
    table,
)
from modelcheck.cli.status import Status
from modelcheck.counterexample import finding_of, place_of, save, variant_name
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import (
    INTERRUPTED,
    Checkpoints,
    Engine,
    Exploration,
    PropertyVerdict,
    Storage,
    reductions_named,
)
from modelcheck.engines.native.checkpoint import MANIFEST
from modelcheck.engines.orders import Order
from modelcheck.errors import UserError
from modelcheck.machine import spill_folder, this_machine
from modelcheck.report.finding import Finding
from modelcheck.report.remarks import remarks
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import coverage_words, describe
from modelcheck.trace import (
    Budget,
    Holds,
    HoldsWithin,
    Sampled,
    Skimmed,
    Unknown,
    Verdict,
    Violated,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A counterexample and where its trace was written."""

    finding: Finding
    place: Path


def budget_of(options: Namespace) -> Budget:
    """The limits given on the command line."""
    return Budget(
        states=options.max_states,
        depth=options.max_depth,
        seconds=options.timeout,
        memory=options.memory,
    )


def engine_of(
    options: Namespace,
    console: Console,
    checkpoints: Checkpoints | None = None,
    *,
    order: Order = Order.BREADTH_FIRST,
    spill: Path | None = None,
    before: tuple[str, ...] = (),
) -> Engine:
    """The engine asked for on the command line; compiled code is kept in the user's cache."""
    machine = this_machine(options.threads, Storage(options.storage), spill)
    choice = Choice(options.engine)
    return chosen(choice, machine, console.note, checkpoints, order=order, before=before)


def checkpoints_of(options: Namespace) -> Checkpoints | None:
    """Where the search is written down, if that is asked for."""
    folder = options.resume or options.checkpoint
    if folder is None:
        return None
    return Checkpoints(folder, options.checkpoint_every, resume=options.resume is not None)


def spill_of(options: Namespace) -> Path | None:
    """Where a search may go on that does not fit into memory; `UserError` without a limit."""
    folder: Path | None = options.spill_to or (spill_folder() if options.spill else None)
    if folder is not None and options.memory is None:
        message = "--spill goes on where --memory is used up, and that is not given"
        raise UserError(message, way_out="--memory 2G --spill")
    return folder


def before_of(options: Namespace) -> tuple[str, ...]:
    """The precedences that runs have to keep to; `UserError` beside what asks about all runs."""
    for name in ("reduce", "strict", "smallest", "all_races", "fixes") if options.before else ():
        if getattr(options, name):
            message = f"--{name.replace('_', '-')} asks about all runs, --before about some"
            raise UserError(message, way_out="leave out one of the two")
    return tuple(options.before)


def run(options: Namespace, console: Console) -> Status:
    """Check, print, write traces."""
    if options.symbolic:
        from modelcheck.cli import unknowns  # noqa: PLC0415  # slow

        return unknowns.run(options, console)
    overridden = dict(options.settings)
    instance = load(options.spec, overridden)
    selected = frozenset(options.properties) if options.properties else None
    checkpoints = checkpoints_of(options)
    began = time.monotonic()
    checked = check(
        instance,
        budget=budget_of(options),
        properties=selected,
        full=options.full,
        progress=console.exploring,
        engine=engine_of(
            options,
            console,
            checkpoints,
            order=Order(options.order),
            spill=spill_of(options),
            before=before_of(options),
        ),
        reductions=reductions_named(options.reduce),
    )
    seconds = time.monotonic() - began
    status = answer(options, console, checked, overridden, seconds)
    if checkpoints is not None and (checkpoints.folder / MANIFEST).is_file():
        console.note(f"--resume {checkpoints.folder} goes on from the last complete level")
    return status


def answer(
    options: Namespace,
    console: Console,
    checked: Checked,
    overridden: Mapping[str, str],
    seconds: float,
) -> Status:
    """Print what was found, and write the traces; it is told also where they cannot be written."""
    written = _counterexamples(options, checked, overridden)
    try:
        for one in written.values():
            save(one.finding, one.place)
    except UserError:
        _print(console, options, checked, written)
        raise
    more: dict[str, dict[str, object]] = {}
    is_cut = checked.exploration.stopped == INTERRUPTED
    try:
        _print(console, options, checked, written)
        if written and not is_cut:
            from modelcheck.cli.further import further  # noqa: PLC0415  # slow

            further(options, console, checked, overridden, more)
    except KeyboardInterrupt:
        is_cut = True
    console.answer(_document(checked, written, seconds, more))
    if is_cut:
        tell(console, *_onward(options, written))
    return Status.INTERRUPTED if is_cut else _status(options, checked)


def _onward(options: Namespace, written: Mapping[str, Written]) -> Iterator[tuple[str, str]]:
    """What somebody may want to do who did not wait for the end."""
    for one in written.values():
        yield "what was found", shlex.join(["modelcheck", "report", str(one.place)])
    if options.verb == "simulate":
        names = ("strategy", "runs", "steps", "changes", "seed")
        words = [word for name in names for word in (f"--{name}", str(getattr(options, name)))]
        yield "the same runs", again(options, "simulate", *words)
    elif not options.checkpoint and not options.resume:
        yield "random runs in its stead", again(options, "simulate")
        if options.engine in (Choice.AUTO.value, Choice.NATIVE.value):
            yield "to be able to go on", again(options, "check", "--checkpoint", "DIR")


def traces_written(
    options: Namespace, checked: Checked, overridden: Mapping[str, str]
) -> dict[str, Written]:
    """Write the trace of each violated property."""
    written = _counterexamples(options, checked, overridden)
    for one in written.values():
        save(one.finding, one.place)
    return written


def _counterexamples(
    options: Namespace, checked: Checked, overridden: Mapping[str, str]
) -> dict[str, Written]:
    """The counterexample to each violated property, and where it is to be kept."""
    instance = checked.instance
    variant = variant_name(instance.loaded, overridden)
    written: dict[str, Written] = {}
    for one in checked.exploration.verdicts:
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None:
            place = place_of(options.output, instance.loaded, variant, one.property)
            finding = finding_of(
                checked,
                one.verdict.violation,
                one.verdict.trace,
                place=place,
                overridden=overridden,
                shortest=one.shortest,
                selected=bool(options.properties),
            )
            written[one.property] = Written(finding, place)
    return written


def _print(
    console: Console, options: Namespace, checked: Checked, written: dict[str, Written]
) -> None:
    exploration = checked.exploration
    for one in written.values():
        console.say(summary(one.finding, width=console.width, color=console.color))
        console.say()
    for decided in exploration.verdicts:
        console.say(f"{decided.property}: {_short(decided.verdict, exploration)}")
    console.say(effort(exploration))
    if diagnosis(exploration):
        console.paragraph(diagnosis(exploration))
    for reduced in exploration.reductions:
        console.paragraph(str(reduced))
    if options.verbose:
        console.say()
        console.say("\n".join(table(exploration)))
    _print_remarks(console, options, exploration)


def _print_remarks(console: Console, options: Namespace, exploration: Exploration) -> None:
    """What never happened; under --strict each of these fails the check."""
    told = remarks(exploration.statistics)
    if told:
        console.say()
    if told and exploration.is_reduced:
        console.say("counted on the reduced space:")
    for remark in told:
        console.paragraph(f"{'fails --strict' if options.strict else 'remark'}: {remark}")
    if options.strict and not exploration.is_surveyed:
        console.say("undecided under --strict: only a complete search says what never happens")


def _short(verdict: Verdict, exploration: Exploration) -> str:
    """A verdict in words, without why the search ended: that is told once, at the end."""
    text, stopped = describe(verdict), exploration.stopped
    return text.replace(f"{stopped}; ", "").removesuffix(f": {stopped}") if stopped else text


def _status(options: Namespace, checked: Checked) -> Status:
    exploration = checked.exploration
    verdicts = [one.verdict for one in exploration.verdicts]
    if any(isinstance(verdict, Violated) for verdict in verdicts):
        return Status.VIOLATED
    if any(isinstance(verdict, Unknown | HoldsWithin | Sampled | Skimmed) for verdict in verdicts):
        return Status.INCONCLUSIVE
    if options.strict and remarks(exploration.statistics):
        return Status.VIOLATED
    if options.strict and not exploration.is_surveyed:
        return Status.INCONCLUSIVE
    return Status.HOLDS


def _document(
    checked: Checked,
    written: dict[str, Written],
    seconds: float,
    more: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    exploration, model = checked.exploration, checked.instance.model
    return {
        "spec": model.path,
        "constants": {constant.name: constant.text for constant in model.constants},
        "engine": exploration.engine,
        "complete": exploration.complete,
        "stopped": exploration.stopped,
        "before": list(exploration.before),
        "verdicts": [
            {
                **_verdict(one, exploration, written.get(one.property), seconds),
                **more.get(one.property, {}),
            }
            for one in exploration.verdicts
        ],
        "coverage": coverage_document(exploration),
        "statistics": statistics_document(exploration),
        "remarks": list(remarks(exploration.statistics)),
        "reductions": [
            {"name": one.reduction.value, "used": one.is_used, "effect": one.effect}
            for one in exploration.reductions
        ],
    }


def _verdict(
    one: PropertyVerdict, exploration: Exploration, written: Written | None, seconds: float
) -> dict[str, object]:
    trace = one.verdict.trace if isinstance(one.verdict, Violated) else None
    return {
        "property": one.property,
        "kind": one.kind.value,
        "status": status_word(one.verdict),
        "reason": reason_of(one.verdict),
        "states": exploration.states,
        "transitions": exploration.transitions,
        "depth": exploration.depth,
        "steps": None if trace is None else len(trace.steps),
        "loop": None if trace is None else trace.loop,
        "trace": None if written is None else str(written.place),
        "seconds": round(seconds, 3),
    }


def reason_of(verdict: Verdict) -> str:
    """Why there is no verdict, or what a verdict does not speak of; mostly empty."""
    match verdict:
        case Unknown(reason):
            return reason
        case Holds(_, caveat):
            return caveat
        case Skimmed():
            return coverage_words(verdict)
        case _:
            return ""


def status_word(verdict: Verdict) -> str:
    """A verdict in the one word of the JSON output."""
    match verdict:
        case Holds():
            return "holds"
        case HoldsWithin():
            return "holds_within"
        case Sampled() | Skimmed():
            return "sampled"
        case Violated():
            return "violated"
        case Unknown():
            return "unknown"
        case _:
            assert_never(verdict)
