from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Queue, Spec, Steps, at, each, one_of, queue, record, wait_until

Me = Annotated[int, Below(2)]


class Colour(Enum):
    RED = auto()
    GREEN = auto()


@record
class Item:
    owner: Me | None = None
    count: Annotated[int, Below(4)] = 0


@record
class Shared:
    items: Array[Me, Item] = each(Item)
    other: Item = Item()
    ring: Queue[Me] = queue(capacity=2)
    full: bool = False
    count: Annotated[int, Below(4)] = 0


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared, me: Me) -> Steps:
    yield "a"
    s.full = True


@spec.every_step
def stays(before: Shared, after: Shared) -> bool:
    return at(p, 0, "a") or after.full  # E: [unsupported] at() and done() speak of one state, and an every_step property of two
