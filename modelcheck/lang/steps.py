"""What the code of a process is made of: steps, waiting, choosing, and where instances stand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from enum import Enum
from typing import TypeAlias, TypeVar, overload

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

Steps: TypeAlias = Generator[str, None, None]
"""What a process returns: it yields the label of each step before it takes it."""

Returns: TypeAlias = Generator[str, None, T]
"""What a procedure with steps returns: called as `x = yield from procedure(...)`, it gives a T."""


class NotEnabledError(Exception):
    """Under plain CPython: the step waits for a condition that does not hold."""


def wait_until(condition: bool) -> None:  # noqa: FBT001  # reads as a sentence in a spec
    """Block until `condition` holds: the only thing in the language that blocks.

    Before every write of shared state in its step. Under plain CPython a condition that does
    not hold raises `NotEnabledError`.
    """
    if not condition:
        raise NotEnabledError


@overload
def one_of(choices: type[E]) -> E: ...
@overload
def one_of(choices: Iterable[T]) -> T: ...
def one_of(choices: Iterable[object]) -> object:
    """Any one of the values: each is a transition of its own; none disables the step.

    The model takes every value. Plain CPython has nobody to choose: several raise `LookupError`.
    """
    values = list(choices)
    if not values:
        raise NotEnabledError
    if len(values) > 1:
        raise LookupError(f"nobody chooses among {values}; check the spec with modelcheck")
    return values[0]


def at(process: Callable[..., Steps], *place: object) -> bool:
    """In properties, whether an instance stands at a label: `at(worker, me, "detach")`.

    Only the model knows where instances stand: plain CPython raises `LookupError`.
    """
    raise LookupError(f"at({process.__name__}, {place}) is for properties of a model")


def done(process: Callable[..., Steps], *index: object) -> bool:
    """In properties, whether an instance has reached its end: `done(leader)`, `done(worker, me)`.

    Only the model knows where instances stand: plain CPython raises `LookupError`.
    """
    raise LookupError(f"done({process.__name__}, {index}) is for properties of a model")
