"""Comparison A: the model, by its semantics, against CPython, in every state and every transition.

`Disagreement` carries the schedule that shows it.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from modelcheck.check import Instance
from modelcheck.frontend.annotations import NotAType
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.ir.types import Value, values
from modelcheck.passes.leftovers import SUFFIX as CALLER
from modelcheck.semantics import initial, prepare, refute, refute_step, successors
from modelcheck.trace import Location, State, Violation
from tests.conformance.oracle import (
    Choices,
    Fails,
    Missing,
    Moved,
    Offers,
    Outcome,
    Run,
    Schedule,
    Stage,
    Waits,
    offered,
)

OUTSIDE = "value outside its domain"
"""The violation that CPython does not raise: an integer is an integer there."""


class Disagreement(AssertionError):
    """The model and CPython, or an engine and the reference, do not do the same."""


@dataclass(slots=True)
class Compared:
    """What was compared, so that a test can say that it was not nothing."""

    states: int = 0
    transitions: int = 0
    violations: int = 0
    disabled: int = 0
    taken: set[str] = field(default_factory=set)
    """The steps taken without a violation, as `process.label`."""

    skipped: set[str] = field(default_factory=set)
    """Locals that CPython does not have: the compiler made them for itself."""

    cleared: set[str] = field(default_factory=set)
    """Locals that the model forgot, where one procedure has several callers."""


Key = tuple[int, Choices]
"""Who moves, and with which choices."""

Ways = list[tuple[Location, Choices]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A state of the model, and one way on which CPython comes to it."""

    state: State
    schedule: Schedule


class Comparison:
    """Holds one spec's model against CPython."""

    def __init__(self, instance: Instance) -> None:
        self.stage = Stage(instance)
        self.prepared = prepare(instance.model)
        self.compared = Compared()

    def everywhere(self, limit: int) -> Compared:
        """Compare in every reachable state, up to `limit` of them."""
        pending = list(self.beginnings())
        seen = {visit.state for visit in pending}
        while pending and self.compared.states < limit:
            for visit in self.onward(pending.pop(0)):
                if visit.state not in seen:
                    seen.add(visit.state)
                    pending.append(visit)
        return self.compared

    def on_walks(self, walks: int, length: int, *, seed: int = 0) -> Compared:
        """Compare on random walks; where one ends, or may pass, every transition is tried."""
        chooser = random.Random(seed)
        beginnings = self.beginnings()
        for _ in range(walks):
            self._walk(chooser.choice(beginnings), length, chooser)
        return self.compared

    def _walk(self, visit: Visit, length: int, chooser: random.Random) -> None:
        run = self.stage.play(visit.schedule)
        fully = chooser.randrange(4 * length)  # in one walk of four
        for position in range(length):
            moves = self._moves(visit.state)
            if position == fully or not moves:
                self.onward(visit)
            if not moves:
                return
            key = chooser.choice(list(moves))
            schedule, there = visit.schedule.then(*key), moves[key]
            before = copy.deepcopy(run.shared)
            self._transition(visit, schedule, run.step(*key), there)
            if isinstance(there, Violation):
                return
            self._same(run, there, schedule)
            self._step_properties((before, run), (visit.state, there), schedule)
            visit = Visit(there, schedule)
            self._properties(run, visit)

    def beginnings(self) -> tuple[Visit, ...]:
        """The initial states, each with choices of the prologues that lead CPython there."""
        states = initial(self.prepared)
        starts: list[Ways] = []
        for at in range(len(self.stage.instances)):
            wanted = dict.fromkeys(state.locations[at] for state in states)
            starts.append(self._starts(at, list(wanted), [found[0][1] for found in starts]))
        ways = [dict(found) for found in starts]
        visits = []
        for state in states:
            pairs = zip(ways, state.locations, strict=True)
            schedule = Schedule(tuple(way[location] for way, location in pairs))
            self._same(self.stage.play(schedule), state, schedule)
            visits.append(Visit(state, schedule))
        return tuple(visits)

    def onward(self, visit: Visit) -> list[Visit]:
        """Compare all that can and cannot happen in a state; the states it leads to."""
        self.compared.states += 1
        run = self.stage.play(visit.schedule)
        self._properties(run, visit)
        before = copy.deepcopy(run.shared)
        moves = self._moves(visit.state)
        tried: set[Key] = set()
        found: list[Visit] = []
        for at, location in enumerate(visit.state.locations):
            for choices, (outcome, after) in self._tries(visit, at) if location.label else ():
                key = _prefix(moves, at, choices)
                there = moves.get(key)
                schedule = visit.schedule.then(at, choices if there is None else key[1])
                self._transition(visit, schedule, outcome, there)
                if isinstance(there, State):
                    self._demand(key[1] == choices, schedule, f"CPython chooses {choices}")
                    self._same(after, there, schedule)
                    self._step_properties((before, after), (visit.state, there), schedule)
                    found.append(Visit(there, schedule))
                tried.add(key)
        for key in moves.keys() - tried:
            text = f"CPython does not offer these choices; the model: {moves[key]}"
            self._demand(False, visit.schedule.then(*key), text)
        return found

    def _moves(self, state: State) -> dict[Key, State | Violation]:
        onward = successors(self.prepared, state)
        return {(self.prepared.positions[t.instance], t.choices): after for t, after in onward}

    def _tries(self, visit: Visit, at: int) -> Iterator[tuple[Choices, tuple[Outcome, Run]]]:
        runs: list[Run] = []

        def attempt(choices: Choices) -> Outcome:
            runs.append(self.stage.play(visit.schedule))
            return runs[-1].step(at, choices)

        for choices, outcome in offered(attempt):
            yield choices, (outcome, runs[-1])

    def _transition(
        self,
        visit: Visit,
        schedule: Schedule,
        outcome: Outcome,
        there: State | Violation | None,
    ) -> None:
        at = schedule.moves[-1][0]
        if isinstance(there, State):
            label = visit.state.locations[at].label
            self.compared.taken.add(f"{self.stage.instances[at].process}.{label}")
        match outcome, there:
            case (Waits(), None):
                self.compared.disabled += 1
            case (Moved(), State()):
                self.compared.transitions += 1
            case (Fails(_, file, line), Violation(message=message, span=span)):
                self.compared.violations += 1
                here = span is not None and line is not None and span.path == file
                if here and message != OUTSIDE:
                    inside = span.line <= line <= span.end_line
                    text = f"the model: {message} on line {span.line}; CPython: {outcome}"
                    self._demand(inside, schedule, text)
            case ((Moved() | Waits() | Offers()), Violation(message=message)) if message == OUTSIDE:
                self.compared.violations += 1
                run = self.stage.play(visit.schedule)
                seen = run.watched(*schedule.moves[-1])
                self._demand(seen, schedule, f"only the model has the violation {there}")
            case _:
                self._demand(False, schedule, f"CPython: {outcome}; the model: {there}")

    def _starts(self, at: int, wanted: list[Location], before: list[Choices]) -> Ways:
        """The choices of an instance's prologue with the location each leads to."""
        runs: list[Run] = []

        def attempt(choices: Choices) -> Outcome:
            runs.append(Run(self.stage, tuple(before)))
            return runs[-1].begin(choices)

        found: Ways = []
        for choices, outcome in offered(attempt):
            schedule = Schedule((*before, choices))
            self._demand(outcome == Moved(), schedule, f"a prologue cannot end in {outcome}")
            same = self._alike(runs[-1], at, wanted)
            self._demand(bool(same), schedule, f"no initial state of the model, of {wanted}")
            found += [(one, choices) for one in same]
        for one in wanted:
            there = any(location == one for location, _ in found)
            self._demand(there, Schedule(tuple(before)), f"only the model begins at {one}")
        return found

    def _alike(self, run: Run, at: int, wanted: list[Location]) -> list[Location]:
        """The locations at which CPython's instance stands; one of equal locals is the only one."""
        found: dict[Location, frozenset[str]] = {}
        before = frozenset(self.compared.cleared)
        for one in wanted:
            self.compared.cleared.clear()
            if not self._elsewhere(run, at, one):
                found[one] = frozenset(self.compared.cleared)
        same = [one for one, cleared in found.items() if not cleared] or list(found)
        self.compared.cleared.update(before, *(found[one] for one in same))
        return same

    def _same(self, run: Run, state: State, schedule: Schedule) -> None:
        """The shared state, where each instance stands, and every local that matters there."""
        value = run.value()
        self._demand(
            value == state.shared, schedule, f"CPython: {value}; the model: {state.shared}"
        )
        for at, location in enumerate(state.locations):
            difference = self._elsewhere(run, at, location)
            self._demand(not difference, schedule, difference)

    def _elsewhere(self, run: Run, at: int, location: Location) -> str:
        """How CPython's instance stands elsewhere; empty if it does not."""
        one = self.stage.instances[at]
        if run.labels[at] != location.label:
            return f"{one} stands at {run.labels[at]}, in the model at {location.label}"
        if location.label is None:
            return ""
        live = self.prepared.steps[one.process][location.label].live
        for name, value in zip(live, location.locals, strict=True):
            try:
                has = run.local(at, name)
            except (NotAType, KeyError) as problem:
                if self._is_cleared(one.process, name, value):
                    self.compared.cleared.add(name)
                    continue
                return f"{one}.{name}: {problem}, in the model {value}"
            if isinstance(has, Missing):
                self.compared.skipped.add(has.name)
            elif has != value and self._is_cleared(one.process, name, value):
                self.compared.cleared.add(name)
            elif has != value:
                return f"{one}.{name} is {has}, in the model {value}"
        return ""

    def _is_cleared(self, process: str, name: str, value: Value) -> bool:
        """Whether the model may have forgotten a local that matters to other callers only.

        It then has the first value of its type; that nothing depends on it, what follows shows.
        """
        typed = self.stage.locals[process]
        several = any(one.endswith(f".{CALLER}") for one in typed)
        return several and value == next(values(typed[name]))

    def _properties(self, run: Run, visit: Visit) -> None:
        for prop in self.prepared.model.properties:
            if prop.kind is not PropertyKind.EVERY_STEP:
                self._claim(prop, visit, answer=run.asks(prop.name))
            if prop.target is not None:
                follows = replace(prop, condition=prop.target)
                self._claim(follows, visit, answer=run.asks(prop.name, target=True))

    def _claim(self, prop: Property, visit: Visit, *, answer: bool) -> None:
        refuted = refute(self.prepared, visit.state, prop)
        text = f"{prop.name} is {answer}; the model: {refuted}"
        self._demand(answer == (refuted is None), visit.schedule, text)

    def _step_properties(
        self, reached: tuple[object, Run], states: tuple[State, State], schedule: Schedule
    ) -> None:
        before, run = reached
        for prop in self.prepared.model.properties:
            if prop.kind is PropertyKind.EVERY_STEP and states[0].shared != states[1].shared:
                answer = run.asks(prop.name, before=before)
                refuted = refute_step(self.prepared, *states, prop)
                text = f"{prop.name} is {answer}; the model: {refuted}"
                self._demand(answer == (refuted is None), schedule, text)

    def _demand(self, agreed: bool, schedule: Schedule, text: str) -> None:
        if not agreed:
            raise Disagreement(f"{text}\nschedule: {self._told(schedule)}")

    def _told(self, schedule: Schedule) -> str:
        names = [str(one) for one in self.stage.instances]
        starts = [
            f"{name} begins with {choices}"
            for name, choices in zip(names, schedule.starts, strict=False)
            if choices
        ]
        moves = [
            names[at] + (f"({', '.join(map(str, choices))})" if choices else "")
            for at, choices in schedule.moves
        ]
        return "; ".join([*starts, " ".join(moves) or "(initial state)"])


def _prefix(moves: dict[Key, State | Violation], at: int, choices: Choices) -> Key:
    """The model's move with these choices, or with the first of them: it fails before the rest."""
    found = [n for n in range(len(choices) + 1) if (at, choices[:n]) in moves]
    return at, choices[: found[-1]] if found else choices
