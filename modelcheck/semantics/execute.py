"""What a statement means: run in order, seeing its own writes, until the step ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Expr, Field, Index, Place, Scope, Unwrap, Variable
from modelcheck.ir.render import render_expr, render_value
from modelcheck.ir.statements import Assign, Check, Choose, Goto, If, Pop, Push, Statement, Wait
from modelcheck.ir.types import ArrayType, QueueType, RecordType, Type, Value, contains
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
            case Assign(place, value):
                assign(place, evaluate(value, frame), frame, statement)
            case Check():
                _check(statement, frame)
            case Wait(condition):
                if not holds(condition, frame):
                    return Blocked(statement)
            case Goto():
                return statement
            case If(condition, then, otherwise):
                ending = execute(then if holds(condition, frame) else otherwise, frame)
                if ending is not None:
                    return ending
            case Push():
                _push(statement, frame)
            case Pop():
                _pop(statement, frame)
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
        case Variable(name, _, Scope.SHARED):
            frame.shared[name] = value
        case Variable(name, _, _):
            frame.locals[name] = value
        case Unwrap(base):
            _store(_place(base), value, frame)
        case Field(base, _) | Index(base, _):
            whole, t, _ = locate(base, frame)
            parts, at = items(whole), _position(place, t, frame)
            _store(_place(base), (*parts[:at], value, *parts[at + 1 :]), frame)
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


def _place(expr: Expr) -> Place:
    if not isinstance(expr, Variable | Field | Index | Unwrap):
        raise ModelCheckBug(f"not a place: {expr}")
    return expr


def _check(check: Check, frame: Frame) -> None:
    if not holds(check.condition, frame):
        raise Refuted(check.message, values_text(check.condition, frame), check.span)


def _queue(queue: Place, frame: Frame) -> tuple[tuple[Value, ...], QueueType]:
    held, t, path = locate(queue, frame)
    if not isinstance(t, QueueType):
        raise ModelCheckBug(f"not a queue: {render_expr(queue)}")
    if path is not None:
        frame.reads.append(path)
    return items(held), t


def _keep(queue: Place, held: tuple[Value, ...], frame: Frame) -> None:
    _, _, path = locate(queue, frame)
    if path is not None:
        frame.writes.append(path)
    _store(queue, held, frame)


def _push(push: Push, frame: Frame) -> None:
    value = evaluate(push.value, frame)
    held, t = _queue(push.queue, frame)
    if len(held) >= t.capacity:
        text = f"{spoken(push.queue, frame)} holds {render_value(t, held)}"
        raise Refuted("push on a full queue", text, push.span)
    if not contains(t.item, value):
        raise Refuted("value outside its domain", outside_text(t.item, value), push.span)
    _keep(push.queue, (*held, value), frame)


def _pop(pop: Pop, frame: Frame) -> None:
    held, _ = _queue(pop.queue, frame)
    if not held:
        text = f"{spoken(pop.queue, frame)} is empty"
        raise Refuted("pop of an empty queue", text, pop.span)
    _keep(pop.queue, held[1:], frame)
    if pop.target is not None:
        assign(pop.target, held[0], frame, pop)


def _choose(choose: Choose, frame: Frame) -> Open | Foreign | None:
    options = tuple(dict.fromkeys([evaluate(option, frame) for option in choose.options]))
    if frame.chosen == len(frame.choices):
        return Open(choose.target, options)
    value = frame.choices[frame.chosen]
    if value not in options:
        return Foreign(choose, value, options)
    frame.chosen += 1
    assign(choose.target, value, frame, choose)
    return None
