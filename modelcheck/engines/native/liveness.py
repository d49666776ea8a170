"""Liveness of a native search: the graph of its states in C, the lasso told on the semantics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from modelcheck.engines.contract import INTERRUPTED
from modelcheck.engines.liveness import duties_of
from modelcheck.engines.memory import memory_used_up
from modelcheck.engines.native.build import NoCompiler, find_compiler
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.graph import MOST_INSTANCES, Extent, Fair, Graph, load
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.rounds import shortest_round, tries
from modelcheck.engines.selection import Claim
from modelcheck.engines.verdicts import VIOLATING, Outcome
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Property
from modelcheck.semantics import LIVENESS, Prepared, never_reached, successors
from modelcheck.trace import Budget, State, Trace, TraceStep, Violated

TOO_MANY = "liveness is judged of at most {} process instances"
JUDGED_ON = "by the graph of the states, on which liveness is judged"
NO_MEMORY = f"the memory is used up {JUDGED_ON}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a graph is made of."""

    generated: Generated
    prepared: Prepared
    initial: Sequence[Words]
    """The initial states, in the order of the semantics."""

    selected: tuple[Claim, ...]

    @property
    def properties(self) -> tuple[Property, ...]:
        """The liveness properties that are to be judged."""
        return tuple(
            prop
            for prop in self.prepared.model.properties
            if prop.kind in LIVENESS and (prop.name, prop.kind) in self.selected
        )


Watching: TypeAlias = Callable[[int], None]
"""Is called with the number of states in the graph."""


class OutOfTime(Exception):
    """The budget of time is used up; the message says so."""


def with_liveness(
    subject: Subject, outcome: Outcome, extent: Extent, cache: Path, watch: Watching
) -> Outcome:
    """What a search found, and what is found of liveness in so much of the state space.

    States are numbered as the interpreter numbers them, and its lassos are found. `watch` is called
    ten times a second with the number of states in the graph; what it raises, `OutOfTime` or
    `KeyboardInterrupt`, leaves the properties undecided for which no lasso was found before.
    """
    if len(subject.prepared.instances) > MOST_INSTANCES:
        return replace(outcome, undecided=TOO_MANY.format(MOST_INSTANCES))
    lassos: dict[str, Violated] = {}
    caveat = undecided = ""
    try:
        violates = _judge(subject, extent, cache, watch, lassos)
        caveat = VIOLATING if violates and not outcome.stopped else ""
    except (OutOfTime, NoCompiler) as problem:
        undecided = str(problem)
    except KeyboardInterrupt:
        undecided = INTERRUPTED
    except MemoryError:
        undecided = NO_MEMORY
        if extent.memory is not None:
            undecided = f"{memory_used_up(Budget(memory=extent.memory))} {JUDGED_ON}"
    decided = {**outcome.decided, **lassos}
    return replace(outcome, decided=decided, caveat=caveat, undecided=undecided)


def _judge(
    subject: Subject, extent: Extent, cache: Path, watch: Watching, lassos: dict[str, Violated]
) -> bool:
    """Look for a lasso of each property; whether some transition violates a check."""

    def watched() -> None:
        watch(int(graph.seen.expanded))

    library = load(subject.generated, find_compiler(), cache)
    fairness = [process.fairness for process in subject.prepared.processes]
    with closing(Graph(subject.generated, fairness, library, watched)) as graph:
        graph.build(subject.initial, extent)
        for prop in subject.properties:
            with closing(Fair(graph, duties_of(subject.prepared))) as fair:
                size = fair.find(subject.generated.asked[prop.name])
                if size:
                    lassos[prop.name] = _Told(subject, graph, fair).lasso(prop, size)
        return graph.violates


@dataclass(frozen=True, slots=True)
class _Told:
    """The way from numbers to states."""

    subject: Subject
    graph: Graph
    fair: Fair

    def lasso(self, prop: Property, size: int) -> Violated:
        """The nearest lasso, one with a short loop, where so many states are in fair components."""
        homes = self.fair.nearest(tries(size))
        home, taken = shortest_round((state, self.fair) for state in homes)
        begin, way = self.fair.stem(home)
        steps = tuple(self.step(state, number) for state, number in [*way, *taken])
        violation = never_reached(self.subject.prepared, self.state(home), prop)
        if violation is None:
            raise ModelCheckBug(f"a loop without a goal of {prop.name} passes one")
        return Violated(violation, Trace(self.state(begin), steps, loop=len(way)))

    def state(self, number: int) -> State:
        return self.subject.generated.layout.unpack(self.graph.words(number))

    def step(self, state: int, number: int) -> TraceStep:
        """A transition by its number, told again by the semantics."""
        prepared = self.subject.prepared
        onward = [
            (transition, after)
            for transition, after in successors(prepared, self.state(state))
            if isinstance(after, State)
        ]
        transition, after = onward[self.graph.rank(state, number)]
        if after != self.state(self.fair.target(number)):
            raise ModelCheckBug(f"the semantics takes {transition} elsewhere")
        span = prepared.steps[transition.instance.process][transition.label].span
        return TraceStep(transition, after, span)
