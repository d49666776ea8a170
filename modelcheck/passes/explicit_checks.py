"""Every implicit check written out as a `Check`, so that what remains has a value always.

An index outside its domain, an empty option or queue, a zero divisor, a value outside its domain, a
full queue: after this pass a `Check` that stands before the statement says so, with the message of
the semantics and at its place in the order of evaluation. Steps are refuted exactly where they were
before; checks that no value can refute are left out. Properties become total in the same way. `Pop`
has no target any more. Prologues stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias, assert_never

from modelcheck.errors import UserError
from modelcheck.ir.expressions import Expr, First, Length, Operator, Place, root, type_of
from modelcheck.ir.model import Model, Process, Property
from modelcheck.ir.statements import Assign, Check, Choose, Goto, If, Pop, Push, Statement, Wait
from modelcheck.ir.types import QueueType, Type
from modelcheck.ir.walk import parts, variables
from modelcheck.passes.definedness import (
    Domains,
    conjunction,
    definedness,
    fits,
    number,
    operation,
)

Body: TypeAlias = tuple[Statement, ...]


def with_explicit_checks(model: Model) -> Model:
    """The same model with every implicit check written out; see the module.

    Raises `UserError` for a popped value whose place depends on the queue that it is popped from.
    """
    domains = {p.name: p.index.type for p in model.processes if p.index is not None}
    return replace(
        model,
        processes=tuple(_process(process) for process in model.processes),
        properties=tuple(_property(prop, domains) for prop in model.properties),
    )


def _process(process: Process) -> Process:
    steps = tuple(replace(step, body=_body(step.body)) for step in process.steps)
    return replace(process, steps=steps)


def _property(prop: Property, domains: Mapping[str, Type]) -> Property:
    checks = definedness(prop.condition, domains)
    conditions = (*(check.condition for check in checks), prop.condition)
    return replace(prop, condition=conjunction(conditions, prop.span))


def _body(body: Body) -> Body:
    return tuple(made for statement in body for made in _statement(statement))


def _statement(statement: Statement) -> Body:
    match statement:
        case Assign(place, value, span):
            outside = fits(type_of(place), value, span)
            return (*_defined(value), *_defined(place), *outside, statement)
        case Push():
            return _push(statement)
        case Pop():
            return _pop(statement)
        case Check(condition) | Wait(condition):
            return (*_defined(condition), statement)
        case If(condition, then, otherwise, span):
            branch = If(condition, _body(then), _body(otherwise), span)
            return (*_defined(condition), branch)
        case Choose(target, options, span):
            checks = tuple(check for option in options for check in _defined(option))
            all_fit = all(not fits(target.type, option, span) for option in options)
            inside = () if all_fit else fits(target.type, target, span, trusted=False)
            return (*checks, statement, *inside)
        case Goto():
            return (statement,)
        case _:
            assert_never(statement)


def _push(push: Push) -> Body:
    held = type_of(push.queue)
    capacity = held.capacity if isinstance(held, QueueType) else 0
    item = held.item if isinstance(held, QueueType) else held
    has_room = operation(Operator.LESS, Length(push.queue), number(capacity), push.span)
    return (
        *_defined(push.value),
        *_defined(push.queue),
        Check(has_room, "push on a full queue", push.span),
        *fits(item, push.value, push.span),
        push,
    )


def _pop(pop: Pop) -> Body:
    has_one = operation(Operator.GREATER, Length(pop.queue), number(0), pop.span)
    checks = (*_defined(pop.queue), Check(has_one, "pop of an empty queue", pop.span))
    if pop.target is None:
        return (*checks, pop)
    if root(pop.queue) in _asked(pop.target):
        raise UserError(
            f"{pop.span}: the popped value goes to a place that depends on the queue",
            way_out="pop into a local, and assign that on the next line",
        )
    first = First(pop.queue, pop.span)
    outside = fits(type_of(pop.target), first, pop.span)
    taken = Assign(pop.target, first, pop.span)
    return (*checks, *_defined(pop.target), *outside, taken, Pop(pop.queue, None, pop.span))


def _asked(place: Place) -> frozenset[Expr]:
    """The variables whose values decide which place it is."""
    found: frozenset[Expr] = frozenset()
    base: Expr = place
    while parts(base):
        inner, *indices = parts(base)
        for index in indices:
            found |= variables(index)
        base = inner
    return found


NO_INSTANCES: Domains = {}


def _defined(expr: Expr) -> tuple[Check, ...]:
    return definedness(expr, NO_INSTANCES)
