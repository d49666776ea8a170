"""A finding: everything that any format of a report tells, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelcheck.concrete.controller import Replay
from modelcheck.explain.explanation import Explanation, explain
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Trace, Violation


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of the state space an engine has seen."""

    states: int
    transitions: int
    depth: int
    """Of the deepest state seen, in steps from an initial state."""

    complete: bool
    """Whether every reachable state was seen; a check may stop at its first violation."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What to type to see the same again."""

    check: str
    replay: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated property with the trace that shows it and what became of it on a real system."""

    model: Model
    engine: str
    exploration: Effort
    violation: Violation
    trace: Trace
    shortest: bool
    """Whether no shorter trace violates the property; of a lasso, whether no way into one is."""

    commands: Commands
    replays: tuple[Replay, ...] = ()
    """In the order in which they are told: with the defect first, its control after it."""

    spec_texts: Mapping[str, str] = field(default_factory=dict)
    """The source of the spec and of what it imports, by path; the spec's own comes first.

    Its comments say what each step stands for. Empty: not at hand.
    """

    tool_version: str = ""

    @property
    def is_walk(self) -> bool:
        """Whether it shows a run that somebody made by hand, in which nothing is violated."""
        return self.violation.kind is PropertyKind.SOMETIMES

    explanation: Explanation | None = None
    """Why the trace fails; None: worked out where it is told."""


def explained(finding: Finding) -> Explanation:
    """Why the trace fails, worked out now if it has not been before."""
    known = finding.explanation
    return known or explain(finding.model, finding.trace, finding.violation)
