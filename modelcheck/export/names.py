"""Names that another language accepts, each given once."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Names:
    """Gives every thing of one text a name of its own, close to the one wanted."""

    __slots__ = ("_avoided", "_taken")

    def __init__(self, reserved: Iterable[str] = (), avoided: str = "") -> None:
        """Give none of the `reserved` names, and none that the pattern `avoided` matches."""
        self._taken = set(reserved)
        self._avoided = avoided

    def take(self, wanted: str) -> str:
        """A name of letters, digits and underscores that nothing else has."""
        plain = re.sub(r"[^A-Za-z0-9_]", "_", wanted)
        if not re.match(r"[A-Za-z]", plain):
            plain = f"x{plain}"
        if re.fullmatch(self._avoided, plain):
            plain = f"x_{plain}"
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name

    def reserve(self, names: Iterable[str]) -> None:
        """Give none of these to anything from here on."""
        self._taken.update(names)

    def inner(self) -> Names:
        """Names for a scope inside: those taken here are taken there."""
        return Names(self._taken, self._avoided)


def plain_text(text: str) -> str:
    """Text that every tool reads: ASCII, on one line, without quotes and backslashes."""
    joined = " ".join(text.split()).replace('"', "'").replace("\\", "/")
    return joined.encode("ascii", "replace").decode("ascii")
