"""What one run of a step sees and changes, and how it ends early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.types import Value
from modelcheck.source import Span
from modelcheck.trace import Instance

Path: TypeAlias = tuple[Value, ...]
"""A concrete part of the shared state: a variable's name, then field names and indices."""


class Refuted(Exception):
    """A check, or an implicit one, found false while a step or a property was evaluated."""

    def __init__(self, message: str, values: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.values = values
        self.span = span


@dataclass(slots=True)
class Frame:
    """The state as one run of a step sees it: a copy, so nothing happens unless it is kept.

    Made for one run (or one evaluation of a property) and thrown away after it.
    """

    shared: dict[str, Value]
    locals: dict[str, Value]
    choices: tuple[Value, ...] = ()
    """What `one_of` gives, in order."""

    chosen: int = 0
    """How many of the choices have been taken."""

    labels: Mapping[Instance, str | None] = field(default_factory=dict)
    """Where each instance stands, for `at`; empty inside steps, which cannot ask."""

    before: Mapping[str, Value] = field(default_factory=dict)
    """The shared variables before a step, for `every_step`; empty elsewhere."""

    reads: list[Path] = field(default_factory=list)
    writes: list[Path] = field(default_factory=list)
    mark: int = 0
    """How many reads had happened when the current statement began."""

    def local(self, name: str) -> Value:
        """The value of a local; reading one that has none is a bug of the front-end."""
        try:
            return self.locals[name]
        except KeyError:
            raise ModelCheckBug(f"the local {name} was read before it had a value") from None
