"""Runs that keep to precedences, held against all states together with what was taken so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from modelcheck.check import load
from modelcheck.engines.smt.events.search import explore
from modelcheck.ir.model import Model
from modelcheck.semantics import deadlock, initial, prepare, successors, violated_properties
from modelcheck.trace import Budget, Holds, State, Transition, Unknown, Violated, Violation
from tests.conformance.variants import ROOT

Side = tuple[str, int | None]
"""A step as `worker[0].attach`, and which time."""


@dataclass(frozen=True)
class Past:
    """How often each named step was taken, and which precedences' first halves were."""

    times: tuple[int, ...]
    seen: tuple[bool, ...]


class Monitor:
    """Goes through all states with all pasts, breadth first."""

    def __init__(self, model: Model, pairs: tuple[tuple[Side, Side], ...]) -> None:
        self.prepared, self.pairs = prepare(model), pairs
        self.names = [side[0] for pair in pairs for side in pair]

    def lengths(self) -> dict[str, int]:
        """For each property that is violated, by how few steps."""
        found: dict[str, int] = {}
        past = Past((0,) * len(self.names), (False,) * len(self.pairs))
        level = {(state, past) for state in initial(self.prepared)}
        known, depth = set(level), 0
        while level:
            following: set[tuple[State, Past]] = set()
            for state, before in level:
                for name in self._violated(state):
                    found.setdefault(name, depth)
                for after, then in self._onward(state, before):
                    if isinstance(after, Violation):
                        found.setdefault(after.property, depth + 1)
                    else:
                        following.add((after, then))
            level = following - known
            known |= level
            depth += 1
        return found

    def _violated(self, state: State) -> Iterator[str]:
        stuck = deadlock(self.prepared, state)
        yield from [] if stuck is None else [stuck.property]
        yield from (one.property for one in violated_properties(self.prepared, state))

    def _onward(self, state: State, past: Past) -> Iterator[tuple[State | Violation, Past]]:
        for transition, after in successors(self.prepared, state):
            then = self._then(transition, past)
            if then is not None:
                yield after, then

    def _then(self, transition: Transition, past: Past) -> Past | None:
        name = f"{transition.instance}.{transition.label}"
        times = tuple(n + (name == one) for n, one in zip(past.times, self.names, strict=True))
        seen = list(past.seen)
        for number, ((_, early), (last, late)) in enumerate(self.pairs):
            if name == last and late in (None, times[2 * number + 1]) and not seen[number]:
                return None
            if name == self.pairs[number][0][0] and early in (None, times[2 * number]):
                seen[number] = True
        return Past(times, tuple(seen))


def side(text: str) -> Side:
    name, _, time = text.partition("#")
    return name, int(time) if time else None


@pytest.mark.parametrize(
    ("kept", "steps"),
    [
        ("worker[0].detach < leader.reinitialize", 12),
        ("worker[0].detach < leader.reinitialize#2", 10),
        ("worker[1].exit < leader.reinitialize#1", 12),
        ("leader.launch#3 < worker[0].detach", 11),
        ("leader.launch#3 < worker[1].attach", None),
        ("worker[3].attach < worker[1].detach", 10),
        ("worker[0].detach < leader.reinitialize, worker[1].detach < leader.reinitialize#2", None),
    ],
)
def test_the_shortest_run_that_keeps_to_precedences_is_found(kept: str, steps: int | None) -> None:
    model = load(str(ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"), {}).model
    before = tuple(kept.split(", "))
    early_and_late = (one.split(" < ") for one in before)
    known = Monitor(model, tuple((side(a), side(b)) for a, b in early_and_late)).lengths()
    found = explore(model, budget=Budget(), full=True, before=before)
    violated = {
        one.property: len(one.verdict.trace.steps)
        for one in found.verdicts
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None
    }
    assert violated == known
    assert known.get("worker.detach") == steps
    assert found.before == before
    others = [one.verdict for one in found.verdicts if one.property not in known]
    assert all(isinstance(one, Unknown) or one == Holds(caveat=caveat(before)) for one in others)


def caveat(before: tuple[str, ...]) -> str:
    return f"in every run that keeps to {' and '.join(before)}"
