"""What is known along one path through a step: bindings of names, and whether it has written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from modelcheck.ir.expressions import Expr, Scope, Variable
from modelcheck.ir.types import RecordType


@dataclass(frozen=True, slots=True)
class Root:
    """The parameter that is the shared record, now or before a step."""

    type: RecordType
    scope: Scope = Scope.SHARED


@dataclass(frozen=True, slots=True)
class Known:
    """A name whose Python value is known here."""

    value: object


@dataclass(frozen=True, slots=True)
class Local:
    """A local of the process, with its value where that is known."""

    variable: Variable
    known: Known | None


@dataclass(frozen=True, slots=True)
class Substitute:
    """A name that stands for an expression: an alias of a place, or a parameter."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Stale:
    """A name that may no longer be used, and why."""

    slug: str
    message: str
    way_out: str


Binding = Root | Known | Local | Substitute | Stale
Frame = dict[str, Binding]


@dataclass(slots=True)
class Path:
    """One path through a step, changed as statements are translated."""

    frames: list[Frame]
    """The process's own names first, then those of each function being inlined."""

    functions: tuple[str, ...]
    """The name of the function of each frame."""

    prologue: bool = False
    in_property: bool = False
    over_steps: bool = False
    """Whether that property speaks of the states before and after a step."""

    wrote: int | None = None
    """The line of the first write of shared state, if any."""

    visits: dict[int, int] = field(default_factory=dict)
    """How often each loop's head was passed since the last label, by line."""

    @property
    def frame(self) -> Frame:
        """The names of the innermost function."""
        return self.frames[-1]

    def bindings(self) -> Iterator[tuple[Frame, str, Binding]]:
        """Every name of every function, as it is now: the frame may be changed meanwhile."""
        for frame in self.frames:
            for name, binding in tuple(frame.items()):
                yield frame, name, binding

    def copy(self) -> Path:
        """The same knowledge, for another branch."""
        return Path(
            [dict(frame) for frame in self.frames],
            self.functions,
            self.prologue,
            self.in_property,
            self.over_steps,
            self.wrote,
            dict(self.visits),
        )

    def adopt(self, other: Path) -> None:
        """Become `other`."""
        self.frames, self.functions = other.frames, other.functions
        self.wrote, self.visits = other.wrote, other.visits


def merge(one: Path, other: Path) -> Path:
    """What is known after two branches came together again."""
    merged = one.copy()
    merged.frames = [merge_frames(a, b) for a, b in zip(one.frames, other.frames, strict=True)]
    merged.wrote = one.wrote if one.wrote is not None else other.wrote
    for line, count in other.visits.items():
        merged.visits[line] = max(count, merged.visits.get(line, 0))
    return merged


def forgets(paths: Sequence[Path], merged: Path) -> bool:
    """Whether a name that every one of `paths` can use is lost where they come together."""
    for depth, frame in enumerate(merged.frames):
        for name, binding in frame.items():
            usable = not any(isinstance(one.frames[depth][name], Stale) for one in paths)
            if usable and isinstance(binding, Stale):
                return True
    return False


def merge_frames(one: Frame, other: Frame) -> Frame:
    """The names bound on both ways, with what both ways know of them."""
    return {name: _merge(name, one[name], other[name]) for name in one if name in other}


def _merge(name: str, one: Binding, other: Binding) -> Binding:
    match one, other:
        case _ if one == other:
            return one
        case Local(variable), Local(other_variable) if variable == other_variable:
            return Local(variable, None)
        case Stale(), _:
            return one
        case _, Stale():
            return other
        case _:
            message = f"{name} means different things on the ways that lead here"
            return Stale("alias-of-replaced", message, "bind it again after the branches")
