"""The model: shared variables, processes cut into steps, properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from modelcheck.ir.expressions import Expr, Variable
from modelcheck.ir.statements import Statement
from modelcheck.ir.types import Value, values
from modelcheck.source import Span


class ProcessKind(Enum):
    """Whether an instance owes progress."""

    PROCESS = "process"  # must reach its end: else a deadlock
    ENVIRONMENT = "environment"  # may stop anywhere


class Fairness(Enum):
    """What an instance is owed when it stays, or keeps becoming, enabled."""

    WEAK = "weak"
    STRONG = "strong"
    NONE = "none"


class PropertyKind(Enum):
    """What a property claims; see design 2.7."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    EVENTUALLY = "eventually"
    LEADS_TO = "leads_to"
    EVERY_STEP = "every_step"
    CHECK = "check"  # the assertions and implicit checks inside steps
    DEADLOCK = "deadlock"


@dataclass(frozen=True, slots=True)
class Step:
    """One atomic action of a process, from its label to the next.

    Every path of `body` ends in exactly one `Goto`.
    """

    label: str
    live: tuple[str, ...]
    """The locals whose values matter at this label, in declared order: the only ones stored."""

    body: tuple[Statement, ...]
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Process:
    """Sequential code of one kind; an array of instances where `index` is given."""

    name: str
    kind: ProcessKind
    fairness: Fairness
    index: Variable | None
    """The local that holds the instance's own index; never assigned, never stored."""

    locals: tuple[Variable, ...]
    """Every local that some step assigns, `index` not among them."""

    prologue: tuple[Statement, ...]
    """Runs when an instance is created; writes no shared variable, reads those alone that no step
    writes, and ends in `Goto`."""

    steps: tuple[Step, ...]
    span: Span = field(compare=False)

    def indices(self) -> tuple[Value, ...]:
        """The index of each instance; `(None,)` for a process that is no array."""
        return (None,) if self.index is None else tuple(values(self.index.type))

    def live(self, label: str | None) -> tuple[str, ...]:
        """The locals that are stored at a label; none where an instance is done."""
        return next((step.live for step in self.steps if step.label == label), ())


@dataclass(frozen=True, slots=True)
class Property:
    """A claim about the reachable states, the steps between them, or the behaviours."""

    name: str
    kind: PropertyKind
    condition: Expr
    """For `leads_to`: whenever this holds. For `every_step`: over the states around a step."""

    span: Span = field(compare=False)
    target: Expr | None = None
    """For `leads_to`: then or later this holds; None for every other kind."""

    @property
    def claims(self) -> tuple[Expr, ...]:
        """All that the property speaks of states, or of steps."""
        return (self.condition,) if self.target is None else (self.condition, self.target)


@dataclass(frozen=True, slots=True)
class Constant:
    """A named parameter of the spec, with the value it has in this model, as Python text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Model:
    """A finite transition system, as lowered from one spec and its constants."""

    title: str
    path: str = field(compare=False)
    """The spec's file, as the user named it."""

    constants: tuple[Constant, ...]
    variables: tuple[Variable, ...]
    initial: tuple[Value, ...]
    """One value per shared variable."""

    processes: tuple[Process, ...]
    properties: tuple[Property, ...]

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step with its name among all, `process.label`, in declared order."""
        for process in self.processes:
            for step in process.steps:
                yield f"{process.name}.{step.label}", step

    def process(self, name: str) -> Process:
        """The process of that name; `KeyError` if there is none."""
        for process in self.processes:
            if process.name == name:
                return process
        raise KeyError(name)
