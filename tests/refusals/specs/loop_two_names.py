from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Bag,
    Below,
    FiniteSet,
    Queue,
    Spec,
    Steps,
    bag,
    domain,
    each,
    one_of,
    queue,
    record,
    subset,
    wait_until,
)

Slot = Annotated[int, Below(3)]


class Kind(Enum):
    DATA = auto()
    ACK = auto()


@record
class Note:
    kind: Kind = Kind.DATA
    sender: Slot | None = None


@record
class Shared:
    note: Note = Note()
    notes: Array[Slot, Note] = each(Note)
    ring: Queue[Note] = queue(capacity=2)
    numbers: Queue[Slot] = queue(capacity=2)
    pool: Bag[Slot] = bag(capacity=2)
    free: FiniteSet[Slot] = subset()
    kinds: FiniteSet[Kind] = subset()
    turn: Slot = 0
    full: bool = False


spec = Spec("refused", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    for i, n in enumerate(s.free):  # E: [unsupported] a loop binds one name
        s.turn = n
