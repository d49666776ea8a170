"""A counterexample outside the search: its name on disk, and its file."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from pathlib import Path

from modelcheck.check import Checked, Instance, load
from modelcheck.engines.follow import Followed, check_counterexample, follow
from modelcheck.errors import SpecError, UserError
from modelcheck.explain.variety import Variety, variety
from modelcheck.frontend import LoadedSpec
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.render import spec_hash
from modelcheck.report import itf
from modelcheck.report.files import write_text
from modelcheck.report.finding import Commands, Effort, Finding
from modelcheck.trace import Trace, Violated, Violation
from modelcheck.version import VERSION

SPECS = "specs"
SUFFIX = ".itf.json"
WALK = "walk"
"""What a trace shows that shows no violation; its kind is that of a property that may come true."""


def spec_name(path: str) -> str:
    """A spec's name: its path below the folder `specs`, without the suffix."""
    parts = Path(path).with_suffix("").parts
    below = [n for n, part in enumerate(parts) if part == SPECS]
    return "/".join(parts[below[-1] + 1 :]) if below else parts[-1]


def variant_name(loaded: LoadedSpec, overridden: Mapping[str, str]) -> str:
    """Names the constants that were overridden: `skipped_relation_map`.

    Where none was and the spec's variants differ in one constant, that: `wait_for_exit_false`;
    where they differ in several, those of the first declared variant that this one is.
    """
    declared = [dict(expectation.constants) for expectation in loaded.spec.expectations]
    telling = {name for constants in declared for name in constants}
    if overridden or len(telling) > 1:
        same = (set(one) for one in declared if one and one.items() <= loaded.constants.items())
        telling = set(overridden) or next(same, set())
    found = [f"{n}_{_word(v)}" for n, v in loaded.constants.items() if n in telling]
    return "-".join(found).lower() or "default"


def _word(value: object) -> str:
    text = value.name if isinstance(value, Enum) else str(value)
    return "".join(letter if letter.isalnum() else "_" for letter in text)


def place_of(output: Path, loaded: LoadedSpec, variant: str, name: str) -> Path:
    """Where the trace that violates property `name` is kept below `output`."""
    return output / spec_name(loaded.source.path) / variant / f"{name}{SUFFIX}"


def check_command(path: str, overridden: Mapping[str, str], *options: str) -> str:
    """What to type to check an instance again."""
    settings = [word for name, text in overridden.items() for word in ("--set", f"{name}={text}")]
    return shlex.join(["modelcheck", "check", path, *settings, *options])


def replay_command(place: Path) -> str:
    """What to type to replay a trace."""
    return shlex.join(["modelcheck", "replay", str(place)])


def as_typed(path: Path) -> str:
    """A file as somebody here would name it: from here, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def finding_of(
    checked: Checked,
    violation: Violation,
    trace: Trace,
    *,
    place: Path,
    overridden: Mapping[str, str],
    shortest: bool = True,
    selected: bool = False,
    options: Sequence[str] = (),
) -> Finding:
    """What the reports tell of one violated property; not replayed yet.

    The command that shows it again has `options`, and names the property where only some were
    `selected`, or the search might stop at another one that is violated.
    """
    exploration = checked.exploration
    violated = [one for one in exploration.verdicts if isinstance(one.verdict, Violated)]
    named = ("--property", violation.property) if selected or len(violated) > 1 else ()
    again = check_command(checked.instance.loaded.source.path, overridden, *named, *options)
    return Finding(
        model=checked.instance.model,
        engine=exploration.search,
        exploration=Effort(
            exploration.states, exploration.transitions, exploration.depth, exploration.complete
        ),
        violation=violation,
        trace=trace,
        shortest=shortest and (trace.loop is None or exploration.complete),
        commands=Commands(again, replay_command(place)),
        spec_texts=checked.instance.loaded.source.texts(),
        tool_version=VERSION,
    )


def other_races(
    checked: Checked,
    first: Finding,
    place: Path,
    overridden: Mapping[str, str],
    *,
    selected: bool = False,
) -> tuple[Variety, tuple[tuple[Finding, Path], ...]]:
    """What there is beside a counterexample that is kept at `place`: those in which others race.

    Each has a place of its own beside it, `PROPERTY.race-2` and so on.
    """
    found = variety(checked.instance.model, first.violation, first.trace)
    told: list[tuple[Finding, Path]] = []
    for number, (trace, violation) in enumerate(found.found[1:], start=2):
        beside = place.with_name(f"{place.name.removesuffix(SUFFIX)}.race-{number}{SUFFIX}")
        shortest = len(trace.steps) == len(first.trace.steps)
        finding = finding_of(
            checked,
            violation,
            trace,
            place=beside,
            overridden=overridden,
            shortest=shortest,
            selected=selected,
            options=("--all-races",),
        )
        told.append((finding, beside))
    return found, tuple(told)


def walk_finding(
    instance: Instance,
    trace: Trace,
    violation: Violation | None,
    overridden: Mapping[str, str],
    place: Path,
) -> Finding:
    """A run that somebody made by hand: what it violates at its end, or that it is a walk."""
    steps = len(trace.steps)
    walked = Violation(WALK, PropertyKind.SOMETIMES, "a run made by hand", "")
    return Finding(
        model=instance.model,
        engine="explore",
        exploration=Effort(steps + 1, steps, steps, complete=False),
        violation=violation or walked,
        trace=trace,
        shortest=False,
        commands=Commands(
            check_command(instance.loaded.source.path, overridden), replay_command(place)
        ),
        spec_texts=instance.loaded.source.texts(),
        tool_version=VERSION,
    )


def free_place(output: Path, instance: Instance, overridden: Mapping[str, str]) -> Path:
    """Where the next walk is kept below `output`: `walk`, `walk-2` and so on."""
    variant = variant_name(instance.loaded, overridden)
    names = (WALK if n == 1 else f"{WALK}-{n}" for n in count(1))
    places = (place_of(output, instance.loaded, variant, name) for name in names)
    return next(place for place in places if not place.exists())


def save(finding: Finding, place: Path) -> None:
    """Write the trace as an ITF file, without what differs from replay to replay."""
    write_text(place, itf.write(itf.document(replace(finding, replays=()))))


@dataclass(frozen=True, slots=True)
class Recalled:
    """A trace file with the spec that it belongs to, followed on the semantics."""

    instance: Instance
    finding: Finding
    """Its replays are those recorded in the file."""

    followed: Followed
    changed: bool
    """Whether the spec's model is another one than when the trace was found."""

    objection: str
    """How the model contradicts the trace; empty: it confirms it."""


def recall(path: Path, *, spec: str | None = None) -> Recalled:
    """Read a trace file, load its spec with its constants, and follow it.

    `spec` is used in place of the spec that the file names. Raises `UserError` where the file
    is no trace or does not fit the spec.
    """
    document = itf.load(path)
    header = document.header
    source = spec or _find_spec(path, header.source)
    try:
        instance = load(source, {constant.name: constant.text for constant in header.constants})
    except SpecError:
        raise
    except UserError as error:
        message = f"{path} is a trace of {header.source}, and {error.message}"
        raise UserError(message, way_out=error.way_out) from error
    told = itf.recall(document, instance.model, spec_texts=instance.loaded.source.texts())
    here = Commands(header.commands.check, replay_command(path))
    finding = replace(told, commands=here)
    followed = follow(instance.model, finding.trace.initial, finding.trace.schedule)
    changed = header.spec_hash != spec_hash(instance.model)
    return Recalled(instance, finding, followed, changed, _objection(instance, finding, followed))


def _objection(instance: Instance, finding: Finding, followed: Followed) -> str:
    expected = finding.violation
    if followed.divergence is not None:
        return f"the model refuses the trace at {followed.divergence}"
    if followed.violation is not None and followed.violation.property != expected.property:
        return f"the trace now violates {followed.violation.property}"
    if followed.trace.steps != finding.trace.steps:
        return "the model reaches other states than the trace says"
    doubt = check_counterexample(instance.model, finding.trace, expected)
    return "" if doubt is None else f"the model does not confirm the trace: {doubt}"


def _find_spec(trace: Path, source: str) -> str:
    """The spec as the trace names it: from here, or from a folder above the trace."""
    if Path(source).is_file():
        return source
    for folder in trace.resolve().parents:
        if (folder / source).is_file():
            return os.path.relpath(folder / source)
    raise UserError(
        f"{trace} belongs to the spec {source}, which is not here",
        way_out="name it: `modelcheck replay TRACE --spec PATH`",
    )
