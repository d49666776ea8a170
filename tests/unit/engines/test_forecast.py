from __future__ import annotations

import pytest

from modelcheck.engines.forecast import still_to_find


@pytest.mark.parametrize(
    ("levels", "found", "left"),
    [
        ((), 0, None),
        ((9, 4), 0, None),
        ((1, 2, 3), 0, None),
        ((9, 3, 4), 0, None),
        ((4, 4, 4), 0, None),
        ((3, 2, 0), 0, None),
        ((400, 200, 100), 0, 100),
        ((400, 200, 100), 30, 70),
        ((400, 200, 100), 300, 0),
    ],
)
def test_a_guess_follows_from_levels_that_shrink(
    levels: tuple[int, ...], found: int, left: int | None
) -> None:
    assert still_to_find(levels, found) == left
