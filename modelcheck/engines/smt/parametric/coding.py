"""Whole numbers that depend on N, written as one number: `a * N + b` as `a * UNIT + b`.

A template is the model for N = `UNIT`. So types and literals of the model stay what they are, and
what of a number comes from N can be read off it.
"""

from __future__ import annotations

from modelcheck.ir.types import IntType

UNIT = 1_000_000
LARGEST = 1_000
"""No number that does not come from N is as large, up to its sign."""


class NotParametric(Exception):
    """The models for several N are no instances of one; the message says where they differ."""


def coded(times: int, rest: int) -> int:
    """`times * N + rest` as one number; raises `NotParametric` where it cannot be read back."""
    if abs(rest) >= LARGEST or abs(times) >= LARGEST:
        raise NotParametric(f"the number {times} * N + {rest} is too large")
    return times * UNIT + rest


def decoded(number: int) -> tuple[int, int]:
    """How often N is in a number, and what is left."""
    times = (number + UNIT // 2) // UNIT
    return times, number - times * UNIT


def is_fixed(t: IntType) -> bool:
    """Whether a domain is the same for every N."""
    return decoded(t.low)[0] == 0 == decoded(t.high)[0]


def most_indices(t: IntType) -> int:
    """Of `0 .. K * N - 1` the K; 0 for every other domain."""
    times, rest = decoded(t.high)
    return times if t.low == 0 and rest == -1 else 0
