"""A spec that uses every construct of this version once; no choices, so CPython can run it."""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    Between,
    Queue,
    Spec,
    Steps,
    domain,
    each,
    queue,
    record,
    wait_until,
)

N = 2
Me = Annotated[int, Below(N)]


class Colour(Enum):
    RED = auto()
    GREEN = auto()
    BLUE = auto()


@record
class Item:
    owner: Me | None = None
    colour: Colour = Colour.RED


@record
class Shared:
    items: Array[Colour, Item] = each(Item)
    grid: Array[Me, Array[bool, Me]] = each(each(1))
    ring: Queue[Item] = queue(capacity=2)
    count: Annotated[int, Between(-5, 5)] = 0
    cursor: Colour = Colour.GREEN
    last: Item = Item(owner=1, colour=Colour.BLUE)


spec = Spec("neighbours", Shared)


def is_free(s: Shared, colour: Colour) -> bool:
    item = s.items[colour]
    if item.owner is None:
        return True
    return item.owner == s.last.owner and item.colour is not Colour.BLUE


def take(s: Shared, me: Me, colour: Colour) -> int:
    before = s.count
    if not is_free(s, colour):
        return 0
    s.items[colour].owner = me
    s.count = max(-5, min(5, s.count - before + 1))
    return before + s.count


def paint(s: Shared, colour: Colour) -> None:
    item = s.items[colour]
    match colour:
        case Colour.RED | Colour.BLUE:
            item.colour = Colour.GREEN
        case _ if s.count > 0:
            item.colour = Colour.BLUE
        case _:
            return
    s.last = item


@spec.process
def painter(s: Shared, me: Me) -> Steps:
    tries: Annotated[int, Below(4)] = 0
    for colour in Colour:
        yield "take"
        taken = take(s, me, colour)
        if taken == 0:
            tries += 1
            continue
        if tries > 1:
            yield "late"
            s.count -= 1 if s.count > -5 else 0
        for other in domain(Colour):
            if other is colour and s.items[other].owner == me:
                paint(s, other)
                break
    while tries > 0:
        yield "again"
        tries -= 1
        s.grid[me][tries > 1] = (s.grid[1 - me][False] + tries) % N
    yield "push"
    wait_until(len(s.ring) < 2)
    place = s.items[s.cursor]
    s.cursor = Colour.BLUE if s.cursor is Colour.GREEN else Colour.RED
    place.colour = s.cursor
    s.ring.push(place)


@spec.process
def taker(s: Shared) -> Steps:
    for turn in range(1, 2 * N, 2):
        yield "pop"
        wait_until(len(s.ring) > 0)
        front = s.ring.peek()
        low, high = s.count, turn
        item = s.ring.pop()
        if item.owner is not None and 0 <= item.owner < N:
            s.grid[item.owner][True] = item.owner
            low, high = high, low
        s.count = -(low + high) // 2 if any(i.owner == turn for i in s.items) else -turn
        assert front == item
    yield "end"
    s.last = Item(colour=s.last.colour)
    assert sum(1 for i in s.items if i.owner is not None) <= 3
    assert all(s.grid[m][b] in (0, 1) for m in range(N) for b in (False, True))


@spec.always
def in_bounds(s: Shared) -> bool:
    return -5 <= s.count <= 5 and len(s.ring) <= 2


@spec.sometimes
def full(s: Shared) -> bool:
    return len(s.ring) == 2
