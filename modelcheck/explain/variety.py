"""Different counterexamples to one property: a run for each pair of steps that may race."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.explain.explanation import explain
from modelcheck.explain.race import racing_pair
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.semantics import Memory, Prepared, initial, prepare, stuck, violated_steps
from modelcheck.trace import State, Trace, TraceStep, Transition, Violation

LARGEST = 100_000
"""So many states are searched."""

MOST = 1_000
"""So many ends of counterexamples are looked at where a check fails."""

MOST_EXPLAINED = 50
"""So many elsewhere, where it takes an explanation to see what races."""


@dataclass(frozen=True, slots=True)
class Variety:
    """Counterexamples to one property, no two with the same race."""

    found: tuple[tuple[Trace, Violation], ...]
    """The one that was known comes first; of the others, shorter ones."""

    ends: int
    """In how many states or transitions it is violated, as far as was looked."""

    is_complete: bool
    """Whether every end in the reachable states was looked at."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a counterexample ends: a state, and the transition that violates, if one does."""

    state: State
    transition: Transition | None
    after: State | None
    violation: Violation


def variety(
    model: Model,
    violation: Violation,
    known: Trace,
    *,
    largest: int = LARGEST,
    most: int | None = None,
) -> Variety:
    """A shortest run to each end that violates the same property, as far as their races differ.

    They differ from the race of `known`, too, a trace that ends in `violation`.

    Two races are the same where the same steps of the same processes meet at the same places,
    whichever instances they are. A run to the same end that comes there by another race is not
    told beside the first.
    """
    if most is None:
        most = MOST if violation.kind is PropertyKind.CHECK else MOST_EXPLAINED
    prepared = prepare(model)
    search = _Search(prepared)
    told = {_race(model, known, violation): (known, violation)}
    ends = 0
    is_complete = True
    for end in search.ends(violation, largest):
        if ends == most:
            is_complete = False
            break
        ends += 1
        trace = search.trace_to(end)
        told.setdefault(_race(model, trace, end.violation), (trace, end.violation))
    return Variety(tuple(told.values()), ends, is_complete and not search.is_cut)


def _race(model: Model, trace: Trace, violation: Violation) -> tuple[str, ...]:
    """What counterexamples with the same race have in common."""
    race = racing_pair(model, trace, violation) or explain(model, trace, violation).race
    if race is None:
        last = trace.schedule[-1:]
        return tuple(f"{one.instance.process}.{one.label}" for one in last)
    steps = (trace.schedule[number - 1] for number in (race.earlier, race.later))
    names = [f"{one.instance.process}.{one.label}" for one in steps]
    shapes = sorted({re.sub(r"\[[^\]]*\]", "[]", place) for place in race.places})
    return (*names, *shapes)


class _Search:
    """A breadth-first search that goes on after a violation."""

    def __init__(self, prepared: Prepared) -> None:
        self.is_cut = False
        self._prepared = prepared
        self._memory = Memory(prepared)
        self._parents: dict[State, tuple[State, Transition] | None] = {}

    def ends(self, wanted: Violation, largest: int) -> Iterator[End]:
        """Every state or transition that violates the property, nearest first."""
        level: list[State] = list(initial(self._prepared))
        self._parents = dict.fromkeys(level)
        while level:
            onward: list[State] = []
            for state in level:
                ends = tuple(self._ends_at(state, wanted))
                yield from ends
                if any(end.transition is None for end in ends):
                    continue  # a counterexample ends where the property is first violated
                for transition, after in self._memory.successors(state):
                    if isinstance(after, State) and after not in self._parents:
                        self._parents[after] = (state, transition)
                        onward.append(after)
            level = onward
            if len(self._parents) > largest:
                self.is_cut = bool(level)
                return

    def trace_to(self, end: End) -> Trace:
        """The way on which an end was found."""
        steps: list[tuple[Transition, State | None]] = []
        if end.transition is not None:
            steps.append((end.transition, end.after))
        state = end.state
        parent = self._parents[state]
        while parent is not None:
            steps.append((parent[1], state))
            state = parent[0]
            parent = self._parents[state]
        return Trace(state, tuple(self._told(*step) for step in reversed(steps)))

    def _told(self, transition: Transition, after: State | None) -> TraceStep:
        step = self._prepared.steps[transition.instance.process][transition.label]
        return TraceStep(transition, after, step.span)

    def _ends_at(self, state: State, wanted: Violation) -> Iterator[End]:
        onward = self._memory.successors(state)
        for violation in self._violated(state, wanted, is_stuck=not onward):
            yield End(state, None, None, violation)
        for transition, after in onward:
            if isinstance(after, Violation):
                if is_same(after, wanted):
                    yield End(state, transition, None, after)
            elif wanted.kind is PropertyKind.EVERY_STEP:
                for violation in violated_steps(self._prepared, state, after):
                    if is_same(violation, wanted):
                        yield End(state, transition, after, violation)

    def _violated(self, state: State, wanted: Violation, *, is_stuck: bool) -> Iterator[Violation]:
        if wanted.kind is PropertyKind.DEADLOCK and is_stuck:
            violation = stuck(self._prepared, state)
            if violation is not None:
                yield violation
        for prop in self._prepared.model.properties:
            if wanted.kind is PropertyKind.ALWAYS and prop.name == wanted.property:
                violation = self._memory.refute(state, prop)
                if violation is not None:
                    yield violation


def is_same(one: Violation, other: Violation) -> bool:
    """Whether two violations are of the same claim; of a step's checks, of the same one."""
    is_check = one.kind is PropertyKind.CHECK
    return (one.property, one.kind, one.message if is_check else "") == (
        other.property,
        other.kind,
        other.message if is_check else "",
    )
