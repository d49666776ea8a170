"""Liveness on the graph of a search: a shortest way into a fair loop without a goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from modelcheck.engines.components import Duties, Watch, fair_components
from modelcheck.engines.graph import Graph
from modelcheck.engines.rounds import Round, shortest_round, tries
from modelcheck.engines.stems import Promises, Stems, stems
from modelcheck.engines.ways import Part
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Fairness, Property
from modelcheck.semantics import (
    Prepared,
    goal,
    judge,
    never_reached,
    successors,
)
from modelcheck.trace import State, Trace, TraceStep, Violated


@dataclass(frozen=True, slots=True)
class Explored:
    """What a search has seen, all of the state space or part of it."""

    prepared: Prepared
    states: Sequence[State]
    """By number; the initial ones first."""

    initial: int
    """How many of them are initial."""

    graph: Graph
    watch: Watch
    judged: Callable[[Expr], bytearray]
    """In which of them a condition is true, by number."""


def judged_in(
    prepared: Prepared, states: Sequence[State], watch: Watch
) -> Callable[[Expr], bytearray]:
    """What a search that stores states knows of conditions."""

    def watched() -> Iterator[State]:
        for state in states:
            watch()
            yield state

    return lambda condition: bytearray(map(judge(prepared, condition), watched()))


def refutation(explored: Explored, prop: Property) -> Violated | None:
    """A lasso that refutes a liveness property; None if there is none in what was explored.

    Its way into the loop is a shortest one through what was explored. If everything was, None says
    that the property holds of every fair behaviour; those that end in a violation go nowhere.
    """
    graph, size, watch = explored.graph, len(explored.states), explored.watch
    found = stems(graph, size, _promises(explored, prop), watch)
    owing = [state for state in found.owing if state < graph.expanded]
    duties = duties_of(explored.prepared)
    components = fair_components(graph, owing, size, duties, watch)
    if not components:
        return None
    parts = [Part(graph, frozenset(one), duties, watch) for one in components]
    home, taken = _nearest(found, parts)
    trace = _trace(explored, found.root_of(home), found.way_to(home), taken)
    violation = never_reached(explored.prepared, explored.states[home], prop)
    if violation is None:
        raise ModelCheckBug(f"a loop without a goal of {prop.name} passes one")
    return Violated(violation, trace)


def _promises(explored: Explored, prop: Property) -> Promises:
    only_initial = prop.target is None
    begins = bytearray(number < explored.initial for number in range(len(explored.states)))
    return Promises(
        initial=range(explored.initial),
        goals=explored.judged(goal(prop)),
        promises=begins if only_initial else explored.judged(prop.condition),
        only_initial=only_initial,
    )


def duties_of(prepared: Prepared) -> Duties:
    """Whom a model's processes are to be fair to."""
    due = [process.fairness for process in prepared.processes]
    return Duties(
        weak=frozenset(at for at, fairness in enumerate(due) if fairness is Fairness.WEAK),
        strong=frozenset(at for at, fairness in enumerate(due) if fairness is Fairness.STRONG),
    )


def _nearest(found: Stems, parts: list[Part]) -> tuple[int, Round]:
    """Of the nearest states of all `parts`, the one with the shortest round, and that round."""
    part_of = {state: part for part in parts for state in part.states}
    fair = [
        (distance, state)
        for distance, state in zip(found.distances, found.owing, strict=True)
        if state in part_of
    ]
    nearest = [state for distance, state in fair if distance == fair[0][0]]
    return shortest_round((state, part_of[state]) for state in nearest[: tries(len(part_of))])


def _trace(explored: Explored, root: int, way: Round, taken: Round) -> Trace:
    steps = tuple(_step(explored, state, number) for state, number in [*way, *taken])
    return Trace(explored.states[root], steps, loop=len(way))


def _step(explored: Explored, state: int, number: int) -> TraceStep:
    """A transition by its number, told again by the semantics."""
    onward = successors(explored.prepared, explored.states[state])
    transition, after = onward[number - explored.graph.begins[state]]
    if not isinstance(after, State):
        raise ModelCheckBug(f"a violation at {transition} was walked through")
    span = explored.prepared.steps[transition.instance.process][transition.label].span
    return TraceStep(transition, after, span)
