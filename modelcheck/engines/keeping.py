"""What was worked out, kept in files under all that it was worked out from."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

CODE = Path(__file__).parents[1]
MAKERS = ("engines", "engines/native", "engines/symmetry", "ir", "passes", "semantics")
"""The rooms whose code works things out that are kept."""

SHOWN = 24
"""Of a hash so many digits are in a file's name."""


def place_of(cache: Path, kind: str, known: Sequence[str]) -> Path:
    """Where that is kept which follows from these texts, by the code as it is now."""
    digest = hashlib.sha256()
    for part in (*known, *_stamps()):
        digest.update(part.encode() + b"\0")
    return cache / f"{kind}-{digest.hexdigest()[:SHOWN]}.txt"


def _stamps() -> list[str]:
    """The code's files, as Python knows whether what it compiled is of their text."""
    found = []
    for room in MAKERS:
        with os.scandir(CODE / room) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    about = entry.stat()
                    found.append(f"{room}/{entry.name} {about.st_size} {about.st_mtime_ns}")
    return sorted(found)


def keep(place: Path, text: str) -> None:
    """Write a file whole, or not at all; raises `OSError`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        made = Path(folder) / "made.txt"
        made.write_text(text, encoding="utf-8")
        made.replace(place)


def sealed(text: str) -> str:
    """A text whose damage is noticed."""
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def unsealed(text: str) -> str:
    """What was sealed; raises `ValueError` if it is damaged."""
    _, _, inside = text.partition("\n")
    if sealed(inside) != text:
        raise ValueError("it is damaged")
    return inside
