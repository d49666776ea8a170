"""The names a spec sees, run by plain CPython."""

import subprocess
import sys
from enum import Enum, auto
from typing import Annotated

import pytest

import modelcheck
from modelcheck import (
    Array,
    Below,
    Between,
    Queue,
    Spec,
    Steps,
    at,
    domain,
    done,
    each,
    one_of,
    queue,
    record,
    wait_until,
)
from modelcheck.lang.steps import NotEnabledError


class Colour(Enum):
    RED = auto()
    GREEN = auto()


@record
class Item:
    owner: Annotated[int, Below(3)] | None = None
    ring: Queue[Colour] = queue(capacity=1)


@record
class Shared:
    items: Array[Colour, Item] = each(Item)
    grid: Array[bool, Array[Colour, bool]] = each(each(value=False))
    best: Item = Item()


def test_defaults_are_not_shared_between_instances() -> None:
    one, other = Shared(), Shared()
    one.items[Colour.RED].owner = 1
    one.items[Colour.RED].ring.push(Colour.GREEN)
    one.grid[True][Colour.RED] = True
    assert other == Shared()
    assert one != other
    assert one.items[Colour.GREEN] == Item()
    assert not one.grid[False][Colour.RED]


def test_assigning_copies() -> None:
    shared = Shared()
    item = Item(owner=2)
    shared.best = item
    shared.items[Colour.RED] = item
    item.owner = 0
    assert (shared.best.owner, shared.items[Colour.RED].owner) == (2, 2)


def test_a_record_knows_its_fields() -> None:
    assert repr(Item(1)) == "Item(owner=1, ring=[])"
    with pytest.raises(TypeError, match="Item has the fields owner, ring"):
        Item(colour=1)
    with pytest.raises(AttributeError, match="Item has no field colour"):
        Item().colour = 1
    with pytest.raises(TypeError, match="field Bare.n has no default"):

        @record
        class Bare:
            n: bool


def test_an_array_refuses_foreign_indices() -> None:
    shared = Shared()
    assert [len(shared.items), len(list(shared.items))] == [2, 2]
    with pytest.raises(IndexError, match="outside its domain"):
        shared.grid[2]
    with pytest.raises(IndexError, match="outside its domain"):
        shared.items[True] = Item()


def test_a_queue_is_bounded() -> None:
    held = Item().ring
    with pytest.raises(IndexError, match="empty"):
        held.pop()
    held.push(Colour.RED)
    with pytest.raises(IndexError, match="full"):
        held.push(Colour.RED)
    assert (held.peek(), len(held), list(held), held.pop(), len(held)) == (
        Colour.RED,
        1,
        [Colour.RED],
        Colour.RED,
        0,
    )
    with pytest.raises(ValueError, match="capacity of at least 1"):
        queue(capacity=0)


def test_domains() -> None:
    assert list(domain(Annotated[int, Below(3)])) == [0, 1, 2]
    assert list(domain(Annotated[int, Between(-1, 1)])) == [-1, 0, 1]
    assert list(domain(Colour)) == [Colour.RED, Colour.GREEN]
    assert list(domain(bool)) == [False, True]
    with pytest.raises(TypeError, match="no finite domain"):
        domain(int)


def test_waiting_and_choosing_without_a_model() -> None:
    wait_until(condition=True)
    with pytest.raises(NotEnabledError):
        wait_until(condition=False)
    assert one_of((3,)) == 3
    with pytest.raises(NotEnabledError):
        one_of(())
    with pytest.raises(LookupError, match="nobody chooses"):
        one_of(Colour)


def test_a_spec_registers_and_leaves_functions_as_they_are() -> None:
    spec = Spec("x", Shared)

    @spec.process(fair="strong")
    def p(_s: Shared) -> Steps:
        yield "a"

    @spec.environment
    def e(_s: Shared) -> Steps:
        yield "b"

    @spec.always
    def fine(_s: Shared) -> bool:
        return True

    spec.expect(violated="p.a", steps=3, N=2)
    assert list(p(Shared())) == ["a"]
    assert [(d.function, d.environment, d.fair) for d in spec.processes] == [
        (p, False, "strong"),
        (e, True, "none"),
    ]
    assert [(c.function, c.kind) for c in spec.claims] == [(fine, "always")]
    assert spec.expectations[0].constants == (("N", 2),)
    for asked in (lambda: at(p, "a"), lambda: done(p)):
        with pytest.raises(LookupError, match="properties of a model"):
            asked()


def test_importing_modelcheck_imports_no_engine() -> None:
    code = "import sys, modelcheck; print(sorted(m for m in sys.modules if 'modelcheck.' in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "modelcheck.lang.spec" in loaded
    assert "modelcheck.ir" not in loaded
    assert sorted(modelcheck.__all__) == modelcheck.__all__
