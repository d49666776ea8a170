"""An ITF document read with its model: trace, violation and replays."""

from __future__ import annotations

from collections.abc import Iterable

from modelcheck.concrete.controller import Observation, Replay
from modelcheck.ir.model import Model, Step
from modelcheck.report.itf.cursor import Cursor
from modelcheck.report.itf.document import ItfDocument, Recorded, property_kind
from modelcheck.report.itf.replays import decode_observation, decode_replay
from modelcheck.report.itf.values import decode_plain, decode_value, map_entries
from modelcheck.report.itf.vocabulary import DONE, locals_name, locations_name
from modelcheck.semantics import LIVENESS, instances
from modelcheck.source import Span
from modelcheck.trace import (
    Instance,
    Location,
    State,
    Trace,
    TraceStep,
    Transition,
    Violation,
)

CORNERS = 4
"""A span in a file: line, column, end line, end column."""


def decode(document: ItfDocument, model: Model) -> Recorded:
    """Read every state; `UserError` names the first place that does not fit the model.

    Whether the transitions lead from state to state is not asked here: follow the trace for that.
    """
    if not document.states:
        raise Cursor((), document.name, "states").refusal("a trace has at least its initial state")
    _check_variables(document, model)
    cursors = [document.state(index) for index in range(len(document.states))]
    initial = _state(model, cursors[0])
    steps = tuple(_step(model, cursor) for cursor in cursors[1:])
    for cursor, step in zip(cursors[1:-1], steps[:-1], strict=True):
        if step.after is None:
            raise cursor.at("#meta").refusal("only the last state can repeat the one before it")
    last = cursors[-1].at("#meta")
    if not last.has("violated"):
        raise last.refusal("the trace ends here without a violation; was it cut short?")
    violation = _violation(last.at("violated"))
    trace = Trace(initial, steps, document.loop)
    _check_loop(document, trace, violation)
    return Recorded(trace, violation, _replays(document, cursors, steps))


def _check_loop(document: ItfDocument, trace: Trace, violation: Violation) -> None:
    """What refutes liveness, and nothing else, loops; its ends are the same state."""
    top = Cursor((), document.name, "loop")
    if (trace.loop is not None) != (violation.kind in LIVENESS):
        says = "is missing" if trace.loop is None else "is out of place"
        raise top.refusal(f"it {says} for a violation of the kind {violation.kind.value}")
    if trace.loop is None:
        return
    states = [trace.initial, *(step.after for step in trace.steps)]
    if not 0 <= trace.loop < len(states):
        raise top.refusal(f"there is no state {trace.loop}")
    if states[-1] is None or states[trace.loop] != states[-1]:
        raise top.refusal(f"the last state is not the state {trace.loop}, so the loop is open")


def _check_variables(document: ItfDocument, model: Model) -> None:
    names = {variable.name for variable in model.variables}
    names |= {locations_name(model), locals_name(model)}
    if set(document.variables) != names:
        other = _listed(sorted(names.symmetric_difference(document.variables)))
        place = Cursor((), document.name, "vars")
        raise place.refusal(f"these are not the variables of the spec: they differ in {other}")


def _step(model: Model, cursor: Cursor) -> TraceStep:
    meta = cursor.at("#meta")
    name = meta.at("process")
    index = decode_plain(meta.at("instance"))
    label = meta.at("label")
    instance = _instance(model, Instance(name.text(), index), name)
    step = _schema(model, instance, label)
    choices = tuple(decode_plain(choice) for choice in meta.at("choices").items())
    state = _state(model, cursor)
    repeats = meta.has("repeats") and meta.at("repeats").boolean()
    return TraceStep(
        Transition(instance, step.label, choices), None if repeats else state, step.span
    )


def _instance(model: Model, instance: Instance, cursor: Cursor) -> Instance:
    for known in instances(model):
        # True == 1 in Python, but they index different arrays.
        if known == instance and isinstance(known.index, type(instance.index)):
            return known
    raise cursor.refusal(
        f"the spec has no {instance}; it has {_listed(map(str, instances(model)))}"
    )


def _schema(model: Model, instance: Instance, cursor: Cursor) -> Step:
    steps = model.process(instance.process).steps
    for step in steps:
        if step.label == cursor.text():
            return step
    labels = _listed(step.label for step in steps)
    raise cursor.refusal(f"{instance.process} has no step {cursor.text()!r}; it has {labels}")


def _state(model: Model, cursor: Cursor) -> State:
    at = _by_instance(model, cursor.at(locations_name(model)))
    held = _by_instance(model, cursor.at(locals_name(model)))
    known = {variable.name for variable in model.variables}
    known |= {"#meta", locations_name(model), locals_name(model)}
    for name, unknown in cursor.entries():
        if name not in known:
            raise unknown.refusal(f"the spec has no shared variable {name!r}")
    return State(
        shared=tuple(decode_value(v.type, cursor.at(v.name)) for v in model.variables),
        locations=tuple(
            _location(model, instance, at[instance], held[instance])
            for instance in instances(model)
        ),
    )


def _by_instance(model: Model, cursor: Cursor) -> dict[Instance, Cursor]:
    named = {str(instance): instance for instance in instances(model)}
    found: dict[Instance, Cursor] = {}
    for key, value in map_entries(cursor):
        if key.text() not in named:
            raise key.refusal(f"the spec has no {key.text()}; it has {_listed(named)}")
        found[named[key.text()]] = value
    for name, instance in named.items():
        if instance not in found:
            raise cursor.refusal(f"{name} is missing")
    return found


def _location(model: Model, instance: Instance, label: Cursor, held: Cursor) -> Location:
    if label.text() == DONE:
        return Location(None)
    step = _schema(model, instance, label)
    types = {variable.name: variable.type for variable in model.process(instance.process).locals}
    for name, unknown in held.entries():
        if name not in step.live:
            raise unknown.refusal(f"{instance} has no local {name!r} at {step.label}")
    return Location(
        step.label, tuple(decode_value(types[name], held.at(name)) for name in step.live)
    )


def _violation(cursor: Cursor) -> Violation:
    return Violation(
        property=cursor.at("property").text(),
        kind=property_kind(cursor.at("kind")),
        message=cursor.at("message").text(),
        values=cursor.at("values").text(),
        span=_span(cursor.at("source")),
    )


def _span(cursor: Cursor) -> Span | None:
    if cursor.value is None:
        return None
    corners = cursor.at("span").items()
    if len(corners) != CORNERS:
        raise cursor.at("span").unexpected("line, column, end line and end column")
    line, column, end_line, end_column = (corner.integer() for corner in corners)
    return Span(cursor.at("path").text(), line, column, end_line, end_column)


def _replays(
    document: ItfDocument, cursors: list[Cursor], steps: tuple[TraceStep, ...]
) -> tuple[Replay, ...]:
    found: list[list[Observation]] = [[] for _ in document.replays]
    for number, (cursor, step) in enumerate(zip(cursors[1:], steps, strict=True), start=1):
        meta = cursor.at("#meta")
        for seen in meta.at("replayed").items() if meta.has("replayed") else ():
            replay = seen.at("replay")
            if not 0 <= replay.integer() < len(found):
                raise replay.refusal(f"there is no replay of the number {replay.integer()}")
            observation = decode_observation(seen, number, step.transition)
            found[replay.integer()].append(observation)
    return tuple(
        decode_replay(Cursor(replay, document.name, f"#meta.replays[{at}]"), tuple(found[at]))
        for at, replay in enumerate(document.replays)
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
