"""What a statement reads and writes, and how it may end the step: which statements commute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.symmetry.total import is_total
from modelcheck.ir.expressions import (
    Expr,
    Field,
    Index,
    Literal,
    Place,
    Scope,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import IntType, OptionType, Value
from modelcheck.ir.walk import parts, statements, written

Path = tuple[Value, ...]
"""A part of the state as far as it is known: a variable, then fields and known indices."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What running a statement may touch and do."""

    reads: frozenset[Path]
    writes: frozenset[Path]
    violates: bool
    """Whether it may violate a check."""

    disables: bool
    """Whether it waits or chooses."""

    ends: bool
    """Whether the step may end in it."""


def path(place: Expr) -> Path:
    """The part of the state in which a place lies: all of it, or of what holds it."""
    match place:
        case Variable(name, _, scope):
            return (scope.value if scope is not Scope.BEFORE else Scope.SHARED.value, name)
        case Field(base, name):
            return (*path(base), f".{name}")
        case Index(base, Literal(value=value)) if _is_known(base):
            return (*path(base), ("[]", value))
        case Index(base) | Unwrap(base):
            return path(base)
        case _:
            return ()


def _is_known(place: Expr) -> bool:
    """Whether every index on the way to a place is known."""
    match place:
        case Variable():
            return True
        case Field(base) | Index(base, Literal()):
            return _is_known(base)
        case _:
            return False


def read(expr: Expr) -> Iterator[Path]:
    """The parts of the state that an expression speaks of."""
    match expr:
        case Variable() | Field() | Index() | Unwrap() if path(expr):
            yield path(expr)
            yield from _indices(expr)
        case _:
            for part in parts(expr):
                yield from read(part)


def _indices(place: Expr) -> Iterator[Path]:
    match place:
        case Index(base, index):
            yield from read(index)
            yield from _indices(base)
        case Field(base) | Unwrap(base):
            yield from _indices(base)
        case _:
            pass


def effects(statement: Statement) -> Effects:
    """What a statement, with all that is in it, may touch and do."""
    reads: set[Path] = set()
    writes: set[Path] = set()
    inside = tuple(statements([statement]))
    for one in inside:
        for expr in written(one):
            reads.update(read(expr))
        writes.update(path(place) for place in changed(one))
    return Effects(
        frozenset(reads),
        frozenset(writes),
        violates=any(map(_may_violate, inside)),
        disables=any(isinstance(one, Wait | Choose) for one in inside),
        ends=any(isinstance(one, Goto) for one in inside),
    )


def changed(statement: Statement) -> tuple[Place, ...]:
    """The places that one statement changes."""
    match statement:
        case Assign(place) | Push(place) | Insert(place) | Remove(place) | Choose(place):
            return (place,)
        case Pop(queue, target):
            return (queue,) if target is None else (queue, target)
        case _:
            return ()


def _may_violate(statement: Statement) -> bool:
    match statement:
        case Check() | Push() | Pop() | Insert() | Remove():
            return True
        case Assign(place, value) if not isinstance(value, Literal):
            if isinstance(type_of(place), IntType | OptionType):
                return True
        case _:
            pass
    return not all(is_total(expr) for expr in written(statement))


def is_overlapping(one: Path, other: Path) -> bool:
    """Whether two parts of the state have something in common: one lies in the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def commute(one: Effects, other: Effects) -> bool:
    """Whether two statements may change places.

    Which of two violations comes first is all the same; whether one comes before a wait is not.
    """
    if one.ends or other.ends:
        return False
    if (one.violates and other.disables) or (other.violates and one.disables):
        return False
    return not _clash(one.writes, other.reads | other.writes) and not _clash(
        other.writes, one.reads
    )


def _clash(some: frozenset[Path], others: frozenset[Path]) -> bool:
    return any(is_overlapping(one, other) for one in some for other in others)
