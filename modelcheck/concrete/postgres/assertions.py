"""What a process of a build with assertions says when one of them fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

ASSERTION_FAILED = "ExceptionalCondition"
"""Where every assertion ends that fails, and the process with it."""

SOURCES = (".c", ".h", ".y", ".l")
C_INT = 0xFFFFFFFF


def failed_assertion(arguments: tuple[int, ...], read: Callable[[int], str]) -> str:
    """The assertion and where it stands, from the arguments of `ExceptionalCondition`.

    They are the condition, the file and the line; before version 16 the kind of the failure comes
    second. `read` gives the text at an address.
    """
    condition, file, line = arguments[0], arguments[1], arguments[2]
    if not read(file).endswith(SOURCES):
        file, line = arguments[2], arguments[3]
    return f"Assert({read(condition)}) at {PurePosixPath(read(file)).name}:{line & C_INT}"
