"""Small pieces of code that are easy to get wrong, in the model and in CPython."""

import textwrap
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.errors import SpecError
from tests.conformance.agreement import Comparison
from tests.conformance.reference import compare_engines
from tests.conformance.snippets_agreed import AGREED
from tests.conformance.snippets_refused import REFUSED

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
