"""What engines give back: states, transitions, traces, verdicts, and the budget they work under."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from modelcheck.ir.model import PropertyKind
from modelcheck.ir.types import Value
from modelcheck.source import Span


@dataclass(frozen=True, slots=True)
class Instance:
    """One process instance, by name; `index` is None for a process that is no array."""

    process: str
    index: Value = None

    def __str__(self) -> str:
        return self.process if self.index is None else f"{self.process}[{self.index}]"


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of one instance with its choices: named, never positional."""

    instance: Instance
    label: str
    choices: tuple[Value, ...] = ()
    """The values taken by `one_of`, in the order in which the step made them."""

    def __str__(self) -> str:
        chosen = f"({', '.join(map(str, self.choices))})" if self.choices else ""
        return f"{self.instance}.{self.label}{chosen}"


class Location(NamedTuple):
    """Where an instance stands, and the locals live there. A tuple, like `State`."""

    label: str | None
    """None: done."""

    locals: tuple[Value, ...] = ()
    """In the order of the step's `live`."""


class State(NamedTuple):
    """Values of everything plus all locations. A tuple: a search hashes little else."""

    shared: tuple[Value, ...]
    """One value per shared variable, in the model's order."""

    locations: tuple[Location, ...]
    """One per instance: processes in the model's order, indices in the order of their domain."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A property found false, and where."""

    property: str
    """`worker.detach` for a check inside a step, a property's name, or `deadlock`."""

    kind: PropertyKind
    message: str
    """What was claimed, in words."""

    values: str
    """The values that refute it, such as `None == 0`; empty if they say nothing more."""

    span: Span | None = field(compare=False, default=None)


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A transition and the state it leads to; None where the transition itself violates."""

    transition: Transition
    after: State | None
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """A finite run from an initial state; a lasso where its end leads back into it."""

    initial: State
    steps: tuple[TraceStep, ...]
    loop: int | None = None
    """Of a lasso: the index of the state, 0 for the initial one, to which the last one is equal.

    The steps after that state are taken again and again. The last state's own index stands for
    staying there for ever, without a step.
    """

    @property
    def schedule(self) -> tuple[Transition, ...]:
        """The transitions alone."""
        return tuple(step.transition for step in self.steps)


@dataclass(frozen=True, slots=True)
class Holds:
    """The reachable states were exhausted and none refutes the property."""

    witness: Trace | None = None
    """For a `sometimes` property: a shortest trace to a state that satisfies it."""

    caveat: str = ""
    """Which runs the verdict does not speak of; empty: it speaks of all."""


@dataclass(frozen=True, slots=True)
class HoldsWithin:
    """Nothing refutes the property within `depth` steps of an initial state."""

    depth: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """Nothing refuted the property in so many random runs, which proves nothing."""

    runs: int


@dataclass(frozen=True, slots=True)
class Skimmed:
    """Nothing refuted the property in so many states, of which some bits of a hash were kept.

    Others may have been taken for known ones, and nothing beyond them was seen.
    """

    states: int
    missed: float
    """An estimate of how many were, as was to be expected of their hashes."""


@dataclass(frozen=True, slots=True)
class Violated:
    """The property is false; `trace` is a shortest one that shows it.

    A lasso has a shortest way into its loop; the loop is short, and need not be the shortest. A
    `sometimes` property that no reachable state satisfies has no trace.
    """

    violation: Violation
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No verdict, and why: an answer, not an exception."""

    reason: str


Verdict = Holds | HoldsWithin | Sampled | Skimmed | Violated | Unknown


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits given to an engine; None means no limit."""

    states: int | None = None
    depth: int | None = None
    """Steps from an initial state."""

    seconds: float | None = None
    memory: int | None = None
    """Bytes: of the states, or of what the process has grown by; an engine says which."""
