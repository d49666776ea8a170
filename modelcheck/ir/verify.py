"""The executable law of what a legal model is; every front-end and pass must obey it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from modelcheck.ir.contents import named_types
from modelcheck.ir.expressions import Place, Scope, Variable, root, type_of
from modelcheck.ir.model import Model, Process, Property, PropertyKind
from modelcheck.ir.render import render_place, render_type
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
from modelcheck.ir.types import INDEX_TYPES, BagType, QueueType, SetType, Type, contains, is_alike
from modelcheck.ir.walk import statements
from modelcheck.ir.wellformed import (
    Surroundings,
    require,
    verify_condition,
    verify_expr,
    verify_type,
    verify_value,
)

CLAIMS = frozenset(PropertyKind) - {PropertyKind.CHECK, PropertyKind.DEADLOCK}


def verify(model: Model) -> None:
    """Raise `ModelCheckBug`, naming the place and what is wrong, unless the model is legal."""
    shared = {variable.name: variable for variable in model.variables}
    _verify_variables(model)
    _verify_names("the model", (process.name for process in model.processes))
    written = frozenset(_written(model))
    lasting = {name: variable for name, variable in shared.items() if name not in written}
    for process in model.processes:
        _verify_process(process, shared, lasting)
    _verify_names("the model", (prop.name for prop in model.properties))
    for prop in model.properties:
        _verify_property(model, prop, shared)
    _verify_names("the model", (t.name for t in named_types(model)))


def _verify_property(model: Model, prop: Property, shared: dict[str, Variable]) -> None:
    require(prop.kind in CLAIMS, prop.name, f"a property cannot be {prop.kind.value}")
    is_step = prop.kind is PropertyKind.EVERY_STEP
    instances = None if is_step else {process.name: process for process in model.processes}
    around = Surroundings(prop.name, shared, {}, instances, before=is_step)
    verify_condition(prop.condition, around)
    leads = prop.kind is PropertyKind.LEADS_TO
    require(leads == (prop.target is not None), prop.name, "a target is for leads_to alone")
    if prop.target is not None:
        verify_condition(prop.target, around)


def _verify_names(where: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        require(count == 1, where, f"{count} different things are called {name}")


def _verify_variables(model: Model) -> None:
    where = "the shared variables"
    _verify_names(where, (variable.name for variable in model.variables))
    counts = f"{len(model.variables)} variables have {len(model.initial)} initial values"
    require(len(model.variables) == len(model.initial), where, counts)
    for variable, value in zip(model.variables, model.initial, strict=True):
        require(variable.scope is Scope.SHARED, where, f"{variable.name} is a local")
        verify_type(variable.type, where)
        text = f"{variable.name}: {value!r} is no {render_type(variable.type)}"
        require(contains(variable.type, value), where, text)


def _written(model: Model) -> Iterator[str]:
    """The variables that some code writes."""
    for process in model.processes:
        for body in (process.prologue, *(step.body for step in process.steps)):
            for statement in statements(body):
                match statement:
                    case Assign(place) | Push(place) | Insert(place) | Remove(place):
                        yield root(place).name
                    case Pop(queue, target):
                        yield root(queue).name
                        if target is not None:
                            yield root(target).name
                    case _:
                        pass


def _verify_process(
    process: Process, shared: dict[str, Variable], lasting: dict[str, Variable]
) -> None:
    """`lasting` are the shared variables that keep their first values."""
    own = process.locals if process.index is None else (*process.locals, process.index)
    _verify_names(process.name, (local.name for local in own))
    _verify_names(process.name, (step.label for step in process.steps))
    for local in own:
        require(local.scope is Scope.LOCAL, process.name, f"{local.name} is shared")
        verify_type(local.type, process.name)
    if process.index is not None:
        lawful = isinstance(process.index.type, INDEX_TYPES)
        require(lawful, process.name, f"instances by {render_type(process.index.type)}")
    known = {local.name: local for local in own}
    start = Surroundings(f"{process.name} before its first label", lasting, known, None)
    for statement in statements(process.prologue):
        require(not isinstance(statement, Wait), start.where, "it waits")
    _verify_body(process, process.prologue, start)
    stored = tuple(local.name for local in process.locals)
    for step in process.steps:
        around = Surroundings(f"{process.name}.{step.label}", shared, known, None)
        live = tuple(name for name in stored if name in step.live)
        require(live == step.live, around.where, f"live locals {step.live} of {stored}")
        _verify_body(process, step.body, around)


def _verify_body(process: Process, body: tuple[Statement, ...], around: Surroundings) -> None:
    for statement in statements(body):
        _verify_statement(process, statement, around)
    ended, _ = _follow(body, around.where, wrote=False)
    require(ended, around.where, "a path does not end in a goto")


def _verify_statement(process: Process, statement: Statement, around: Surroundings) -> None:
    match statement:
        case Assign(place, value):
            verify_value(value, _verify_target(process, place, around), around)
        case Push(queue, value):
            verify_value(value, _verify_queue(process, queue, around), around)
        case Pop(queue, target):
            item = _verify_queue(process, queue, around)
            if target is not None:
                text = f"{render_place(target)} cannot hold {render_type(item)}"
                lawful = is_alike(_verify_target(process, target, around), item)
                require(lawful, around.where, text)
        case Insert(container, value) | Remove(container, value):
            verify_value(value, _verify_pool(process, container, around), around)
        case Check(condition) | Wait(condition) | If(condition):
            verify_condition(condition, around)
        case Choose(target, offers):
            require(target.scope is Scope.LOCAL, around.where, f"a choice of shared {target.name}")
            _verify_target(process, target, around)
            for offer in offers:
                verify_condition(offer.condition, around)
                verify_value(offer.value, target.type, around)
        case Goto(label):
            labels = {None, *(step.label for step in process.steps)}
            require(label in labels, around.where, f"goto {label}, which is no label")
        case _:
            assert_never(statement)


def _verify_target(process: Process, place: Place, around: Surroundings) -> Type:
    """A place that may be assigned, and its type."""
    verify_expr(place, around)
    text = f"{render_place(place)} is assigned, the index of the instance"
    require(root(place) != process.index, around.where, text)
    return type_of(place)


def _verify_queue(process: Process, queue: Place, around: Surroundings) -> Type:
    """A queue that may be changed, and the type of its items."""
    t = _verify_target(process, queue, around)
    require(isinstance(t, QueueType), around.where, f"{render_place(queue)} is no queue")
    return t.item if isinstance(t, QueueType) else t


def _verify_pool(process: Process, container: Place, around: Surroundings) -> Type:
    """A bag or a set that may be changed, and the type of its items."""
    t = _verify_target(process, container, around)
    lawful = isinstance(t, BagType | SetType)
    require(lawful, around.where, f"{render_place(container)} is no bag and no set")
    return t.item if isinstance(t, BagType | SetType) else t


def _follow(body: tuple[Statement, ...], where: str, *, wrote: bool) -> tuple[bool, bool]:
    """Whether every path ends in a goto, and whether some path that does not has written."""
    for number, statement in enumerate(body):
        match statement:
            case Assign(place, _) | Push(place, _) | Insert(place, _) | Remove(place, _):
                wrote = wrote or root(place).scope is Scope.SHARED
            case Pop(queue, target):
                places = (queue,) if target is None else (queue, target)
                wrote = wrote or any(root(place).scope is Scope.SHARED for place in places)
            case Wait():
                require(not wrote, where, "a wait after a write of shared state")
            case Choose():
                require(not wrote, where, "a choice after a write of shared state")
            case If(_, then, otherwise):
                one = _follow(then, where, wrote=wrote)
                other = _follow(otherwise, where, wrote=wrote)
                ended = one[0] and other[0]
                require(not ended or number == len(body) - 1, where, "code after a goto")
                if ended:
                    return True, False
                wrote = any(has for over, has in (one, other) if not over)
            case Goto():
                require(number == len(body) - 1, where, "code after a goto")
                return True, False
            case Check():
                pass
            case _:
                assert_never(statement)
    return False, wrote
