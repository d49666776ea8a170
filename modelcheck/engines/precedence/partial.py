"""Partial orders of numbers, as closed sets of pairs: the one comes before the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Pair = tuple[int, int]
Partial = frozenset[Pair]


def total(order: tuple[int, ...]) -> Partial:
    """All pairs of an order."""
    return frozenset((one, other) for at, one in enumerate(order) for other in order[at + 1 :])


def closed(pairs: Iterable[Pair]) -> Partial:
    """The pairs and what follows from them."""
    found = set(pairs)
    for middle in sorted({one for pair in found for one in pair}):
        before = [one for one, other in found if other == middle]
        behind = [other for one, other in found if one == middle]
        found |= {(one, other) for one in before for other in behind}
    return frozenset(found)


def covers(partial: Partial) -> tuple[Pair, ...]:
    """The pairs from which the others follow."""
    behind: dict[int, set[int]] = {}
    for one, other in partial:
        behind.setdefault(one, set()).add(other)
    return tuple(
        sorted(
            (one, other)
            for one, other in partial
            if not any(other in behind.get(middle, ()) for middle in behind[one])
        )
    )


def weakened(partial: Partial, is_enough: Callable[[Partial], bool]) -> Partial:
    """A part of a partial order that is enough, and from which no pair can be taken any more.

    `is_enough` holds of `partial`, and of whatever has more pairs than something of which it holds.
    """
    for element in sorted({one for pair in partial for one in pair}):
        fewer = frozenset(pair for pair in partial if element not in pair)
        if fewer != partial and is_enough(fewer):
            partial = fewer
    kept: set[Pair] = set()
    while pending := [pair for pair in covers(partial) if pair not in kept]:
        fewer = partial - {pending[0]}
        if is_enough(fewer):
            partial = fewer
        else:
            kept.add(pending[0])
    return partial


def contains(order: tuple[int, ...], partial: Partial) -> bool:
    """Whether an order has all pairs; what is not in it counts as coming after everything."""
    place = {element: at for at, element in enumerate(order)}
    return all(
        one in place and (other not in place or place[one] < place[other]) for one, other in partial
    )


def ascending(
    order: tuple[int, ...], is_allowed: Callable[[tuple[int, ...]], bool]
) -> tuple[int, ...]:
    """An allowed order in which no two neighbours can be put in ascending order any more."""
    at = 0
    while at + 1 < len(order):
        one, other = order[at], order[at + 1]
        swapped = (*order[:at], other, one, *order[at + 2 :])
        if one > other and is_allowed(swapped):
            order, at = swapped, max(0, at - 1)
        else:
            at += 1
    return order
