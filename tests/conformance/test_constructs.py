"""Containers, iteration, patterns and options: the model does what CPython does, or refuses."""

import textwrap
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.errors import SpecError
from tests.conformance.agreement import Comparison

HEAD = """\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Bag,
    Below,
    Between,
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

Three = Annotated[int, Below(3)]
Big = Annotated[int, Below(100)]
Any = Annotated[int, Between(-100, 100)]


class Kind(Enum):
    DATA = auto()
    ACK = auto()
    STOP = auto()


SOME = (Kind.DATA, Kind.STOP)
PAIR = subset((0, 2))


@record
class Note:
    kind: Kind = Kind.DATA
    sender: Three | None = None


@record
class Envelope:
    note: Note = Note()
    to: FiniteSet[Three] = subset()


@record
class Cell:
    notes: Array[Three, Note] = each(Note)
    ring: Queue[Three] = queue(capacity=2)


@record
class Shared:
    x: Big = 0
    y: Any = 0
    i: Three = 0
    j: Three = 2
    b: bool = False
    o: Three | None = None
    kind: Kind = Kind.ACK
    note: Note = Note(sender=1)
    maybe: Note | None = Note(kind=Kind.STOP)
    q: Queue[Three] = queue(capacity=3)
    notes: Queue[Note] = queue(capacity=3)
    sack: Bag[Three] = bag(capacity=3)
    post: Bag[Note] = bag(capacity=2)
    u: FiniteSet[Three] = subset((0, 1))
    v: FiniteSet[Three] = subset((1, 2))
    kinds: FiniteSet[Kind] = subset()
    names: FiniteSet[Note] = subset()
    m: Array[Three, Three] = each(1)
    grid: Array[Three, Array[Three, Three]] = each(each(1))
    flags: Array[Kind, bool] = each(False)
    sets: Array[Three, FiniteSet[Three]] = each(subset((2,)))
    cells: Array[Three, Cell] = each(Cell)
    mail: Queue[Envelope] = queue(capacity=2)


spec = Spec("constructs", Shared)


def first_even(s: Shared) -> Three | None:
    for n in s.q:
        if n % 2 == 0:
            return n
    return None


def worth(note: Note) -> int:
    match note:
        case Note(Kind.DATA, sender=None):
            return 1
        case Note(Kind.DATA, w):
            return 10 if w == 2 else 11
        case Note(sender=w) if w is not None and w > 0:
            return 20 + w
        case _:
            return 5


def mark(s: Shared, n: int) -> None:
    if n in s.u:
        s.x += 1
        return
    s.x += 10


def fill(into: FiniteSet[Three], n: int) -> None:
    into.add(n)


def joined(s: Shared, n: int) -> FiniteSet[Three]:
    return s.u | subset((n,))


def ring_of(s: Shared) -> Queue[Three]:
    return s.cells[s.i].ring


def drain(s: Shared, ring: Queue[Three]) -> None:
    for n in ring:
        k = ring.pop()
        s.x += n * 2 + k


def touch(note: Note) -> None:
    note.sender = 0


@spec.process
def other(s: Shared) -> Steps:
    yield "turn"
    s.i = (s.i + 1) % 3
    s.q.push(2)
    s.notes.push(Note(Kind.ACK, sender=2))
    yield "flip"
    s.b = not s.b
    s.o = 1 if s.o is None else None
    s.sack.add(1)
    yield "more"
    s.q.push(0)
    s.u.discard(0)
    s.post.add(Note(Kind.STOP))
    s.names.add(Note(sender=2))
    s.kind = Kind.DATA


@spec.process
def p(s: Shared) -> Steps:
"""

AGREED = {
    "bag add and remove": """
        yield "a"
        s.sack.add(2)
        s.sack.add(0)
        yield "b"
        s.sack.remove(s.i)
        """,
    "set add and discard": """
        yield "a"
        s.u.add(s.i)
        s.v.discard(s.j)
        s.names.add(s.note)
        s.names.discard(Note(sender=2))
        s.sets[s.i].add(0)
        """,
    "a bag of records": """
        yield "a"
        s.post.add(s.note)
        s.note.sender = 0
        yield "b"
        if s.note in s.post:
            s.post.remove(s.note)
        elif Note(sender=1) in s.post:
            s.post.remove(Note(sender=1))
        """,
    "membership": """
        yield "a"
        s.x += 1 if s.i in s.u else 2
        s.x += 4 if s.i not in s.q else 8
        s.x += 16 if s.kind in SOME else 32
        s.b = s.i in range(1, 3) or s.note in s.notes or s.x in (s.i, s.j, 21)
        yield "b"
        s.b = s.i in range(s.j) and s.o in s.u
        yield "c"
        s.b = s.o in (None, 1) or s.i in PAIR or s.i in [s.j] or Note(sender=2) in s.names
        yield "d"
        s.b = s.i in s.m and s.i in domain(Three) and s.kind in Kind and s.i in {0, 1}
        """,
    "members that may fail are all looked at": """
        yield "a"
        s.b = s.i in (0, s.j // s.i, s.i)
        """,
    "operators of sets": """
        yield "a"
        s.u = s.u | s.v
        yield "b"
        s.v = s.u & subset((0, 1)) | subset(domain(Three)) - s.v
        yield "c"
        s.u |= s.v
        s.v &= subset((s.i, 1))
        s.sets[0] -= s.v
        """,
    "comparisons of sets": """
        yield "a"
        s.x += 1 if s.u <= s.v else 0
        s.x += 2 if s.u < s.v | subset((0,)) else 0
        s.x += 4 if s.u >= s.v else 0
        s.x += 8 if s.u > s.v - s.v else 0
        s.x += 16 if s.u == subset((0, 1)) else 0
        s.x += 32 if s.u != s.v and s.sets[s.i] <= s.v else 0
        yield "b"
        s.b = s.u < s.u or s.u > s.u
        """,
    "sets that are built": """
        yield "a"
        s.u = subset()
        s.v = subset((s.i, s.j))
        yield "b"
        s.u = subset(n for n in domain(Three) if n != s.i)
        s.kinds = subset(note.kind for note in s.notes)
        yield "c"
        s.v = subset(s.q)
        s.u = subset(n for n in s.u if n in s.v)
        s.sets[1] = subset(s.v)
        s.kinds = subset(Kind) if s.b else subset()
        """,
    "a copy of a set": """
        yield "a"
        mine = subset(s.u)
        s.u.add(2)
        s.u = s.u - mine
        """,
    "containers that are reset": """
        yield "a"
        s.q = queue(capacity=3)
        s.sack = bag(capacity=3)
        s.m = each(2)
        s.grid = each(each(0))
        s.grid[s.i] = each(2)
        s.cells[s.i] = Cell(ring=queue(capacity=2))
        s.cells = each(Cell)
        s.flags = each(True)
        """,
    "all and any": """
        yield "a"
        s.b = all(n < 2 for n in s.q) and not any(n.sender == 2 for n in s.notes)
        yield "b"
        s.b = any(n == s.i for n in s.sack) or all(n in s.v for n in s.u if n > 0)
        yield "c"
        s.b = all(n > 0 for n in s.m if n != 2 for k in s.u if k < n) or any(s.flags)
        yield "d"
        s.b = all(4 // n > 1 for n in s.q) and any(4 // n == 1 for n in s.sack)
        """,
    "sums and counts": """
        yield "a"
        s.x = sum(n for n in s.q) + sum(s.sack) + sum(s.u) + len(s.sack) + len(s.u) + len(s.m)
        yield "b"
        s.x = sum(1 for n in s.notes if n.kind is Kind.ACK) + len([n for n in s.q if n > s.i])
        yield "c"
        s.x = sum(n * k for n in s.u for k in s.v if n < k) + sum(n in s.u for n in s.v)
        """,
    "least and greatest": """
        yield "a"
        s.x = min(s.q, default=7) + max((n for n in s.sack if n != s.i), default=9)
        yield "b"
        s.y = min(s.m) - max(n + k for n in s.m for k in domain(Three))
        yield "c"
        s.o = max(s.u, default=None)
        s.i = min((n for n in domain(Three) if n not in s.u), default=0)
        yield "d"
        s.y = min((-n for n in s.v if n > s.i), default=-s.j)
        """,
    "loops over containers": """
        yield "a"
        for n in s.q:
            s.x += n + 1
        for note in s.notes:
            if note.kind is Kind.ACK:
                s.x += 5
            else:
                s.x += 7
        for n in s.u:
            s.x = s.x * 2 % 90 + n
        for n in s.sack:
            mark(s, n)
        """,
    "a loop over a queue that it empties": """
        yield "a"
        s.q.push(1)
        for n in s.q:
            k = s.q.pop()
            s.x += n * 10 + k
        for n in s.u | s.v:
            s.u.discard(n)
            if n > 0:
                s.v.add(2 - n)
        """,
    "a loop over a row that moves": """
        yield "a"
        for n in s.sets[s.i]:
            s.i = (s.i + 1) % 3
            s.sets[s.i].add(n)
            s.sets[2].discard(n)
            s.x += 1
        """,
    "break and continue": """
        yield "a"
        for n in s.q:
            if n == 0:
                continue
            s.x += 1
            if n == s.i:
                break
            s.x += 10
        yield "b"
        for n in s.v:
            for k in s.q:
                if k == n:
                    s.x += 3
                    break
                s.x += 1
            if s.b and n == 2:
                break
        s.x += 1
        """,
    "a return from a loop": """
        yield "a"
        k = first_even(s)
        s.o = k
        if k is None:
            s.x += 1
        yield "b"
        for n in s.u:
            if n == s.i:
                return
            s.x += 2
        s.x += 5
        """,
    "a loop variable afterwards": """
        yield "a"
        n = 7
        for n in s.q:
            pass
        s.x = n
        """,
    "a loop over values as they were": """
        yield "a"
        for n in (s.i, s.j, 2):
            s.i = 0
            s.j = 1
            s.x = s.x * 3 % 50 + n
        for note in (s.note, s.cells[s.i].notes[s.j]):
            s.j = 2
            note.sender = s.j
        """,
    "nested loops": """
        yield "a"
        for n in s.u:
            for k in domain(Three):
                if k == n:
                    continue
                for note in s.notes:
                    match note.sender:
                        case None:
                            break
                        case w if w == k:
                            s.x += 1
                        case _:
                            s.x += 20 if s.x < 50 else 0
            s.x += n
        """,
    "a choice from a container": """
        yield "a"
        wait_until(len(s.q) > 0)
        n = one_of(s.q)
        k = one_of(s.u | s.v)
        s.x = n * 10 + k
        yield "b"
        note = one_of(s.notes)
        s.note = note
        yield "c"
        d = one_of(d for d in domain(Three) if d != s.i and d in s.v)
        s.x = d
        yield "d"
        e = one_of(s.m)
        kind = one_of(k for k in Kind if k is not s.kind)
        s.m[0], s.kind = e + 1, kind
        """,
    "match on values": """
        yield "a"
        match s.i:
            case 0 | 1:
                s.x = 1
            case _:
                s.x = 2
        match s.kind:
            case Kind.DATA:
                s.x += 10
            case Kind.ACK if s.b:
                s.x += 20
            case Kind.ACK | Kind.STOP as k:
                s.kind = Kind.DATA if k is Kind.ACK else Kind.ACK
        match s.b:
            case True:
                s.x += 40
        """,
    "match on an option": """
        yield "a"
        match s.o:
            case None:
                s.x = 1
            case 0:
                s.x = 2
            case n:
                s.x = n + 10
        yield "b"
        match s.maybe:
            case Note(Kind.STOP, sender):
                s.o = sender
            case None:
                s.maybe = Note()
        """,
    "match on a record": """
        yield "a"
        match s.note:
            case Note(Kind.DATA, sender=None):
                s.x = 1
            case Note(Kind.DATA | Kind.ACK as k, sender=1 | 2 as w) if s.b:
                s.x = w
                s.kind = k
            case Note(_, w):
                s.o = w
        yield "b"
        s.x = worth(s.note) + worth(Note(Kind.ACK, sender=2)) + sum(worth(n) for n in s.notes)
        """,
    "the subject is looked at once": """
        yield "a"
        match s.i + 1:
            case 1:
                s.i = 1
                s.x = 1
            case 2:
                s.i = 0
                s.x = 2
            case k:
                s.i = 2
                s.x = k
        """,
    "a pattern names a place": """
        yield "a"
        match s.mail_box if False else s.cells[s.i]:
            case Cell(notes, ring):
                s.i = 0
                notes[s.j].sender = 2
                ring.push(1)
        """,
    "a pattern of a popped record": """
        yield "a"
        wait_until(len(s.notes) > 0)
        note = s.notes.pop()
        match note:
            case Note(Kind.ACK, sender=None):
                s.x = 1
            case Note(kind=k, sender=w):
                s.kind = k
                s.o = w
        """,
    "match with jumps": """
        for k in range(3):
            yield "a"
            match s.o:
                case None:
                    continue
                case 1 if s.b:
                    break
                case n:
                    s.x += n
            s.x += 10
        yield "b"
        s.x += 1
        """,
    "options": """
        yield "a"
        n = s.o
        if n is not None:
            s.i = n
        s.o = s.i if s.b else None
        yield "b"
        s.b = s.o == s.i or s.maybe == s.note or s.maybe is None
        yield "c"
        s.maybe = None if s.b else s.note
        if s.maybe is not None:
            s.maybe.sender = 2
        s.note.sender = s.o
        """,
    "nested data": """
        yield "a"
        s.cells[s.i].notes[s.j].sender = s.i
        s.cells[s.j].ring.push(s.cells[s.i].notes[2].sender or 0 if False else s.i)
        s.mail.push(Envelope(s.note, subset((s.i,))))
        yield "b"
        letter = s.mail.pop()
        letter.to.add(0)
        letter.note.sender = None
        s.mail.push(letter)
        letter.to.discard(0)
        s.v = letter.to
        s.cells[0] = s.cells[s.i]
        s.cells[0].notes[1] = Note(Kind.STOP)
        """,
    "a local set": """
        seen: FiniteSet[Three] = subset()
        yield "a"
        for n in s.q:
            if n not in seen:
                seen.add(n)
        fill(seen, 1)
        s.u = seen
        seen |= s.v
        yield "b"
        s.v = seen - s.u
        """,
    "a local queue and bag": """
        mine: Queue[Three] = queue(capacity=4)
        sack: Bag[Kind] = bag(capacity=2)
        yield "a"
        for n in s.q:
            mine.push(n)
        sack.add(s.kind)
        yield "b"
        if len(mine) > 0:
            k = mine.pop()
            s.x += k
        s.b = Kind.ACK in sack
        mine.push(1)
        """,
    "assigned together": """
        yield "a"
        s.i, s.j = s.j, s.i
        s.m[0], s.m[1], s.u = s.m[1], s.j, subset()
        s.cells[0].notes[0], s.note = s.note, s.cells[0].notes[0]
        yield "b"
        a, c = s.i, s.j
        a, c = c, a
        s.x = a * 10 + c
        s.i, s.m[s.i] = 2, 0
        """,
    "chained assignment": """
        yield "a"
        s.x = k = s.i + 1
        s.i = s.m[s.i] = 2
        s.x += k
        s.u = s.v = s.u | s.v
        s.u.discard(1)
        """,
    "reversed and sorted constants": """
        yield "a"
        for n in reversed(range(3)):
            s.x = s.x * 3 % 50 + n
        for n in sorted((2, 0, 1)):
            s.x = s.x * 3 % 50 + n
        s.b = all(n in s.u for n in reversed((0, 1)))
        """,
    "an item that is found": """
        yield "a"
        found: Note | None = None
        last = Note()
        for note in s.notes:
            last = note
            if note.kind is Kind.ACK:
                found = note
                break
        s.note = last
        s.maybe = found
        if found is not None:
            s.o = found.sender
        """,
    "an alias that may be None": """
        yield "a"
        note: Note | None = s.cells[s.i].notes[s.j]
        s.i = 0
        if note is not None:
            note.sender = 2
        other_note = s.maybe
        if other_note is not None:
            other_note.sender = 0
        """,
    "one of two fresh values": """
        yield "a"
        note = Note(sender=1) if s.b else Note(Kind.ACK)
        note.sender = s.i
        s.note = note
        w = s.u | s.v if s.b else subset(s.u)
        w.add(2)
        s.v = w
        """,
    "popped into options": """
        yield "a"
        wait_until(len(s.q) > 0)
        s.o = s.q.pop()
        s.notes.push(Note(sender=s.o))
        s.maybe = s.notes.pop()
        note: Note | None = None
        if len(s.notes) > 0:
            note = s.notes.pop()
        if note is not None:
            note.sender = 0
        yield "b"
        s.maybe = note
        """,
    "containers of functions": """
        yield "a"
        w = joined(s, 1)
        s.u = joined(s, s.i) - w
        ring_of(s).push(1)
        for n in ring_of(s):
            s.i = n
        drain(s, s.q)
        drain(s, ring_of(s))
        """,
    "a peeked item and what was popped": """
        yield "a"
        s.notes.push(Note())
        front = s.notes.peek()
        s.note = front
        item = s.notes.pop()
        s.b = front == item
        item.sender = 0
        s.notes.push(item)
        """,
}
REFUSED = {
    "a bag has no discard": (
        "type",
        """
        yield "a"
        s.sack.discard(1)
        """,
    ),
    "an item of another type": (
        "type",
        """
        yield "a"
        s.u.add(Kind.ACK)
        """,
    ),
    "never in there": (
        "type",
        """
        yield "a"
        s.b = s.kind in s.u
        """,
    ),
    "another capacity": (
        "type",
        """
        yield "a"
        s.q = queue(capacity=2)
        """,
    ),
    "another capacity in a record": (
        "type",
        """
        yield "a"
        s.cells[0] = Cell(ring=queue(capacity=1))
        """,
    ),
    "a set of no domain": (
        "type",
        """
        yield "a"
        seen = subset()
        s.u = seen
        """,
    ),
    "sets of different domains": (
        "type",
        """
        yield "a"
        s.u = s.u | s.kinds
        """,
    ),
    "an array by itself": (
        "unsupported",
        """
        yield "a"
        mine: Array[Three, Three] = each(0)
        s.m = mine
        """,
    ),
    "the truth of a container": (
        "type",
        """
        yield "a"
        if s.u:
            s.x = 1
        """,
    ),
    "the least of what may be empty": (
        "type",
        """
        yield "a"
        s.x = min(s.q)
        """,
    ),
    "len of a generator": (
        "unsupported",
        """
        yield "a"
        s.x = len(n for n in s.q)
        """,
    ),
    "a key": (
        "unsupported",
        """
        yield "a"
        s.x = max(s.q, default=0, key=abs)
        """,
    ),
    "two names in a comprehension": (
        "unsupported",
        """
        yield "a"
        s.b = any(i == n for i, n in enumerate(s.m))
        """,
    ),
    "two names in a loop": (
        "unsupported",
        """
        yield "a"
        for i, n in enumerate(s.q):
            s.x = 1
        """,
    ),
    "enumerate by name": (
        "unsupported",
        """
        yield "a"
        s.x = len([1 for pair in zip(s.q, s.m)])
        """,
    ),
    "writing to an item": (
        "unsupported",
        """
        yield "a"
        for n in s.notes:
            n.sender = 1
        """,
    ),
    "writing into an item": (
        "unsupported",
        """
        yield "a"
        for n in s.mail:
            n.to.add(1)
        """,
    ),
    "writing to a part of an item": (
        "unsupported",
        """
        yield "a"
        for n in s.mail:
            k = n.note
            k.sender = 1
        """,
    ),
    "writing to an item that was found": (
        "unsupported",
        """
        yield "a"
        found: Note | None = None
        for note in s.notes:
            found = note
        if found is not None:
            found.sender = 0
        """,
    ),
    "writing to an item that was handed on": (
        "unsupported",
        """
        yield "a"
        touch(s.notes.peek())
        """,
    ),
    "a part of a value that is handed on": (
        "unsupported",
        """
        yield "a"
        s.grid[0][1], s.grid[1] = 2, s.grid[0]
        """,
    ),
    "writing to a chosen item": (
        "unsupported",
        """
        yield "a"
        n = one_of(s.notes)
        n.sender = 1
        """,
    ),
    "choosing a place": (
        "unsupported",
        """
        yield "a"
        n = one_of(s.cells)
        s.x = 1
        """,
    ),
    "a step in a loop over a container": (
        "unsupported",
        """
        yield "z"
        for n in s.q:
            yield "a"
            s.x += n
        """,
    ),
    "an item after a step": (
        "alias-across-step",
        """
        yield "a"
        n = s.notes.peek()
        yield "b"
        s.note = n
        """,
    ),
    "an item that was changed under another name": (
        "alias-of-replaced",
        """
        yield "a"
        n = s.notes.peek()
        k = s.notes.pop()
        k.sender = 1
        s.note = n
        """,
    ),
    "identity of records": (
        "type",
        """
        yield "a"
        s.b = s.note is s.maybe
        """,
    ),
    "identity of numbers": (
        "type",
        """
        yield "a"
        s.b = s.i is s.j
        """,
    ),
    "two names of a set": (
        "unsupported",
        """
        seen: FiniteSet[Three] = subset()
        yield "a"
        mine = seen
        s.u = mine
        """,
    ),
    "a second name by pattern": (
        "unsupported",
        """
        yield "a"
        n = Note()
        match n:
            case k:
                s.note = k
        """,
    ),
    "a sequence pattern": (
        "unsupported",
        """
        yield "a"
        match s.i, s.j:
            case [0, 1]:
                s.x = 1
        """,
    ),
    "names on both sides of a bar": (
        "unsupported",
        """
        yield "a"
        match s.note:
            case Note(Kind.ACK, w) | Note(_, w):
                s.o = w
        """,
    ),
    "another record": (
        "type",
        """
        yield "a"
        match s.note:
            case Cell():
                s.x = 1
        """,
    ),
    "no such field": (
        "type",
        """
        yield "a"
        match s.note:
            case Note(colour=1):
                s.x = 1
        """,
    ),
    "a name that a guard may have left": (
        "free-name",
        """
        yield "a"
        w: Big = 1
        match s.i:
            case w if w > 1:
                s.x = 1
            case _:
                s.x = w
        """,
    ),
    "names of one value": (
        "unsupported",
        """
        yield "a"
        a = c = s.cells[0]
        s.x = 1
        """,
    ),
    "a loop over a number": (
        "unsupported",
        """
        yield "a"
        for n in s.i:
            s.x = 1
        """,
    ),
    "a choice after a write": (
        "choice-after-write",
        """
        yield "a"
        s.u.add(1)
        n = one_of(s.u)
        s.x = n
        """,
    ),
    "a wait after a removal": (
        "wait-after-write",
        """
        yield "a"
        s.sack.remove(1)
        wait_until(s.b)
        """,
    ),
    "a method in an expression": (
        "unsupported",
        """
        yield "a"
        s.b = s.u.add(1) is None
        """,
    ),
    "a constant that is changed": (
        "type",
        """
        yield "a"
        PAIR.add(1)
        """,
    ),
    "a return from a loop in a loop": (
        "unsupported",
        """
        yield "a"
        for n in s.u:
            k = first_even(s)
            s.o = k
        """,
    ),
}


def spec_of(tmp_path: Path, body: str) -> str:
    path = tmp_path / "construct.py"
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n")
    return str(path)


@pytest.mark.parametrize("name", AGREED)
def test_the_model_does_what_cpython_does(tmp_path: Path, name: str) -> None:
    instance = load(spec_of(tmp_path, AGREED[name]), {})
    found = Comparison(instance).everywhere(500)
    steps = {f"{p.name}.{step.label}" for p in instance.model.processes for step in p.steps}
    assert found.taken == steps, "every step was taken without a violation"


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_differ_is_refused(tmp_path: Path, name: str) -> None:
    slug, body = REFUSED[name]
    with pytest.raises(SpecError) as raised:
        load(spec_of(tmp_path, body), {})
    assert raised.value.slug == slug, raised.value.render()
