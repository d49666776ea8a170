"""A walk through a model by hand: forward, back, elsewhere; what can be done, and why not more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from modelcheck.check import Instance, check
from modelcheck.engines.contract import Engine, Progress
from modelcheck.errors import SpecError, UserError
from modelcheck.explain.difference import Difference, differences
from modelcheck.explain.places import Holding, holdings
from modelcheck.frontend import lower, with_denial
from modelcheck.semantics import (
    Disabled,
    Prepared,
    apply,
    deadlock,
    enabled,
    initial,
    prepare,
    violated_properties,
    violated_steps,
    why_disabled,
)
from modelcheck.trace import Budget, State, Trace, TraceStep, Transition, Violated, Violation

ASKED = "asked_for"
"""The name of the property that a search for a state refutes."""


@dataclass(frozen=True, slots=True)
class Option:
    """A transition that can be taken here, and what it does."""

    transition: Transition
    changes: tuple[Difference, ...]
    violation: Violation | None
    """What it runs into, a check or a property; None: nothing."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """An instance that can take no step here, and why."""

    instance: str
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Where somebody stands in a run, with the steps before and those gone back over."""

    prepared: Prepared
    trace: Trace
    position: int = 0
    """How many steps of the trace lie behind."""

    @property
    def here(self) -> State:
        """The state at the position; where a check failed in the step before, that step's own."""
        for step in reversed(self.trace.steps[: self.position]):
            if step.after is not None:
                return step.after
        return self.trace.initial

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What is violated here: by the last step, in the state, or by deadlock."""
        found: list[Violation] = []
        if self.position:
            before = replace(self, position=self.position - 1).here
            last = self.trace.steps[self.position - 1]
            after = apply(self.prepared, before, last.transition)
            if isinstance(after, Violation):
                return (after,)
            found += violated_steps(self.prepared, before, self.here)
        found += violated_properties(self.prepared, self.here)
        stuck = deadlock(self.prepared, self.here)
        return tuple(found) if stuck is None else (*found, stuck)

    @property
    def is_over(self) -> bool:
        """Whether the last step ran into a failing check: then there is no state to go on from."""
        return self.position > 0 and self.trace.steps[self.position - 1].after is None

    def options(self) -> tuple[Option, ...]:
        """What can be done here, instances in the model's order."""
        if self.is_over:
            return ()
        return tuple(self._option(one) for one in enabled(self.prepared, self.here))

    def _option(self, transition: Transition) -> Option:
        after = apply(self.prepared, self.here, transition)
        if isinstance(after, State):
            violated = (
                *violated_steps(self.prepared, self.here, after),
                *violated_properties(self.prepared, after),
            )
            changes = differences(self.prepared.model, self.here, after)
            return Option(transition, changes, violated[0] if violated else None)
        return Option(transition, (), after if isinstance(after, Violation) else None)

    def standstills(self) -> tuple[Standstill, ...]:
        """Who cannot move here, and why."""
        if self.is_over:
            return ()
        found = (
            (instance, why_disabled(self.prepared, self.here, instance))
            for instance in self.prepared.instances
        )
        return tuple(Standstill(str(one), why.reason) for one, why in found if why is not None)

    def holdings(self) -> tuple[tuple[Holding, bool], ...]:
        """Every shared place here, and whether the last step changed it."""
        before = replace(self, position=max(0, self.position - 1)).here
        model = self.prepared.model
        changed = {one.place for one in differences(model, before, self.here)}
        return tuple((held, held.place in changed) for held in holdings(model, self.here))

    def take(self, transition: Transition) -> Walk:
        """Take a step; what was gone back over is forgotten unless it begins with that step.

        Raises `UserError` where the transition cannot be taken.
        """
        ahead = self.trace.steps[self.position :]
        if ahead and ahead[0].transition == transition:
            return replace(self, position=self.position + 1)
        after = None if self.is_over else apply(self.prepared, self.here, transition)
        if after is None or isinstance(after, Disabled):
            why = "the walk ended in a violation" if after is None else after.reason
            raise UserError(f"{transition} cannot be taken: {why}")
        span = self.prepared.steps[transition.instance.process][transition.label].span
        step = TraceStep(transition, after if isinstance(after, State) else None, span)
        steps = (*self.trace.steps[: self.position], step)
        return replace(self, trace=Trace(self.trace.initial, steps), position=self.position + 1)

    def move(self, by: int) -> Walk:
        """Go back (negative) or forward over steps that were taken, as far as there are any."""
        return self.jump(self.position + by)

    def jump(self, position: int) -> Walk:
        """Go to where `position` steps lie behind, or as near to it as the trace goes."""
        return replace(self, position=min(max(0, position), len(self.trace.steps)))

    def kept(self) -> Trace:
        """The steps that lie behind, as a trace."""
        return Trace(self.trace.initial, self.trace.steps[: self.position])


def begin(instance: Instance, trace: Trace | None = None) -> Walk:
    """Stand in the first initial state, or at the beginning of a trace."""
    prepared = prepare(instance.model)
    return Walk(prepared, trace or Trace(initial(prepared)[0], ()))


def find(
    walk: Walk,
    instance: Instance,
    text: str,
    *,
    engine: Engine,
    budget: Budget,
    progress: Progress | None = None,
) -> Walk | None:
    """Stand at the end of a shortest run to a state that satisfies an expression, if there is one.

    `text` is what a property would return, over `s`. Raises `UserError` where it is outside the
    language, and where the budget ends the search.
    """
    try:
        model = lower(with_denial(instance.loaded, ASKED, text))
    except SpecError as problem:
        raise UserError(f"`{text}` cannot be looked for: {problem.message}") from None
    asked = Instance(instance.loaded, model)
    checked = check(
        asked, budget=budget, properties=frozenset({ASKED}), progress=progress, engine=engine
    )
    (found,) = checked.exploration.verdicts
    match found.verdict:
        case Violated(_, trace) if trace is not None:
            return replace(walk, trace=trace, position=len(trace.steps))
        case _ if checked.exploration.complete:
            return None
        case _:
            raise UserError(
                f"no state satisfies `{text}` among {checked.exploration.states:,}, and there are "
                "more"
            )
