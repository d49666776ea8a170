"""A finding as an ITF document."""

from __future__ import annotations

from modelcheck.errors import ModelCheckBug
from modelcheck.explain.moments import Moment, moments
from modelcheck.ir.model import Model
from modelcheck.ir.render import spec_hash
from modelcheck.report.finding import Finding
from modelcheck.report.itf.cursor import Json
from modelcheck.report.itf.document import Header, ItfDocument
from modelcheck.report.itf.replays import encode_observation, encode_replay
from modelcheck.report.itf.values import encode_plain, encode_value
from modelcheck.report.itf.vocabulary import DONE, locals_name, locations_name
from modelcheck.semantics import instances
from modelcheck.source import Span
from modelcheck.trace import Location, State, Violation


def document(finding: Finding) -> ItfDocument:
    """Everything a finding tells, but the spec's text."""
    model = finding.model
    names = [variable.name for variable in model.variables]
    steps = moments(finding.trace)
    metas: list[dict[str, Json]] = [{"index": 0}]
    metas += [_step_meta(finding, step) for step in steps]
    metas[-1]["violated"] = _violated(finding.violation)
    states = [finding.trace.initial]
    states += [step.before if step.after is None else step.after for step in steps]
    return ItfDocument(
        header=_header(finding),
        variables=(*names, locations_name(model), locals_name(model)),
        states=tuple(
            {"#meta": meta, **_state(model, state)}
            for meta, state in zip(metas, states, strict=True)
        ),
        loop=finding.trace.loop,
        replays=tuple(encode_replay(replay) for replay in finding.replays),
    )


def _header(finding: Finding) -> Header:
    model = finding.model
    return Header(
        description=f"{model.title}: {finding.violation.message}",
        tool_version=finding.tool_version,
        source=model.path,
        spec_hash=spec_hash(model),
        constants=model.constants,
        property=finding.violation.property,
        property_kind=finding.violation.kind,
        engine=finding.engine,
        exploration=finding.exploration,
        shortest=finding.shortest,
        commands=finding.commands,
    )


def _step_meta(finding: Finding, step: Moment) -> dict[str, Json]:
    instance = step.transition.instance
    meta: dict[str, Json] = {
        "index": step.number,
        "process": instance.process,
        "instance": encode_plain(instance.index),
        "label": step.transition.label,
        "choices": [encode_plain(choice) for choice in step.transition.choices],
        "source": f"{step.span.path}:{step.span.line}",
    }
    if step.after is None:
        meta["repeats"] = True
    observed = [
        encode_observation(number, observation)
        for number, replay in enumerate(finding.replays)
        for observation in replay.observations
        if observation.step == step.number
    ]
    if observed:
        meta["replayed"] = [*observed]
    return meta


def _violated(violation: Violation) -> Json:
    return {
        "property": violation.property,
        "kind": violation.kind.value,
        "message": violation.message,
        "values": violation.values,
        "source": _span(violation.span),
    }


def _span(span: Span | None) -> Json:
    if span is None:
        return None
    ends: list[Json] = [span.line, span.column, span.end_line, span.end_column]
    return {"path": span.path, "span": ends}


def _state(model: Model, state: State) -> dict[str, Json]:
    shared = {
        variable.name: encode_value(variable.type, value)
        for variable, value in zip(model.variables, state.shared, strict=True)
    }
    named = tuple(zip(instances(model), state.locations, strict=True))
    at: list[Json] = [[str(instance), place.label or DONE] for instance, place in named]
    held: list[Json] = [
        [str(instance), _locals(model, instance.process, place)] for instance, place in named
    ]
    return {**shared, locations_name(model): {"#map": at}, locals_name(model): {"#map": held}}


def _locals(model: Model, process: str, location: Location) -> Json:
    if location.label is None:
        return {}
    owner = model.process(process)
    types = {variable.name: variable.type for variable in owner.locals}
    for step in owner.steps:
        if step.label == location.label:
            pairs = zip(step.live, location.locals, strict=True)
            return {name: encode_value(types[name], value) for name, value in pairs}
    raise ModelCheckBug(f"{process} has no step {location.label}")
