"""What a step means: from a state and choices to a state, a violation, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import assert_never

from modelcheck.errors import ModelCheckBug, SpecError
from modelcheck.ir.model import Process, PropertyKind
from modelcheck.ir.statements import Goto, Statement
from modelcheck.ir.types import Value
from modelcheck.semantics.execute import (
    Blocked,
    Ending,
    Foreign,
    Open,
    blocked_text,
    execute,
    foreign_text,
)
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.semantics.prepared import Prepared, System, prepare
from modelcheck.source import Span
from modelcheck.trace import Instance, Location, State, Transition, Violation


@dataclass(frozen=True, slots=True)
class Disabled:
    """Why a transition, or an instance, cannot move in a state; nothing has happened."""

    reason: str
    span: Span | None


Runner = Callable[[tuple[Value, ...]], tuple[Ending | Refuted, Frame]]
"""Runs one body from the beginning with the choices given."""


def initial(system: System) -> tuple[State, ...]:
    """The initial states, distinct and in order: choices in prologues multiply them.

    Raises `SpecError` where a prologue violates a check: then there is no state to begin in.
    """
    prepared = prepare(system)
    starts = [_starts(prepared, at) for at in range(len(prepared.instances))]
    return tuple(State(prepared.model.initial, locations) for locations in product(*starts))


def successors(system: System, state: State) -> tuple[tuple[Transition, State | Violation], ...]:
    """Every enabled transition and what it leads to: instances in order, options in order."""
    prepared = prepare(system)
    found: list[tuple[Transition, State | Violation]] = []
    for at, instance in enumerate(prepared.instances):
        label = state.locations[at].label
        if label is None:
            continue
        for choices, ending, frame in _endings(_runner(prepared, state, at, label)):
            match ending:
                case Goto(target):
                    after = _moved(prepared, state, at, target, frame)
                    found.append((Transition(instance, label, choices), after))
                case Refuted():
                    violation = _violation(prepared, state, at, ending)
                    found.append((Transition(instance, label, choices), violation))
                case Blocked() | Open() | Foreign():
                    pass
                case _:
                    assert_never(ending)
    return tuple(found)


def enabled(system: System, state: State) -> tuple[Transition, ...]:
    """The transitions that can be taken, in the order of `successors`."""
    return tuple(transition for transition, _ in successors(system, state))


def apply(system: System, state: State, transition: Transition) -> State | Violation | Disabled:
    """Take one transition: the state it leads to, the violation it runs into, or why not."""
    prepared = prepare(system)
    misplaced = is_elsewhere(prepared, state, transition)
    if misplaced is not None:
        return misplaced
    at = prepared.positions[transition.instance]
    ending, frame = _runner(prepared, state, at, transition.label)(transition.choices)
    made = len(transition.choices)
    if frame.chosen < made and isinstance(ending, Goto | Refuted):
        reason = f"the step makes {frame.chosen} choices here, and {made} are given"
        return Disabled(reason, prepared.steps[transition.instance.process][transition.label].span)
    return _result(prepared, state, at, ending, frame)


def why_disabled(system: System, state: State, instance: Instance) -> Disabled | None:
    """Why no transition of `instance` is enabled; None if one is."""
    prepared = prepare(system)
    if instance not in prepared.positions:
        return Disabled(f"there is no {instance}", None)
    at = prepared.positions[instance]
    label = state.locations[at].label
    if label is None:
        return Disabled(f"{instance} is done", None)
    first: Disabled | None = None
    for _, ending, frame in _endings(_runner(prepared, state, at, label)):
        result = _result(prepared, state, at, ending, frame)
        if not isinstance(result, Disabled):
            return None
        first = first or result
    step = prepared.steps[instance.process][label]
    return first or Disabled(f"{instance}.{label} has nothing to choose from", step.span)


def is_elsewhere(prepared: Prepared, state: State, transition: Transition) -> Disabled | None:
    """Why a transition's instance does not stand at its label; None if it does."""
    instance = transition.instance
    if instance not in prepared.positions:
        return Disabled(f"there is no {instance}", None)
    label = state.locations[prepared.positions[instance]].label
    if label is None:
        return Disabled(f"{instance} is done", None)
    if label != transition.label:
        step = prepared.steps[instance.process][label]
        return Disabled(f"{instance} stands at {label}, not at {transition.label}", step.span)
    return None


def run_step(
    prepared: Prepared, state: State, transition: Transition
) -> tuple[Ending | Refuted, Frame]:
    """Run the step of a transition whose instance stands there; the frame says what it did."""
    at = prepared.positions[transition.instance]
    return _runner(prepared, state, at, transition.label)(transition.choices)


def _runner(prepared: Prepared, state: State, at: int, label: str) -> Runner:
    step = prepared.steps[prepared.processes[at].name][label]
    shared = dict(zip(prepared.names, state.shared, strict=True))
    own = _index(prepared, at)
    own.update(zip(step.live, state.locations[at].locals, strict=True))

    def run(choices: tuple[Value, ...]) -> tuple[Ending | Refuted, Frame]:
        frame = Frame(shared.copy(), own.copy(), choices)
        return _run(step.body, frame), frame

    return run


def _run(body: tuple[Statement, ...], frame: Frame) -> Ending | Refuted:
    try:
        ending = execute(body, frame)
    except Refuted as refuted:
        return refuted
    if ending is None:
        raise ModelCheckBug("a step fell off its end")
    return ending


def _endings(
    run: Runner, choices: tuple[Value, ...] = ()
) -> Iterator[tuple[tuple[Value, ...], Ending | Refuted, Frame]]:
    # A body has no effect before its last choice, so it is run again for each one.
    ending, frame = run(choices)
    if isinstance(ending, Open):
        for option in ending.options:
            yield from _endings(run, (*choices, option))
    else:
        yield choices, ending, frame


def _result(
    prepared: Prepared, state: State, at: int, ending: Ending | Refuted, frame: Frame
) -> State | Violation | Disabled:
    match ending:
        case Goto(label):
            return _moved(prepared, state, at, label, frame)
        case Refuted():
            return _violation(prepared, state, at, ending)
        case Blocked(wait):
            return Disabled(blocked_text(wait, frame), wait.span)
        case Open(target, _):
            return Disabled(f"the step also chooses {target.name}, and no choice is given", None)
        case Foreign(choose, _, _):
            return Disabled(foreign_text(ending), choose.span)
        case _:
            assert_never(ending)


def _moved(prepared: Prepared, state: State, at: int, label: str | None, frame: Frame) -> State:
    location = _location(prepared, at, label, frame)
    return State(
        shared=tuple([frame.shared[name] for name in prepared.names]),
        locations=(*state.locations[:at], location, *state.locations[at + 1 :]),
    )


def _violation(prepared: Prepared, state: State, at: int, refuted: Refuted) -> Violation:
    name = f"{prepared.instances[at].process}.{state.locations[at].label}"
    return Violation(name, PropertyKind.CHECK, refuted.message, refuted.values, refuted.span)


def _location(prepared: Prepared, at: int, label: str | None, frame: Frame) -> Location:
    if label is None:
        return Location(None)
    live = prepared.steps[prepared.processes[at].name][label].live
    return Location(label, tuple([frame.local(name) for name in live]))


def _index(prepared: Prepared, at: int) -> dict[str, Value]:
    index = prepared.processes[at].index
    return {} if index is None else {index.name: prepared.instances[at].index}


def _starts(prepared: Prepared, at: int) -> tuple[Location, ...]:
    process: Process = prepared.processes[at]

    def run(choices: tuple[Value, ...]) -> tuple[Ending | Refuted, Frame]:
        frame = Frame({}, _index(prepared, at), choices)
        return _run(process.prologue, frame), frame

    found: dict[Location, None] = {}
    for _, ending, frame in _endings(run):
        match ending:
            case Goto(label):
                found.setdefault(_location(prepared, at, label, frame))
            case Refuted(message=message, values=values, span=span):
                shown = f" ({values})" if values else ""
                who = prepared.instances[at]
                text = f"{who} violates a check before its first yield: {message}{shown}"
                raise SpecError("violation-in-prologue", text, span)
            case _:
                raise ModelCheckBug(f"a prologue cannot end in {ending}")
    return tuple(found)
