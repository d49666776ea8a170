"""Which locals matter at which label; stores that nobody reads are dropped.

Backward data flow over the steps of a process, which are loop-free; the loops between steps are
closed by a fixed point. What is dropped can be no violation, so verdicts stay as they are, and
leftover loop counters never split states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import assert_never

from modelcheck.ir.expressions import (
    Expr,
    Field,
    Index,
    Place,
    Scope,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.model import Process
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
from modelcheck.ir.types import IntType, OptionType, Type
from modelcheck.ir.walk import may_violate, statements, subexpressions, written

Live = frozenset[str]
NOTHING: Live = frozenset()


def with_liveness(process: Process) -> Process:
    """The same process with dead stores dropped and `live` filled in for every step."""
    while True:
        live = live_locals(process)
        steps = tuple(
            replace(step, live=_ordered(process, live[step.label]), body=_pruned(step.body, live))
            for step in process.steps
        )
        pruned = replace(process, steps=steps, prologue=_pruned(process.prologue, live))
        if pruned == process:
            bodies = [pruned.prologue, *(step.body for step in pruned.steps)]
            used = frozenset().union(*map(assigned_locals, bodies))
            kept = tuple(local for local in process.locals if local.name in used)
            return replace(pruned, locals=kept)
        process = pruned


def _ordered(process: Process, live: Live) -> tuple[str, ...]:
    return tuple(local.name for local in process.locals if local.name in live)


def live_locals(process: Process) -> dict[str, Live]:
    """The locals whose values matter at each label."""
    live = dict.fromkeys((step.label for step in process.steps), NOTHING)
    changed = True
    while changed:
        changed = False
        for step in reversed(process.steps):
            before, _ = _backward(step.body, NOTHING, live)
            own = process.index.name if process.index is not None else ""
            before -= {own}
            if before != live[step.label]:
                live[step.label] = before
                changed = True
    return live


def _pruned(body: tuple[Statement, ...], live: Mapping[str, Live]) -> tuple[Statement, ...]:
    return _backward(body, NOTHING, live)[1]


def _backward(
    body: tuple[Statement, ...], after: Live, live: Mapping[str, Live]
) -> tuple[Live, tuple[Statement, ...]]:
    """What is live before `body`, and `body` without its dead stores."""
    kept: list[Statement] = []
    for statement in reversed(body):
        after, remaining = _one(statement, after, live)
        kept += remaining
    return after, tuple(reversed(kept))


def _one(
    statement: Statement, after: Live, live: Mapping[str, Live]
) -> tuple[Live, tuple[Statement, ...]]:
    match statement:
        case Goto(label):
            return (NOTHING if label is None else live[label]), (statement,)
        case Check(condition) | Wait(condition):
            return after | _read(condition), (statement,)
        case If(condition, then, otherwise, span):
            one, then = _backward(then, after, live)
            other, otherwise = _backward(otherwise, after, live)
            if then == otherwise == () and not may_violate(condition):
                return after, ()
            branch = If(condition, then, otherwise, span)
            return one | other | _read(condition), (branch,)
        case Assign(place, value):
            if _is_dead(place, after) and not may_violate(value) and _fits(value, place):
                return after, ()
            return _without(place, after) | _read(value), (statement,)
        case Push(place, value) | Insert(place, value) | Remove(place, value):
            return _without(place, after) | _read(place) | _read(value), (statement,)
        case Pop(queue, target, span):
            if target is not None and _is_dead(target, after):
                target = None
            rest = after if target is None else _without(target, after)
            return rest | _read(queue), (Pop(queue, target, span),)
        case Choose(target):
            read = [_read(expr) for expr in written(statement)[1:]]
            return (after - {target.name}).union(*read), (statement,)
        case _:
            assert_never(statement)


def _read(expr: Expr) -> Live:
    return frozenset(
        part.name
        for part in subexpressions(expr)
        if isinstance(part, Variable) and part.scope is Scope.LOCAL
    )


def _is_dead(place: Place, after: Live) -> bool:
    return isinstance(place, Variable) and place.scope is Scope.LOCAL and place.name not in after


def _without(place: Place, after: Live) -> Live:
    """What is live before a store to `place`: a whole local is not, parts and indices are."""
    if isinstance(place, Variable):
        return after - {place.name} if place.scope is Scope.LOCAL else after
    return after | _read(place)


def _fits(value: Expr, place: Place) -> bool:
    return _within(type_of(value), type_of(place))


def _within(t: Type, holder: Type) -> bool:
    match t, holder:
        case IntType(low, high), IntType(least, greatest):
            return least <= low and high <= greatest
        case OptionType(item), OptionType(held):
            return _within(item, held)
        case _:
            return True


def assigned_locals(body: Iterable[Statement]) -> frozenset[str]:
    """The locals that some statement of a body gives a value."""
    found: set[str] = set()
    for statement in statements(body):
        match statement:
            case Assign(place) | Pop(target=Variable() | Field() | Index() | Unwrap() as place):
                pass
            case Push(place) | Insert(place) | Remove(place) | Choose(place):
                pass
            case Check() | Wait() | If() | Pop() | Goto():
                continue
            case _:
                assert_never(statement)
        found.update({root(place).name} if root(place).scope is Scope.LOCAL else ())
    return frozenset(found)
