"""Breadth-first search over the semantics: small, slow, obviously right.

Level by level, states in the order found, transitions in the order of `successors`. A state is
judged by the `always` and `sometimes` properties when it is found, by deadlock when it is expanded,
and a transition by the `every_step` properties, so every trace is a shortest one for its property.
A search that stops at a violation completes the level first, so that what it says does not depend
on the order within the level. A state that violates is stored and expanded like any other; a
transition that violates a check leads to no state: it is taken, but is no transition of the graph
that is counted. Liveness is judged after the search, on the graph that it has seen.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from modelcheck.engines.contract import INTERRUPTED, Exploration, Progress, ProgressReport
from modelcheck.engines.forecast import still_to_find
from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.liveness import Explored, refutation
from modelcheck.engines.memory import memory_used_up, resident
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import IdleStep, Statistics, Unexercised, Widening, out_degree
from modelcheck.engines.survey import idle_steps, unexercised
from modelcheck.engines.verdicts import (
    VIOLATING,
    Outcome,
    findings,
    stopped_at,
    why_stopped,
)
from modelcheck.engines.widening import widening
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import (
    LIVENESS,
    Memory,
    Prepared,
    initial,
    prepare,
    stuck,
)
from modelcheck.trace import (
    Budget,
    Holds,
    State,
    Trace,
    TraceStep,
    Transition,
    Violated,
    Violation,
)

NAME = "interpreter"
STATES_PER_REPORT = 2048
STATES_PER_WEIGHING = 256
"""So many states are expanded between two looks at the memory taken."""


class Stop(Exception):
    """The search ends here; `within` is set where only the limit of depth cut it."""

    def __init__(self, reason: str, *, within: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.within = within


@dataclass(slots=True)
class Search:
    """The mutable middle of one search."""

    prepared: Prepared
    memory: Memory
    selected: tuple[Claim, ...]
    budget: Budget
    full: bool
    progress: Progress | None
    clock: Callable[[], float]
    began: float
    weigh: Callable[[], int]
    weight: int
    """Of the process when the search began, in bytes."""

    states: list[State] = field(default_factory=list)
    numbers: dict[State, int] = field(default_factory=dict)
    parents: list[tuple[int, Transition] | None] = field(default_factory=list)
    """How each state was first found; None for an initial one."""

    taken: dict[str, int] = field(default_factory=dict)
    degrees: Counter[int] = field(default_factory=Counter)
    """How many states have each out-degree."""

    transitions: int = 0
    level: int = 0
    """Steps from an initial state to the states that are being expanded."""

    levels: list[int] = field(default_factory=list)
    """How many states each level has, that which is being expanded last."""

    depth: int = 0
    decided: dict[str, Violated | Holds] = field(default_factory=dict)
    idle: tuple[IdleStep, ...] = ()
    unexercised: tuple[Unexercised, ...] = ()
    widening: tuple[Widening, ...] = ()
    graph: Graph | None = None
    """Kept where a liveness property is selected."""

    halted: bool = False
    """Whether the search ends with this level; one with nothing left to expand is complete."""


def explore(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    weigh: Callable[[], int] = resident,
) -> Exploration:
    """Search the reachable states; see `Engine`. `clock` counts the budget's seconds.

    `weigh` gives the bytes of this process, and the budget of memory is of what they grow by while
    states are looked for; liveness, which is judged afterwards, takes as much as it needs.
    An interruption from the keyboard ends the search like a budget: `stopped` says so.
    """
    prepared, selected = prepare(model), select(model, properties)
    search = Search(
        prepared,
        Memory(prepared),
        selected,
        budget,
        full,
        progress,
        clock,
        clock(),
        weigh,
        weigh(),
    )
    search.taken = {name: 0 for name, _ in model.steps()}
    if any(kind in LIVENESS for _, kind in search.selected):
        search.graph = Graph()
    try:
        outcome = _ended(search)
    except KeyboardInterrupt:
        outcome = Outcome(search.decided, INTERRUPTED)
    else:
        outcome = _judged(search, outcome)
    return _exploration(search, outcome)


def _ended(search: Search) -> Outcome:
    try:
        _run(search)
    except Stop as stop:
        if not search.halted:
            search.widening = widening(search.prepared, search.states)
        return Outcome(search.decided, stop.reason, stop.within)
    _survey(search)
    violates = search.graph is not None and NOWHERE in search.graph.targets
    return Outcome(search.decided, "", caveat=VIOLATING if violates else "")


def _judged(search: Search, outcome: Outcome) -> Outcome:
    """Liveness as well; what cuts that short leaves the rest as it was found."""
    try:
        _judge_liveness(search)
    except Stop as stop:
        return replace(outcome, undecided=stop.reason)
    except KeyboardInterrupt:
        return replace(outcome, undecided=INTERRUPTED)
    return outcome


def _judge_liveness(search: Search) -> None:
    """Look for lassos: one in what was explored is real, however much was not."""
    if search.graph is None:
        return
    starts = search.parents.count(None)
    explored = Explored(
        search.prepared, search.states, starts, search.graph, lambda: _watch_clock(search)
    )
    for prop in search.prepared.model.properties:
        if prop.kind in LIVENESS and (prop.name, prop.kind) in search.selected:
            found = refutation(explored, prop)
            if found is not None:
                search.decided[prop.name] = found


def _watch_clock(search: Search) -> None:
    limit = search.budget.seconds
    if limit is not None and search.clock() - search.began >= limit:
        raise Stop(f"the budget of {limit:g} seconds is used up")


def _run(search: Search) -> None:
    for state in initial(search.prepared):
        _find(search, state, None)
    begin = 0
    while begin < len(search.states):
        if search.halted:
            raise Stop(stopped_at(search.selected, search.decided))
        end = len(search.states)
        search.levels.append(end - begin)
        if search.level == search.budget.depth:
            _look_ahead(search, begin)
            return
        for number in range(begin, end):
            if number == begin or (number - begin) % STATES_PER_REPORT == 0:
                _report(search, number)
            _expand(search, number)
        begin = end
        search.level += 1


def _survey(search: Search) -> None:
    """Say what never happened, once every reachable state is known."""
    coverage = tuple(search.taken.items())
    search.idle = idle_steps(search.prepared, search.states, coverage)
    search.unexercised = unexercised(search.prepared, search.states, search.selected)


def _expand(search: Search, number: int) -> None:
    _watch_clock(search)
    if number % STATES_PER_WEIGHING == 0 and _is_too_heavy(search):
        raise Stop(memory_used_up(search.budget))
    onward = search.memory.successors(search.states[number])
    if not onward:
        _judge_deadlock(search, number)
    before = search.transitions
    for transition, after in onward:
        search.taken[f"{transition.instance.process}.{transition.label}"] += 1
        if isinstance(after, Violation):
            _violate(search, after, number, transition)
            reached = NOWHERE
        else:
            search.transitions += 1
            known = search.numbers.get(after)
            reached = _find(search, after, (number, transition)) if known is None else known
            _judge_step(search, number, transition, after)
        _keep(search, transition, reached)
    search.degrees[search.transitions - before] += 1
    if search.graph is not None:
        search.graph.close()


def _is_too_heavy(search: Search) -> bool:
    most = search.budget.memory
    return most is not None and search.weigh() - search.weight > most


def _keep(search: Search, transition: Transition, reached: int) -> None:
    if search.graph is not None:
        search.graph.add(search.prepared.positions[transition.instance], reached)


def _judge_step(search: Search, number: int, transition: Transition, after: State) -> None:
    for prop in search.prepared.model.properties:
        if prop.kind is PropertyKind.EVERY_STEP and (prop.name, prop.kind) in search.selected:
            violation = search.memory.refute_step(search.states[number], after, prop)
            if violation is not None:
                _violate(search, violation, number, transition, after)


def _look_ahead(search: Search, begin: int) -> None:
    """Judge deadlock in the last level, and stop unless nothing leads out of it."""
    ahead = False
    for number in range(begin, len(search.states)):
        onward = search.memory.successors(search.states[number])
        for transition, after in onward:
            known = None if isinstance(after, Violation) else search.numbers.get(after)
            _keep(search, transition, NOWHERE if known is None else known)
        if search.graph is not None:
            search.graph.close()
        if not onward:
            search.degrees[0] += 1
            _judge_deadlock(search, number)
        ahead = ahead or bool(onward)
    if ahead:
        limit = search.budget.depth
        raise Stop(f"the budget of {limit} steps is used up", within=limit)


def _find(search: Search, state: State, parent: tuple[int, Transition] | None) -> int:
    """Store a new state and judge it; gives its number."""
    number = len(search.states)
    if number == search.budget.states:
        raise Stop(f"the budget of {number} states is used up")
    search.numbers[state] = number
    search.states.append(state)
    search.parents.append(parent)
    if parent is not None:
        search.depth = search.level + 1
    for prop in search.prepared.model.properties:
        if prop.name in search.decided or (prop.name, prop.kind) not in search.selected:
            continue
        if prop.kind is PropertyKind.SOMETIMES and search.memory.refute(state, prop) is None:
            search.decided[prop.name] = Holds(_trace(search, number))
        elif prop.kind is PropertyKind.ALWAYS:
            violation = search.memory.refute(state, prop)
            if violation is not None:
                _violate(search, violation, number, None)
    return number


def _judge_deadlock(search: Search, number: int) -> None:
    violation = stuck(search.prepared, search.states[number])
    if violation is not None:
        _violate(search, violation, number, None)


def _violate(
    search: Search,
    violation: Violation,
    number: int,
    transition: Transition | None,
    after: State | None = None,
) -> None:
    """Keep the first trace to a violation of each selected property; without `full`, halt."""
    name = violation.property
    if name in search.decided or (name, violation.kind) not in search.selected:
        return
    trace = _trace(search, number)
    if transition is not None:
        trace = Trace(trace.initial, (*trace.steps, _trace_step(search, transition, after)))
    search.decided[name] = Violated(violation, trace)
    if not search.full:
        search.halted = True


def _trace(search: Search, number: int) -> Trace:
    """The way on which a state was first found: a shortest one."""
    steps: list[TraceStep] = []
    parent = search.parents[number]
    while parent is not None:
        steps.append(_trace_step(search, parent[1], search.states[number]))
        number = parent[0]
        parent = search.parents[number]
    return Trace(search.states[number], tuple(reversed(steps)))


def _trace_step(search: Search, transition: Transition, after: State | None) -> TraceStep:
    step = search.prepared.steps[transition.instance.process][transition.label]
    return TraceStep(transition, after, step.span)


def _report(search: Search, number: int) -> None:
    if search.progress is not None:
        search.progress(
            ProgressReport(
                states=len(search.states),
                transitions=search.transitions,
                depth=search.level,
                frontier=len(search.states) - number,
                seconds=search.clock() - search.began,
                memory=max(0, search.weigh() - search.weight),
                left=still_to_find(search.levels[-3:], len(search.states) - sum(search.levels)),
            )
        )


def _exploration(search: Search, outcome: Outcome) -> Exploration:
    return Exploration(
        verdicts=findings(search.prepared.model, search.selected, outcome),
        states=len(search.states),
        transitions=search.transitions,
        depth=search.depth,
        complete=not outcome.stopped,
        coverage=tuple(search.taken.items()),
        statistics=Statistics(
            out_degree(search.degrees), search.idle, search.unexercised, search.widening
        ),
        engine=NAME,
        stopped=why_stopped(outcome),
    )
