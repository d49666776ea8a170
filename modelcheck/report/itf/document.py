"""An ITF file as data: what can be read without the model, and the states as they stand there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from modelcheck.concrete.controller import Replay
from modelcheck.errors import UserError
from modelcheck.ir.model import Constant, PropertyKind
from modelcheck.report.finding import Commands, Effort
from modelcheck.report.itf.cursor import WAY_OUT, Cursor
from modelcheck.trace import Trace, Violation

FORMAT = "ITF"
FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"
TOOL = "modelcheck"
VIOLATED = "violated"


@dataclass(frozen=True, slots=True)
class Header:
    """The trace's `#meta`."""

    description: str
    tool_version: str
    source: str
    """The spec's path, as the user named it when the trace was found."""

    spec_hash: str
    """Of the model's text then; a trace may be followed on a model with another hash."""

    constants: tuple[Constant, ...]
    property: str
    property_kind: PropertyKind
    engine: str
    exploration: Effort
    shortest: bool
    commands: Commands


@dataclass(frozen=True, slots=True)
class ItfDocument:
    """A trace as an ITF file holds it; `decode` reads its states with the model."""

    header: Header
    variables: tuple[str, ...]
    states: tuple[object, ...]
    """JSON objects."""

    loop: int | None = None
    """Of a lasso: the index of the state to which the last one is equal.

    Who reads it as repeating all states from there to the last sees one stutter more a round.
    """

    replays: tuple[object, ...] = ()
    """JSON objects; the observations of a replay stand at the states."""

    name: str = field(default="trace", compare=False)
    """What complaints call the file."""

    def state(self, index: int) -> Cursor:
        """One of `states`, with its place in the file."""
        return Cursor(self.states[index], self.name, f"states[{index}]")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a model makes of a document."""

    trace: Trace
    violation: Violation
    replays: tuple[Replay, ...]


def load(path: Path) -> ItfDocument:
    """Read an ITF file; `UserError` where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise UserError(f"{path}: not an ITF file: it is not UTF-8", way_out=WAY_OUT) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UserError(f"cannot read {path}: {reason}") from problem
    return read(text, name=str(path))


def read(text: str, *, name: str = "trace") -> ItfDocument:
    """Read the text of an ITF file; `name` is what complaints call it."""
    top = Cursor(_parsed(text, name), name)
    if not isinstance(top.value, dict):
        raise top.refusal("not an ITF file: expected an object at the top")
    for key in ("vars", "states", "#meta"):
        if not top.has(key):
            raise top.refusal(f"not an ITF file of modelcheck: the key {key!r} is missing")
    meta = top.at("#meta")
    if meta.at("format").text() != FORMAT:
        raise meta.at("format").unexpected(f"{FORMAT!r}")
    replays = meta.at("replays").items() if meta.has("replays") else ()
    return ItfDocument(
        header=_header(meta),
        variables=top.at("vars").texts(),
        states=tuple(state.value for state in top.at("states").items()),
        loop=top.at("loop").integer() if top.has("loop") else None,
        replays=tuple(replay.value for replay in replays),
        name=name,
    )


def _parsed(text: str, name: str) -> object:
    try:
        parsed: object = json.loads(text)
    except json.JSONDecodeError as problem:
        where = f"{name}:{problem.lineno}:{problem.colno}"
        cut = " (the file may be cut short)" if not text[problem.pos :].strip() else ""
        raise UserError(f"{where}: not JSON: {problem.msg}{cut}", way_out=WAY_OUT) from problem
    except ValueError as problem:
        raise UserError(f"{name}: not an ITF file: {problem}", way_out=WAY_OUT) from problem
    except RecursionError as problem:
        message = f"{name}: not an ITF file: it is nested too deeply"
        raise UserError(message, way_out=WAY_OUT) from problem
    return parsed


def _header(meta: Cursor) -> Header:
    status = meta.at("status")
    if status.text() != VIOLATED:
        raise status.unexpected(f"{VIOLATED!r}")
    constants = meta.at("constants").entries()
    return Header(
        description=meta.at("description").text(),
        tool_version=meta.at("tool-version").text(),
        source=meta.at("source").text(),
        spec_hash=meta.at("spec-hash").text(),
        constants=tuple(Constant(name, value.text()) for name, value in constants),
        property=meta.at("property").text(),
        property_kind=property_kind(meta.at("property-kind")),
        engine=meta.at("engine").text(),
        exploration=_exploration(meta.at("exploration")),
        shortest=meta.at("shortest").boolean(),
        commands=_commands(meta.at("commands")),
    )


def property_kind(cursor: Cursor) -> PropertyKind:
    """One of the kinds of properties, by name."""
    text = cursor.text()
    for kind in PropertyKind:
        if kind.value == text:
            return kind
    raise cursor.unexpected(f"one of {', '.join(kind.value for kind in PropertyKind)}")


def _exploration(cursor: Cursor) -> Effort:
    return Effort(
        states=cursor.at("states").integer(),
        transitions=cursor.at("transitions").integer(),
        depth=cursor.at("depth").integer(),
        complete=cursor.at("complete").boolean(),
    )


def _commands(cursor: Cursor) -> Commands:
    return Commands(check=cursor.at("check").text(), replay=cursor.at("replay").text())
