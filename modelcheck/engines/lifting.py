"""A trace of a simpler model as a trace of the model that it was made from.

The schedule is what both have in common. Of the states it is only known that the one model's are
the other's without what was left out, so each trace is followed again on the semantics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelcheck.engines.contract import PropertyVerdict
from modelcheck.engines.follow import Followed, follow
from modelcheck.errors import ModelCheckBug
from modelcheck.passes.merging import Label
from modelcheck.semantics import Prepared, apply, initial
from modelcheck.trace import (
    Holds,
    Instance,
    Location,
    State,
    Trace,
    Transition,
    Violated,
    Violation,
)


@dataclass(frozen=True, slots=True)
class Lifting:
    """From a simpler model, `slim`, to the one that it was made from."""

    full: Prepared
    slim: Prepared
    silent: frozenset[Label] = frozenset()
    """Where the simpler model never stands: there the step is taken at once."""

    def lifted(self, found: PropertyVerdict) -> PropertyVerdict:
        """A verdict on `slim` with its trace as one of `full`."""
        match found.verdict:
            case Violated(violation, trace) if trace is not None:
                followed = self._followed(trace)
                told = _told(violation, followed)
                looped = _looped(self.full, followed.trace, trace)
                is_shortest = found.shortest and not self.silent
                reach = None if self.silent else found.reach
                decided = Violated(told, looped)
                return replace(
                    found, verdict=decided, shortest=is_shortest, reach=reach, followed=followed
                )
            case Holds(witness, caveat) if witness is not None:
                return replace(found, verdict=Holds(self._followed(witness).trace, caveat))
            case _:
                return found

    def _followed(self, trace: Trace) -> Followed:
        for start in initial(self.full):
            state, schedule = self._settled(start, self.full.instances)
            if not _is_same(self.full, self.slim, state, trace.initial):
                continue
            schedule += self._onward(state, trace) if self.silent else trace.schedule
            followed = follow(self.full, start, tuple(schedule))
            if followed.divergence is None:
                return followed
        raise ModelCheckBug("a trace of the simpler model is none of the model behind it")

    def _onward(self, state: State, trace: Trace) -> Iterator[Transition]:
        """The transitions of a trace, with those that the simpler model has merged with them."""
        for transition in trace.schedule:
            yield transition
            after = apply(self.full, state, transition)
            if isinstance(after, State):
                state, more = self._settled(after, (transition.instance,))
                yield from more

    def _settled(
        self, state: State, instances: tuple[Instance, ...]
    ) -> tuple[State, list[Transition]]:
        """Take the steps that the simpler model has taken already, and tell which."""
        taken: list[Transition] = []
        for instance in instances:
            at = self.full.positions[instance]
            label = state.locations[at].label
            while label is not None and (instance.process, label) in self.silent:
                taken.append(Transition(instance, label))
                after = apply(self.full, state, taken[-1])
                if not isinstance(after, State):
                    raise ModelCheckBug(f"{taken[-1]} was merged and cannot be taken")
                state, label = after, after.locations[at].label
        return state, taken


def _told(violation: Violation, followed: Followed) -> Violation:
    """What is violated: of several checks in one step the first, as the model has them."""
    return violation if followed.violation is None else followed.violation


def _is_same(full: Prepared, slim: Prepared, one: State, other: State) -> bool:
    """Whether the instances stand alike, as far as the simpler model knows their locals."""
    return all(
        _known(slim, at, there) <= _known(full, at, here) and here.label == there.label
        for at, (here, there) in enumerate(zip(one.locations, other.locations, strict=True))
    )


def _known(prepared: Prepared, at: int, location: Location) -> frozenset[tuple[str, object]]:
    live = prepared.processes[at].live(location.label)
    return frozenset(zip(live, location.locals, strict=True))


def _looped(full: Prepared, trace: Trace, slim: Trace) -> Trace:
    """A lasso goes round until what the simpler model left out comes back as well."""
    if slim.loop is None:
        return trace
    again = slim.schedule[slim.loop :]
    begins = {_state(trace, slim.loop): slim.loop}
    for end, longer in _rounds(full, trace, again):
        state = _state(longer, end)
        if state in begins:
            return replace(longer, loop=begins[state])
        begins[state] = end
    raise ModelCheckBug("a loop of the simpler model does not come back")


def _rounds(
    full: Prepared, trace: Trace, again: tuple[Transition, ...]
) -> Iterator[tuple[int, Trace]]:
    """The trace with one round of its loop, two, and so on; how many steps each has."""
    while True:
        yield len(trace.steps), trace
        trace = follow(full, trace.initial, (*trace.schedule, *again)).trace


def _state(trace: Trace, number: int) -> State:
    state = trace.initial if number == 0 else trace.steps[number - 1].after
    if state is None:
        raise ModelCheckBug("a loop leads through a violation")
    return state
