"""Small pieces of code that are easy to get wrong, in the model and in CPython."""

import textwrap
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.errors import SpecError
from tests.conformance.agreement import Comparison
from tests.conformance.reference import compare_engines

HEAD = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Queue, Returns, Spec, Steps, each, queue, record, wait_until

N = 2
Two = Annotated[int, Below(2)]
Three = Annotated[int, Below(3)]
Big = Annotated[int, Below(100)]


@record
class R:
    a: Big = 0
    d: Big = 0


@record
class Shared:
    x: Big = 0
    i: Three = 0
    j: Three = 0
    b: bool = False
    r: R = R()
    t: R = R(a=9)
    rs: Array[Three, R] = each(R)
    mr: Array[Three, Array[Three, R]] = each(each(R))
    m: Array[Three, Array[Three, Three]] = each(each(1))
    ro: R | None = R(a=5)
    o: Three | None = None
    q: Queue[R] = queue(capacity=2)
    one: Queue[Three] = queue(capacity=1)


spec = Spec("snippet", Shared)


def write(s: Shared, r: R) -> None:
    s.i = 2
    r.a = 4


def find(s: Shared) -> R:
    s.x += 1
    return s.rs[s.i]


def early(s: Shared) -> int:
    if s.x > 1:
        return 2
    s.x += 1
    return 1


def unread(s: Shared, n: int) -> int:
    return 3


def sometimes_read(s: Shared, n: int) -> int:
    if s.b:
        return n
    return 0


def named_first(s: Shared, n: Big) -> int:
    r = s.rs[n]
    if s.b:
        return 0
    return r.a


@spec.process
def other(s: Shared) -> Steps:
    yield "flip"
    s.b = not s.b
    yield "turn"
    s.i = (s.i + 1) % 3


@spec.process
def p(s: Shared) -> Steps:
"""

PROCEDURES = {
    "twice": """\
def twice(s: Shared, n: Two) -> Returns[Two]:
    caller: Two = n
    yield "t"
    s.x = caller
    caller = 1 - caller
    yield "u"
    return caller


""",
    "grow": """\
def grow(s: Shared) -> Returns[bool]:
    while s.x < 2:
        if s.b:
            return True
        yield "g"
        s.x += 1
    return False


""",
    "pick": """\
def own(s: Shared, n: Two) -> Returns[Two]:
    yield "k"
    return n


def pick(s: Shared, n: Two) -> Returns[Two]:
    yield "t"
    if s.b:
        return (yield from own(s, n))
    return (yield from own(s, 1))


""",
}
"""Defined in a snippet that calls them: a spec has no functions that nobody calls."""

AGREED = {
    "an alias whose index was changed twice": """
        i: Three = 0
        yield "a"
        if s.b:
            i = 1
        a = s.mr[i]
        i = i + 1
        r = a[i]
        i = (i + 1) % 3
        r.d = i
        a[2].a = 1
        """,
    "a loop that changes the index of what it runs through": """
        i: Three = 0
        yield "a"
        if s.b:
            i = 1
        for r in s.mr[i]:
            i = 2
            r.d = i
        """,
    "a loop in a loop, over places that are both held": """
        yield "a"
        s.j = 2
        for r in s.mr[s.i]:
            for n in s.m[s.j]:
                s.i = 1
                r.d += n
        """,
    "a loop in a loop, over values that are both held": """
        yield "a"
        s.j = 2
        for n in (s.i, s.j):
            for k in (s.j, s.i, s.i):
                s.x = (s.x * 3 + k + n) % 97
        """,
    "a loop left without a step, and entered again in the same step": """
        yield "a"
        for n in range(2):
            while s.x < 3:
                if s.b or n == 0:
                    break
                yield "x"
                s.x += 1
        """,
    "a procedure left from inside its loop, and entered again in the same step": """
        yield "a"
        for n in range(2):
            full = yield from grow(s)
            s.o = 1 if full else 0
        """,
    "two returns of what another procedure gives": """
        yield "a"
        n = yield from pick(s, 0)
        s.i = n
        n = yield from pick(s, n)
        s.j = n
        """,
    "a loop whose steps are those of a procedure": """
        yield "a"
        for n in (1, 0):
            n2 = yield from twice(s, n)
            s.i = n2
        """,
    "nested indices of an alias": """
        yield "a"
        s.i, s.j = 1, 2
        q = s.mr[s.i][s.j]
        s.i = 0
        q.a = 7
        """,
    "an index handed to a function": """
        yield "a"
        write(s, s.rs[s.i])
        """,
    "a loop over a row that moves": """
        yield "a"
        for v in s.m[s.i]:
            s.i = 1
            s.m[1][2] = 2
            s.x += v
        """,
    "a loop over records": """
        yield "a"
        for v in s.mr[s.i]:
            s.i = 1
            v.a += 1
        """,
    "an option of a record": """
        yield "a"
        v = s.ro
        if v is not None:
            v.a = 4
        """,
    "an alias from a function": """
        yield "a"
        v = find(s)
        s.i = 0
        v.a = 3
        """,
    "the rest of an or-pattern": """
        yield "a"
        match s.x:
            case 1 | _:
                s.x = 5
        """,
    "an int that may be None later": """
        yield "a"
        v = 2
        if s.b:
            v = 1
        else:
            v = s.o
        s.b = v is None
        s.o = v
        """,
    "an early return behind an annotation": """
        yield "a"
        if s.i == 0:
            v: Big = early(s)
            s.x = v
        s.x += 1
        """,
    "continue in an unrolled loop": """
        yield "a"
        for k in range(40):
            if s.x == k:
                continue
            s.x += 1
        """,
    "a name of the module assigned on every way": """
        yield "a"
        if s.b:
            N = 3
        else:
            N = 4
        s.x = N
        """,
    "a local record": """
        yield "a"
        v = R()
        v.a = 3
        s.r = v
        """,
    "a violation in an argument that nobody reads": """
        yield "a"
        k = unread(s, 1 // s.x)
        s.x = k
        """,
    "a name of a place that is not there": """
        yield "a"
        q = s.rs[s.x]
        s.x = 3
        yield "b"
        r = s.rs[s.x]
        s.x = 4
        """,
    "an argument that is not there": """
        yield "a"
        s.x += 3
        yield "b"
        unread(s, s.x)
        write(s, s.rs[s.x])
        """,
    "a loop over a row that is not there": """
        yield "a"
        s.x += 3
        yield "b"
        for v in s.m[s.x]:
            s.x += 1
            break
        """,
    "a violation in an argument that is read on one way": """
        yield "a"
        k = sometimes_read(s, 1 // s.x)
        s.x = k
        """,
    "a violation in a name that is read on one way": """
        yield "a"
        s.x += 3
        yield "b"
        s.x = named_first(s, s.x)
        """,
    "a field of a record whose other field cannot be computed": """
        yield "a"
        s.x = R(a=3, d=1 // s.x).a
        """,
    "a procedure with a local called caller": """
        yield "a"
        v = yield from twice(s, 1)
        w = yield from twice(s, 0)
        yield "b"
        s.x = v + w
        """,
    "an index that is part of a local": """
        yield "a"
        n = R()
        q = s.rs[n.a]
        n.a = 1
        q.d = 2
        """,
    "a guard that asks for an item that is not there": """
        yield "a"
        wait_until(any(v == 0 for v in s.one))
        """,
    "a nested loop with steps": """
        for k in range(2):
            for n in (0, 2, 1):
                yield "a"
                if n == 2:
                    continue
                if s.b and k == 1:
                    break
                s.x += n + k
            yield "b"
            s.x += 10
        """,
}
REFUSED = {
    "a loop over places whose steps are those of a procedure": (
        "alias-across-step",
        """
        yield "a"
        for n in (s.i, s.j):
            n2 = yield from twice(s, 1)
            s.x = n + n2
        """,
    ),
    "a loop over equal values whose steps are those of a procedure": (
        "unsupported",
        """
        yield "a"
        for n in (1, 1, 0):
            n2 = yield from twice(s, n)
            s.x = n2
        """,
    ),
    "a loop over other values on another way": (
        "label",
        """
        yield "t"
        if s.b:
            n = 1
            if s.x > 5:
                return
        else:
            n = 2
        for j in range(n):
            yield "x"
            s.x += 1
        """,
    ),
    "a loop with steps over repeated values": (
        "unsupported",
        """
        for k in (0, 1, 0):
            yield "a"
            s.x += k
        """,
    ),
    "aliases bound together": (
        "unsupported",
        """
        yield "a"
        q, r = s.rs[0], s.rs[1]
        q.a = 5
        """,
    ),
    "one of two places": (
        "unsupported",
        """
        yield "a"
        v = s.r if s.b else s.t
        v.a = 3
        """,
    ),
    "writing to a peeked item": (
        "unsupported",
        """
        yield "a"
        s.q.push(R())
        v = s.q.peek()
        v.a = 4
        """,
    ),
    "a loop over what may be None elsewhere": (
        "type",
        """
        for k in range(2):
            yield "a"
            s.x = k
        yield "b"
        k = s.o
        s.b = k is None
        """,
    ),
    "a comparison with None that drops a violation": (
        "type",
        """
        yield "a"
        s.b = (1 // s.x) is None
        """,
    ),
    "the length of an array that is not there": (
        "unsupported",
        """
        yield "a"
        s.x = len(s.m[s.x])
        """,
    ),
    "a name of the module that a pattern captures on one way": (
        "free-name",
        """
        yield "a"
        match s.o:
            case None:
                s.x = 1
            case N:
                s.x = N
        s.x = N
        """,
    ),
    "a name of the module assigned on one way": (
        "free-name",
        """
        yield "a"
        if s.b:
            N = 3
        s.x = N
        """,
    ),
    "a function with effects inside an expression": (
        "unsupported",
        """
        yield "a"
        s.x = 1 + early(s)
        """,
    ),
    "too many ways": (
        "too-many-ways",
        """
        yield "a"
        for k in range(30):
            if s.x == k:
                if s.b:
                    continue
                s.x += 1
            s.x += 1
        """,
    ),
}


def spec_of(tmp_path: Path, body: str) -> str:
    path = tmp_path / "snippet.py"
    head = HEAD
    for name, procedure in PROCEDURES.items():
        if f"yield from {name}(" in body:
            head = head.replace("@spec.process", procedure + "@spec.process", 1)
    path.write_text(head + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n")
    return str(path)


@pytest.mark.parametrize("name", AGREED)
def test_the_model_does_what_cpython_does(tmp_path: Path, name: str) -> None:
    instance = load(spec_of(tmp_path, AGREED[name]), {})
    assert Comparison(instance).everywhere(200).states > 0
    compare_engines(instance.model, 1_000)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_differ_is_refused(tmp_path: Path, name: str) -> None:
    slug, body = REFUSED[name]
    with pytest.raises(SpecError) as raised:
        load(spec_of(tmp_path, body), {})
    assert raised.value.slug == slug
