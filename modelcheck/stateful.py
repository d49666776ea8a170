"""An implementation walked by Hypothesis beside the model of its spec, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from modelcheck.check import Instance
from modelcheck.errors import UserError
from modelcheck.explain.difference import differences
from modelcheck.frontend.annotations import NotAType, encode, record_type
from modelcheck.semantics import Prepared, initial, prepare, successors
from modelcheck.trace import Instance as One
from modelcheck.trace import State, Transition

I = TypeVar("I")  # noqa: E741  # an implementation
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Pair(Generic[I, S]):
    """A model, and what is to behave like it."""

    instance: Instance
    prepared: Prepared
    initial: State
    begin: Callable[[], I]
    steps: Mapping[str, Callable[..., object]]
    abstract: Callable[[I], S]


def pair(
    instance: Instance,
    begin: Callable[[], I],
    steps: Mapping[str, Callable[..., object]],
    abstract: Callable[[I], S],
) -> Pair[I, S]:
    """Put them beside each other; raises `UserError` where a step has no counterpart."""
    prepared = prepare(instance.model)
    names = [f"{p.name}.{step.label}" for p in instance.model.processes for step in p.steps]
    for name in names:
        if name not in steps:
            raise UserError(f"the step {name} has no callable", way_out=f"map {name!r} to one")
    for name in steps:
        if name not in names:
            raise UserError(f"the spec has no step {name}", way_out=f"it has: {', '.join(names)}")
    starts = initial(prepared)
    if len(starts) > 1:
        raise UserError(
            f"the spec has {len(starts)} initial states, and an implementation begins in one",
            way_out="make the choice in a step, not before the first one",
        )
    return Pair(instance, prepared, starts[0], begin, steps, abstract)


class Walk(RuleBasedStateMachine):
    """One run of both; the subclasses that `machine` makes have a rule for each step."""

    pair: ClassVar[Pair[object, object]]

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Transition] = []
        self.implementation = self.pair.begin()
        self._arrive(self.pair.initial)

    def ways(self, instance: One, label: str) -> list[str]:
        """What the transitions of one instance's step are called that can be taken here."""
        return [
            name
            for name, (transition, _) in self.onward.items()
            if (transition.instance, transition.label) == (instance, label)
        ]

    def take(self, name: str) -> None:
        """Take a transition on both sides."""
        transition, after = self.onward[name]
        self.taken.append(transition)
        given = () if transition.instance.index is None else (transition.instance.index,)
        self.pair.steps[f"{transition.instance.process}.{transition.label}"](
            self.implementation, *given, *transition.choices
        )
        self._arrive(after)

    def _arrive(self, state: State) -> None:
        """Compare; then look where it goes on. A transition that violates goes nowhere."""
        self.state = state
        self._compare(self.pair.abstract(self.implementation))
        self.onward = {
            str(transition): (transition, after)
            for transition, after in successors(self.pair.prepared, state)
            if isinstance(after, State)
        }

    def _compare(self, has: object) -> None:
        loaded, model = self.pair.instance.loaded, self.pair.instance.model
        try:
            value = encode(has, record_type(loaded.spec.shared))
        except NotAType as problem:
            raise AssertionError(self._parted([f"what it is abstracted to: {problem}"])) from None
        shared = value if isinstance(value, tuple) else ()
        found = differences(model, self.state, State(shared, self.state.locations))
        if found:
            lines = [f"{one.place} is {one.after}, in the spec {one.before}" for one in found]
            raise AssertionError(self._parted(lines))

    def _parted(self, how: list[str]) -> str:
        """Where the implementation and the spec part, and the schedule that leads there."""
        after = f"after step {len(self.taken)}, {self.taken[-1]}" if self.taken else "at the begin"
        schedule = [f"{number:>5}  {one}" for number, one in enumerate(self.taken, start=1)]
        told = [f"   {line}" for line in how]
        return "\n".join([f"implementation and spec part {after}", *told, "", *schedule]).rstrip()


def machine(pair: Pair[I, S]) -> type[RuleBasedStateMachine]:
    """A state machine for Hypothesis with a rule for each step of each instance.

    A rule for each: what is left of a run means the same when Hypothesis leaves out a part of it.
    """
    steps = [
        (instance, step.label)
        for instance, process in zip(pair.prepared.instances, pair.prepared.processes, strict=True)
        for step in process.steps
    ]
    rules = {f"step_{number}": _rule(*step) for number, step in enumerate(steps)}
    return type("SpecMachine", (Walk,), {"pair": pair, "at_rest": _at_rest(), **rules})


def _rule(instance: One, label: str) -> Callable[[Walk, strategies.DataObject], None]:
    def take(self: Walk, data: strategies.DataObject) -> None:
        ways = self.ways(instance, label)
        self.take(ways[0] if len(ways) == 1 else data.draw(strategies.sampled_from(ways)))

    take.__name__ = re.sub(r"\W+", "_", f"{instance}.{label}")  # as the failing example calls it
    possible = precondition(lambda walk: bool(walk.ways(instance, label)))
    return possible(rule(data=strategies.data())(take))


def _at_rest() -> Callable[[Walk], None]:
    """A rule for where no step can be taken: Hypothesis wants one at any time."""

    @precondition(lambda walk: not walk.onward)
    @rule()
    def at_rest(_self: Walk) -> None:
        return None

    return at_rest
