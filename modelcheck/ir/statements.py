"""Statements: the loop-free code of a step, run in order and seeing its own writes."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelcheck.ir.expressions import Expr, Place, Variable
from modelcheck.source import Span


@dataclass(frozen=True, slots=True)
class Assign:
    """Give a place a value; one outside the place's type is a `domain` violation."""

    place: Place
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Push:
    """Append to a queue; on a full one it is a `queue` violation."""

    queue: Place
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Pop:
    """Take the oldest item of a queue (into `target`); on an empty one a `queue` violation."""

    queue: Place
    target: Place | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a value into a bag or a set: into a full bag, or outside the domain, a violation."""

    container: Place
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take one such value out of a bag, or it is a violation; a set that has none stays as is."""

    container: Place
    value: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """An assertion: false is a `check` violation, which ends the trace."""

    condition: Expr
    message: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """False: the step is not enabled and nothing has happened. Before every shared write."""

    condition: Expr
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that may be chosen where `condition` holds; else it is not even evaluated."""

    condition: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Choose:
    """Give a local one of the values on offer, one transition per distinct value; none disables.

    Before every shared write.
    """

    target: Variable
    offers: tuple[Offer, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """One of two branches; where both fall through, the code after it goes on."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Goto:
    """End the step: the instance now stands at `label`, or is done (None)."""

    label: str | None


Statement = Assign | Push | Pop | Insert | Remove | Check | Wait | Choose | If | Goto
