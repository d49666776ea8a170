"""Models at the corners of what the native engine packs and computes, held to the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from modelcheck.engines import interpreter
from modelcheck.engines.contract import Exploration
from modelcheck.engines.native import layout
from modelcheck.engines.native.explore import Unsupported, explore
from modelcheck.ir.expressions import (
    Literal,
    Operator,
)
from modelcheck.ir.model import Model
from modelcheck.ir.statements import Insert
from modelcheck.ir.types import (
    IntType,
    QueueType,
    SetType,
    Type,
    Value,
)
from modelcheck.ir.verify import verify
from modelcheck.trace import Budget
from tests.conformance.corner_parts import (
    stepping,
)
from tests.conformance.corners_of_choice import (
    beginnings_that_coincide,
    choices_in_branches,
    nothing_on_offer,
    offers,
    offers_that_coincide,
    standing,
    the_beginning_decides,
)
from tests.conformance.corners_of_values import (
    a_wide_fan,
    an_item_of_nothing,
    arithmetic,
    bags,
    local_containers,
    many_words,
    membership,
    nothing_wide,
    sets,
    sets_of_records,
    stuck,
    wide_arrays,
    wide_values,
)
from tests.unit import ir_examples as x

MODELS = (
    offers, offers_that_coincide, choices_in_branches, nothing_on_offer, the_beginning_decides,
    beginnings_that_coincide, standing, membership, local_containers, wide_arrays, wide_values,
    arithmetic, nothing_wide, bags, sets, sets_of_records, an_item_of_nothing, a_wide_fan,
    many_words, stuck,
)  # fmt: skip


@cache
def interpreted(make: Callable[[], Model], full: bool) -> Exploration:
    """What words have no part in; nothing can change it, so tests share it."""
    return interpreter.explore(make(), budget=Budget(states=20_000), full=full)


@pytest.mark.parametrize("word", [64, 24])
@pytest.mark.parametrize("make", MODELS)
def test_a_corner_is_as_the_interpreter_says(
    make, word: int, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With words of fewer bits, values are divided that otherwise lie in one piece."""
    model = make()
    verify(model)
    monkeypatch.setattr(layout, "WORD", word)
    for full in (True, False):
        known = interpreted(make, full)
        assert known.states < 20_000
        try:
            found = explore(model, cache=cache, threads=1, budget=Budget(), full=full)
        except Unsupported:
            assert word == 24
            return
        assert replace(found, engine="") == replace(known, engine="")


def numbers(low: int, high: int) -> Model:
    n = x.shared("n", IntType(low, high))
    return stepping(x.assign(n, n), variables=((n, low),))


def held(t: Type, value: Value) -> Model:
    place = x.shared("place", t)
    return stepping(x.assign(place, place), variables=((place, value),))


def products() -> Model:
    n = x.shared("n", IntType(0, 1 << 40))
    squared = x.binary(Operator.MULTIPLY, n, n)
    return stepping(x.wait(x.less(squared, x.number(5))), variables=((n, 0),))


def set_of_sets() -> Model:
    inner = SetType(IntType(0, 1))
    place = x.shared("place", SetType(inner))
    return stepping(Insert(place, Literal(inner, ()), x.SPAN), variables=((place, ()),))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: numbers(0, 1 << 62), "numbers from 0 to 4611686018427387904"),
        (lambda: numbers(0, 1 << 70), "a value of 71 bits"),
        (lambda: held(QueueType(IntType(0, 255), 8), ()), "a value of 68 bits"),
        (products, "a value of 81 bits in one piece"),
        (set_of_sets, "a set of values that have no simple number"),
    ],
)
def test_what_does_not_fit_is_unsupported(make, message: str, cache: Path) -> None:
    with pytest.raises(Unsupported, match=message):
        explore(make(), cache=cache, threads=1, budget=Budget())
