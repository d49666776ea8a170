from __future__ import annotations

import pytest

from modelcheck.engines.statistics import FalsePart, IdleStep, Statistics, Unexercised
from modelcheck.ir.model import PropertyKind
from modelcheck.report.remarks import remarks

ALWAYS, EVERY_STEP = PropertyKind.ALWAYS, PropertyKind.EVERY_STEP
THERE = "an instance stood there"


@pytest.mark.parametrize(
    ("idle", "sentence"),
    [
        ((0, 0), "no instance ever stood there"),
        ((1, 0), f"the one time that {THERE}, there was nothing to choose from"),
        (
            (2, 0),
            f"each of the 2 times that {THERE}, there was nothing to choose from",
        ),
        ((1, 1, "a", 1), f"the one time that {THERE}, `a` was false"),
        (
            (1200, 1200, "a", 1200),
            f"each of the 1,200 times that {THERE}, `a` was false",
        ),
        (
            (4, 4, "a", 4, "b", 4),
            f"each of the 4 times that {THERE}, `a` and `b` were false",
        ),
        ((4, 4, "a", 4, "b", 3), f"each of the 4 times that {THERE}, `a` was false"),
        ((2, 4, "a", 4), "each of the 4 times that its guard was tried, `a` was false"),
        (
            (4, 4, "a", 3, "b", 1),
            f"of the 4 times that {THERE}, `a` was false 3 times and `b` was false 1 time",
        ),
        (
            (9, 9, "a", 9, "b", 9, "c", 9, "d", 9, "e", 9),
            f"each of the 9 times that {THERE}, `a`, `b`, `c` and 2 more were false",
        ),
    ],
)
def test_a_step_never_taken_is_told_with_its_reason(idle: tuple, sentence: str):
    stood, tries, *parts = idle
    false = tuple(FalsePart(*pair) for pair in zip(parts[::2], parts[1::2], strict=True))
    told = remarks(Statistics(None, (IdleStep("p.go", stood, tries, false),), ()))
    assert told == (f"p.go was never taken: {sentence}",)


@pytest.mark.parametrize(
    ("kind", "missing", "sentence"),
    [
        (ALWAYS, ("a",), "`a` was never true"),
        (ALWAYS, ("a", "b"), "neither `a` nor `b` was ever true"),
        (ALWAYS, ("a", "b", "c"), "none of `a`, `b` and `c` was ever true"),
        (ALWAYS, ("a", "b", "c", "d"), "none of `a`, `b`, `c` and 1 more was ever true"),
        (PropertyKind.LEADS_TO, ("a",), "`a` was never true"),
        (EVERY_STEP, ("n",), "no step ever changes `n`"),
        (EVERY_STEP, ("n", "m"), "no step ever changes `n` or `m`"),
    ],
)
def test_a_property_never_exercised_is_told_with_its_reason(
    kind: PropertyKind, missing: tuple[str, ...], sentence: str
):
    told = remarks(Statistics(None, (), (Unexercised("claim", kind, missing),)))
    assert told == (f"claim was never exercised: {sentence}",)


def test_nothing_that_never_happened_is_nothing_to_remark():
    assert remarks(Statistics(None, (), ())) == ()
