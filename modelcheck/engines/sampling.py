"""Random runs: they find violations in models too large to exhaust, and prove nothing.

Two ways to choose the next transition. `random` takes any enabled one. `pct` is probabilistic
concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010, section 2): every
instance gets a random priority, the enabled instance with the highest one steps, and at `changes`
random moments the instance about to step falls below all others. A violation that needs `changes`
+ 1 ordering constraints is found in each run with a probability of at least 1 / (n * k ** changes),
for n instances and k steps.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from random import Random

from modelcheck.engines.contract import INTERRUPTED, Exploration, Progress, ProgressReport
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import Statistics, out_degree
from modelcheck.engines.verdicts import Outcome, findings
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import Memory, Prepared, initial, prepare, stuck
from modelcheck.trace import (
    Budget,
    Holds,
    Instance,
    State,
    Trace,
    TraceStep,
    Transition,
    Violated,
    Violation,
)

RUNS_PER_REPORT = 64
Move = tuple[Transition, State | Violation]


class Strategy(Enum):
    """How the next transition of a run is chosen."""

    RANDOM = "random"
    PCT = "pct"


@dataclass(frozen=True, slots=True)
class Sampling:
    """What runs are made; equal ones make equal runs."""

    strategy: Strategy
    seed: int
    runs: int
    steps: int
    """At most so many in a run."""

    changes: int
    """Of priorities in a run, for `pct`."""


@dataclass(slots=True)
class Sample:
    """The mutable middle of one sampling."""

    prepared: Prepared
    memory: Memory
    selected: tuple[Claim, ...]
    taken: dict[str, int]
    decided: dict[str, Violated | Holds] = field(default_factory=dict)
    states: set[State] = field(default_factory=set)
    degrees: Counter[int] = field(default_factory=Counter)
    transitions: int = 0
    depth: int = 0
    runs: int = 0


def sample(
    model: Model,
    sampling: Sampling,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Exploration:
    """Make runs until all are made, time is up or, unless `full`, something is violated.

    Counterexamples are as long as the runs that found them. Of what was not violated the verdict
    is `Sampled`. `budget.seconds` counts; the other limits do not.
    """
    prepared = prepare(model)
    steps = {name: 0 for name, _ in model.steps()}
    found = Sample(prepared, Memory(prepared), select(model, properties), steps)
    chance, began = Random(sampling.seed), clock()  # noqa: S311  # no secret depends on it
    try:
        for number in range(sampling.runs):
            if progress is not None and number % RUNS_PER_REPORT == 0:
                progress(_report(found, sampling.runs, clock() - began))
            if budget.seconds is not None and clock() - began >= budget.seconds:
                break
            _run(found, sampling, chance)
            found.runs += 1
            if not full and any(isinstance(one, Violated) for one in found.decided.values()):
                break
        stopped = f"runs were sampled: {found.runs:,}, seed {sampling.seed}"
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    return Exploration(
        verdicts=findings(
            model, found.selected, Outcome(found.decided, stopped, sampled=found.runs)
        ),
        states=len(found.states),
        transitions=found.transitions,
        depth=found.depth,
        complete=False,
        coverage=tuple(found.taken.items()),
        statistics=Statistics(out_degree(found.degrees), (), ()),
        engine=sampling.strategy.value,
        stopped=stopped,
    )


def _run(found: Sample, sampling: Sampling, chance: Random) -> None:
    """Make one run."""
    state = chance.choice(initial(found.prepared))
    trace = Trace(state, ())
    pick = _picker(found.prepared, sampling, chance)
    _see(found, trace, state)
    while len(trace.steps) < sampling.steps:
        onward = found.memory.successors(state)
        if state not in found.states:
            found.states.add(state)
            found.degrees[sum(isinstance(after, State) for _, after in onward)] += 1
        if not onward:
            violation = stuck(found.prepared, state)
            if violation is not None:
                _decide(found, violation, trace)
            return
        transition, after = pick(onward)
        trace = _longer(found, trace, transition, after)
        if isinstance(after, Violation):
            _decide(found, after, trace)
            return
        _see_step(found, trace, state, after)
        _see(found, trace, after)
        state = after


def _longer(found: Sample, trace: Trace, transition: Transition, after: State | Violation) -> Trace:
    """The trace with one more step, which is counted."""
    step = found.prepared.steps[transition.instance.process][transition.label]
    found.taken[f"{transition.instance.process}.{transition.label}"] += 1
    state = None if isinstance(after, Violation) else after
    if state is not None:
        found.transitions += 1
        found.depth = max(found.depth, len(trace.steps) + 1)
    return Trace(trace.initial, (*trace.steps, TraceStep(transition, state, step.span)))


def _see_step(found: Sample, trace: Trace, before: State, after: State) -> None:
    """Judge the last step of a run."""
    for prop in found.prepared.model.properties:
        if prop.kind is PropertyKind.EVERY_STEP:
            violation = found.memory.refute_step(before, after, prop)
            if violation is not None:
                _decide(found, violation, trace)


def _see(found: Sample, trace: Trace, state: State) -> None:
    """Judge a state that a run has come to."""
    if state in found.states:
        return
    for prop in found.prepared.model.properties:
        if prop.kind is PropertyKind.ALWAYS:
            violation = found.memory.refute(state, prop)
            if violation is not None:
                _decide(found, violation, trace)
        elif prop.kind is PropertyKind.SOMETIMES and found.memory.refute(state, prop) is None:
            found.decided.setdefault(prop.name, Holds(trace))


def _decide(found: Sample, violation: Violation, trace: Trace) -> None:
    """Keep the shortest trace to each violation of a selected property."""
    if (violation.property, violation.kind) not in found.selected:
        return
    known = found.decided.get(violation.property)
    before = known.trace if isinstance(known, Violated) else None
    if before is None or len(trace.steps) < len(before.steps):
        found.decided[violation.property] = Violated(violation, trace)


def _picker(
    prepared: Prepared, sampling: Sampling, chance: Random
) -> Callable[[tuple[Move, ...]], Move]:
    """How one run chooses among the enabled transitions."""
    if sampling.strategy is Strategy.RANDOM:
        return chance.choice
    order = list(prepared.instances)
    chance.shuffle(order)
    priorities = {instance: sampling.changes + 1 + at for at, instance in enumerate(order)}
    moments = [chance.randrange(sampling.steps) for _ in range(sampling.changes)]
    numbers = count()

    def pick(onward: tuple[Move, ...]) -> Move:
        number = next(numbers)
        first = _first(onward, priorities)
        for rank, moment in enumerate(moments):
            if moment == number:
                priorities[first] = rank
                first = _first(onward, priorities)
        return chance.choice([move for move in onward if move[0].instance == first])

    return pick


def _first(onward: tuple[Move, ...], priorities: dict[Instance, int]) -> Instance:
    return max((move[0].instance for move in onward), key=lambda one: priorities[one])


def _report(found: Sample, wanted: int, seconds: float) -> ProgressReport:
    return ProgressReport(
        states=len(found.states),
        transitions=found.transitions,
        depth=found.depth,
        frontier=0,
        seconds=seconds,
        runs=(found.runs, wanted),
    )
