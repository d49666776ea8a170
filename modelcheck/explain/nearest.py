"""The nearest run in which nothing fails: the fewest conflicting steps in another order.

Runs are built step by step, nearest first (Dijkstra's algorithm). A run takes the steps of the
failing one with the same choices, each instance its own in the same order, until an instance comes
to stand elsewhere; from then on that one goes as it likes, as does one that has taken all of its
steps. Two steps are in another order where they conflict, the failing run takes one first, and the
other run takes it later or not at all; whatever the failing run does not come to counts as later.
Of runs that are equally near, the one that leaves the failing run last is taken. Where too many
beginnings leave it late, it is one with the fewest steps that the failing run does not come to.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from modelcheck.explain.conflicts import Touch, is_conflict, sight, touched
from modelcheck.explain.fates import Fate, Fates
from modelcheck.explain.moments import moments
from modelcheck.ir.types import Value
from modelcheck.semantics import Accesses, Prepared, accesses, named_by_step
from modelcheck.trace import Instance, Location, State, Trace, Transition

LARGEST = 5_000
"""So many beginnings of runs are looked at before the nearest one is left open.

Half of them are the latest to leave the failing run.
"""

NEAREST = 1
"""No run is nearer in which nothing fails: without a pair in another order it is the failing one.

So the beginnings that are nearer are not looked at before those at this distance, but with them.
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of the nearest run."""

    transition: Transition
    number: int | None
    """Of the same step in the failing run, from 1; None: that run does not come to it."""

    touch: Touch
    overtaken: tuple[int, ...]
    """The steps of the failing run that come before it there, conflict with it, and are to come."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A run in which nothing fails, as far as it differs from the failing one; it goes on."""

    distance: int
    """How many pairs of conflicting steps are in another order."""

    steps: tuple[Taken, ...]


class Missing(Enum):
    """Why there is no nearest run."""

    IMPOSSIBLE = "impossible"  # with the choices of the failing run, every order of steps violates
    OPEN = "open"  # there are too many orders to say


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a run."""

    state: State
    left: tuple[tuple[int, ...], ...]
    """Of each instance the numbers of the steps of the failing run that it has still to take."""

    lead: int
    """How many steps of the failing run were left when this one first took another; 0: not yet."""

    last: Taken | None
    before: Beginning | None


def nearest_run(
    prepared: Prepared, trace: Trace, fates: Fates, *, largest: int = LARGEST
) -> Nearest | Missing:
    """The nearest run to a failing one that is no lasso."""
    search = _Search(prepared, trace, fates)
    latest = _find(search, largest // 2, lambda lead, extra: (lead, extra))
    if latest is not Missing.OPEN:
        return latest
    return _find(search, largest // 2, lambda lead, extra: (extra, lead))


def _find(
    search: _Search, largest: int, rank: Callable[[int, int], tuple[int, int]]
) -> Nearest | Missing:
    """Of the runs that are equally near, one whose lead and number of foreign steps rank first."""
    counter, is_open = 0, False
    waiting = [(NEAREST, rank(0, 0), counter, 0, 0, search.start)]
    reached: dict[tuple[State, tuple[tuple[int, ...], ...]], int] = {}
    while waiting:
        _, _, _, distance, extra, here = heapq.heappop(waiting)
        if reached.get((here.state, here.left), distance + 1) <= distance:
            continue
        reached[here.state, here.left] = distance
        if len(reached) > largest or search.fates.is_spent:
            return Missing.OPEN
        if not any(here.left):
            fate = search.fates.of(here.state)
            if fate is Fate.SAFE:
                return Nearest(distance, _steps(here))
            is_open |= fate is Fate.OPEN
            continue
        for taken, beginning in search.onward(here):
            counter += 1
            farther = distance + len(taken.overtaken)
            foreign = extra + (taken.number is None)
            ranked = rank(beginning.lead, foreign)
            near = max(farther, NEAREST)
            heapq.heappush(waiting, (near, ranked, counter, farther, foreign, beginning))
    return Missing.OPEN if is_open else Missing.IMPOSSIBLE


class _Search:
    """What the beginnings of runs are compared with."""

    def __init__(self, prepared: Prepared, trace: Trace, fates: Fates) -> None:
        told = moments(trace)
        self._prepared = prepared
        self.fates = fates
        self._failing = tuple(moment.transition for moment in told)
        self._sight = sight(prepared)
        self._touched = touched(prepared, told)
        self._named = {
            name: {label: named_by_step(prepared, step) for label, step in steps.items()}
            for name, steps in prepared.steps.items()
        }
        self._known: dict[tuple[Transition, Location, tuple[Value, ...]], Accesses] = {}
        self.start = Beginning(trace.initial, _own(prepared, self._failing), 0, None, None)

    def onward(self, here: Beginning) -> Iterator[tuple[Taken, Beginning]]:
        """Every step that violates nothing."""
        for transition, after in self.fates.onward(here.state):
            if not isinstance(after, State):
                continue
            at = self._prepared.positions[transition.instance]
            own = here.left[at]
            if own and self._failing[own[0] - 1] == transition:
                number, rest = own[0], own[1:]
                did = self._touched[number - 1]
            elif own and self._failing[own[0] - 1].label == transition.label:
                continue  # another choice is no other order
            else:
                number, rest = None, ()
                did = self._touch(here.state, transition, after)
            left = (*here.left[:at], rest, *here.left[at + 1 :])
            taken = Taken(transition, number, did, self._overtaken(left, at, number, did))
            ahead = sum(map(len, here.left))
            is_next = number == len(self._failing) - ahead + 1
            lead = here.lead or (0 if is_next else ahead)
            yield taken, Beginning(after, left, lead, taken, here)

    def _touch(self, before: State, transition: Transition, after: State) -> Touch:
        """What a step touches; where it sees the same again, it is not taken again to know that."""
        at = self._prepared.positions[transition.instance]
        named = self._named[transition.instance.process][transition.label]
        seen = tuple([before.shared[position] for position in named])
        key = (transition, before.locations[at], seen)
        if key not in self._known:
            self._known[key] = accesses(self._prepared, before, transition)
        return Touch(self._known[key], self._sight.of(before) != self._sight.of(after))

    def _overtaken(
        self, left: tuple[tuple[int, ...], ...], at: int, number: int | None, did: Touch
    ) -> tuple[int, ...]:
        """The earlier steps of others that are still to come and conflict."""
        earlier = (n for other in (*left[:at], *left[at + 1 :]) for n in other)
        return tuple(
            n
            for n in sorted(earlier)
            if (number is None or n < number) and is_conflict(self._touched[n - 1], did)
        )


def _own(prepared: Prepared, failing: tuple[Transition, ...]) -> tuple[tuple[int, ...], ...]:
    def of(instance: Instance) -> tuple[int, ...]:
        return tuple(n for n, one in enumerate(failing, 1) if one.instance == instance)

    return tuple(of(instance) for instance in prepared.instances)


def _steps(last: Beginning) -> tuple[Taken, ...]:
    found: list[Taken] = []
    here: Beginning | None = last
    while here is not None and here.last is not None:
        found.append(here.last)
        here = here.before
    return tuple(reversed(found))
