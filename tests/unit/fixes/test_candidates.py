from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.fixes.blocks import rows_of_blocks
from modelcheck.fixes.candidates import candidates

SPEC = '''\
"""Three steps, and a helper."""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Queue, Spec, Steps, each, queue, record, wait_until

Slot = Annotated[int, Below(2)]


class Color(Enum):
    RED = auto()
    BLUE = auto()


@record
class Cell:
    color: Color = Color.RED
    owner: Slot | None = None


@record
class Shared:
    ready: bool = False
    cells: Array[Slot, Cell] = each(Cell)
    calls: Queue[Slot] = queue(capacity=2)


spec = Spec("three steps", Shared)


@spec.process
def painter(s: Shared, me: Slot) -> Steps:
    yield "paint"
    s.cells[me].color = Color.BLUE

    # between
    yield "tell"
    s.calls.push(me)

    for _ in range(2):
        yield "twice"
        s.ready = True


@spec.process
def other(s: Shared) -> Steps:
    yield "look"
    wait_until(s.ready)
'''


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "three.py"
    file.write_text(SPEC)
    return str(file)


def test_blocks_follow_one_another_in_their_list() -> None:
    rows = rows_of_blocks(SPEC)
    told = [[(block.label, block.is_step, block.lines) for block in row] for row in rows]
    assert told == [
        [("paint", True, (36, 37)), ("tell", True, (40, 41)), ("twice", False, (43, 45))],
        [("twice", True, (44, 45))],
        [("look", True, (50, 51))],
    ]


def test_a_step_may_wait_for_whatever_the_spec_shares(path: str) -> None:
    model = load(path, {}).model
    hasty = frozenset({("painter", "paint")})
    waits = [
        one
        for one in candidates(model, SPEC, hasty, frozenset())
        if " waits until " in one.sentence
    ]
    assert [one.sentence.removeprefix("paint waits until ") for one in waits] == [
        "s.ready",
        "not s.ready",
        "s.cells[me].color is Color.RED",
        "s.cells[me].color is Color.BLUE",
        "s.cells[me].color is not Color.RED",
        "s.cells[me].color is not Color.BLUE",
        "s.cells[me].owner is None",
        "s.cells[me].owner is not None",
        "all(one.color is Color.RED for one in s.cells)",
        "all(one.color is Color.BLUE for one in s.cells)",
        "all(one.color is not Color.RED for one in s.cells)",
        "all(one.color is not Color.BLUE for one in s.cells)",
        "all(one.owner is None for one in s.cells)",
        "all(one.owner is not None for one in s.cells)",
        "len(s.calls) == 0",
        "len(s.calls) > 0",
    ]
    for one in waits:
        load(path, {}, one.text)
        assert one.text.splitlines()[36].startswith("    wait_until(")


def test_steps_are_moved_within_their_list(path: str) -> None:
    model = load(path, {}).model
    late = frozenset({("painter", "tell")})
    moves = list(candidates(model, SPEC, frozenset(), late))
    assert [one.sentence for one in moves] == [
        "paint after tell",
        "paint after twice",
        "tell after twice",
        "twice before paint",
    ]
    labels = [[block.label for block in rows_of_blocks(one.text)[0]] for one in moves]
    assert labels == [
        ["tell", "paint", "twice"],
        ["tell", "twice", "paint"],
        ["paint", "twice", "tell"],
        ["twice", "paint", "tell"],
    ]
    for one in moves:
        load(path, {}, one.text)
        assert sorted(one.text.splitlines()) == sorted(SPEC.splitlines())
