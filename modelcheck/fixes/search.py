"""Try every candidate, keep those with which nothing fails, and order them by what they allow."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, islice

from modelcheck.check import Instance, load
from modelcheck.engines.contract import Engine, Exploration
from modelcheck.engines.interpreter import explore
from modelcheck.errors import UserError
from modelcheck.explain.explanation import explain
from modelcheck.fixes.candidates import Candidate, Named, candidates
from modelcheck.fixes.runs import passing_runs
from modelcheck.fixes.sequences import moved_items
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Holds, Trace, Transition, Violation

MOST = 300
"""So many candidates are tried."""

CONTEXT = 2
"""Lines around a change in its difference."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change with which every property holds, on all reachable states."""

    sentence: str
    difference: str
    """Of the spec's text, as `diff -u` gives it."""

    states: int
    runs: int | None
    """How many runs it has, all of which end well; None where one can go round for ever."""


@dataclass(frozen=True, slots=True)
class Fixes:
    """What came of the candidates."""

    found: tuple[Fix, ...]
    """Those that allow the most runs first; where they cannot be counted, the most states."""

    tried: int
    is_complete: bool
    """Whether every candidate was tried."""

    runs: int | None
    """How many runs of the spec as it is end well; None where one can go round for ever."""


def fixes(
    instance: Instance,
    settings: Mapping[str, str],
    trace: Trace,
    violation: Violation,
    *,
    budget: Budget,
    engine: Engine = explore,
    most: int = MOST,
) -> Fixes:
    """Search for fixes of a violation in the spec's own file.

    A fix leaves nothing violated, no deadlock among it, keeps what is promised, and leaves no step
    without use that was taken before. Of several that allow the same states and runs, the first
    one is told.
    """
    path, text = instance.loaded.source.path, instance.loaded.source.text
    before = engine(instance.model, budget=budget, full=True)
    hasty, late = _disordered(instance, trace, violation)
    changes = chain(
        candidates(instance.model, text, hasty, late),
        moved_items(instance.model, text, instance.loaded.namespace, trace),
    )
    tried, found = 0, dict[tuple[int, int | None], Fix]()
    for candidate in islice(changes, most):
        tried += 1
        fixed = _verified(path, settings, candidate, before, budget, engine)
        if fixed is not None:
            model, states = fixed
            runs = passing_runs(model)
            fix = Fix(candidate.sentence, _difference(path, text, candidate.text), states, runs)
            found.setdefault((states, runs), fix)
    best = sorted(found.values(), key=lambda fix: (-(fix.runs or 0), -fix.states))
    is_complete = next(changes, None) is None
    return Fixes(tuple(best), tried, is_complete, passing_runs(instance.model))


def _disordered(
    instance: Instance, trace: Trace, violation: Violation
) -> tuple[frozenset[Named], frozenset[Named]]:
    """The steps that should have come later, and those that should have come before them."""
    explained = explain(instance.model, trace, violation)
    hasty = [trace.schedule[one.earlier - 1] for one in explained.reorderings]
    late = [one.step for one in explained.reorderings]
    if explained.race is not None:
        hasty.append(trace.schedule[explained.race.earlier - 1])
        late.append(trace.schedule[explained.race.later - 1])
    return frozenset(map(_named, hasty)), frozenset(map(_named, late))


def _named(transition: Transition) -> Named:
    return transition.instance.process, transition.label


def _verified(
    path: str,
    settings: Mapping[str, str],
    candidate: Candidate,
    before: Exploration,
    budget: Budget,
    engine: Engine,
) -> tuple[Model, int] | None:
    """The changed model and its states, if every property holds in all and every step is of use."""
    try:
        model = load(path, settings, candidate.text).model
        found = engine(model, budget=budget)
    except UserError:
        return None
    holds = all(isinstance(one.verdict, Holds) and not one.verdict.caveat for one in found.verdicts)
    taken = dict(found.coverage)
    is_used = all(taken.get(step, 0) > 0 for step, times in before.coverage if times)
    return (model, found.states) if found.complete and holds and is_used else None


def _difference(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), path, path, n=CONTEXT, lineterm=""
    )
    return "\n".join(lines)
