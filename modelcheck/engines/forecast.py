"""A guess at how many states a breadth-first search has still to find."""

from __future__ import annotations

import math
from collections.abc import Sequence


def still_to_find(levels: Sequence[int], found: int) -> int | None:
    """How many states come if the levels go on shrinking as they did; None while they do not.

    `levels` are the sizes of the last three levels, that which is being expanded last, and `found`
    is how many states of the next level are known. A guess: levels may grow again.
    """
    if len(levels) < 3 or not 0 < levels[-1] < levels[-2] < levels[-3]:  # noqa: PLR2004  # as said
        return None
    ratio = math.sqrt(levels[-1] / levels[-3])
    return max(0, round(levels[-1] * ratio / (1 - ratio)) - found)
