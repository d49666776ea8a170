"""The mutable middle of one breadth-first search in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelcheck.engines.contract import (
    Progress,
    Reduced,
)
from modelcheck.engines.graph import Graph
from modelcheck.engines.selection import Claim
from modelcheck.engines.statistics import IdleStep, Unexercised, Widening
from modelcheck.semantics import (
    Memory,
    Prepared,
)
from modelcheck.trace import (
    Budget,
    Holds,
    State,
    Transition,
    Violated,
)

if TYPE_CHECKING:  # slow, and most searches leave out nothing
    from modelcheck.engines.stubborn import Chooser
    from modelcheck.engines.symmetry.orbits import Orbits


class Stop(Exception):
    """The search ends here; `within` is set where only the limit of depth cut it."""

    def __init__(self, reason: str, *, within: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.within = within


@dataclass(slots=True)
class Search:
    """The mutable middle of one search."""

    prepared: Prepared
    memory: Memory
    selected: tuple[Claim, ...]
    budget: Budget
    full: bool
    progress: Progress | None
    clock: Callable[[], float]
    began: float
    weigh: Callable[[], int]
    weight: int
    """Of the process when the search began, in bytes."""

    states: list[State] = field(default_factory=list)
    numbers: dict[State, int] = field(default_factory=dict)
    parents: list[tuple[int, Transition] | None] = field(default_factory=list)
    """How each state was first found; None for an initial one."""

    taken: dict[str, int] = field(default_factory=dict)
    degrees: Counter[int] = field(default_factory=Counter)
    """How many states have each out-degree."""

    transitions: int = 0
    level: int = 0
    """Steps from an initial state to the states that are being expanded."""

    levels: list[int] = field(default_factory=list)
    """How many states each level has, that which is being expanded last."""

    depth: int = 0
    decided: dict[str, Violated | Holds] = field(default_factory=dict)
    idle: tuple[IdleStep, ...] = ()
    unexercised: tuple[Unexercised, ...] = ()
    widening: tuple[Widening, ...] = ()
    graph: Graph | None = None
    """Kept where a liveness property is selected."""

    reduced: tuple[Reduced, ...] = ()
    chooser: Chooser | None = None
    """Chooses among the transitions out of a state, where stubborn sets are asked for."""

    orbits: Orbits | None = None
    """Of which one state each is stored; None: every state is."""

    halted: bool = False
    """Whether the search ends with this level; one with nothing left to expand is complete."""
