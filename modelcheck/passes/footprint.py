"""What a step may read and write of the shared state, part by part.

A part is named by a path: a variable, then fields and indices, where an index that is not known is
`ANY`. So each footprint is at least as large as what any run of the step touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, assert_never

from modelcheck.ir.expressions import Expr, Field, Index, Literal, Place, Scope, Unwrap, Variable
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import Value
from modelcheck.ir.walk import parts


class Unknown(Enum):
    """What stands in a path for an index that is not known."""

    ANY = "*"


Path: TypeAlias = "tuple[Value | Unknown, ...]"
"""A part of the shared state: a variable's name, then field names and indices."""


@dataclass(frozen=True, slots=True)
class Write:
    """A part of the shared state that is written, and what with if that is known."""

    path: Path
    constant: tuple[Value] | None
    """The value, alone in a tuple, where every such write gives the part this value."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that something may touch of the shared state; checks read what they ask about."""

    reads: frozenset[Path] = frozenset()
    writes: frozenset[Write] = frozenset()


def reads(expr: Expr) -> Iterator[Path]:
    """The parts of the shared state that an expression may depend on, `BEFORE` or now."""
    path = path_of(expr)
    if path is not None:
        yield path
        yield from _indices(expr)
        return
    for part in parts(expr):
        yield from reads(part)


def path_of(expr: Expr) -> Path | None:
    """Which part of the shared state an expression is; None for every other value."""
    match expr:
        case Variable(name, _, scope):
            return None if scope is Scope.LOCAL else (name,)
        case Field(base, name):
            return _longer(path_of(base), name)
        case Index(base, Literal(value=index)):
            return _longer(path_of(base), index)
        case Index(base, _):
            return _longer(path_of(base), Unknown.ANY)
        case Unwrap(base):
            return path_of(base)
        case _:
            return None


def touched(statement: Statement) -> Footprint:
    """What one statement touches itself: of a branch its condition alone."""
    match statement:
        case Assign(place, value):
            return _writing(place, (*reads(value), *way(place)), value)
        case Push(place, value) | Insert(place, value) | Remove(place, value):
            return _writing(place, (*reads(value), *reads(place)), None)
        case Pop(queue, target):
            popped = _writing(queue, reads(queue), None)
            if target is None:
                return popped
            into = _writing(target, way(target), None)
            return Footprint(popped.reads | into.reads, popped.writes | into.writes)
        case Check(condition) | Wait(condition) | If(condition):
            return Footprint(frozenset(reads(condition)))
        case Choose(_, offers):
            offered = [expr for one in offers for expr in (one.condition, one.value)]
            return Footprint(frozenset(path for expr in offered for path in reads(expr)))
        case Goto():
            return Footprint()
        case _:
            assert_never(statement)


def is_overlapping(one: Path, other: Path) -> bool:
    """Whether two parts may have something in common: one may lie in the other."""
    for a, b in zip(one, other, strict=False):
        if a != b and a is not Unknown.ANY and b is not Unknown.ANY:
            return False
    return True


def _writing(place: Place, read: Iterable[Path], value: Expr | None) -> Footprint:
    path = path_of(place)
    if path is None:
        return Footprint(frozenset(read))
    constant = (value.value,) if isinstance(value, Literal) else None
    return Footprint(frozenset(read), frozenset({Write(path, constant)}))


def way(place: Place) -> Iterator[Path]:
    """What is read on the way to a place: indices, and options that must hold something."""
    if isinstance(place, Unwrap):
        yield from reads(place.base)
    yield from _indices(place)


def _indices(place: Expr) -> Iterator[Path]:
    while isinstance(place, Field | Index | Unwrap):
        if isinstance(place, Index):
            yield from reads(place.index)
        if isinstance(place.base, Unwrap):
            yield from reads(place.base.base)
        place = place.base


def _longer(path: Path | None, part: Value | Unknown) -> Path | None:
    return None if path is None else (*path, part)
