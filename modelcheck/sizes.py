"""Sizes of memory and of files, as people write and read them."""

from __future__ import annotations

import re

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
LETTERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
STEP = 1024
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?")


def read_size(text: str) -> int:
    """The bytes meant by `4096`, `500M` or `1.5G`; `MiB` and `MB` are M, and K is 1024 bytes.

    Raises `ValueError`.
    """
    found = SIZE.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(f"{text!r} is no size")
    return int(float(found[1]) * STEP ** LETTERS[found[2]])


def show_size(size: int) -> str:
    """A size in the largest unit of which it has at least one: `1.5 GiB`."""
    unit, value = 0, float(size)
    while value >= STEP and unit + 1 < len(UNITS):
        unit, value = unit + 1, value / STEP
    return f"{value:.1f}".removesuffix(".0") + f" {UNITS[unit]}"
