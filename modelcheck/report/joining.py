"""Several things in one phrase: commas, and a word before the last."""

from __future__ import annotations

from collections.abc import Sequence


def joined(parts: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = parts
    return f"{', '.join(others)} {word} {last}" if others else last


def shortened(parts: Sequence[str], most: int, word: str = "and") -> str:
    """The same of the first `most` parts; the others are counted."""
    if len(parts) <= most:
        return joined(parts, word)
    return joined([*parts[:most], f"{len(parts) - most:,} more"], word)
