"""Finite domains: bounded integers, enums and bool, and the values in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, TypeVar, get_args, get_origin, overload

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Below:
    """`Annotated[int, Below(n)]`: the integers from 0 to `n - 1`."""

    bound: int

    @property
    def values(self) -> range:
        """The integers, in order."""
        return range(self.bound)


@dataclass(frozen=True, slots=True)
class Between:
    """`Annotated[int, Between(low, high)]`: the integers from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def values(self) -> range:
        """The integers, in order."""
        return range(self.low, self.high + 1)


@dataclass(frozen=True, slots=True)
class Open:
    """What `OpenOrder` says of a tuple: that other orders of its elements are meant as well."""


T = TypeVar("T")
OpenOrder = Annotated[tuple[T, ...], Open()]
"""`ORDER: OpenOrder[Step] = (...)`: a constant whose order is as written, and open to question."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What `KeptOrder` says of tuples: that no other order of their elements is meant."""


KeptOrder = Annotated[tuple[tuple[T, ...], ...], Kept()]
"""`KEPT: KeptOrder[Step] = ((...), ...)`: of the open order, what stays one after the other."""


@overload
def domain(annotation: type[bool]) -> Sequence[bool]: ...
@overload
def domain(annotation: type[E]) -> Sequence[E]: ...  # type: ignore[overload-overlap]  # by design
@overload
def domain(annotation: object) -> Sequence[int]: ...
def domain(annotation: object) -> Sequence[object]:
    """The values of a finite domain, in order: of a bounded integer, an enum or bool.

    Raises `TypeError` for anything else.
    """
    if annotation is bool:
        return (False, True)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(annotation)
    if get_origin(annotation) is Annotated:
        for bound in get_args(annotation)[1:]:
            if isinstance(bound, Below | Between):
                return bound.values
    raise TypeError(f"{annotation!r} is no finite domain")
