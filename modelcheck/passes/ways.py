"""The ways through the part of a step that can still block or choose.

An engine or export that cannot take a step back needs everything that can disable it beforehand.
Waits and choices stand before every write of shared state, so each way is a straight line of
statements on which nothing shared has changed, followed by code that always runs to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from modelcheck.ir.expressions import Expr, Variable
from modelcheck.ir.statements import Choose, If, Offer, Statement, Wait
from modelcheck.ir.walk import reachable, statements


@dataclass(frozen=True, slots=True)
class Assume:
    """The way is taken only where the condition holds: a wait, or a branch."""

    condition: Expr
    holds: bool
    """Whether the condition must be true, or false."""


@dataclass(frozen=True, slots=True)
class Take:
    """The way takes offer number `number`, unless an earlier one on offer is equal."""

    target: Variable
    offers: tuple[Offer, ...]
    number: int


Move: TypeAlias = Assume | Take | Statement


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a step."""

    moves: tuple[Move, ...]
    """In order; its statements are checks and assignments to locals."""

    rest: tuple[Statement, ...]
    """What follows: no wait, no choice, and a `Goto` at the end of every path."""


def ways(body: tuple[Statement, ...], moves: tuple[Move, ...] = ()) -> Iterator[Way]:
    """Every way through `body`, in the order in which the semantics would try them.

    In a state and for one resolution of the choices, at most one way has all its assumptions true.
    """
    body = reachable(body)
    if not any(isinstance(one, Wait | Choose) for one in statements(body)):
        yield Way(moves, body)
        return
    first, rest = body[0], body[1:]
    match first:
        case Wait(condition):
            yield from ways(rest, (*moves, Assume(condition, holds=True)))
        case Choose(target, offers):
            for number in range(len(offers)):
                yield from ways(rest, (*moves, Take(target, offers, number)))
        case If(condition, then, otherwise):
            yield from ways((*then, *rest), (*moves, Assume(condition, holds=True)))
            yield from ways((*otherwise, *rest), (*moves, Assume(condition, holds=False)))
        case _:
            yield from ways(rest, (*moves, first))
