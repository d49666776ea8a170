"""A model as C: its text, and what the search needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelcheck.engines.native.layout import Layout
from modelcheck.engines.selection import Claim


@dataclass(frozen=True, slots=True)
class Asked:
    """The numbers of a liveness property's conditions."""

    goal: int
    promise: int | None
    """From where on the goal is owed; None: from the beginning alone."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The C of a model, and what the search needs to know of it."""

    text: str
    layout: Layout
    claims: tuple[Claim, ...]
    """What can be decided, by number: the properties, then the steps, then deadlock."""

    signs: tuple[str, ...]
    """Whose property has something to say if this was seen; the numbers go on from `claims`."""

    steps: tuple[str, ...]
    """Each step as `process.label`, by number."""

    asked: Mapping[str, Asked]
    """What `ask` is to be asked for each liveness property."""

    fan_out: int
    """At most how many successors a state has."""

    index: int
    """How many entries the index of what is remembered of local steps has."""

    answers: int
    """How many answers may be remembered of properties."""

    entry: str = "expand"
    """The C function that gives them."""

    single: str = field(default="", compare=False)
    """C that takes the steps of one instance alone; no part of the text, and not kept with it."""

    @property
    def decisions(self) -> int:
        """How many things are noted where they were first seen."""
        return len(self.claims) + len(self.signs)
