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
    other = one_of(Me)  # E: [unsupported] Me is a domain, and no value of a model
    s.full = s.items[other].owner == me
