"""What a statement means: run in order, seeing its own writes, until the step ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    Field,
    Index,
    Place,
    Scope,
    Unwrap,
    Variable,
    as_place,
    type_of,
)
from modelcheck.ir.render import render_expr, render_value
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
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    canonical,
    contains,
)
from modelcheck.semantics.evaluate import (
    Located,
    evaluate,
    holds,
    items,
    locate,
    spoken,
    subscript,
)
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.semantics.refutation import outside_text, values_text


@dataclass(frozen=True, slots=True)
class Blocked:
    """A `wait_until` was false: the step is not enabled with these choices."""

    wait: Wait


@dataclass(frozen=True, slots=True)
class Open:
    """A choice was reached that nobody has made; the distinct `options` lead on."""

    target: Variable
    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Foreign:
    """The choice made is none of those that the step offers."""

    choose: Choose
    value: Value
    options: tuple[Value, ...]


Ending = Goto | Blocked | Open | Foreign


def execute(body: tuple[Statement, ...], frame: Frame) -> Ending | None:
    """Run `body`; None where it falls through. Raises `Refuted` where a check is false."""
    for statement in body:
        frame.mark = len(frame.reads)
        match statement:
            case Assign():
                assign(statement.place, evaluate(statement.value, frame), frame, statement)
            case Check():
                _check(statement, frame)
            case Wait():
                if not holds(statement.condition, frame):
                    return Blocked(statement)
            case Goto():
                return statement
            case If():
                is_true = holds(statement.condition, frame)
                ending = execute(statement.then if is_true else statement.otherwise, frame)
                if ending is not None:
                    return ending
            case Push():
                _push(statement, frame)
            case Pop():
                _pop(statement, frame)
            case Insert():
                _insert(statement, frame)
            case Remove():
                _remove(statement, frame)
            case Choose():
                unmade = _choose(statement, frame)
                if unmade is not None:
                    return unmade
            case _:
                assert_never(statement)
    return None


def blocked_text(wait: Wait, frame: Frame) -> str:
    """A false `wait_until` with the values that make it false."""
    text = f"wait_until({render_expr(wait.condition)}) is false"
    values = values_text(wait.condition, frame)
    return f"{text}: {values}" if values else text


def foreign_text(foreign: Foreign) -> str:
    """A choice that is not offered, and what is."""
    target = foreign.choose.target
    offered = ", ".join(render_value(target.type, option) for option in foreign.options)
    return f"{target.name} cannot be {foreign.value}; one of {offered or 'nothing'}"


def assign(place: Place, value: Value, frame: Frame, at: Assign | Pop | Choose) -> None:
    """Give `place` a value of its type; a value outside is refuted and not written."""
    _, t, path = locate(place, frame) if not isinstance(place, Variable) else _whole(place)
    if not contains(t, value):
        raise Refuted("value outside its domain", outside_text(t, value), at.span)
    if path is not None:
        frame.writes.append(path)
    _store(place, value, frame)


def _whole(variable: Variable) -> Located:
    # A local that is assigned need not have a value yet, so this does not ask for one.
    path = (variable.name,) if variable.scope is Scope.SHARED else None
    return None, variable.type, path


def _store(place: Place, value: Value, frame: Frame) -> None:
    match place:
        case Variable():
            held = frame.shared if place.scope is Scope.SHARED else frame.locals
            held[place.name] = value
        case Unwrap():
            _store(as_place(place.base), value, frame)
        case Field() | Index():
            whole, t, _ = locate(place.base, frame)
            parts, at = items(whole), _position(place, t, frame)
            _store(as_place(place.base), (*parts[:at], value, *parts[at + 1 :]), frame)
        case _:
            assert_never(place)


def _position(place: Field | Index, t: Type, frame: Frame) -> int:
    match place, t:
        case Field(_, name), RecordType():
            return t.position(name)
        case Index(), ArrayType(domain, _):
            return subscript(place, domain, frame)[1]
        case _:
            raise ModelCheckBug(f"an ill-typed place was assigned: {render_expr(place)}")


def _check(check: Check, frame: Frame) -> None:
    if not holds(check.condition, frame):
        raise Refuted(check.message, values_text(check.condition, frame), check.span)


def _held(place: Place, frame: Frame) -> tuple[tuple[Value, ...], QueueType | BagType | SetType]:
    held, t, path = locate(place, frame)
    if not isinstance(t, QueueType | BagType | SetType):
        raise ModelCheckBug(f"not a container: {render_expr(place)}")
    if path is not None:
        frame.reads.append(path)
    return items(held), t


def _keep(place: Place, held: tuple[Value, ...], frame: Frame) -> None:
    _, _, path = locate(place, frame)
    if path is not None:
        frame.writes.append(path)
    _store(place, held, frame)


def _push(push: Push, frame: Frame) -> None:
    value = evaluate(push.value, frame)
    held, t = _held(push.queue, frame)
    _check_room(push, push.queue, held, t, frame)
    _check_item(push, t, value)
    _keep(push.queue, (*held, value), frame)


def _insert(insert: Insert, frame: Frame) -> None:
    value = evaluate(insert.value, frame)
    held, t = _held(insert.container, frame)
    _check_room(insert, insert.container, held, t, frame)
    _check_item(insert, t, value)
    if not isinstance(t, SetType) or value not in held:
        held = canonical(t.item, (*held, value))
    _keep(insert.container, held, frame)


def _remove(remove: Remove, frame: Frame) -> None:
    value = evaluate(remove.value, frame)
    held, t = _held(remove.container, frame)
    if value in held:
        at = held.index(value)
        held = (*held[:at], *held[at + 1 :])
    elif isinstance(t, BagType):
        shown = render_value(type_of(remove.value), value)
        text = f"{spoken(remove.container, frame)} holds {render_value(t, held)}, not {shown}"
        raise Refuted("remove of what a bag does not hold", text, remove.span)
    _keep(remove.container, held, frame)


def _check_room(
    at: Push | Insert,
    place: Place,
    held: tuple[Value, ...],
    t: QueueType | BagType | SetType,
    frame: Frame,
) -> None:
    if not isinstance(t, SetType) and len(held) >= t.capacity:
        what = "push on a full queue" if isinstance(t, QueueType) else "add to a full bag"
        text = f"{spoken(place, frame)} holds {render_value(t, held)}"
        raise Refuted(what, text, at.span)


def _check_item(at: Push | Insert, t: QueueType | BagType | SetType, value: Value) -> None:
    if not contains(t.item, value):
        raise Refuted("value outside its domain", outside_text(t.item, value), at.span)


def _pop(pop: Pop, frame: Frame) -> None:
    held, _ = _held(pop.queue, frame)
    if not held:
        text = f"{spoken(pop.queue, frame)} is empty"
        raise Refuted("pop of an empty queue", text, pop.span)
    _keep(pop.queue, held[1:], frame)
    if pop.target is not None:
        assign(pop.target, held[0], frame, pop)


def _choose(choose: Choose, frame: Frame) -> Open | Foreign | None:
    offered = [offer.value for offer in choose.offers if holds(offer.condition, frame)]
    options = tuple(dict.fromkeys([evaluate(value, frame) for value in offered]))
    if frame.chosen == len(frame.choices):
        return Open(choose.target, options)
    value = frame.choices[frame.chosen]
    if value not in options:
        return Foreign(choose, value, options)
    frame.chosen += 1
    assign(choose.target, value, frame, choose)
    return None
