"""Parallel contexts of all times: their versions, how workers exit, how the leader's waits end."""

from __future__ import annotations

from enum import Enum, auto


class Version(Enum):
    """The versions of section 2.9 of the facts; HEAD is 21e958c303 (2026)."""

    A = auto()  # 924bcf4f16
    B0 = auto()  # b0b0d84b3d
    B = auto()  # 3a1f8611f2
    HEAD = auto()


class AtExit(Enum):
    """What the exit of a worker does by itself: ParallelWorkerShutdown()."""

    NOTHING = auto()  # but the segment's detach callbacks run
    DETACH_AND_SIGNAL = auto()  # 2badb5afb8
    SIGNAL_AND_DETACH = auto()  # fa91d4c91f


class Outcome(Enum):
    """How a wait of the leader ends, and what its client is told."""

    NONE = auto()
    DONE = auto()
    CANCELLED = auto()
    ERROR_OF_WORKER = auto()
    LOST_CONNECTION = auto()
    FAILED_TO_INITIALIZE = auto()
    ERROR = auto()  # of the leader itself
    POSTMASTER_DIED = auto()
    QUIT = auto()  # at once: a child has crashed
