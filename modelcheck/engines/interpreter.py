"""Breadth-first search over the semantics: small, slow, obviously right.

Level by level, states in the order found, transitions in the order of `successors`. A state is
judged by the `always` and `sometimes` properties when it is found, by deadlock when it is expanded,
and a transition by the `every_step` properties, so every trace is a shortest one for its property.
A search that stops at a violation completes the level first, so that what it says does not depend
on the order within the level. A state that violates is stored and expanded like any other; a
transition that violates a check leads to no state: it is taken, but is no transition of the graph
that is counted. Liveness is judged after the search, on the graph that it has seen.

Where symmetry is used, only representatives are stored, and traces lifted from the ways to them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from modelcheck.engines.contract import (
    INTERRUPTED,
    UNREDUCED,
    Exploration,
    Progress,
    ProgressReport,
    Reduction,
)
from modelcheck.engines.forecast import still_to_find
from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.liveness import Explored, judged_in, refutation
from modelcheck.engines.memory import memory_used_up, resident
from modelcheck.engines.search import Search, Stop
from modelcheck.engines.selection import Claim, select
from modelcheck.engines.statistics import Statistics, out_degree
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
    Successor,
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

Taken = tuple[State, Transition, State | Violation]


def explore(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    weigh: Callable[[], int] = resident,
    reductions: frozenset[Reduction] = frozenset(),
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
    if Reduction.SYMMETRY in reductions:
        from modelcheck.engines.symmetry.quotient import quotient  # noqa: PLC0415  # slow

        search.orbits, reduced = quotient(prepared, selected)
        search.reduced = (reduced,)
    if Reduction.STUBBORN in reductions:
        from modelcheck.engines.stubborn import Chooser, stubborn  # noqa: PLC0415  # slow

        relation, told = stubborn(prepared, selected, reductions)
        search.reduced = (*search.reduced, told)
        search.chooser = None if relation is None else Chooser(prepared, relation)
    search.taken = {name: 0 for name, _ in model.steps()}
    if not _undecided(search) and any(kind in LIVENESS for _, kind in search.selected):
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
        within = stop.within if search.chooser is None else None
        return Outcome(search.decided, stop.reason, within, undecided=_undecided(search))
    _survey(search)
    violates = search.graph is not None and NOWHERE in search.graph.targets
    caveat = VIOLATING if violates else ""
    return Outcome(search.decided, "", caveat=caveat, undecided=_undecided(search))


def _undecided(search: Search) -> str:
    return "" if search.orbits is None and search.chooser is None else UNREDUCED


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

    def watch() -> None:
        _watch_clock(search)

    judged = judged_in(search.prepared, search.states, watch)
    explored = Explored(search.prepared, search.states, starts, search.graph, watch, judged)
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
    for state in dict.fromkeys(_stored(search, state) for state in initial(search.prepared)):
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
    onward = _onward(search, number)
    before = search.transitions
    for state, transition, after in onward:
        if isinstance(after, State):
            _judge_step(search, number, state, transition, after)
    for transition, after in _followed(search, number, onward):
        search.taken[f"{transition.instance.process}.{transition.label}"] += 1
        if isinstance(after, Violation):
            _violate(search, after, number, transition)
            reached = NOWHERE
        else:
            search.transitions += 1
            stored = _stored(search, after)
            known = search.numbers.get(stored)
            reached = _find(search, stored, (number, transition)) if known is None else known
        _keep(search, transition, reached)
    search.degrees[search.transitions - before] += 1
    if search.graph is not None:
        search.graph.close()


def _is_too_heavy(search: Search) -> bool:
    most = search.budget.memory
    return most is not None and search.weigh() - search.weight > most


def _stored(search: Search, state: State) -> State:
    """The state that is stored for one: itself, or its representative."""
    return state if search.orbits is None else search.orbits.canonical(state).state


def _onward(search: Search, number: int) -> list[Taken]:
    """The transitions from a stored state, with the states they are taken in; judges deadlock."""
    state, memory = search.states[number], search.memory
    if search.orbits is None:
        found = [(state, transition, after) for transition, after in memory.successors(state)]
        if not found:
            _judge_deadlock(search, number, state)
        return found
    for variant in search.orbits.variants(state):
        if not memory.successors(variant.state):
            _judge_deadlock(search, number, variant.state)
    taken = search.orbits.successors(memory, state)
    return [(variant.state, transition, after) for variant, (transition, after) in taken]


def _followed(search: Search, number: int, onward: list[Taken]) -> tuple[Successor, ...]:
    """The transitions that the search goes on with: all that lead out of a state, or enough."""
    every = tuple((transition, after) for _, transition, after in onward)
    return search.chooser.followed(search.states[number], every) if search.chooser else every


def _keep(search: Search, transition: Transition, reached: int) -> None:
    if search.graph is not None:
        search.graph.add(search.prepared.positions[transition.instance], reached)


def _judge_step(
    search: Search, number: int, state: State, transition: Transition, after: State
) -> None:
    for prop in search.prepared.model.properties:
        if prop.kind is PropertyKind.EVERY_STEP and (prop.name, prop.kind) in search.selected:
            violation = search.memory.refute_step(state, after, prop)
            if violation is not None:
                _violate(search, violation, number, transition, after)


def _look_ahead(search: Search, begin: int) -> None:
    """Judge deadlock in the last level, and stop unless nothing leads out of it."""
    ahead = False
    for number in range(begin, len(search.states)):
        onward = _onward(search, number)
        for _, transition, after in onward:
            known = None if isinstance(after, Violation) else search.numbers.get(after)
            _keep(search, transition, NOWHERE if known is None else known)
        if search.graph is not None:
            search.graph.close()
        if not onward:
            search.degrees[0] += 1
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
            found = Holds(_trace(search, number))
            search.decided[prop.name] = _lifted(search, (prop.name, prop.kind), number) or found
        elif prop.kind is PropertyKind.ALWAYS:
            violation = search.memory.refute(state, prop)
            if violation is not None:
                _violate(search, violation, number, None)
    return number


def _judge_deadlock(search: Search, number: int, state: State) -> None:
    violation = stuck(search.prepared, state)
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
    found = _lifted(search, (name, violation.kind), number)
    search.decided[name] = found or Violated(violation, trace)
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


def _lifted(search: Search, claim: Claim, number: int) -> Violated | Holds | None:
    """The run of the model that the way to a representative stands for; None without symmetry."""
    if search.orbits is None:
        return None
    way = [search.states[number]]
    parent = search.parents[number]
    while parent is not None:
        way.append(search.states[parent[0]])
        parent = search.parents[parent[0]]
    from modelcheck.engines.symmetry.lifting import lifted  # noqa: PLC0415  # slow

    return lifted(search.orbits, claim, tuple(reversed(way)))[0]


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
    verdicts = findings(search.prepared.model, search.selected, outcome)
    if search.chooser is not None:
        from modelcheck.engines.stubborn import found_longer  # noqa: PLC0415  # slow

        verdicts = found_longer(verdicts)
    return Exploration(
        verdicts=verdicts,
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
        stands_for=_stands_for(search) if not outcome.stopped else None,
        reductions=search.reduced,
    )


def _stands_for(search: Search) -> int | None:
    return None if search.orbits is None else sum(map(search.orbits.size, search.states))
