"""What a lasso ends in, from deadlock to livelock, and why it is fair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Fairness, Model, ProcessKind, Property
from modelcheck.semantics import (
    Prepared,
    is_enabled,
    is_goal,
    is_promise,
    prepare,
    successors,
)
from modelcheck.trace import Instance, State, Trace


class Ending(Enum):
    """The ways in which a run can go on for ever without reaching a goal."""

    DEADLOCK = "deadlock"  # nobody can move, and some process is not done
    TERMINATION = "termination"  # nobody can move, and every process is done
    STANDSTILL = "standstill"  # somebody can move, and nobody who can is owed a step
    STARVATION = "starvation"  # some go round, and a process that could move never does
    LIVELOCK = "livelock"  # some go round, and no process that could move is left out


@dataclass(frozen=True, slots=True)
class Bystander:
    """An instance that is enabled somewhere in the loop and never moves in it."""

    instance: Instance
    kind: ProcessKind
    owed: Fairness
    disabled: int | None
    """The index of the first state of the loop in which it is disabled; None: in none."""

    @property
    def remedy(self) -> Fairness:
        """The weakest fairness for it under which the run would be unfair."""
        return Fairness.WEAK if self.disabled is None else Fairness.STRONG


@dataclass(frozen=True, slots=True)
class Blocked:
    """A process that is not done, and that no state of the loop enables."""

    instance: Instance
    label: str


@dataclass(frozen=True, slots=True)
class Lasso:
    """A trace that leads into a loop, explained."""

    ending: Ending
    loop: int
    """The index of the state to which the loop returns; also the steps before the loop."""

    last: int
    """The index of the last state; also the number of the loop's last step."""

    since: int
    """The index of the state from which on the goal is owed."""

    moving: tuple[Instance, ...]
    """Who takes a step in the loop, in the model's order."""

    bystanders: tuple[Bystander, ...]
    blocked: tuple[Blocked, ...]


def lasso(model: Model, trace: Trace, name: str) -> Lasso | None:
    """Explain how `trace` refutes the property `name`; None for a trace that is no lasso."""
    if trace.loop is None:
        return None
    prepared = prepare(model)
    prop = next(prop for prop in model.properties if prop.name == name)
    passed = _passed(trace)
    around = passed[trace.loop :]
    movers = {step.transition.instance for step in trace.steps[trace.loop :]}
    bystanders = _bystanders(prepared, trace.loop, around, movers)
    return Lasso(
        ending=_ending(prepared, around[0], bystanders, is_moving=bool(movers)),
        loop=trace.loop,
        last=len(trace.steps),
        since=_since(prepared, passed, prop),
        moving=tuple(instance for instance in prepared.instances if instance in movers),
        bystanders=bystanders,
        blocked=_blocked(prepared, around),
    )


def _passed(trace: Trace) -> tuple[State, ...]:
    states = [trace.initial]
    for step in trace.steps:
        if step.after is None:
            raise ModelCheckBug("a lasso goes through a violating step")
        states.append(step.after)
    return tuple(states)


def _ending(
    prepared: Prepared, state: State, bystanders: tuple[Bystander, ...], *, is_moving: bool
) -> Ending:
    if is_moving:
        starves = any(one.kind is ProcessKind.PROCESS for one in bystanders)
        return Ending.STARVATION if starves else Ending.LIVELOCK
    if successors(prepared, state):
        return Ending.STANDSTILL
    return Ending.DEADLOCK if _blocked(prepared, (state,)) else Ending.TERMINATION


def _since(prepared: Prepared, passed: tuple[State, ...], prop: Property) -> int:
    """Where the goal began to be owed that never comes."""
    since: int | None = None
    for at, state in enumerate(passed):
        if is_goal(prepared, state, prop):
            since = None
        elif since is None and is_promise(prepared, state, prop, begins=at == 0):
            since = at
    if since is None:
        raise ModelCheckBug(f"a lasso owes {prop.name} nothing")
    return since


def _bystanders(
    prepared: Prepared, loop: int, around: tuple[State, ...], movers: set[Instance]
) -> tuple[Bystander, ...]:
    found: list[Bystander] = []
    for instance, process in zip(prepared.instances, prepared.processes, strict=True):
        able = [is_enabled(prepared, state, instance) for state in around]
        if instance not in movers and any(able):
            disabled = None if all(able) else loop + able.index(False)
            found.append(Bystander(instance, process.kind, process.fairness, disabled))
    return tuple(found)


def _blocked(prepared: Prepared, around: tuple[State, ...]) -> tuple[Blocked, ...]:
    places = zip(prepared.instances, prepared.processes, around[0].locations, strict=True)
    return tuple(
        Blocked(instance, location.label)
        for instance, process, location in places
        if process.kind is ProcessKind.PROCESS
        and location.label is not None
        and not any(is_enabled(prepared, state, instance) for state in around)
    )
