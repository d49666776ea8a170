"""Where an instance can stand, as far as its own code decides, and what it may do from there.

A standing is a label with the values of the locals that are followed. What is read from the shared
state may be anything of its type, so each run of the model goes through standings of this graph;
it may hold more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple, TypeAlias, assert_never

from modelcheck.engines.folding import folded
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Expr,
    Field,
    Index,
    Literal,
    Place,
    Scope,
    Unwrap,
    Variable,
    as_place,
    root,
)
from modelcheck.ir.model import Process
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Offer,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import (
    BoolType,
    EnumType,
    IntType,
    OptionType,
    Type,
    Value,
    contains,
    size,
    values,
)
from modelcheck.ir.walk import statements, variables
from modelcheck.passes.footprint import Footprint, Path, touched
from modelcheck.trace import Location

WIDEST = 16
"""Locals of types with more values are not followed."""

MOST = 400
"""With more standings than this, or ways through one step, fewer locals are followed."""


Body: TypeAlias = tuple[Statement, ...]
Effect: TypeAlias = Assign | Push | Pop | Insert | Remove


class TooMany(Exception):
    """There are more standings than are worth telling apart."""


class Standing(NamedTuple):
    """A label and the values of its followed locals, in the order of `live`."""

    label: str | None
    locals: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What an instance may do from a standing."""

    footprint: Footprint
    asked: frozenset[Path]
    """What decides whether it can: what is read up to the last wait or choice."""

    guard: Expr | None
    """The one condition that decides it, if it is that simple."""

    targets: tuple[int, ...]
    """The numbers of the standings that it may lead to, ascending."""


@dataclass(frozen=True, slots=True)
class Standings:
    """The standings of one instance, by number, and what it may do from each."""

    standings: tuple[Standing, ...]
    acts: tuple[Act, ...]
    numbers: Mapping[Standing, int]
    followed: Mapping[str | None, tuple[int, ...]]
    """By label: the positions, among the live locals, of those that are followed."""

    def number(self, location: Location) -> int:
        """The number of the standing of a location."""
        followed = self.followed[location.label]
        standing = Standing(location.label, tuple([location.locals[at] for at in followed]))
        return self.numbers[standing]


def standings_of(process: Process, index: Value, *, most: int = MOST) -> Standings:
    """The standings of an instance, with as many locals followed as stay within `most`."""
    small = frozenset(one.name for one in process.locals if _is_small(one.type))
    for followed in (small, small & _deciding(process)):
        try:
            return _Explorer(process, index, followed, most).explore()
        except TooMany:
            continue
    return _Explorer(process, index, frozenset(), most).explore()


def _is_small(t: Type) -> bool:
    item = t.item if isinstance(t, OptionType) else t
    return isinstance(item, BoolType | IntType | EnumType) and size(t) <= WIDEST


def _deciding(process: Process) -> frozenset[str]:
    """The locals that conditions speak of."""
    return frozenset(
        variable.name
        for step in process.steps
        for statement in statements(step.body)
        if isinstance(statement, If | Wait)
        for variable in variables(statement.condition)
    )


Known = tuple[tuple[Variable, Value], ...]
"""Locals whose values are known at a point of a step, in the order of their names."""

Ways = dict[Known, None]
"""What may be known at a point of a step, each once and in a fixed order."""


def _known(values_of: Mapping[Variable, Value]) -> Known:
    return tuple(sorted(values_of.items(), key=lambda item: item[0].name))


@dataclass(slots=True)
class _Found:
    """What the runs of one step have shown so far."""

    touched: list[Footprint] = field(default_factory=list)
    asked: set[Path] = field(default_factory=set)
    guards: dict[Expr, None] = field(default_factory=dict)
    targets: dict[Standing, None] = field(default_factory=dict)
    is_asking: bool = False
    """Whether a wait or a choice may still follow."""

    is_plain: bool = True
    """Whether nothing but one wait was asked so far."""


class _Explorer:
    """Goes through the standings of one instance."""

    def __init__(self, process: Process, index: Value, followed: frozenset[str], most: int) -> None:
        self.names, self.most = followed, most
        self.steps = {step.label: step for step in process.steps}
        self.prologue = process.prologue
        self.locals = {one.name: one for one in process.locals}
        self.own: dict[Variable, Value] = {}
        if process.index is not None:
            self.own[process.index] = index
        self.followed: dict[str | None, tuple[int, ...]] = {None: ()}
        for step in process.steps:
            self.followed[step.label] = tuple(
                at for at, name in enumerate(step.live) if name in followed
            )
        self.found = _Found()
        self.folds: dict[tuple[int, Known], Expr] = {}
        self.speaks: dict[int, frozenset[Variable]] = {}

    def explore(self) -> Standings:
        """Every standing from the prologue on; raises `TooMany` where locals are followed."""
        self._run(self.prologue, Standing(None, ()))
        order = dict.fromkeys(self.found.targets)
        acts: list[_Found] = []
        while len(acts) < len(order):
            standing = list(order)[len(acts)]
            body = () if standing.label is None else self.steps[standing.label].body
            acts.append(self._run(body, standing))
            order.update(dict.fromkeys(acts[-1].targets))
            if self.names and len(order) > self.most:
                raise TooMany
        numbers = {standing: number for number, standing in enumerate(order)}
        made = tuple(_act(one, numbers) for one in acts)
        return Standings(tuple(order), made, numbers, self.followed)

    def _run(self, body: Body, standing: Standing) -> _Found:
        self.found = _Found()
        asking = [number for number, one in enumerate(body) if _asks(one)]
        ways: Ways = {_known(self._stored(standing)): None}
        for number, statement in enumerate(body):
            self.found.is_asking = bool(asking) and number <= asking[-1]
            ways = self._statement(statement, ways)
        return self.found

    def _stored(self, standing: Standing) -> dict[Variable, Value]:
        if standing.label is None:
            return dict(self.own)
        live = self.steps[standing.label].live
        names = [live[at] for at in self.followed[standing.label]]
        pairs = zip(names, standing.locals, strict=True)
        return {**self.own, **{self.locals[name]: value for name, value in pairs}}

    def _body(self, body: Body, ways: Ways) -> Ways:
        for statement in body:
            ways = self._statement(statement, ways)
        return ways

    def _statement(self, statement: Statement, ways: Ways) -> Ways:
        after: Ways = {}
        for known in ways:
            for one in self._one(statement, known):
                after[one] = None
        if len(after) <= MOST:
            return after
        if self.names:
            raise TooMany
        return {_known(self.own): None}

    def _one(self, statement: Statement, known: Known) -> Iterator[Known]:
        """What may be known behind a statement; nothing where the step ends in it."""
        match statement:
            case If(condition, then, otherwise):
                decided = self._fold(condition, known)
                self._note(If(decided, (), (), statement.span))
                if decided != FALSE:
                    yield from self._body(then, {known: None})
                if decided != TRUE:
                    yield from self._body(otherwise, {known: None})
            case Wait(condition) | Check(condition):
                yield from self._asked(statement, self._fold(condition, known), known)
            case Choose():
                yield from self._chosen(statement, known)
            case Goto(label):
                self._leave(label, known)
            case _:
                yield from self._changed(statement, known)

    def _asked(self, statement: Wait | Check, condition: Expr, known: Known) -> Iterator[Known]:
        self._note(replace(statement, condition=condition))
        if isinstance(statement, Wait):
            self.found.guards[condition] = None
        elif condition != TRUE:
            self.found.is_plain = False
        if condition != FALSE:
            yield known

    def _chosen(self, choose: Choose, known: Known) -> Iterator[Known]:
        self.found.is_plain = False
        offers = tuple(
            Offer(self._fold(one.condition, known), self._fold(one.value, known))
            for one in choose.offers
        )
        self._note(Choose(choose.target, offers, choose.span))
        possible = [one.value for one in offers if one.condition != FALSE]
        yield from self._given(choose.target, possible, known)

    def _changed(self, statement: Effect, known: Known) -> Iterator[Known]:
        """Behind a statement that changes a place, or two."""
        made = _mapped(statement, lambda expr: self._fold(expr, known))
        self._note(made)
        match statement, made:
            case Assign(Variable(scope=Scope.LOCAL) as target), Assign(_, value):
                yield from self._given(target, [value], known)
            case Pop(_, target), _ if target is not None and _is_local(target):
                yield from self._given(root(target), [target], known)
            case _:
                yield _forgotten(_places(statement), known)

    def _given(self, target: Variable, possible: Sequence[Expr], known: Known) -> Iterator[Known]:
        """Behind giving a local one of some values; one outside its domain violates."""
        rest = {variable: value for variable, value in known if variable != target}
        if all(isinstance(one, Literal) for one in possible):
            options = [one.value for one in possible if isinstance(one, Literal)]
        elif target.name in self.names:
            options = list(values(target.type))
        else:
            yield _known(rest)
            return
        for option in dict.fromkeys(options):
            if contains(target.type, option):
                yield _known({**rest, target: option})

    def _leave(self, label: str | None, known: Known) -> None:
        values_of = {variable.name: value for variable, value in known}
        live = () if label is None else self.steps[label].live
        options: list[tuple[Value, ...]] = []
        for at in self.followed[label]:
            local = self.locals[live[at]]
            known_here = local.name in values_of
            options.append((values_of[local.name],) if known_here else tuple(values(local.type)))
        for combination in product(*options):
            self.found.targets[Standing(label, combination)] = None

    def _note(self, statement: Statement) -> None:
        own = touched(statement)
        self.found.touched.append(own)
        if self.found.is_asking:
            self.found.asked |= own.reads
            if own.reads and not isinstance(statement, Wait):
                self.found.is_plain = False

    def _fold(self, expr: Expr, known: Known) -> Expr:
        spoken = self.speaks.get(id(expr))
        if spoken is None:
            spoken = self.speaks[id(expr)] = variables(expr)
        relevant = tuple([pair for pair in known if pair[0] in spoken])
        found = self.folds.get((id(expr), relevant))
        if found is None:
            found = self.folds[id(expr), relevant] = folded(expr, dict(relevant))
        return found


def _act(found: _Found, numbers: Mapping[Standing, int]) -> Act:
    footprint = Footprint(
        frozenset(path for one in found.touched for path in one.reads),
        frozenset(write for one in found.touched for write in one.writes),
    )
    guards = tuple(found.guards)
    is_plain = found.is_plain and len(guards) == 1
    return Act(
        footprint=footprint,
        asked=frozenset(found.asked),
        guard=guards[0] if is_plain else None,
        targets=tuple(sorted(numbers[target] for target in found.targets)),
    )


def _asks(statement: Statement) -> bool:
    return any(isinstance(one, Wait | Choose) for one in statements((statement,)))


def _is_local(place: Place) -> bool:
    return root(place).scope is Scope.LOCAL


def _forgotten(places: Iterable[Place], known: Known) -> Known:
    """What is still known once places have been written."""
    changed = {root(place) for place in places}
    return tuple(pair for pair in known if pair[0] not in changed)


def _places(statement: Effect) -> tuple[Place, ...]:
    match statement:
        case Assign(place) | Push(place) | Insert(place) | Remove(place) | Pop(place, None):
            return (place,)
        case Pop(queue, target):
            return (queue,) if target is None else (queue, target)
        case _:
            assert_never(statement)


def _mapped(statement: Effect, change: Callable[[Expr], Expr]) -> Effect:
    """A statement with its expressions changed; of places only the indices."""

    def place(written: Place) -> Place:
        match written:
            case Variable():
                return written
            case Field(base, name, span):
                return Field(place(as_place(base)), name, span)
            case Index(base, index, span):
                return Index(place(as_place(base)), change(index), span)
            case Unwrap(base, span):
                return Unwrap(place(as_place(base)), span)
            case _:
                assert_never(written)

    match statement:
        case Assign(target, value, span):
            return Assign(place(target), change(value), span)
        case Push(queue, value, span):
            return Push(place(queue), change(value), span)
        case Insert(container, value, span):
            return Insert(place(container), change(value), span)
        case Remove(container, value, span):
            return Remove(place(container), change(value), span)
        case Pop(queue, target, span):
            return Pop(place(queue), None if target is None else place(target), span)
        case _:
            assert_never(statement)
