"""Whole lowered texts: what a step becomes."""

from pathlib import Path

import pytest

from modelcheck.frontend import lower, read_spec
from modelcheck.ir.render import render

HEAD = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Queue, Spec, Steps, each, one_of, queue, record, wait_until

Me = Annotated[int, Below(2)]


@record
class Item:
    owner: Me | None = None


@record
class Shared:
    items: Array[Me, Item] = each(Item)
    ring: Queue[Me] = queue(capacity=1)
    count: Annotated[int, Below(3)] = 0
    cursor: Me = 0


spec = Spec("small", Shared)
"""
FOUNDING = "specs/parallel/reinitialize_before_detach.py"
ROOT = Path(__file__).parents[3]


def processes(tmp_path: Path, code: str) -> str:
    """The text of the processes of a spec with this code after the common head."""
    path = tmp_path / "spec.py"
    path.write_text(f"{HEAD}\n\n{code}")
    text = render(lower(read_spec(str(path), {})))
    return text.split("\n\n", 2)[2].strip()


def test_a_step_reads_as_it_is_written(tmp_path: Path) -> None:
    code = """
@spec.process
def p(s: Shared, me: Me) -> Steps:
    yield "take"
    item = s.items[me]
    wait_until(item.owner is None and s.count < 2)
    assert len(s.ring) == 0, "empty"
    item.owner = me
    s.count += 1
    s.ring.push(1 - me)
"""
    assert (
        processes(tmp_path, code)
        == """\
process p[me: 0..1]   fairness weak
  prologue
    goto take
  step take
    wait_until items[me].owner is None and count < 2
    check len(ring) == 0   "empty"
    items[me].owner := me
    count := count + 1
    ring.push(1 - me)
    done"""
    )


def test_a_known_loop_is_unrolled_and_a_cut_one_keeps_its_counter(tmp_path: Path) -> None:
    code = """
@spec.process
def p(s: Shared) -> Steps:
    for i in range(2):
        yield "step"
        for j in range(2):
            s.items[j].owner = i
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  local i: 0..1
  prologue
    i := 0
    goto step
  step step   live i
    items[0].owner := i
    items[1].owner := i
    if i == 1
      done
    else
      i := i + 1
      goto step"""
    )


def test_an_alias_keeps_the_index_it_was_bound_with(tmp_path: Path) -> None:
    code = """
@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    item = s.items[s.cursor]
    s.cursor = 1
    item.owner = 0
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  local item@index: 0..1
  prologue
    goto a
  step a
    item@index := cursor
    cursor := 1
    items[item@index].owner := 0
    done"""
    )


def test_a_choice_stands_where_it_is_made(tmp_path: Path) -> None:
    code = """
@spec.environment
def p(s: Shared) -> Steps:
    while True:
        yield "a"
        s.cursor = 0 if s.count > 0 else s.cursor
        yield "b"
        which = one_of((0, 1))
        s.items[which].owner = None
"""
    assert processes(tmp_path, code).splitlines()[3:] == [
        "    goto a",
        "  step a",
        "    cursor := 0 if count > 0 else cursor",
        "    goto b",
        "  step b",
        "    which := one_of(0, 1)",
        "    items[which].owner := None",
        "    goto a",
    ]


def test_a_function_with_an_early_return_joins_its_caller(tmp_path: Path) -> None:
    code = """
def put(s: Shared, n: Me) -> None:
    if s.count == 2:
        return
    s.count += n


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    if s.cursor == 0:
        put(s, 1)
    s.cursor = 1
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  prologue
    goto a
  step a
    if cursor == 0
      if count == 2
      else
        count := count + 1
    cursor := 1
    done"""
    )


def test_a_loop_that_may_be_left_joins_what_follows(tmp_path: Path) -> None:
    code = """
@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    for n in range(2):
        if s.items[n].owner is None:
            break
        s.count = n
    s.cursor = 1
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  prologue
    goto a
  step a
    if items[0].owner is None
    else
      count := 0
      if items[1].owner is None
      else
        count := 1
    cursor := 1
    done"""
    )


def test_what_a_function_with_effects_gives_may_be_returned(tmp_path: Path) -> None:
    code = """
def put(s: Shared) -> Me:
    s.count = 1
    return s.cursor


def put_twice(s: Shared) -> Me:
    s.count = 0
    return put(s)


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    s.cursor = put_twice(s)
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  local put_twice.return: 0..1
  prologue
    goto a
  step a
    count := 0
    count := 1
    put_twice.return := cursor
    cursor := put_twice.return
    done"""
    )


def test_what_differs_on_two_ways_is_followed_on_each(tmp_path: Path) -> None:
    code = """
def first_free(s: Shared) -> Item:
    s.count = 0
    if s.items[0].owner is None:
        return s.items[0]
    return s.items[1]


@spec.process
def p(s: Shared) -> Steps:
    yield "a"
    item = first_free(s)
    item.owner = 1
"""
    assert (
        processes(tmp_path, code)
        == """\
process p   fairness weak
  prologue
    goto a
  step a
    count := 0
    if items[0].owner is None
      items[0].owner := 1
      done
    else
      items[1].owner := 1
      done"""
    )


def test_positions_do_not_enter_the_model(tmp_path: Path) -> None:
    text = (ROOT / FOUNDING).read_text()
    moved = tmp_path / "moved.py"
    moved.write_text(text.replace("\n\n\n@spec.process", "\n\n\n\n# moved\n@spec.process"))
    here = lower(read_spec(str(ROOT / FOUNDING), {}))
    assert lower(read_spec(str(moved), {})) == here


@pytest.mark.parametrize("value", ["False", "True"])
def test_a_constant_is_replaced_before_the_module_runs(value: str) -> None:
    model = lower(read_spec(str(ROOT / FOUNDING), {"WAIT_FOR_EXIT": value, "NWORKERS": "3"}))
    texts = {constant.name: constant.text for constant in model.constants}
    kept = {"NLAUNCHES": "2", "RECEIVE_IN_ORDER": "True"}
    assert texts == {"NWORKERS": "3", "WAIT_FOR_EXIT": value, **kept}
    labels = [step.label for step in model.process("leader").steps]
    assert ("wait_for_exit" in labels) == (value == "True")
    assert len(model.process("worker").indices()) == 6
