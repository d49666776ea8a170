"""Containers, iteration, patterns and options: the model does what CPython does, or refuses."""

import textwrap
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.errors import SpecError
from tests.conformance.agreement import Comparison
from tests.conformance.constructs_agreed import AGREED
from tests.conformance.constructs_refused import REFUSED

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
