"""Exit statuses; see design 6."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What the exit status of a command says."""

    HOLDS = 0  # for hunt: everything as declared
    VIOLATED = 1  # or not as declared
    USAGE = 2  # the spec, the file or the command line is wrong
    INCONCLUSIVE = 3  # a budget ended it
    NOT_REPRODUCED = 4
    BUG = 70
    INTERRUPTED = 130
    TERMINATED = 143
