"""The effects of a step as Promela statements, run in order on the state itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.export.promela.foresight import Foresight, stored
from modelcheck.export.promela.values import Known
from modelcheck.ir.expressions import Place, root, type_of
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
from modelcheck.ir.types import QueueType

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Paths and what each becomes."""


@dataclass(frozen=True, slots=True)
class Branch:
    """An `if` with two ways."""

    condition: str
    then: Lines
    otherwise: Lines


Lines: TypeAlias = "tuple[str | Branch, ...]"


@dataclass(slots=True)
class Scratch:
    """The scratch variables of a text: 0 between steps, so that no state is split by them."""

    names: list[str] = field(default_factory=list)

    def first(self, count: int) -> list[str]:
        """The names of so many scratch variables."""
        while len(self.names) < count:
            self.names.append(f"scratch_{len(self.names)}")
        return self.names[:count]


@dataclass(frozen=True, slots=True)
class Effects:
    """Writes effects; `leave` gives what is done where the step ends."""

    foresight: Foresight
    scratch: Scratch
    known: Known
    """Every variable is stored."""

    def lines(self, statement: Statement) -> Lines:
        """One statement."""
        match statement:
            case Assign(place, value):
                new = self.foresight.writer.scalars(value, self.known)
                return self._set(place, tuple(zip(self._paths(place), new, strict=True)))
            case Push():
                return self._push(statement)
            case Pop():
                return self._pop(statement)
            case Insert(container) | Remove(container):
                new = self.foresight.contents(statement, self.known)
                return self._set(container, tuple(zip(self._paths(container), new, strict=True)))
            case If() | Check() | Wait() | Choose() | Goto():
                raise ModelCheckBug(f"{type(statement).__name__} is no effect")
            case _:
                assert_never(statement)

    def condition(self, branch: If) -> str:
        """The condition of a branch."""
        return self.foresight.writer.scalar(branch.condition, self.known)

    def cleared(self, place: Place) -> Lines:
        """The place made 0 throughout."""
        return tuple(f"{path} = 0" for path in self._paths(place))

    def _path(self, place: Place) -> str:
        return stored(self.foresight.writer.meaning(place, self.known))

    def _paths(self, place: Place) -> tuple[str, ...]:
        layout = self.foresight.writer.layout
        return layout.scalars(type_of(place), self._path(place))

    def _set(self, place: Place, pairs: Pairs) -> Lines:
        pairs = tuple((path, new) for path, new in pairs if path != new)
        word = _word(self._path(root(place)))
        is_moving = any(_says(word, path[len(word) :]) for path, _ in pairs)
        if len(pairs) <= 1 or not (is_moving or any(_says(word, new) for _, new in pairs)):
            return tuple(f"{path} = {new}" for path, new in pairs)
        if is_moving:
            pairs = self._whole(place, dict(pairs))
        return self._at_once(pairs)

    def _whole(self, place: Place, new: dict[str, str]) -> Pairs:
        """The whole variable, because what is written decides where it is written."""
        value = tuple(new.get(path, path) for path in self._paths(place))
        variable = root(place)
        known = self.foresight.updated(place, value, self.known)
        after = self.foresight.writer.scalars(variable, known)
        both = zip(self._paths(variable), after, strict=True)
        return tuple((path, one) for path, one in both if path != one)

    def _at_once(self, pairs: Pairs) -> Lines:
        names = self.scratch.first(len(pairs))
        kept = [f"{name} = {new}" for name, (_, new) in zip(names, pairs, strict=True)]
        moved = [f"{path} = {name}" for name, (path, _) in zip(names, pairs, strict=True)]
        return (*kept, *moved, *(f"{name} = 0" for name in names))

    def _push(self, push: Push) -> Lines:
        path, t = self._path(push.queue), type_of(push.queue)
        if not isinstance(t, QueueType):
            raise ModelCheckBug("a push on no queue")
        word = _word(path)
        if _says(word, path[len(word) :]):
            new = self.foresight.contents(push, self.known)
            return self._set(push.queue, tuple(zip(self._paths(push.queue), new, strict=True)))
        layout = self.foresight.writer.layout
        slot = layout.scalars(t.item, layout.slot(t, path, f"{path}.size"))
        item = self.foresight.writer.scalars(push.value, self.known)
        # What is written lies beyond the end of the queue, where nothing is read.
        lines = (f"{one} = {new}" for one, new in zip(slot, item, strict=True))
        return (*lines, f"{path}.size = {path}.size + 1")

    def _pop(self, pop: Pop) -> Lines:
        path = self._path(pop.queue)
        word = _word(path)
        new = self.foresight.contents(pop, self.known)
        pairs = tuple(zip(self._paths(pop.queue), new, strict=True))
        if _says(word, path[len(word) :]):
            return self._set(pop.queue, pairs)
        # Each item moves to a place whose old one has moved already.
        count, *items = pairs
        return tuple(f"{one} = {text}" for one, text in (*items, count) if one != text)


def _word(path: str) -> str:
    found = re.match(r"\w+", path)
    if found is None:
        raise ModelCheckBug(f"{path} begins with no name")
    return found.group()


def _says(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(word)}\b", text) is not None
