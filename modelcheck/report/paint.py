"""Colours for a terminal, or none."""

from __future__ import annotations

from enum import Enum


class Ink(Enum):
    """What a piece of text means, by its ANSI colour."""

    VIOLATED = "1;31"
    RACING = "1;33"
    AGREED = "32"
    NAME = "1"
    FAINT = "2"


def paint(text: str, ink: Ink, *, color: bool) -> str:
    """The text, in colour if `color`; the text itself stays the same."""
    return f"\x1b[{ink.value}m{text}\x1b[0m" if color and text else text
