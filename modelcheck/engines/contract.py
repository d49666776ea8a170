"""What every engine promises: one search of a model, and a verdict on each property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from modelcheck.engines.statistics import Statistics
from modelcheck.errors import UserError
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Budget, Verdict

if TYPE_CHECKING:  # slow
    from modelcheck.engines.follow import Followed

INTERRUPTED = "interrupted"
"""Why a search stopped that was interrupted from the keyboard."""


class Reduction(Enum):
    """A way to decide the same properties on fewer states, by its name on the command line."""

    SYMMETRY = "symmetry"
    STUBBORN = "stubborn"
    SLICING = "slicing"
    MERGING = "merging"


@dataclass(frozen=True, slots=True)
class Reduced:
    """A reduction that was asked for, and what became of it."""

    reduction: Reduction
    is_used: bool
    """Whether it left states out; else the search was the plain one."""

    effect: str
    """What it did, or why it has no hold on the model, in a phrase."""

    def __str__(self) -> str:
        return f"{self.reduction.value}: {'' if self.is_used else 'not used, '}{self.effect}"


@dataclass(frozen=True, slots=True)
class PropertyVerdict:
    """What an engine says about one property."""

    property: str
    """A property's name, `worker.detach` for the checks inside a step, or `deadlock`."""

    kind: PropertyKind
    verdict: Verdict
    shortest: bool = True
    """Whether its counterexample is a shortest one; of a lasso, whether its way in is."""

    reach: int | None = field(default=None, compare=False)
    """At least so many states are no deeper than the one in which its violation is seen."""

    followed: Followed | None = field(default=None, compare=False)
    """How its trace went on the model itself, where that made the trace; nobody need ask again."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a search found. Equal inputs give equal explorations unless a clock cut them."""

    verdicts: tuple[PropertyVerdict, ...]
    """The model's properties, then the checks in step order, then `deadlock`."""

    states: int
    """Distinct states stored; 0 of an engine that stores none."""

    transitions: int
    """From state to state, known ones included; one that violates leads to none and is left out."""

    depth: int
    """The greatest number of steps from an initial state to a stored state."""

    complete: bool
    """Whether every reachable state was found and expanded."""

    coverage: tuple[tuple[str, int], ...]
    """Each step as `process.label`, and how often it was taken, into a violation or a state."""

    statistics: Statistics
    engine: str
    stopped: str
    """Why the search ended early; `INTERRUPTED` where that was after it, in judging liveness."""

    stands_for: int | None = None
    """How many states of the model those stored stand for, where that was counted."""

    reductions: tuple[Reduced, ...] = ()
    """Those asked for. Where one is used, all counts are of the reduced space."""

    queries: int | None = None
    """How many questions a solver was asked, of an engine that stores no states: it counts none."""

    before: tuple[str, ...] = ()
    """Precedences that runs had to keep to: of other runs nothing is said."""

    @property
    def is_surveyed(self) -> bool:
        """Whether it is known what never happens: every state was looked at."""
        return self.complete and self.queries is None

    @property
    def is_reduced(self) -> bool:
        """Whether states were left out, so that the counts are not those of the model."""
        return any(one.is_used for one in self.reductions)

    @property
    def search(self) -> str:
        """The engine, and the reductions it used."""
        used = [one.reduction.value for one in self.reductions if one.is_used]
        return f"{self.engine}, reduced by {' and '.join(used)}" if used else self.engine


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a search has come."""

    states: int
    transitions: int
    depth: int
    """Steps from an initial state to the states that are being expanded."""

    frontier: int
    """States found and not yet expanded."""

    seconds: float
    memory: int | None = None
    """Bytes: of the native engine's states, or what the interpreter's process has grown by."""

    load: float | None = None
    """How full the table of states is, where there is one: 1 would be full."""

    left: int | None = None
    """A guess at how many states are still to be found; None while levels grow."""

    disk: int | None = None
    """Bytes of states in files, where the search may put some there."""

    graph: int | None = None
    """Of the states, those in the graph on which liveness is judged, while that is done."""

    runs: tuple[int, int] | None = None
    """Of random runs, how many were made, and how many are to be."""


class Storage(Enum):
    """How the native engine stores states; both are exact."""

    PLAIN = "plain"
    COMPACT = "compact"
    """In fewer bytes, at some cost of time; for states of one word only."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a search is written down, so that another run can go on with it."""

    folder: Path
    every: float
    """Seconds; it happens at the ends of levels."""

    resume: bool
    """Whether to go on with the search that the folder holds."""


Progress: TypeAlias = Callable[[ProgressReport], None]


class Engine(Protocol):
    """A way to decide properties of a model; a function is one."""

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model` within `budget`.

        `properties` names those that get a verdict and whose violation ends the search
        (None: all); `full` goes on after a violation. Each of the `reductions` is used where the
        model and the engine allow it; `Exploration.reductions` says of each what became of it.
        Raises `UserError` for a name that the model does not have.
        """


def reductions_named(text: str) -> frozenset[Reduction]:
    """The reductions in a list such as `symmetry`, separated by commas; none if it is empty.

    Raises `UserError` for a name that there is not.
    """
    names = [name.strip() for name in text.split(",")] if text else []
    known = {one.value: one for one in Reduction}
    for name in names:
        if name not in known:
            there_is = f"there is: {', '.join(known)}"
            raise UserError(f"there is no reduction {name!r}", way_out=there_is)
    return frozenset(known[name] for name in names)


UNREDUCED = "liveness is not decided on a reduced space; without --reduce it is"
"""Why a liveness property has no verdict where a reduction was used."""
