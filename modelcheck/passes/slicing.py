"""Slicing: what no guard, check or property depends on, not even in the end, is left out.

Left out are variables, and fields of records in them; where they were assigned, what could violate
there is still checked. The model that is left does the same step by step: forgetting what was left
out is a bisimulation. So every verdict, liveness included, and the length of every shortest trace
are the same, and a schedule of one model is a schedule of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from modelcheck.ir.expressions import TRUE, Expr, Literal, Make, Place, Scope, root, type_of
from modelcheck.ir.model import Model, Process, Property, PropertyKind
from modelcheck.ir.statements import Assign, Check, If, Statement
from modelcheck.ir.types import ArrayType, RecordType, Type, Value, values
from modelcheck.ir.walk import statements
from modelcheck.passes.definedness import Facts, definedness, fits
from modelcheck.passes.footprint import Path, Unknown, is_overlapping, path_of, reads, touched, way
from modelcheck.passes.liveness import with_liveness

Body: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Sliced:
    """A model without what nothing depends on."""

    model: Model
    left_out: tuple[str, ...]
    """What was left out though some step assigns it, such as `mq[*].detached`; in model order."""


def sliced(model: Model, wanted: frozenset[str] | None) -> Sliced:
    """The part of the model that decides the properties named (None: all) and all its checks.

    The others stay, with nothing to say.
    """
    chosen = (
        one if wanted is None or one.name in wanted else _silenced(one) for one in model.properties
    )
    slim = replace(model, properties=tuple(chosen))
    left_out: dict[Path, None] = {}
    touches = _Touches()
    while True:
        dropped = _dropped(slim, touches)
        if dropped <= left_out.keys():
            order = tuple(path for path in _parts_of(model) if path in left_out)
            return Sliced(slim, tuple(map(_told, order)))
        left_out.update(dict.fromkeys(dropped))
        slim = _without(slim, dropped)


def _silenced(prop: Property) -> Property:
    return replace(prop, condition=TRUE, target=None if prop.target is None else TRUE)


def _parts_of(model: Model) -> tuple[Path, ...]:
    """The smallest parts of the shared state that are told apart, in declared order."""
    return tuple(
        (variable.name, *rest)
        for variable in model.variables
        for rest in _parts_of_type(variable.type)
    )


def _parts_of_type(t: Type) -> Iterator[Path]:
    match t:
        case RecordType(fields=fields):
            for field in fields:
                for rest in _parts_of_type(field.type):
                    yield (field.name, *rest)
        case ArrayType(_, item):
            for rest in _parts_of_type(item):
                yield (Unknown.ANY, *rest)
        case _:
            yield ()


def _dropped(model: Model, touches: _Touches) -> frozenset[Path]:
    """The parts that some step assigns and nothing depends on."""
    parts = _Parts(_parts_of(model))
    bodies = [step.body for process in model.processes for step in process.steps]
    every = [statement for body in bodies for statement in statements(body)]
    for prop in model.properties:
        for claim in prop.claims:
            parts.need(_spoken_of(prop.kind, claim))
    for statement in every:
        parts.need(touches.of(statement)[0])
    given = [one for one in every if isinstance(one, Assign) and _is_shared(one.place)]
    before = -1
    while len(parts.needed) > before:
        before = len(parts.needed)
        for one in given:
            path = path_of(one.place) or ()
            _flow(parts, path, one.value)
            if not parts.needed.isdisjoint(parts.within(path)):
                parts.need(way(one.place))
    assigned = [parts.within(path) for one in every for path in touches.of(one)[1]]
    return frozenset().union(*assigned) - parts.needed


class _Touches:
    """Of each statement, what it depends on whatever is left out, and what it assigns."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Statement, frozenset[Path], frozenset[Path]]] = {}
        """By the identity of the statement, which is kept as well."""

    def of(self, statement: Statement) -> tuple[frozenset[Path], frozenset[Path]]:
        if id(statement) not in self._known:
            self._known[id(statement)] = (statement, *_touches(statement))
        return self._known[id(statement)][1:]


def _touches(statement: Statement) -> tuple[frozenset[Path], frozenset[Path]]:
    if isinstance(statement, Assign) and _is_shared(statement.place):
        checked = (path for one in _checks(statement) for path in reads(one.condition))
        return frozenset(checked), frozenset({path_of(statement.place) or ()})
    footprint = touched(statement)
    written = frozenset(write.path for write in footprint.writes)
    return footprint.reads | written, written


class _Parts:
    """The smallest parts of the shared state, and which of them are needed."""

    def __init__(self, every: tuple[Path, ...]) -> None:
        self.every = every
        self.needed: set[Path] = set()
        self._within: dict[Path, frozenset[Path]] = {}

    def within(self, path: Path) -> frozenset[Path]:
        """Those that have something in common with what a path leads to."""
        if path not in self._within:
            found = (part for part in self.every if is_overlapping(part, path))
            self._within[path] = frozenset(found)
        return self._within[path]

    def need(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self.needed |= self.within(path)


def _spoken_of(kind: PropertyKind, claim: Expr) -> Iterator[Path]:
    """What a claim reads; of one over steps it is told whether its variables ever changed."""
    for path in reads(claim):
        yield path[:1] if kind is PropertyKind.EVERY_STEP else path


def _flow(parts: _Parts, path: Path, value: Expr) -> None:
    """What a value depends on is needed where what it is given to is."""
    match value, type_of(value):
        case Make(RecordType(fields=fields), items), _:
            for field, item in zip(fields, items, strict=True):
                _flow(parts, (*path, field.name), item)
        case Literal(), _:
            pass
        case _:
            given = parts.within(path)
            if not parts.needed.isdisjoint(given):
                parts.needed |= given
                parts.need(reads(value))


def _is_shared(place: Place) -> bool:
    return root(place).scope is Scope.SHARED


def _checks(assign: Assign) -> tuple[Check, ...]:
    """What an assignment checks, written out."""
    place, value, span, facts = assign.place, assign.value, assign.span, Facts()
    outside = fits(type_of(place), value, span, facts)
    return (*definedness(value, facts), *definedness(place, facts), *outside)


def _without(model: Model, dropped: frozenset[Path]) -> Model:
    """The model without some parts: whole variables are gone, fields never change."""
    kept = [
        (variable, value)
        for variable, value in zip(model.variables, model.initial, strict=True)
        if not all((variable.name, *rest) in dropped for rest in _parts_of_type(variable.type))
    ]
    return replace(
        model,
        variables=tuple(variable for variable, _ in kept),
        initial=tuple(
            _neutral(value, variable.type, (variable.name,), dropped) for variable, value in kept
        ),
        processes=tuple(_process(process, dropped) for process in model.processes),
    )


def _process(process: Process, dropped: frozenset[Path]) -> Process:
    steps = tuple(replace(step, body=_body(step.body, dropped)) for step in process.steps)
    return with_liveness(replace(process, steps=steps))


def _body(body: Body, dropped: frozenset[Path]) -> Body:
    made: list[Statement] = []
    for statement in body:
        match statement:
            case If(condition, then, otherwise, span):
                made.append(If(condition, _body(then, dropped), _body(otherwise, dropped), span))
            case Assign(place) if _is_shared(place):
                made += _assign(statement, path_of(place) or (), dropped)
            case _:
                made.append(statement)
    return tuple(made)


def _assign(assign: Assign, path: Path, dropped: frozenset[Path]) -> Iterator[Statement]:
    """An assignment of which some parts are left out, and the checks that it would have made."""
    if not any(is_overlapping(part, path) for part in dropped):
        yield assign
        return
    yield from _checks(assign)
    value = _neutral_expr(assign.value, path, dropped)
    if value is not None:
        yield Assign(assign.place, value, assign.span)


def _neutral_expr(value: Expr, path: Path, dropped: frozenset[Path]) -> Expr | None:
    """What is left of a value that is given to `path`; None if all of it is left out."""
    t = type_of(value)
    parts = [(*path, *rest) for rest in _parts_of_type(t)]
    if all(_is_dropped(part, dropped) for part in parts):
        return None
    match value:
        case Literal(_, known):
            return Literal(t, _neutral(known, t, path, dropped))
        case Make(RecordType(fields=fields) as record, items):
            made: list[Expr] = []
            for field, item in zip(fields, items, strict=True):
                left = _neutral_expr(item, (*path, field.name), dropped)
                made.append(_first(field.type) if left is None else left)
            return Make(record, tuple(made))
        case _:
            return value


def _neutral(value: Value, t: Type, path: Path, dropped: frozenset[Path]) -> Value:
    """A value of which the parts that are left out are the first of their types."""
    match t, value:
        case RecordType(fields=fields), tuple():
            return tuple(
                _neutral(item, field.type, (*path, field.name), dropped)
                for field, item in zip(fields, value, strict=True)
            )
        case ArrayType(_, item), tuple():
            return tuple(_neutral(one, item, (*path, Unknown.ANY), dropped) for one in value)
        case _:
            return next(iter(values(t))) if _is_dropped(path, dropped) else value


def _first(t: Type) -> Literal:
    return Literal(t, next(iter(values(t))))


def _is_dropped(path: Path, dropped: frozenset[Path]) -> bool:
    return any(is_overlapping(path, part) for part in dropped)


def _told(path: Path) -> str:
    name, *rest = path
    return str(name) + "".join("[*]" if part is Unknown.ANY else f".{part}" for part in rest)
