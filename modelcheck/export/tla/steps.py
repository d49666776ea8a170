"""The steps of one process as TLA+ actions: a body run forward, its writes kept until it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.export.names import Names, plain_text
from modelcheck.export.tla.values import (
    DONE,
    UNSET,
    Known,
    Words,
    assigned,
    closed,
    domain,
    expression,
    string,
)
from modelcheck.ir.expressions import (
    TRUE,
    Expr,
    Field,
    Index,
    Literal,
    Place,
    Unwrap,
    Variable,
    root,
    type_of,
)
from modelcheck.ir.model import Process, Step
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
from modelcheck.ir.types import INDEX_TYPES, BagType, SetType, Type, values
from modelcheck.ir.walk import is_joined, reachable, statements, variables, written

Block: TypeAlias = list[str]
"""Lines that begin in one column: one expression, most often a list of conjuncts."""

Body: TypeAlias = tuple[Statement, ...]
FAULT = "fault"
"""The variable that says which check has been violated."""

Change: TypeAlias = Callable[[str], str]
"""A new value, made from the text of the old one."""

Write: TypeAlias = tuple[Variable, str]


@dataclass(frozen=True, slots=True)
class Acting:
    """How one process appears in the module."""

    process: Process
    at: str
    """The variable of its locations."""

    own: Mapping[str, str]
    """The variables of the locals that are part of some state."""

    parameter: str
    """What its instance is called; empty for a process that is no array."""

    others: tuple[str, ...]
    """Every other variable of the module that is not shared."""


@dataclass(frozen=True, slots=True)
class ActionWriter:
    """Writes the actions of one process."""

    acting: Acting
    shared: Mapping[Variable, str]
    words: Words
    orders: Mapping[Type, str]
    """The operator that orders the items of a bag."""

    names: Names

    def action(self, step: Step) -> Block:
        """The conjuncts of one step."""
        known = dict(self.shared)
        for local in self.acting.process.locals:
            if local.name in step.live:
                known[local] = self.seen(self.acting.own[local.name])
        if self.acting.process.index is not None:
            known[self.acting.process.index] = self.acting.parameter
        run = _Run(self, step, self.names.inner())
        here = self.seen(self.acting.at)
        return [f"/\\ {here} = {string(step.label)}", *run.block(step.body, known)]

    def seen(self, name: str) -> str:
        """A variable of the process, as its instance has it."""
        return f"{name}[{self.acting.parameter}]" if self.acting.parameter else name


@dataclass(frozen=True, slots=True)
class _Run:
    """One step being written."""

    writer: ActionWriter
    step: Step
    names: Names

    def block(self, body: Body, known: Known) -> Block:
        """What `body` does, as conjuncts."""
        statement, rest = body[0], body[1:]
        match statement:
            case Wait(condition):
                return [f"/\\ {self._conjunct(condition, known)}", *self.block(rest, known)]
            case Check(condition, message):
                text = f"{self.writer.acting.process.name}.{self.step.label}: {message}"
                fault = [f"Fault({string(plain_text(text))})"]
                test = expression(condition, known, self.writer.words)
                return _split(test, self.block(rest, known), fault)
            case If(condition, then, otherwise):
                if is_joined(statement):
                    return self._joined(statement, rest, known)
                test = expression(condition, known, self.writer.words)
                one = self.block(reachable((*then, *rest)), known)
                other = self.block(reachable((*otherwise, *rest)), known)
                return _split(test, one, other)
            case Choose(target, offers):
                name = self.names.take(target.name)
                inside = self.block(rest, {**known, target: name})
                return [
                    f"/\\ \\E {name} \\in {self._on_offer(target, offers, known)} :",
                    *headed("     ", inside),
                ]
            case Goto(label):
                return self._leave(label, known)
            case _:
                place, text = self._written(statement, known)
                return self._bound(((root(place), text),), rest, known)

    def _conjunct(self, condition: Expr, known: Known) -> str:
        text = expression(condition, known, self.writer.words)
        return closed(text) if "\\/" in text or "\\E" in text else text

    def _on_offer(self, target: Variable, offers: tuple[Offer, ...], known: Known) -> str:
        words = self.writer.words
        if all(offer.condition == TRUE for offer in offers):
            if isinstance(target.type, INDEX_TYPES) and _is_whole(target.type, offers):
                return domain(target.type)
            return f"{{{', '.join(expression(offer.value, known, words) for offer in offers)}}}"
        parts = (
            f"IF {expression(offer.condition, known, words)} "
            f"THEN {{{expression(offer.value, known, words)}}} ELSE {{}}"
            for offer in offers
        )
        return f"UNION {{{', '.join(parts)}}}"

    def _written(self, statement: Statement, known: Known) -> tuple[Place, str]:
        """The place that a statement writes, and what its variable becomes."""

        def text(expr: Expr) -> str:
            return expression(expr, known, self.writer.words)

        match statement:
            case Assign(place, value):
                new = text(value)
                return place, self._updated(place, lambda _old: new, known)
            case Push(place, value):
                new = text(value)
                return place, self._updated(place, lambda old: f"Append({old}, {new})", known)
            case Pop(place):
                return place, self._updated(place, lambda old: f"Tail({old})", known)
            case Insert(place, value) | Remove(place, value):
                return place, self._updated(
                    place, self._exchange(statement, place, text(value)), known
                )
            case _:
                raise ModelCheckBug(f"{type(statement).__name__} writes nothing")

    def _exchange(self, statement: Insert | Remove, place: Place, item: str) -> Change:
        held = type_of(place)
        if isinstance(held, SetType):
            sign = "\\cup" if isinstance(statement, Insert) else "\\"
            return lambda old: f"{old} {sign} {{{item}}}"
        if not isinstance(held, BagType):
            raise ModelCheckBug("neither a bag nor a set")
        if isinstance(statement, Remove):
            return lambda old: f"BagRemove({old}, {item})"
        order = self.writer.orders[held.item]
        return lambda old: f"BagAdd({old}, {item}, {order})"

    def _updated(self, place: Place, change: Change, known: Known) -> str:
        """What the variable of `place` becomes."""
        path = ""
        while not isinstance(place, Variable):
            match place:
                case Field(base, name):
                    path = f".{self.writer.words.fields[name]}{path}"
                case Index(base, index):
                    path = f"[{expression(index, known, self.writer.words)}]{path}"
                case Unwrap(base):
                    pass
                case _:
                    assert_never(place)
            if not isinstance(base, Variable | Field | Index | Unwrap):
                raise ModelCheckBug(f"not a place: {base}")
            place = base
        if not path:
            return change(closed(known.get(place, UNSET)))
        return f"[{known[place]} EXCEPT !{path} = {change('@')}]"

    def _bound(self, writes: tuple[Write, ...], rest: Body, known: Known) -> Block:
        """The rest of the body, once these variables have become that."""
        if not writes:
            return self.block(rest, known)
        (variable, text), *others = writes
        after = dict(known)
        if _is_short(text) or not _is_asked(variable, rest):
            after[variable] = text
            return self._bound(tuple(others), rest, after)
        name = self.names.take(f"{variable.name}_new")
        after[variable] = name
        return [
            f"/\\ LET {name} == {text}",
            *headed("   IN  ", self._bound(tuple(others), rest, after)),
        ]

    def _joined(self, branch: If, rest: Body, known: Known) -> Block:
        """A branch that only has effects and falls through."""
        test = expression(branch.condition, known, self.writer.words)
        one, other = self._after(branch.then, known), self._after(branch.otherwise, known)
        writes = [
            (variable, f"IF {test} THEN {one[variable]} ELSE {other[variable]}")
            for variable in one
            if variable in other and one[variable] != other[variable]
        ]
        return self._bound(tuple(writes), rest, known)

    def _after(self, body: Body, known: Known) -> Known:
        for statement in body:
            if isinstance(statement, If):
                test = expression(statement.condition, known, self.writer.words)
                one, other = (
                    self._after(statement.then, known),
                    self._after(statement.otherwise, known),
                )
                known = {
                    variable: one[variable]
                    if one[variable] == other[variable]
                    else f"IF {test} THEN {one[variable]} ELSE {other[variable]}"
                    for variable in one
                    if variable in other
                }
                continue
            place, text = self._written(statement, known)
            known = {**known, root(place): text}
        return known

    def _leave(self, label: str | None, known: Known) -> Block:
        acting = self.writer.acting
        new: dict[str, str] = {}
        for variable, name in self.writer.shared.items():
            if known[variable] != name:
                new[name] = assigned(variable.type, known[variable])
        if label != self.step.label:
            new[acting.at] = self._moved(acting.at, string(DONE if label is None else label))
        live = acting.process.live(label)
        for local in acting.process.locals:
            if local.name in acting.own:
                name = acting.own[local.name]
                held = self.writer.seen(name) if local.name in self.step.live else UNSET
                after = known[local] if local.name in live else UNSET
                if after != held:
                    new[name] = self._moved(name, assigned(local.type, after))
        every = (
            *self.writer.shared.values(),
            acting.at,
            *acting.own.values(),
            *acting.others,
            FAULT,
        )
        same = [name for name in every if name not in new]
        unchanged = same[0] if len(same) == 1 else f"<<{', '.join(same)}>>"
        return [
            *(f"/\\ {name}' = {text}" for name, text in new.items()),
            f"/\\ UNCHANGED {unchanged}",
        ]

    def _moved(self, name: str, new: str) -> str:
        parameter = self.writer.acting.parameter
        return f"[{name} EXCEPT ![{parameter}] = {new}]" if parameter else new


def _is_asked(variable: Variable, rest: Body) -> bool:
    """Whether a variable's text would be written more than once."""
    inside = tuple(statements(rest))
    splits = any(isinstance(one, If) and not is_joined(one) for one in inside)
    return splits or any(variable in variables(expr) for one in inside for expr in written(one))


def _is_short(text: str) -> bool:
    return re.fullmatch(r'-?\w+(\[\w+\])?|"[^"]*"', text) is not None


def _is_whole(t: Type, offers: tuple[Offer, ...]) -> bool:
    offered = [offer.value.value for offer in offers if isinstance(offer.value, Literal)]
    return len(offered) == len(offers) and set(offered) == set(values(t))


def _split(test: str, then: Block, otherwise: Block) -> Block:
    one, other = headed("     THEN ", _alone(then)), headed("     ELSE ", _alone(otherwise))
    return [f"/\\ IF {test}", *one, *other]


def _alone(block: Block) -> Block:
    """A block of one conjunct without the sign that there are more."""
    if sum(line.startswith("/\\") for line in block) != 1:
        return block
    return [line[3:] for line in block]


def headed(head: str, block: Block) -> Block:
    """A block behind a word, which stands before its first line alone."""
    return [f"{' ' * len(head) if number else head}{line}" for number, line in enumerate(block)]
