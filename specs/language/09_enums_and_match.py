"""Enums and `match`: names instead of numbers, and one case for each.

Patterns are values, enum members, None, records with patterns for their fields, `|`, `_`, names
that are bound, and `if` guards. The cases are tried in order; where none fits, nothing happens.
Cases that name every member of an enum take them all: no `_` is needed after them.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Below, Queue, Spec, Steps, one_of, queue, record, wait_until

Worker = Annotated[int, Below(2)]


class Kind(Enum):
    READY = auto()
    TUPLE = auto()
    ERROR = auto()


@record
class Message:
    kind: Kind = Kind.READY
    sender: Worker | None = None


@record
class Shared:
    ring: Queue[Message] = queue(capacity=1)
    blamed: Worker | None = None
    tuples: Annotated[int, Below(3)] = 0
    lost: bool = False
    bytes: Annotated[int, Below(3)] = 0


spec = Spec("enums and match", Shared)


def size(kind: Kind) -> int:
    match kind:
        case Kind.READY:
            return 0
        case Kind.TUPLE | Kind.ERROR:
            return 1


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "send"
    wait_until(len(s.ring) == 0)
    kind = one_of(Kind)
    s.bytes += size(kind)
    s.ring.push(Message(kind, sender=me if kind is not Kind.READY else None))


@spec.process
def leader(s: Shared) -> Steps:
    for _ in range(2):
        yield "receive"
        wait_until(len(s.ring) > 0)
        message = s.ring.pop()
        match message:
            case Message(Kind.ERROR, sender=None):
                s.lost = True
            case Message(Kind.ERROR, sender=culprit):
                s.blamed = culprit
            case Message(Kind.TUPLE) if s.blamed is None:
                s.tuples += 1


@spec.always
def an_error_has_a_sender(s: Shared) -> bool:
    return not s.lost


@spec.sometimes
def a_tuple_and_then_an_error(s: Shared) -> bool:
    return s.tuples == 1 and s.blamed == 0


spec.expect(states=38)
