"""Whole lowered texts: containers that are changed, chosen from and run through."""

from pathlib import Path

from modelcheck.frontend import lower, read_spec
from modelcheck.ir.render import render

HEAD = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Bag, Below, FiniteSet, Queue, Spec, Steps
from modelcheck import bag, domain, one_of, queue, record, subset

Me = Annotated[int, Below(2)]


@record
class Note:
    sender: Me | None = None


@record
class Shared:
    ring: Queue[Me] = queue(capacity=2)
    notes: Queue[Note] = queue(capacity=1)
    pool: Bag[Me] = bag(capacity=2)
    free: FiniteSet[Me] = subset()
    count: Annotated[int, Below(9)] = 0


spec = Spec("small", Shared)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
"""


def step(tmp_path: Path, code: str) -> str:
    """The text of the only step of a process with this body."""
    path = tmp_path / "spec.py"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in code.strip().splitlines()))
    text = render(lower(read_spec(str(path), {})))
    return text.partition("  step a\n")[2].rstrip()


def test_containers_are_changed_in_place(tmp_path: Path) -> None:
    code = """
s.pool.add(1)
s.pool.remove(s.ring.peek())
s.free.discard(0)
s.free |= subset((s.count % 2,))
"""
    assert (
        step(tmp_path, code)
        == """\
    pool.insert(1)
    pool.remove(ring.peek())
    free.remove(0)
    free := free | {count % 2}
    done"""
    )


def test_a_loop_meets_after_each_round(tmp_path: Path) -> None:
    code = """
for n in s.ring:
    if n == 1:
        s.count += 1
for n in s.free:
    s.count += 2
"""
    assert (
        step(tmp_path, code)
        == """\
    if len(ring) > 0
      n := ring.item(0)
      if n == 1
        count := count + 1
    if len(ring) > 1
      n := ring.item(1)
      if n == 1
        count := count + 1
    if 0 in free
      count := count + 2
    if 1 in free
      count := count + 2
    done"""
    )


def test_a_break_is_remembered_and_a_changed_container_is_held(tmp_path: Path) -> None:
    code = """
for n in s.ring:
    if n == 1:
        break
    s.ring.pop()
s.count = 1
"""
    assert (
        step(tmp_path, code)
        == """\
    n.items := ring
    n.left := False
    if len(n.items) > 0
      n := n.items.item(0)
      if n == 1
        n.left := True
      else
        ring.pop()
    if not n.left and len(n.items) > 1
      n := n.items.item(1)
      if n == 1
      else
        ring.pop()
    count := 1
    done"""
    )


def test_a_choice_is_guarded(tmp_path: Path) -> None:
    code = """
n = one_of(s.ring)
k = one_of(d for d in domain(Me) if d in s.free and d != n)
s.count = n + k
"""
    assert (
        step(tmp_path, code)
        == """\
    n := one_of(ring.item(0) if len(ring) > 0, ring.item(1) if len(ring) > 1)
    k := one_of(0 if 0 in free and 0 != n, 1 if 1 in free and 1 != n)
    count := n + k
    done"""
    )


def test_what_is_not_there_does_not_count(tmp_path: Path) -> None:
    code = """
s.count = len([n for n in s.ring])
s.count = min((n.sender for n in s.notes), default=7)
s.count = sum(n for n in s.free if n > 0)
assert all(n < 1 for n in s.free), "low"
"""
    assert (
        step(tmp_path, code)
        == """\
    count := (1 if len(ring) > 0 else 0) + (1 if len(ring) > 1 else 0)
    count := (notes.item(0).sender! if len(notes) > 0 else 1) if len(notes) > 0 else 7
    count := 1 if 1 in free else 0
    check not 1 in free   "low"
    done"""
    )


def test_cases_that_take_every_value_need_no_last_test(tmp_path: Path) -> None:
    code = """
match s.ring.peek():
    case 0:
        n = 5
    case 1:
        n = 6
s.count = n
"""
    assert (
        step(tmp_path, code)
        == """\
    match.subject := ring.peek()
    if match.subject == 0
      n := 5
    else
      n := 6
    count := n
    done"""
    )


def test_a_guard_leaves_its_values_to_the_cases_below(tmp_path: Path) -> None:
    code = """
match s.count > 3:
    case True if s.free == subset():
        s.count = 1
    case False:
        s.count = 2
    case True:
        s.count = 3
"""
    assert (
        step(tmp_path, code)
        == """\
    match.subject := count > 3
    if match.subject == True and free == {}
      count := 1
    else
      if match.subject == False
        count := 2
      else
        count := 3
    done"""
    )


def test_a_match_binds_where_it_fits(tmp_path: Path) -> None:
    code = """
note = s.notes.pop()
match note:
    case Note(None):
        s.count = 1
    case Note(sender=1 as w) if s.count > w:
        s.count = w
"""
    assert (
        step(tmp_path, code)
        == """\
    note := notes.pop()
    if note.sender is None
      count := 1
    else
      if note.sender == 1 and count > note.sender!
        w := note.sender!
        count := w
    done"""
    )
