"""Containers of a spec: arrays over a finite domain and bounded queues, both with value semantics.

Putting a container into another one, or into a record, copies it, so that two places of the
shared state never share an object.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

D = TypeVar("D")
T = TypeVar("T")


def fresh(value: T) -> T:
    """A copy that shares no mutable part with `value`."""
    return copy.deepcopy(value)


class Array(Generic[D, T]):
    """A total map from the finite domain `D` to `T`; made with `each`.

    An index outside the domain raises `IndexError`.
    """

    def __init__(self, make: Callable[[], T], domain: Sequence[D] | None = None) -> None:
        self.make = make
        self._items: dict[D, T] = {} if domain is None else {d: make() for d in domain}

    def over(self, domain: Sequence[D]) -> Array[D, T]:
        """The array that this one's filling gives over `domain`."""
        return Array(self.make, domain)

    def __getitem__(self, index: D) -> T:
        if index not in self._items:
            raise IndexError(f"index {index!r} outside its domain")
        return self._items[index]

    def __setitem__(self, index: D, value: T) -> None:
        if index not in self._items:
            raise IndexError(f"index {index!r} outside its domain")
        self._items[index] = filled(value, self._items[index])

    def fill_like(self, other: Array[D, T]) -> None:
        """Take over the domain of `other`, if this one has none yet."""
        if not self._items:
            items = other._items.items()
            self._items = {index: filled(self.make(), item) for index, item in items}

    @property
    def is_filled(self) -> bool:
        """Whether it has its domain; what `each` returns has it only once it is stored."""
        return bool(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(list(self._items.values()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]  # a mutable value


class Queue(Generic[T]):
    """A FIFO of at most `capacity` items; made with `queue`.

    `push` on a full one and `pop` or `peek` of an empty one raise `IndexError`.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._items: list[T] = []

    def push(self, item: T) -> None:
        """Append `item`."""
        if len(self._items) >= self.capacity:
            raise IndexError("push on a full queue")
        self._items.append(fresh(item))

    def pop(self) -> T:
        """Take the oldest item."""
        item = self.peek()
        del self._items[0]
        return item

    def peek(self) -> T:
        """The oldest item, which stays."""
        if not self._items:
            raise IndexError("the queue is empty")
        return self._items[0]

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items))

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Queue) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]  # a mutable value


def filled(value: T, before: object) -> T:
    """A copy of `value` for a place that holds `before`: an unfilled array gets its domain."""
    copied = fresh(value)
    if isinstance(copied, Array) and isinstance(before, Array):
        copied.fill_like(before)
    return copied


@overload
def each(value: Callable[[], T]) -> Array[D, T]: ...
@overload
def each(value: T) -> Array[D, T]: ...
def each(value: T | Callable[[], T]) -> Array[D, T]:
    """Fill an array: with `value()` for every index where it is callable, else with copies."""
    if callable(value):
        return Array(value)
    item = value
    return Array(lambda: fresh(item))


def queue(capacity: int) -> Queue[T]:
    """Make an empty queue that holds at most `capacity` items."""
    if capacity < 1:
        raise ValueError(f"a queue needs a capacity of at least 1, not {capacity}")
    return Queue(capacity)
