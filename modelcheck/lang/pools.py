"""Bags and finite sets of a spec: containers without an order of their own, with value semantics.

Both keep their items in the order of `order_key`, so that two equal ones are alike in every way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Generic, TypeVar

from modelcheck.lang.containers import fresh

T = TypeVar("T")


def order_key(value: object) -> tuple[int, ...]:
    """Orders the values of one finite type: numbers, members in declared order, None, records."""
    match value:
        case None:
            return (0,)
        case Enum():
            return (1, list(type(value)).index(value))
        case int():
            return (1, int(value))
        case Iterable():
            parts = list(value)
            return (1, len(parts), *[n for part in parts for n in order_key(part)])
        case _:
            return (1, *[n for part in vars(value).values() for n in order_key(part)])


class Bag(Generic[T]):
    """An unordered pool of at most `capacity` items, equal ones included; made with `bag`."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._items: list[T] = []

    def add(self, item: T) -> None:
        """Put an item in; into a full bag raises `IndexError`."""
        if len(self._items) >= self.capacity:
            raise IndexError("add to a full bag")
        self._items = sorted([*self._items, fresh(item)], key=order_key)

    def remove(self, item: T) -> None:
        """Take one such item out; if there is none raises `IndexError`."""
        if item not in self._items:
            raise IndexError(f"remove of {item!r}, which the bag does not hold")
        self._items.remove(item)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"bag {self._items!r}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]  # a mutable value


class FiniteSet(Generic[T]):
    """A subset of a finite domain; made with `subset`."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        self._items: list[T] = []
        for member in members:
            self.add(member)

    def add(self, member: T) -> None:
        """Put a member in; one that is in already changes nothing."""
        if member not in self._items:
            self._items = sorted([*self._items, fresh(member)], key=order_key)

    def discard(self, member: T) -> None:
        """Take a member out; one that is not in changes nothing."""
        self._items = [one for one in self._items if one != member]

    def __or__(self, other: FiniteSet[T]) -> FiniteSet[T]:
        return FiniteSet((*self, *other))

    def __and__(self, other: FiniteSet[T]) -> FiniteSet[T]:
        return FiniteSet(member for member in self if member in other)

    def __sub__(self, other: FiniteSet[T]) -> FiniteSet[T]:
        return FiniteSet(member for member in self if member not in other)

    def __le__(self, other: FiniteSet[T]) -> bool:
        return all(member in other for member in self)

    def __lt__(self, other: FiniteSet[T]) -> bool:
        return self <= other and self != other

    def __ge__(self, other: FiniteSet[T]) -> bool:
        return other <= self

    def __gt__(self, other: FiniteSet[T]) -> bool:
        return other < self

    def __contains__(self, member: object) -> bool:
        return member in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self._items))}}}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FiniteSet) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]  # a mutable value


def bag(capacity: int) -> Bag[T]:
    """Make an empty bag that holds at most `capacity` items."""
    if capacity < 1:
        raise ValueError(f"a bag needs a capacity of at least 1, not {capacity}")
    return Bag(capacity)


def subset(members: Iterable[T] = ()) -> FiniteSet[T]:
    """Make a finite set of some members of its domain."""
    return FiniteSet(members)
