"""One symbolic run of a step: what it sees, what it has changed, and how it has ended so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from modelcheck.engines.smt.symbolic.terms import Term, Terms
from modelcheck.engines.smt.symbolic.values import Algebra, Symbolic
from modelcheck.trace import Instance

Values = dict[str, Symbolic]
"""Of variables, by name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instance stands, as a number."""

    label: Term
    labels: tuple[str, ...]
    """In the order of their numbers; done has the one after the last."""

    def number(self, label: str | None) -> int:
        """The number of a label, or of done."""
        return len(self.labels) if label is None else self.labels.index(label)


@dataclass(frozen=True, slots=True)
class Ending:
    """A `Goto` that was reached: under which branches, and with which values."""

    branch: Term
    label: str | None
    shared: Values
    locals: Values


@dataclass(slots=True)
class Run:
    """What one run of a step, or of a property, sees and does; made for it and thrown away."""

    algebra: Algebra
    shared: Values
    locals: Values
    branch: Term
    """Under which conditions of branches this is reached."""

    blocked: Term
    """Where a wait is false, or nothing can be chosen, before any violation."""

    violated: Term
    """Where a check is false before anything blocks."""

    before: Mapping[str, Symbolic] = field(default_factory=dict)
    standings: Mapping[Instance, Standing] = field(default_factory=dict)
    chooser: str = ""
    """Who chooses, where several runs are taken together; part of the names of choice cells."""

    endings: list[Ending] = field(default_factory=list)
    choices: list[Term] = field(default_factory=list)
    """The cells that say which offer was taken, in the order of the choices."""

    @property
    def terms(self) -> Terms:
        """Where terms are built."""
        return self.algebra.terms

    @contextmanager
    def under(self, condition: Term) -> Iterator[None]:
        """What happens inside happens only where the condition holds as well."""
        outside = self.branch
        self.branch = self.terms.both(outside, condition)
        yield
        self.branch = outside

    def refute(self, condition: Term) -> None:
        """A check that fails where the condition holds."""
        terms = self.terms
        fails = terms.every((self.branch, terms.negation(self.blocked), condition))
        self.violated = terms.either(self.violated, fails)

    def block(self, condition: Term) -> None:
        """The step is not enabled where the condition holds."""
        terms = self.terms
        stops = terms.every((self.branch, terms.negation(self.violated), condition))
        self.blocked = terms.either(self.blocked, stops)


def begun(algebra: Algebra, shared: Values, own: Values) -> Run:
    """A run that sees these values."""
    true, false = algebra.terms.truth(value=True), algebra.terms.truth(value=False)
    return Run(algebra, dict(shared), dict(own), true, false, false)
