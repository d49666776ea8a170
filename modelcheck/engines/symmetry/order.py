"""Why it does not matter in which order a process visits the values of a domain.

The search visits them in any order, the model in ascending order. Both reach the same states, up to
a permutation of those visited and of the others, in as many steps, if during a walk

- a visit does the same with each value, and touches nothing else but the cursor, up to the last
  visit, which may also set what the walking process alone looks at;
- every step of another process that is possible meanwhile belongs to one value, and touches nothing
  else that anybody changes meanwhile; nor does it look at what the last visit sets.

For then the steps of a walk fall into independent sequences, one for each value with its visit in
it. They may be interleaved anew so that the visits come in any order, and with that of a walk that
is over, steps of values visited early may come after its end. Where a walk is not over, renaming
the values makes those visited the first ones, which keeps what came before a run of the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from modelcheck.engines.symmetry.action import Permutation, swap
from modelcheck.engines.symmetry.effects import changed
from modelcheck.engines.symmetry.moving import Asymmetric, Mover
from modelcheck.engines.symmetry.roles import INDEX, Node, leaves
from modelcheck.engines.symmetry.total import is_total
from modelcheck.engines.symmetry.unfolding import Body
from modelcheck.engines.symmetry.walks import Visit, Walk
from modelcheck.ir.expressions import (
    FALSE,
    Binary,
    Expr,
    Field,
    Index,
    Literal,
    Operator,
    Place,
    Scope,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.render import render_expr, render_place
from modelcheck.ir.statements import Assign, Goto, If, Statement, Wait
from modelcheck.ir.types import ArrayType, position
from modelcheck.ir.walk import parts, statements, written

IsSame: TypeAlias = Callable[[Body, Permutation, Body], bool]
"""Whether a permutation maps one body onto another."""


@dataclass(slots=True)
class Touched:
    """What some code touches of the shared state."""

    settled: Mapping[Variable, Expr]
    """The locals that get one value in it before they are read, and that value."""

    slots: set[int] = field(default_factory=set)
    """The values of the domain whose own parts it touches."""

    reads: set[Variable] = field(default_factory=set)
    writes: set[Variable] = field(default_factory=set)
    """Variables that are nobody's own."""


def touched(mover: Mover, body: Body, live: frozenset[str]) -> Touched:
    """What a body touches; raises `Asymmetric` where it cannot be told whose part something is.

    `live` are the locals that have a value from before.
    """
    found = Touched(settled={v: held for v, held in _settled(body) if v.name not in live})
    for statement in statements(body):
        for expr in written(statement):
            for place in _places(expr):
                _touch(mover, found, place, found.reads)
        for place in changed(statement):
            _touch(mover, found, place, found.writes)
    return found


def _touch(mover: Mover, found: Touched, place: Place, shared: set[Variable]) -> None:
    variable = root(place)
    if variable.scope is not Scope.SHARED:
        return
    slots = set(_slots(mover, found, place))
    found.slots |= slots
    if slots:
        return
    if any(INDEX in way and _is_identity(mover, place, way) for way, _ in leaves(type_of(place))):
        raise Asymmetric(f"`{render_place(place)}` is touched as a whole during a loop over it")
    shared.add(variable)


def _is_identity(mover: Mover, place: Expr, way: Node) -> bool:
    node = mover.node(place)
    return node is not None and mover.action.roles.is_identity((*node, *way), mover.action.domain)


def _settled(body: Body) -> Iterator[tuple[Variable, Expr]]:
    inside = tuple(statements(body))
    times = Counter(place for one in inside for place in changed(one))
    for one in inside:
        if isinstance(one, Assign) and isinstance(one.place, Variable) and times[one.place] == 1:
            yield one.place, one.value


def _slots(mover: Mover, found: Touched, place: Expr) -> Iterator[int]:
    """The values of the domain to which a place belongs."""
    match place:
        case Index(base, index):
            if _is_identity(mover, base, (INDEX,)):
                known = found.settled.get(index) if isinstance(index, Variable) else None
                yield _slot(mover, base, known or index)
            yield from _slots(mover, found, base)
        case Field(base) | Unwrap(base):
            yield from _slots(mover, found, base)
        case _:
            pass


def _slot(mover: Mover, base: Expr, index: Expr) -> int:
    array, size = type_of(base), mover.action.domain.size
    match array, index:
        case ArrayType(index=t), Literal(value=value):
            at = position(t, value)
            if at is not None:
                return at % size
        case _, Binary(
            Operator.ADD,
            Binary(Operator.MULTIPLY, _, Literal(value=n)),
            Literal(value=int() as value),
        ) if n == size:
            return value
        case _:
            pass
    raise Asymmetric(f"whose `{render_expr(index)}` is, is not known during a loop over it")


def _places(expr: Expr) -> Iterator[Place]:
    """The parts of the state that an expression takes, each as far as it goes."""
    if isinstance(expr, Place) and _is_rooted(expr):
        yield expr
        yield from (place for index in _indices(expr) for place in _places(index))
        return
    for part in parts(expr):
        yield from _places(part)


def _is_rooted(expr: Expr) -> bool:
    match expr:
        case Variable():
            return True
        case Field(base) | Index(base) | Unwrap(base):
            return _is_rooted(base)
        case _:
            return False


def _indices(place: Expr) -> Iterator[Expr]:
    match place:
        case Index(base, index):
            yield index
            yield from _indices(base)
        case Field(base) | Unwrap(base):
            yield from _indices(base)
        case _:
            pass


@dataclass(frozen=True, slots=True)
class Possible:
    """A step of another instance, with the flags of a mode put in."""

    name: str
    slot: int | None
    """The value of the domain that the instance belongs to."""

    body: Body
    mover: Mover
    live: frozenset[str]
    looks: frozenset[Variable]
    """The shared variables of which the step speaks before the flags are put in."""


def require_free_order(
    walk: Walk, visit: Visit, mover: Mover, others: Sequence[Possible], is_same: IsSame
) -> None:
    """Raise `Asymmetric` unless the order of the visits in a mode that picks does not matter."""
    name = f"{walk.process.name}.{visit.step.label}"
    size = mover.action.domain.size
    done = [_stripped(walk, body, is_last=at == size - 1) for at, body in enumerate(visit.bodies)]
    for at in range(size - 1):
        if not is_same(done[at], swap(size, at, at + 1), done[at + 1]):
            raise Asymmetric(f"{name} does not do the same with all of it")
    for at, body in enumerate(done):
        own = touched(mover, body, frozenset(visit.step.live))
        if own.slots - {at} or own.writes:
            raise Asymmetric(f"{name} touches more than the value that it visits")
    for other in others:
        own = touched(other.mover, other.body, other.live)
        if own.slots - {other.slot} or own.writes:
            raise Asymmetric(f"{other.name} touches what is not its own during {name}")
        if other.looks & walk.own:
            raise Asymmetric(f"{other.name} looks at where {name} has come to")


def is_possible(body: Body) -> bool:
    """Whether a step might be taken: not if it begins with waiting for what is false."""
    for statement in body:
        match statement:
            case Wait(condition) if condition == FALSE:
                return False
            case Wait(condition) if is_total(condition):
                continue
            case _:
                return True
    return True


def _stripped(walk: Walk, body: Body, *, is_last: bool) -> Body:
    """What a visit does beside steering its process: to the last one all of that is left."""
    steering = walk.own if is_last else {*walk.cursors.values(), *walk.controls}
    out: list[Statement] = []
    for statement in body:
        match statement:
            case Goto():
                pass
            case Assign(Variable() as variable) if variable in steering:
                pass
            case If(condition, then, otherwise, span):
                one = _stripped(walk, then, is_last=is_last)
                other = _stripped(walk, otherwise, is_last=is_last)
                if one or other or not is_total(condition):
                    out.append(If(condition, one, other, span))
            case _:
                out.append(statement)
    return tuple(out)
