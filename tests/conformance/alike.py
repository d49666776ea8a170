"""What an engine that looks for runs says, held against the interpreter."""

from __future__ import annotations

from modelcheck.engines import interpreter
from modelcheck.engines.contract import Engine, Exploration
from modelcheck.engines.follow import check_counterexample
from modelcheck.ir.model import Model
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Holds, HoldsWithin, Unknown, Verdict, Violated


def agree(engine: Engine, model: Model, budget: Budget) -> Exploration:
    """What the engine finds, where it says what the interpreter says, with traces as short."""
    found = engine(model, budget=budget, full=True)
    known = interpreter.explore(model, budget=budget, full=True)
    assert known.complete or not found.complete
    for ours, theirs in zip(found.verdicts, known.verdicts, strict=True):
        assert (ours.property, ours.kind) == (theirs.property, theirs.kind)
        assert is_alike(ours.verdict, theirs.verdict, found), ours
        match ours.verdict:
            case Violated(violation, trace) if trace is not None:
                assert check_counterexample(model, trace, violation) is None
            case _:
                pass
    return found


def is_alike(ours: Verdict, theirs: Verdict, found: Exploration) -> bool:
    """Whether one verdict says what the other says, as far as runs of bounded length tell."""
    if length(ours) != length(theirs):
        return False
    match ours:
        case Violated():
            return isinstance(theirs, Violated)
        case Holds():
            return isinstance(theirs, Holds)
        case HoldsWithin():
            return isinstance(theirs, Holds | HoldsWithin) and not found.complete
        case Unknown():
            return not isinstance(theirs, Violated) or theirs.trace is None or is_lasso(theirs)
        case _:
            return False


def is_lasso(one: Violated) -> bool:
    return one.violation.kind in LIVENESS


def length(verdict: Verdict) -> int | None:
    """Of a counterexample that ends, or of a witness."""
    match verdict:
        case Violated(_, trace) | Holds(trace) if trace is not None and trace.loop is None:
            return len(trace.steps)
        case _:
            return None
