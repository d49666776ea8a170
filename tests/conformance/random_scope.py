"""What a random spec's code can name where it stands, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from modelcheck.ir.types import (
    ArrayType,
    BagType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)
from tests.conformance.random_types import SCALARS, Chain, annotation, chains

Test = Callable[[Type], bool]


class Kind(Enum):
    """How a name may be used."""

    SHARED = auto()  # the whole record: only its parts are values
    LOCAL = auto()
    ALIAS = auto()  # of a place of the shared state
    FIXED = auto()  # an index, a loop's name, a parameter: not assigned


@dataclass(frozen=True, slots=True)
class Root:
    """A name that is bound."""

    text: str
    type: Type
    kind: Kind


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the spec without steps, or a procedure."""

    name: str
    parameters: tuple[Type, ...]
    returns: Type | None
    pure: bool


@dataclass(slots=True)
class Scope:
    """What is bound, and what may be done, at one point of the code."""

    roots: list[Root]
    wrote: bool = False
    """Whether shared state may have been written in this step: then nothing waits or chooses."""

    in_loop: bool = False
    functions: tuple[Function, ...] = ()
    places: tuple[tuple[str, Type | None, tuple[str, ...]], ...] = ()
    """In a property: each process, its index type and labels."""

    returns: Type | None = None
    in_function: bool = False
    procedures: tuple[Function, ...] = ()
    depth: int = 0
    """How many loops are around: each has a name of its own."""

    def loop_name(self, t: Type) -> str:
        """Loops beside each other, not within each other, use one name."""
        return f"{'k' if isinstance(t, IntType) else annotation(t)[0].lower()}{self.depth}"

    def bind(self, root: Root) -> None:
        """Bind a name; what it meant before is hidden."""
        self.roots = [*(one for one in self.roots if one.text != root.text), root]

    def copy(self) -> Scope:
        return Scope(
            list(self.roots),
            self.wrote,
            self.in_loop,
            self.functions,
            self.places,
            self.returns,
            self.in_function,
            self.procedures,
            self.depth,
        )


@lru_cache(maxsize=1000)
def ways_into(t: Type) -> tuple[Chain, ...]:
    return tuple(chains(t))


def is_int(t: Type) -> bool:
    return isinstance(t, IntType)


@dataclass(slots=True)
class Counter:
    value: int = 0

    def name(self, prefix: str) -> str:
        self.value += 1
        return f"{prefix}{self.value}"


@dataclass(slots=True)
class Names:
    """Fresh names, so that no two things of a spec are called alike."""

    counters: dict[str, Counter] = field(default_factory=dict)

    def fresh(self, prefix: str) -> str:
        return self.counters.setdefault(prefix, Counter()).name(prefix)


def is_measured(t: Type) -> bool:
    return isinstance(t, QueueType | BagType | SetType | ArrayType)


def is_part(t: Type) -> bool:
    """Whether naming a place of the type makes an alias of it."""
    return isinstance(t, RecordType | ArrayType | QueueType | BagType | SetType)


def is_iterated(t: Type) -> bool:
    return isinstance(t, ArrayType | QueueType | BagType | SetType)


def is_scalar(t: Type) -> bool:
    return t in SCALARS or (isinstance(t, OptionType) and t.item in SCALARS)


def is_offered(t: Type) -> bool:
    return isinstance(t, ArrayType | QueueType | BagType | SetType) and t.item in SCALARS


def is_row(t: Type) -> bool:
    """Whether the items of an array are records or containers."""
    return isinstance(t, ArrayType) and is_part(t.item)


def is_matched(t: Type) -> bool:
    return isinstance(t, EnumType | IntType) or (
        isinstance(t, RecordType) or (isinstance(t, OptionType) and is_scalar(t))
    )
