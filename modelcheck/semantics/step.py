"""What a step means: from a state and choices to a state, a violation, or nothing.

A step sees the shared variables that it names and its own instance's location, nothing else
(design 2.3, rules 2 and 4). So what an instance can do, its `outcomes`, is a function of those,
and `compose` puts the outcomes of all instances together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias, assert_never

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

Shared: TypeAlias = tuple[Value, ...]
"""The shared part of a state."""

Successor: TypeAlias = tuple[Transition, State | Violation]
"""A transition and what it leads to."""


@dataclass(frozen=True, slots=True)
class Disabled:
    """Why a transition, or an instance, cannot move in a state; nothing has happened."""

    reason: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step does: it changes shared variables, and its instance stands elsewhere."""

    changes: tuple[tuple[int, Value], ...]
    """The position of each variable that was assigned, and its value now."""

    location: Location


Outcome = tuple[Transition, Moved | Violation]
"""One way on of one instance."""

Runner = Callable[[tuple[Value, ...]], tuple[Ending | Refuted, Frame]]
"""Runs one body from the beginning with the choices given."""


def initial(system: System) -> tuple[State, ...]:
    """The initial states, distinct and in order: choices in prologues multiply them.

    Raises `SpecError` where a prologue violates a check: then there is no state to begin in.
    """
    prepared = prepare(system)
    starts = [_starts(prepared, at) for at in range(len(prepared.instances))]
    return tuple(State(prepared.model.initial, locations) for locations in product(*starts))


def successors(system: System, state: State) -> tuple[Successor, ...]:
    """Every enabled transition and what it leads to: instances in order, options in order."""
    prepared = prepare(system)

    def ways(at: int, location: Location) -> tuple[Outcome, ...]:
        return outcomes(prepared, at, location, state.shared)

    return tuple(compose(state, ways))


def compose(
    state: State, ways: Callable[[int, Location], tuple[Outcome, ...]]
) -> Iterator[Successor]:
    """The successors of `state`, given the outcomes of each instance where it stands in it."""
    for at, location in enumerate(state.locations):
        for transition, outcome in ways(at, location):
            yield transition, _after(state, at, outcome)


def outcomes(
    prepared: Prepared, at: int, location: Location, shared: Shared
) -> tuple[Outcome, ...]:
    """What the instance at position `at` can do from `location`: options in order."""
    label = location.label
    if label is None:
        return ()
    found: list[Outcome] = []
    for choices, ending, frame in endings(prepared, at, location, shared):
        if isinstance(ending, Goto | Refuted):
            transition = Transition(prepared.instances[at], label, choices)
            found.append((transition, _outcome(prepared, at, label, ending, frame)))
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
    ending, frame = _runner(prepared, at, state.locations[at], state.shared)(transition.choices)
    made = len(transition.choices)
    if frame.chosen < made and isinstance(ending, Goto | Refuted):
        reason = f"the step makes {frame.chosen} choices here, and {made} are given"
        return Disabled(reason, prepared.steps[transition.instance.process][transition.label].span)
    if isinstance(ending, Goto | Refuted):
        return _after(state, at, _outcome(prepared, at, transition.label, ending, frame))
    return _disabled(ending, frame)


def why_disabled(system: System, state: State, instance: Instance) -> Disabled | None:
    """Why no transition of `instance` is enabled; None if one is."""
    prepared = prepare(system)
    if instance not in prepared.positions:
        return Disabled(f"there is no {instance}", None)
    at = prepared.positions[instance]
    location = state.locations[at]
    if location.label is None:
        return Disabled(f"{instance} is done", None)
    first: Disabled | None = None
    for _, ending, frame in endings(prepared, at, location, state.shared):
        if isinstance(ending, Goto | Refuted):
            return None
        first = first or _disabled(ending, frame)
    step = prepared.steps[instance.process][location.label]
    return first or Disabled(f"{instance}.{location.label} has nothing to choose from", step.span)


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
    return _runner(prepared, at, state.locations[at], state.shared)(transition.choices)


def endings(
    prepared: Prepared, at: int, location: Location, shared: Shared
) -> Iterator[tuple[tuple[Value, ...], Ending | Refuted, Frame]]:
    """Each way to choose in the step at which an instance stands, and how that run of it ends."""
    return _endings(_runner(prepared, at, location, shared))


def _runner(prepared: Prepared, at: int, location: Location, shared: Shared) -> Runner:
    """Runs the step at which an instance stands; it must not be done."""
    step = prepared.steps[prepared.processes[at].name][location.label or ""]
    variables = dict(zip(prepared.names, shared, strict=True))
    own = _index(prepared, at)
    own.update(zip(step.live, location.locals, strict=True))

    def run(choices: tuple[Value, ...]) -> tuple[Ending | Refuted, Frame]:
        frame = Frame(variables.copy(), own.copy(), choices)
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


def _after(state: State, at: int, outcome: Moved | Violation) -> State | Violation:
    match outcome:
        case Moved():
            shared = list(state.shared)
            for position, value in outcome.changes:
                shared[position] = value
            locations = list(state.locations)
            locations[at] = outcome.location
            return State(tuple(shared), tuple(locations))
        case Violation():
            return outcome
        case _:
            assert_never(outcome)


def _outcome(
    prepared: Prepared, at: int, label: str, ending: Goto | Refuted, frame: Frame
) -> Moved | Violation:
    match ending:
        case Goto(target):
            assigned = {path[0] for path in frame.writes}
            changes = tuple(
                (position, frame.shared[name])
                for position, name in enumerate(prepared.names)
                if name in assigned
            )
            return Moved(changes, _location(prepared, at, target, frame))
        case Refuted(message=message, values=values, span=span):
            name = f"{prepared.instances[at].process}.{label}"
            return Violation(name, PropertyKind.CHECK, message, values, span)
        case _:
            assert_never(ending)


def _disabled(ending: Blocked | Open | Foreign, frame: Frame) -> Disabled:
    match ending:
        case Blocked(wait):
            return Disabled(blocked_text(wait, frame), wait.span)
        case Open(target, _):
            return Disabled(f"the step also chooses {target.name}, and no choice is given", None)
        case Foreign(choose, _, _):
            return Disabled(foreign_text(ending), choose.span)
        case _:
            assert_never(ending)


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
    begun = dict(zip(prepared.names, prepared.model.initial, strict=True))

    def run(choices: tuple[Value, ...]) -> tuple[Ending | Refuted, Frame]:
        frame = Frame(dict(begun), _index(prepared, at), choices)
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
