"""Every implicit check written out as a `Check`, so that what remains has a value always.

An index outside its domain, an empty option or queue, a zero divisor, a value outside its domain, a
full queue: after this pass a `Check` that stands before the statement says so, with the message of
the semantics and at its place in the order of evaluation. Steps are refuted exactly where they were
before; checks that no value can refute are left out. Properties become total in the same way. `Pop`
has no target any more. Prologues stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.ir.expressions import (
    TRUE,
    Contains,
    Expr,
    Field,
    First,
    Index,
    Length,
    Operator,
    Place,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.model import Model, Process, Property
from modelcheck.ir.render import render_expr
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
from modelcheck.ir.types import BagType, QueueType, SetType, Type
from modelcheck.ir.walk import parts, statements, variables
from modelcheck.passes.definedness import (
    Facts,
    asked_where,
    conjunction,
    definedness,
    fits,
    number,
    operation,
)
from modelcheck.passes.narrowing import forgotten, learned
from modelcheck.source import Span

Body: TypeAlias = tuple[Statement, ...]


def with_explicit_checks(model: Model) -> Model:
    """The same model with every implicit check written out; see the module.

    Raises `UserError` for a popped value whose place depends on the queue that it is popped from.
    """
    facts = Facts({p.name: p.index.type for p in model.processes if p.index is not None})
    return replace(
        model,
        processes=tuple(_process(process) for process in model.processes),
        properties=tuple(_property(prop, facts) for prop in model.properties),
    )


def _process(process: Process) -> Process:
    steps = tuple(replace(step, body=_body(step.body, Facts())) for step in process.steps)
    return replace(process, steps=steps)


def _property(prop: Property, facts: Facts) -> Property:
    target = prop.target
    return replace(
        prop,
        condition=_total(prop.condition, facts, prop.span),
        target=None if target is None else _total(target, facts, prop.span),
    )


def _total(condition: Expr, facts: Facts, span: Span) -> Expr:
    checks = definedness(condition, facts)
    return conjunction((*(check.condition for check in checks), condition), span)


def _body(body: Body, facts: Facts) -> Body:
    made: list[Statement] = []
    for statement in body:
        for one in _statement(statement, facts):
            if isinstance(one, Check) and one.condition in facts.conditions:
                continue
            made.append(one)
            facts = _after(one, facts)
    return tuple(made)


def _after(statement: Statement, facts: Facts) -> Facts:
    """What is known behind a statement."""
    if isinstance(statement, Check | Wait):
        facts = learned(facts, statement.condition, holds=True)
    if isinstance(statement, If) and _ends(statement.then):
        facts = learned(facts, statement.condition, holds=False)
    if isinstance(statement, If) and _ends(statement.otherwise):
        facts = learned(facts, statement.condition, holds=True)
    touched = frozenset(variable for one in statements((statement,)) for variable in _touched(one))
    return forgotten(facts, touched)


def _touched(statement: Statement) -> tuple[Variable, ...]:
    match statement:
        case Assign(place) | Push(place) | Insert(place) | Remove(place) | Pop(place, None):
            return (root(place),)
        case Pop(place, Variable() | Field() | Index() | Unwrap() as target):
            return (root(place), root(target))
        case Choose(target):
            return (target,)
        case _:
            return ()


def _ends(body: Body) -> bool:
    """Whether a body never falls through."""
    last = body[-1] if body else None
    if isinstance(last, If):
        return _ends(last.then) and _ends(last.otherwise)
    return isinstance(last, Goto)


def _statement(statement: Statement, facts: Facts) -> Body:
    match statement:
        case Assign(place, value, span):
            outside = fits(type_of(place), value, span, facts)
            return (*definedness(value, facts), *definedness(place, facts), *outside, statement)
        case Push(container, value) | Insert(container, value):
            checks = (
                *definedness(value, facts),
                *definedness(container, facts),
                *_has_room(statement, container),
            )
            return (*checks, *fits(_item(container), value, statement.span, facts), statement)
        case Remove():
            return _remove(statement, facts)
        case Pop():
            return _pop(statement, facts)
        case Check(condition) | Wait(condition):
            return (*definedness(condition, facts), statement)
        case If(condition, then, otherwise, span):
            yes = learned(facts, condition, holds=True)
            no = learned(facts, condition, holds=False)
            branch = If(condition, _body(then, yes), _body(otherwise, no), span)
            return (*definedness(condition, facts), branch)
        case Choose():
            return _choose(statement, facts)
        case Goto():
            return (statement,)
        case _:
            assert_never(statement)


def _choose(choose: Choose, facts: Facts) -> Body:
    span = choose.span
    asked = tuple(check for offer in choose.offers for check in definedness(offer.condition, facts))
    valued = tuple(
        check
        for offer in choose.offers
        for check in _where(offer.condition, definedness(offer.value, facts))
    )
    all_fit = all(not fits(choose.target.type, offer.value, span, facts) for offer in choose.offers)
    inside = (
        () if all_fit else fits(choose.target.type, choose.target, span, Facts(), trusted=False)
    )
    return (*asked, *valued, choose, *inside)


def _where(condition: Expr, checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return checks if condition == TRUE else asked_where(condition, checks)


def _item(container: Place) -> Type:
    held = type_of(container)
    if not isinstance(held, QueueType | BagType | SetType):
        raise ModelCheckBug(f"not a container: {render_expr(container)}")
    return held.item


def _has_room(statement: Push | Insert, container: Place) -> Body:
    match type_of(container):
        case QueueType(capacity=capacity):
            message = "push on a full queue"
        case BagType(capacity=capacity):
            message = "add to a full bag"
        case _:
            return ()
    has_room = operation(Operator.LESS, Length(container), number(capacity), statement.span)
    return (Check(has_room, message, statement.span),)


def _remove(remove: Remove, facts: Facts) -> Body:
    checks = (*definedness(remove.value, facts), *definedness(remove.container, facts))
    if isinstance(type_of(remove.container), SetType):
        return (*checks, remove)
    held = Contains(remove.container, remove.value)
    return (*checks, Check(held, "remove of what a bag does not hold", remove.span), remove)


def _pop(pop: Pop, facts: Facts) -> Body:
    has_one = operation(Operator.GREATER, Length(pop.queue), number(0), pop.span)
    checks = (*definedness(pop.queue, facts), Check(has_one, "pop of an empty queue", pop.span))
    if pop.target is None:
        return (*checks, pop)
    if root(pop.queue) in _asked(pop.target):
        raise UserError(
            f"{pop.span}: the popped value goes to a place that depends on the queue",
            way_out="pop into a local, and assign that on the next line",
        )
    first = First(pop.queue, pop.span)
    outside = fits(type_of(pop.target), first, pop.span, facts)
    taken = Assign(pop.target, first, pop.span)
    return (
        *checks,
        *definedness(pop.target, facts),
        *outside,
        taken,
        Pop(pop.queue, None, pop.span),
    )


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
